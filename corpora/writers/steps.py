"""Traversals that all writers share: inlines step by step, tables row by row, lists item by item."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Literal, NamedTuple

from corpora.article import Article, Block, Inline
from corpora.blocks import clip


class Step(NamedTuple):
    """One step through a text with inlines.

    Attributes:
        action: Open or close the inline, or write the text from `start` to `end`.
        end: Offset after the text; `start` when something opens or closes.
        inline: The inline that opens or closes, or the innermost one around the text; None if there is none.
    """

    action: Literal["open", "close", "text"]
    start: int
    end: int
    inline: Inline | None = None


class Item(NamedTuple):
    """A paragraph of a list.

    Attributes:
        depth: Number of open lists around it, from 1; skipped levels open none.
        place: Whether it is the first of a list, the first of a list in place of the one that was open there, the next
            item of that list, or goes on with the item before.
    """

    block: Block
    depth: int
    place: Literal["first", "other", "next", "more"]


def steps(length: int, inlines: Sequence[Inline]) -> Iterator[Step]:
    """Walk through a text of a given length; every code point is in exactly one text step."""
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
    """Group consecutive cells into tables, and each table into rows; rows are counted again in each."""
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


def items(blocks: Sequence[Block]) -> Iterator[Item]:
    """Group consecutive items into lists: bullets, and numbers without a gap, are one list."""
    lists: list[tuple[int, int | None]] = []
    for block in blocks:
        while len(lists) > 1 and block.level <= lists[-2][0]:
            lists.pop()
        if not lists or block.level > lists[-1][0]:
            lists.append((block.level, block.number))
            yield Item(block, len(lists), "first")
            continue
        level, before = lists[-1]
        lists[-1] = level, block.number
        yield Item(block, len(lists), _place(before, block.number))


def _place(before: int | None, number: int | None) -> Literal["other", "next", "more"]:
    if before is None or number is None:
        return "next" if before == number else "other"
    return "more" if number == before else "next" if number == before + 1 else "other"


def continuations(blocks: Sequence[Block]) -> frozenset[int]:
    """Return the starts of the blocks that continue a numbered item and do not show its number again."""
    lists = [[*group] for kind, group in groupby(blocks, key=attrgetter("kind")) if kind == "list_item"]
    return frozenset(item.block.start for one in lists for item in items(one) if item.place == "more")
