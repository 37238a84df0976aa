"""The tags of a page as browsers read them: the parser drops words where it takes them otherwise."""

import re
from collections.abc import Iterator
from typing import Final

from common.errors import InputError
from corpora.plain.refusals import HINT

MOST_ATTRIBUTES: Final = 1000
"""Of one tag. Pages of outlets have at most some forty; the parser compares each with all before it."""

PARSED: Final = r"""[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|[^\s>]*+))?+"""
# As browsers read them: https://html.spec.whatwg.org/multipage/parsing.html#tokenization
_TOKEN: Final = re.compile(
    rf"<!--(?:-?>|.*?(?:--!?>|\Z))|<(?:[!?]|/[^a-z>])[^>]*+"
    rf"|</?(?P<name>[a-z][^\s/>]*+)(?:{PARSED}){{0,{MOST_ATTRIBUTES}}}+",
    re.IGNORECASE | re.DOTALL,
)
_RAW_ENDS: Final = {
    name: re.compile(f"</{name}", re.IGNORECASE) for name in ("script", "style", "textarea", "title", "xmp", "iframe")
}
"""Where elements end in which nothing is a tag."""
_TAG_END: Final = re.compile(r"[\s/]*+>?")
_OPENED_ONCE: Final = frozenset({"html", "head", "body"})
_LITERAL: Final = frozenset({"noembed", "noframes", "plaintext"})
"""Elements whose tags the parser would make words of."""
_ATTRIBUTE: Final = re.compile(PARSED)


def tags(page: str) -> Iterator[re.Match[str]]:
    """Yield the tags of a page, each up to its last attribute or the first above `MOST_ATTRIBUTES`."""
    at = 0
    while token := _TOKEN.search(page, at):
        at = token.end()
        if not token["name"]:
            continue
        yield token
        closing = _RAW_ENDS.get(token["name"].lower())
        if closing and not token[0].startswith("</"):
            end = closing.search(page, at)
            at = end.start() if end else len(page)


def drop_frame_tags(page: str) -> str:
    """Take out the tags that end a page, and all that begin it but the first: the parser drops what follows them."""
    kept: list[str] = []
    opened: set[str] = set()
    at = 0
    for token in tags(page):
        name, ends = token["name"].lower(), token[0].startswith("</")
        if name in _LITERAL or (name in {"html", "body"} and ends) or (name in opened and not ends):
            kept.append(page[at : token.start()])
            found = _TAG_END.match(page, token.end())
            at = found.end() if found else token.end()
        elif name in _OPENED_ONCE:
            opened.add(name)
    return "".join((*kept, page[at:]))


def refuse_crowded_tags(page: str, name: str, *, first_line: int = 1) -> None:
    """Raise the error for a page with a tag of too many attributes.

    Args:
        page: The page, or a piece of one.
        name: What it is called.
        first_line: Number of its first line.

    Raises:
        InputError: There is one.
    """
    for tag in tags(page):
        if _ATTRIBUTE.match(page, tag.end()):
            line = page.count("\n", 0, tag.start()) + first_line
            raise InputError(f"{name} has a tag of more than {MOST_ATTRIBUTES} attributes on line {line}", hint=HINT)
