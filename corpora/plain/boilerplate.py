"""Boilerplate: share buttons, comment forms and links to other articles in a copied page."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from common.data import load_table
from common.errors import InputError
from corpora.identification import identify_language
from corpora.languages import base_language, parse_language
from corpora.offsets import Span
from corpora.plain.layout import Chunk, ends_sentence, is_running_text

_LANGUAGES: Final = ("en", "ru", "zh")
_NOTHING: Final = re.compile(r"(?!)")
_RIGHTS: Final = r"(?:copyright\s*)?©.{0,200}"
"""Copyright notices in any language."""


@dataclass(frozen=True, slots=True)
class _Patterns:
    line: re.Pattern[str]
    tail: re.Pattern[str]
    edge: re.Pattern[str]
    speech: re.Pattern[str]


def likely_language(text: str, asked: str | None) -> str | None:
    """Return the language whose patterns to use, None if it cannot be detected."""
    try:
        return base_language(parse_language(asked) if asked else identify_language(text))
    except InputError:
        return None


def find_boilerplate(texts: Sequence[str], language: str | None) -> list[bool]:
    """Return for each block of an article whether it is boilerplate.

    Args:
        texts: The blocks in order. A block of several lines is boilerplate if each line is.
        language: The article's; None applies the patterns of all.
    """
    patterns = _patterns(language)
    running = [number for number, text in enumerate(texts) if is_running_text(text)]
    first = running[0] if running else len(texts)
    last = _last_sentence(texts, patterns) if running else -1
    found = []
    for number, text in enumerate(texts):
        at_edge = number < first or number > last
        outside = patterns.edge if at_edge and running else _NOTHING
        after_text = patterns.tail if number > last and running else _NOTHING
        found.append(_each_line(text, (patterns.line, outside, after_text), patterns.speech))
    after = range(last + 1, len(texts)) if running else ()
    tail = next((n for n in after if _each_line(texts[n], (patterns.tail,), patterns.speech)), len(texts))
    return [is_boilerplate or number >= tail for number, is_boilerplate in enumerate(found)]


def _last_sentence(texts: Sequence[str], patterns: _Patterns) -> int:
    """Return the number of the last block that is a sentence, however short, and not boilerplate."""
    numbers = range(len(texts) - 1, -1, -1)
    known = (patterns.line, patterns.edge, patterns.tail)
    return next(n for n in numbers if ends_sentence(texts[n]) and not _each_line(texts[n], known, patterns.speech))


def kept_spans(text: str, chunks: Sequence[Chunk], language: str | None) -> list[Span] | None:
    """Return the spans of a plain text without its boilerplate, None if it has none.

    A text of nothing but boilerplate is left unchanged.
    """
    drop = find_boilerplate([text[chunk.start : chunk.end] for chunk in chunks], language)
    kept = [chunk for chunk, is_boilerplate in zip(chunks, drop, strict=True) if not is_boilerplate]
    if not kept:
        return None
    end = _without_last_lines(text, kept[-1], _patterns(language))
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
        # All after the last paragraph is removed except the end of its line.
        line_end = text.find("\n", end)
        stop = len(text) if line_end < 0 else line_end + 1
        spans = [(start, min(until, stop)) for start, until in [*spans, (at, len(text))] if start < stop]
    else:
        spans.append((at, len(text)))
    return [span for span in spans if span[0] < span[1]]


def _without_last_lines(text: str, chunk: Chunk, patterns: _Patterns) -> int:
    """Return the end of the last block without boilerplate attached to it."""
    lines = list(chunk.lines)
    while len(lines) > 1 and _each_line(text[slice(*lines[-1])], (patterns.line,), patterns.speech):
        lines.pop()
    return lines[-1][1] if ends_sentence(text[slice(*lines[-1])]) else chunk.end


def _each_line(text: str, patterns: Sequence[re.Pattern[str]], speech: re.Pattern[str]) -> bool:
    lines = [line.strip() for line in text.split("\n")]
    return all(any(pattern.fullmatch(line) for pattern in patterns) and not _is_news(line, speech) for line in lines)


def _is_news(line: str, speech: re.Pattern[str]) -> bool:
    """Return whether a line is a sentence of news."""
    return ends_sentence(line) and speech.search(line) is not None


@cache
def _patterns(language: str | None) -> _Patterns:
    chosen = [language] if language in _LANGUAGES else _LANGUAGES
    tables = [load_table(__name__, f"boilerplate-{one}.toml") for one in chosen]
    found = {key: [pattern for table in tables for pattern in table[key]] for key in ("line", "tail", "edge")}
    found["line"].append(_RIGHTS)
    found["speech"] = [table["speech"] for table in tables]
    joined = {key: "|".join(f"(?:{pattern})" for pattern in some) for key, some in found.items()}
    return _Patterns(**{key: re.compile(pattern, re.IGNORECASE) for key, pattern in joined.items()})
