"""What is refused before it is read: nothing at all, and texts of so many parts that reading takes minutes."""

import re
from typing import Final

from common.errors import InputError
from corpora.normalization import is_blank

MOST_PARTS: Final = 300_000
"""Tags of a page, marks and lines of Markdown, lines of a text. Each takes up to two kilobytes; books have fewer."""
MOST_ATTRIBUTES: Final = 1000
"""Of one tag. Pages of outlets have at most some forty; the parser compares each with all before it."""

_PARSED: Final = r"""[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|[^\s>]*+))?+"""
_ATTRIBUTE: Final = re.compile(_PARSED)
# As browsers read them: https://html.spec.whatwg.org/multipage/parsing.html#tokenization
_TOKEN: Final = re.compile(
    rf"<!--(?:-?>|.*?(?:--!?>|\Z))|</?(?P<name>[a-z][^\s/>]*+)(?:{_PARSED}){{0,{MOST_ATTRIBUTES}}}+",
    re.IGNORECASE | re.DOTALL,
)
_RAW_ENDS: Final = {
    name: re.compile(f"</{name}", re.IGNORECASE)
    for name in ("script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes")
}
"""Where elements end in which nothing is a tag."""
_HINT: Final = "Save the text of the article as a plain text file"


def refuse_empty(text: str, name: str) -> None:
    """Raise the error for a text without a visible character.

    Raises:
        InputError: There is nothing to read.
    """
    if is_blank(text):
        raise InputError(f"{name} is empty", hint="Give an article of at least one sentence")


def refuse_many(text: str, signs: str, what: str, name: str) -> None:
    """Raise the error for a text of more than `MOST_PARTS` parts.

    Args:
        text: The text.
        signs: Each opens or ends a part.
        what: What the parts are called.
        name: What the text is called.

    Raises:
        InputError: There are too many.
    """
    count = sum(map(text.count, signs))
    if count > MOST_PARTS:
        raise InputError(f"{name} has {count:,} {what}, more than the limit of {MOST_PARTS:,}", hint=_HINT)


def refuse_crowded_tags(page: str, name: str, *, first_line: int = 1) -> None:
    """Raise the error for a page with a tag of too many attributes.

    Args:
        page: The page, or a piece of one.
        name: What it is called.
        first_line: Number of its first line.

    Raises:
        InputError: There is one.
    """
    at = 0
    while token := _TOKEN.search(page, at):
        at = token.end()
        if token["name"] and _ATTRIBUTE.match(page, at):
            line = page.count("\n", 0, token.start()) + first_line
            raise InputError(f"{name} has a tag of more than {MOST_ATTRIBUTES} attributes on line {line}", hint=_HINT)
        closing = _RAW_ENDS.get((token["name"] or "").lower())
        if closing and not token[0].startswith("</"):
            end = closing.search(page, at)
            at = end.start() if end else len(page)
