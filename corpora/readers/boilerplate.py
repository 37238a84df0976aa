"""Boilerplate: share buttons, comment forms and links to other articles that came along with a copied page."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from common.data import load_table
from corpora.offsets import Span
from corpora.readers.layout import Chunk, ends_sentence, is_running_text

_FILES: Final = ("boilerplate-en.toml", "boilerplate-ru.toml", "boilerplate-zh.toml")
_NOTHING: Final = re.compile(r"(?!)")


@dataclass(frozen=True, slots=True)
class _Patterns:
    line: re.Pattern[str]
    tail: re.Pattern[str]
    edge: re.Pattern[str]


def find_boilerplate(texts: Sequence[str]) -> list[bool]:
    """Tell for each block of an article whether it is boilerplate; all patterns of all languages apply.

    Args:
        texts: The blocks in order. One of several lines is boilerplate if each line is.
    """
    patterns = _patterns()
    running = [number for number, text in enumerate(texts) if is_running_text(text)]
    first, last = (running[0], running[-1]) if running else (len(texts), -1)
    found = []
    for number, text in enumerate(texts):
        at_edge = number < first or number > last
        outside = patterns.edge if at_edge and running else _NOTHING
        after_text = patterns.tail if number > last and running else _NOTHING
        found.append(_each_line(text, (patterns.line, outside, after_text)))
    tail = next(
        (n for n in range(last + 1, len(texts)) if running and _each_line(texts[n], (patterns.tail,))), len(texts)
    )
    return [is_boilerplate or number >= tail for number, is_boilerplate in enumerate(found)]


def kept_spans(text: str, chunks: Sequence[Chunk]) -> list[Span] | None:
    """Return the parts of a plain text that are left when its boilerplate is cut out, None where it has none.

    A text of nothing but boilerplate is left as it is.
    """
    drop = find_boilerplate([text[chunk.start : chunk.end] for chunk in chunks])
    kept = [chunk for chunk, is_boilerplate in zip(chunks, drop, strict=True) if not is_boilerplate]
    if not kept:
        return None
    end = _without_last_lines(text, kept[-1])
    if len(kept) == len(chunks) and end == kept[-1].end:
        return None
    return _cut(text, chunks, drop, end)


def _cut(text: str, chunks: Sequence[Chunk], drop: Sequence[bool], end: int) -> list[Span]:
    spans: list[Span] = []
    at = 0
    for number, (chunk, is_boilerplate) in enumerate(zip(chunks, drop, strict=True)):
        if is_boilerplate:
            spans.append((at, max(at, chunk.start)))
            at = chunks[number + 1].start if number + 1 < len(chunks) else len(text)
    last_kept = max(number for number, is_boilerplate in enumerate(drop) if not is_boilerplate)
    if last_kept + 1 < len(chunks) or end < chunks[last_kept].end:
        # What follows the last paragraph goes, all but the end of its line.
        line_end = text.find("\n", end)
        stop = len(text) if line_end < 0 else line_end + 1
        spans = [(start, min(until, stop)) for start, until in [*spans, (at, len(text))] if start < stop]
    else:
        spans.append((at, len(text)))
    return [span for span in spans if span[0] < span[1]]


def _without_last_lines(text: str, chunk: Chunk) -> int:
    """Return where the last block ends when the boilerplate that clings to it is taken off."""
    lines = list(chunk.lines)
    while len(lines) > 1 and _is_line(text, lines[-1]):
        lines.pop()
    return lines[-1][1] if ends_sentence(text[slice(*lines[-1])]) else chunk.end


def _is_line(text: str, line: Span) -> bool:
    return bool(_patterns().line.fullmatch(text[slice(*line)]))


def _each_line(text: str, patterns: Sequence[re.Pattern[str]]) -> bool:
    lines = [line.strip() for line in text.split("\n")]
    return all(any(pattern.fullmatch(line) for pattern in patterns) for line in lines)


@cache
def _patterns() -> _Patterns:
    tables = [load_table(__name__, name) for name in _FILES]
    joined = {
        key: re.compile("|".join(f"(?:{pattern})" for table in tables for pattern in table[key]), re.IGNORECASE)
        for key in ("line", "tail", "edge")
    }
    return _Patterns(**joined)
