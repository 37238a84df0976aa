"""The layout of plain text: blocks, and which of them are titles, headings and lists."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from corpora.blocks import Block, BlockKind
from corpora.normalization import INVISIBLE, is_blank, strip_span
from corpora.offsets import Span

WRAP_WIDTH: Final = 100
"""Most columns of hard-wrapped text; a wider line is a paragraph by itself."""

_TITLE_WIDTH: Final = 200  # columns, a Chinese character has two
_TITLE_WRAP: Final = 55  # a headline of several lines fills them; a shorter first line is followed by a byline
_HEADING_WIDTH: Final = 100
_RUNNING_WIDTH: Final = 60
_HEADING_RUN: Final = 2  # more short lines in a row are a list or a table, not headings
_WRAPPED_SHARE: Final = 0.5  # of the lines that may end in a stop in a wrapped paragraph

_STOPS: Final = (
    ".!?\N{HORIZONTAL ELLIPSIS}\N{IDEOGRAPHIC FULL STOP}\N{FULLWIDTH EXCLAMATION MARK}\N{FULLWIDTH QUESTION MARK}"
)
_PAUSES: Final = (
    ",;:\N{FULLWIDTH COMMA}\N{IDEOGRAPHIC COMMA}\N{FULLWIDTH SEMICOLON}\N{FULLWIDTH COLON}\N{EM DASH}\N{EN DASH}-"
)
_CLOSERS: Final = (
    "\"')]}\N{RIGHT DOUBLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}\N{RIGHT-POINTING DOUBLE ANGLE QUOTATION MARK}"
    "\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT CORNER BRACKET}\N{RIGHT WHITE CORNER BRACKET}"
    "\N{RIGHT DOUBLE ANGLE BRACKET}\N{FULLWIDTH RIGHT PARENTHESIS}\N{RIGHT BLACK LENTICULAR BRACKET}"
)
_QUESTIONS: Final = "!?\N{FULLWIDTH EXCLAMATION MARK}\N{FULLWIDTH QUESTION MARK}\N{HORIZONTAL ELLIPSIS}"
_DIALOGUE: Final = re.compile("[\N{EM DASH}\N{EN DASH}-]\\s")
_BULLET: Final = re.compile(
    "(?:[*+\N{BULLET}\N{MIDDLE DOT}\N{BLACK SMALL SQUARE}\N{BLACK CIRCLE}\N{WHITE BULLET}]|\\d{1,2}[.)])\\s"
)
_NOTE_MARKS: Final = re.compile(r"(?:\[\^?\w{1,20}\]|[\u00b9\u00b2\u00b3\u2070-\u2079]){1,4}+\Z")
"""References to footnotes at the end of a text, as `[1]`, `[^1]` or superscript digits; four, to bound the search."""
_INNER_STOP: Final = re.compile(f"[{re.escape(_STOPS)}][{re.escape(_CLOSERS)}]*\\s+\\S")


@dataclass(frozen=True, slots=True)
class Chunk:
    """A run of lines that form a block.

    Attributes:
        start: Offset of the first visible character.
        end: Offset after the last one.
        lines: Its lines without the blanks at their ends.
    """

    start: int
    end: int
    lines: tuple[Span, ...]


def split_chunks(text: str) -> list[Chunk]:
    """Find the blocks of a plain text.

    Blank lines separate them. A hard-wrapped paragraph stays one, but each of a run of wide lines is a block, and so is
    each line of a text without blank lines unless that text is hard-wrapped.
    """
    groups = _group_lines(text)
    if len(groups) == 1 and not _is_wrapped(text, groups[0]):
        return [Chunk(*line, (line,)) for line in groups[0]]
    return [chunk for group in groups for chunk in _split_group(text, group)]


def classify(text: str, chunks: Sequence[Chunk]) -> tuple[Block, ...]:
    """Return the kind of each chunk: title, heading, list item or paragraph."""
    texts = [text[chunk.start : chunk.end] for chunk in chunks]
    headings = find_headings(texts)
    blocks: list[Block] = []
    for number, chunk in enumerate(chunks):
        kind: BlockKind = "heading" if headings[number] else "paragraph"
        if number == 0 and len(chunks) > 1 and is_title_like(texts[number]):
            kind = "title"
        elif _is_bullet(texts[number]):
            kind = "list_item"
        blocks.append(Block(kind, chunk.start, chunk.end, 1 if kind in {"heading", "list_item"} else 0))
    return tuple(blocks)


def find_headings(texts: Sequence[str]) -> list[bool]:
    """Return for each paragraph whether it can be a heading: a short line without a final stop, with text below it."""
    short = [_could_be_heading(text) for text in texts]
    return [
        number > 0 and is_short and number + 1 < len(texts) and run <= _HEADING_RUN
        for number, (is_short, run) in enumerate(zip(short, _runs(short), strict=True))
    ]


def is_title_like(text: str) -> bool:
    """Return whether a first block can be a headline: short, and not ending like a sentence of a text.

    A question or an exclamation may be a headline too, if it is only one.
    """
    *wrapped, _last = text.split("\n")
    if width(text) > _TITLE_WIDTH or _DIALOGUE.match(text) or any(width(line) < _TITLE_WRAP for line in wrapped):
        return False
    last = _last_mark(text)
    if last in _QUESTIONS:
        return text.rstrip()[-1] == last and not _INNER_STOP.search(text)
    return last not in _STOPS + _PAUSES


def is_running_text(text: str) -> bool:
    """Return whether a block reads like a paragraph: long enough, and closed by a sentence-final mark."""
    return width(text) >= _RUNNING_WIDTH and ends_sentence(text)


def ends_sentence(text: str) -> bool:
    """Return whether the last character before closing quotation marks and brackets is a stop."""
    return _last_mark(text) in _STOPS


def width(text: str) -> int:
    """Return the width of `text` in columns: East Asian wide characters have two, zero-width ones none."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else char not in INVISIBLE for char in text)


def _last_mark(text: str) -> str:
    bare = _NOTE_MARKS.sub("", text.rstrip()).rstrip(_CLOSERS)
    return bare[-1:] or text.strip()[-1:] or " "


def _group_lines(text: str) -> list[list[Span]]:
    groups: list[list[Span]] = [[]]
    at = 0
    for line in text.split("\n"):
        start, end = strip_span(text, at, at + len(line))
        if start < end:
            groups[-1].append((start, end))
        elif groups[-1]:
            groups.append([])
        at += len(line) + 1
    return [group for group in groups if group]


def _is_wrapped(text: str, lines: Sequence[Span]) -> bool:
    """Return whether several lines are one wrapped paragraph: narrow, and mostly broken within a sentence."""
    inner = lines[:-1]
    if not inner or _wide(text, lines):
        return not inner
    stops = sum(ends_sentence(text[start:end]) for start, end in inner)
    # Wrapped lines fill their width; a title above a paragraph does not.
    filled = min(width(text[start:end]) for start, end in inner) * 2 > max(
        width(text[start:end]) for start, end in lines
    )
    return filled and stops < _WRAPPED_SHARE * len(inner)


def _wide(text: str, lines: Sequence[Span]) -> bool:
    return any(width(text[start:end]) > WRAP_WIDTH for start, end in lines)


def _split_group(text: str, lines: list[Span]) -> list[Chunk]:
    if len(lines) > 1 and _wide(text, lines):
        return [Chunk(*line, (line,)) for line in lines]
    opens = _openings(text, lines)
    starts = [number for number, opening in enumerate(opens) if opening or number == 0]
    runs = [lines[start:stop] for start, stop in zip(starts, [*starts[1:], len(lines)], strict=True)]
    return [Chunk(run[0][0], run[-1][1], tuple(run)) for run in runs]


def _openings(text: str, lines: Sequence[Span]) -> list[bool]:
    """Return for each line of a group whether it starts a block: by its indentation or its bullet."""
    indents = [_indent(text, start) for start, _ in lines]
    some_flush = not all(indents)
    bullets = sum(bool(_BULLET.match(text, start)) for start, _ in lines) > 1
    return [
        "\N{IDEOGRAPHIC SPACE}" in indent
        or bool(some_flush and is_blank(indent) and len(indent) > 1)
        or bool(bullets and _BULLET.match(text, start))
        for indent, (start, _) in zip(indents, lines, strict=True)
    ]


def _indent(text: str, start: int) -> str:
    return text[text.rfind("\n", 0, start) + 1 : start]


def _is_bullet(text: str) -> bool:
    # A number and a stop may open a sentence; a year or a date does not make a list.
    return bool(_BULLET.match(text)) and not text[0].isdecimal()


def _could_be_heading(text: str) -> bool:
    if "\n" in text or width(text) > _HEADING_WIDTH or _DIALOGUE.match(text) or _BULLET.match(text):
        return False
    return _last_mark(text) not in _STOPS + _PAUSES


def _runs(short: Sequence[bool]) -> Iterator[int]:
    """Yield for each line the length of its run of similar lines; the first line, a title, is in none."""
    for _, run in groupby(enumerate(short), key=lambda line: (line[0] == 0, line[1])):
        count = len(list(run))
        yield from [count] * count
