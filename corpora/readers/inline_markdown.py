"""The inside of a Markdown block: its words, and the marks in it."""

import re
from collections.abc import Sequence
from html import unescape
from typing import Final

from markdown_it.token import Token

from corpora.article import Inline, InlineKind
from corpora.readers.inlines import Flow, Mark, mark_of

_OWN: Final[dict[str, InlineKind]] = {"em": "emphasis", "strong": "strong", "s": "strike"}
_TAG: Final = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]*)(.*?)(/?)>", re.DOTALL)
_ATTRIBUTE: Final = re.compile(
    r"""(?P<name>[^\s=/>"']+)\s*=\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^\s"'=<>`]+))"""
)


def collect(children: Sequence[Token]) -> tuple[list[str], tuple[Inline, ...]]:
    """Return the runs of text of a block, and the spans of the text they make.

    HTML tags count where they mean the same as a mark of Markdown, or what it has no mark for. A tag that is never
    closed, or closed before it is opened, is nothing.

    Args:
        children: Tokens of the block's inside.

    Returns:
        The runs in order, and spans in any order; they may cross where tags of HTML do.
    """
    flow = Flow()
    runs: list[str] = []
    for child in children:
        run = _run(child)
        if run is None:
            _mark(child, flow)
        else:
            flow.open("`", Mark("code") if child.type == "code_inline" else None)
            flow.add(run)
            flow.close("`")
            runs.append(run)
    return runs, tuple(flow.take()[1])


def _run(child: Token) -> str | None:
    if child.type in {"text", "code_inline", "text_special"}:
        return child.content
    if child.type in {"softbreak", "hardbreak"} or child.content.lower().startswith("<br"):
        return "\n"
    return None


def _mark(child: Token, flow: Flow) -> None:
    if child.type == "html_inline":
        _tag(child.content, flow)
    elif child.nesting > 0:
        flow.open(child.type, _own_mark(child))
    elif child.nesting < 0:
        flow.close(child.type.replace("_close", "_open"))


def _own_mark(child: Token) -> Mark | None:
    if child.type == "link_open":
        return mark_of("a", {name: str(value) for name, value in child.attrs.items()})
    kind = _OWN.get(child.tag)
    return Mark(kind) if kind else None


def _tag(content: str, flow: Flow) -> None:
    match = _TAG.fullmatch(content)
    if match is None or match[4]:
        return
    name = match[2].lower()
    if match[1]:
        flow.close(name)
    else:
        flow.open(name, mark_of(name, _attributes(match[3])))


def _attributes(text: str) -> dict[str, str | None]:
    # The first of two attributes of one name counts, as in browsers.
    found = reversed(list(_ATTRIBUTE.finditer(text)))
    return {
        match["name"].lower(): unescape(
            next(value for value in match.group("double", "single", "bare") if value is not None)
        )
        for match in found
    }
