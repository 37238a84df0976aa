"""What all writers go through: the inside of a block step by step, and the cells of a table row by row."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import Literal, NamedTuple

from corpora.article import Article, Block, Inline
from corpora.inlines import clip


class Step(NamedTuple):
    """One step through a text with inlines.

    Attributes:
        action: Open or close the inline, or write the text from `start` to `end`.
        start: Offset where the step is taken.
        end: Offset after the text; `start` when something opens or closes.
        inline: What opens or closes, or the innermost inline around the text; None where there is none.
    """

    action: Literal["open", "close", "text"]
    start: int
    end: int
    inline: Inline | None = None


def steps(length: int, inlines: Sequence[Inline]) -> Iterator[Step]:
    """Walk through a text of that length; every code point is in one step of text.

    Args:
        length: Code points of the text.
        inlines: Its inlines, sorted and nested, see `corpora.inlines.settle`.
    """
    at = 0
    around: list[Inline] = []
    for inline in [*inlines, None]:
        start = inline.start if inline else length
        while around and around[-1].end <= start:
            inner = around.pop()
            yield from _text(at, inner.end, inner)
            at = max(at, inner.end)
            yield Step("close", at, at, inner)
        yield from _text(at, start, around[-1] if around else None)
        at = start
        if inline:
            yield Step("open", at, at, inline)
            around.append(inline)


def _text(start: int, end: int, inline: Inline | None) -> Iterator[Step]:
    if start < end:
        yield Step("text", start, end, inline)


def contents(article: Article, block: Block) -> tuple[str, tuple[Inline, ...]]:
    """Return the text of a block and its inlines, counted from its start."""
    text = article.text[block.start : block.end]
    first, last = (bisect_left(article.inlines, edge, key=attrgetter("start")) for edge in (block.start, block.end))
    return text, () if block.kind == "code" else clip(article.inlines[first:last], block.start, block.end)


def tables(cells: Sequence[Block]) -> Iterator[list[list[Block]]]:
    """Part the cells that follow each other into tables, and each table into rows; rows are counted anew in each."""
    rows: list[list[Block]] = []
    level = 0
    for cell in cells:
        if cell.level < level:
            yield rows
            rows = []
        if cell.level != level or not rows:
            rows.append([])
        level = cell.level
        rows[-1].append(cell)
    if rows:
        yield rows
