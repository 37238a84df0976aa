"""The aligned text of the report: its rows, and pieces of text under the same marks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import PurePath
from typing import Final

from common.messages import word
from corpora.languages import CHINESE
from corpora.offsets import Span
from quotes.types import Quote
from tolmach.pages.rows import VersionRow
from tolmach.results.result import Result, Version
from translate.types import Check

GAP: Final = " \N{HORIZONTAL ELLIPSIS} "
"""Placeholder of what interrupts a quote: an attribution, the end of a paragraph."""


@dataclass(frozen=True, slots=True)
class Highlight:
    """A span of a text and what it is.

    Attributes:
        start: Offset of the first code point.
        kind: CSS class: `quote`, the severity of a finding, or `changed` for words that differ within one language.
        group: Number of the quote's group, 0 where there is none.
        finding: Number on its card of the finding that it is evidence for, 0 where there is none.
    """

    start: int
    end: int
    kind: str
    group: int = 0
    finding: int = 0


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of text under the same marks from end to end.

    Attributes:
        kinds: Kinds of the marks over it, without repeats.
        group: Group of the innermost mark that has one, 0 where none has.
        findings: Numbers of the findings that it is evidence for.
    """

    text: str
    kinds: tuple[str, ...] = ()
    group: int = 0
    findings: tuple[int, ...] = ()


def cut(text: str, span: Span, marks: Iterable[Highlight]) -> tuple[Fragment, ...]:
    """Cut `text[span]` at the borders of `marks`; the fragments joined give exactly that text.

    The marks come in any order, and may nest, overlap and reach out of the span.
    """
    start, end = span
    inside = [mark for mark in marks if mark.start < end and mark.end > start and mark.start < mark.end]
    borders = {start, end, *(at for mark in inside for at in (mark.start, mark.end) if start < at < end)}
    ordered = sorted(borders)
    return tuple(
        _fragment(text[first:last], [mark for mark in inside if mark.start <= first and mark.end >= last])
        for first, last in pairwise(ordered)
    )


def _fragment(text: str, marks: list[Highlight]) -> Fragment:
    kinds = tuple(dict.fromkeys(mark.kind for mark in marks))
    innermost = min((mark for mark in marks if mark.group), key=lambda mark: mark.end - mark.start, default=None)
    findings = tuple(dict.fromkeys(mark.finding for mark in marks if mark.finding))
    return Fragment(text, kinds, innermost.group if innermost else 0, findings)


def outside(spans: Iterable[Span], within: Iterable[Span]) -> bool:
    """Return whether one of `spans` is not wholly inside one of `within`."""
    limits = list(within)
    return any(not any(low <= start and end <= high for low, high in limits) for start, end in spans)


def shortened(text: str, longest: int) -> str:
    """Return the first words of a text, at most `longest` characters, its white space as single spaces."""
    words = " ".join(text.split())
    if len(words) <= longest:
        return words
    whole, _, part = words[:longest].rpartition(" ")
    # In Chinese the last part may be most of the text.
    kept = whole if len(part) < longest // 2 else words[: longest - 1]
    return f"{kept}\N{HORIZONTAL ELLIPSIS}"


def joined_parts(quote: Quote) -> str:
    """Return the words of a quote, with a sign where an attribution or a paragraph interrupts them."""
    return GAP.join(quote.parts)


def html_lang(tag: str) -> str:
    """Return the tag that chooses the right glyphs: browsers choose a font by script, so `zh` becomes `zh-Hans`."""
    return "zh-Hans" if tag == CHINESE else tag


def version_name(version: Version) -> str:
    """Return the name of a version: its label, else its language, with its file where two share a language."""
    article = version.article
    language = word("language", article.language)
    name = language[0].upper() + language[1:]
    number = version.id.removeprefix(article.language).lstrip("-")
    beside = PurePath(article.meta.source).name if article.meta.source else number
    return version.label or (f"{name} ({beside})" if number else name)


_HEADINGS = frozenset({"title", "heading"})


@dataclass(frozen=True, slots=True)
class TextLine:
    """A sentence: its index and its text, quotes marked."""

    index: int
    fragments: tuple[Fragment, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """What one version says in a row.

    Attributes:
        moved: Whether it says this earlier than the row's place suggests.
        checks: What is suspicious about its translation, with the source sentence's index.
    """

    version: Version
    lines: tuple[TextLine, ...]
    moved: bool
    checks: tuple[tuple[int, Check], ...]


@dataclass(frozen=True, slots=True)
class TextRow:
    """One row of the aligned text.

    Attributes:
        number: From 1.
        heading: Whether it holds a title or a heading.
        opens: Whether a new paragraph of the first version begins here.
    """

    number: int
    cells: tuple[Cell, ...]
    heading: bool
    opens: bool


def make_text(result: Result, rows: Sequence[VersionRow], marks: Sequence[Sequence[Highlight]]) -> tuple[TextRow, ...]:
    """Return the rows with their words, the quotes of each version marked."""
    found: list[TextRow] = []
    block = -1
    for number, row in enumerate(rows, start=1):
        cells = tuple(_cell(result, row, place, marks[place]) for place in range(len(result.versions)))
        current = block_of(result, row)
        found.append(TextRow(number, cells, is_heading(result, row), current != block))
        block = current
    return tuple(found)


def _cell(result: Result, row: VersionRow, place: int, marks: Sequence[Highlight]) -> Cell:
    version = result.versions[place]
    sentences = [version.article.sentences[index] for index in row.cells[place]]
    lines = tuple(TextLine(each.index, cut(version.article.text, (each.start, each.end), marks)) for each in sentences)
    return Cell(version, lines, row.moved[place], _checks(result, row, version))


def _checks(result: Result, row: VersionRow, version: Version) -> tuple[tuple[int, Check], ...]:
    translation = result.translations.get(version.id)
    if translation is None:
        return ()
    source = next(place for place, each in enumerate(result.versions) if each.id == translation.source)
    return tuple((index, check) for index in row.cells[source] for check in translation.sentences[index].checks)


def block_of(result: Result, row: VersionRow) -> int:
    """Return the paragraph of the first version that a row is in, -1 where that version has nothing here."""
    first = row.cells[0]
    return result.versions[0].article.sentences[first[0]].block if first else -1


def is_heading(result: Result, row: VersionRow) -> bool:
    """Return whether a row holds a title or a heading."""
    return any(
        version.article.blocks[version.article.sentences[index].block].kind in _HEADINGS
        for version, indices in zip(result.versions, row.cells, strict=True)
        for index in indices[:1]
    )
