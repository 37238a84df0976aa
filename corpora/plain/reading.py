"""Plain text: its blocks, without the boilerplate around them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from common.data import load_table
from common.errors import InputError
from corpora.blocks import Block
from corpora.identification import identify_language
from corpora.languages import base_language, parse_language
from corpora.normalization import is_blank, normalize
from corpora.offsets import OffsetMap, Span
from corpora.plain.layout import Chunk, classify, ends_sentence, is_running_text, split_chunks

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


MOST_PARTS: Final = 300_000
"""Most parts of a text: tags, marks or lines. Each takes up to two kilobytes; books have fewer."""
HINT: Final = "Save the text of the article as a plain text file"


def refuse_empty(text: str, name: str) -> None:
    """Raise the error for a text without a visible character.

    Raises:
        InputError: There is nothing to read.
    """
    if is_blank(text):
        raise InputError(f"{name} is empty", hint="Give an article of at least one sentence")


def refuse_many(text: str, signs: str, what: str, name: str) -> None:
    """Raise the error for a text of more than `MOST_PARTS` parts.

    Raises:
        InputError: There are too many.
    """
    count = sum(map(text.count, signs))
    if count > MOST_PARTS:
        raise InputError(f"{name} has {count:,} {what}, more than the limit of {MOST_PARTS:,}", hint=HINT)


@dataclass(frozen=True, slots=True)
class PlainText:
    """A parsed plain text.

    Attributes:
        text: NFC, with plain line ends, without boilerplate.
        offsets: Maps `text` to the original text.
        dropped: The lines of boilerplate that were left out.
    """

    text: str
    blocks: tuple[Block, ...]
    offsets: OffsetMap
    dropped: tuple[str, ...]

    @property
    def title(self) -> str | None:
        """The headline on one line, None if there is none."""
        first = self.blocks[0]
        return self.text[first.start : first.end].replace("\n", " ") if first.kind == "title" else None


def read_plain(text: str, *, name: str = "the text", language: str | None = None) -> PlainText:
    """Find the blocks of a plain text.

    Text in NFC with plain line ends and no boilerplate is returned unchanged.
    """
    refuse_empty(text, name)
    normalized = normalize(text)
    refuse_many(normalized.text, "\n", "lines", name)
    clean, offsets, dropped = _without_boilerplate(normalized.text, likely_language(normalized.text, language))
    return PlainText(clean, classify(clean, split_chunks(clean)), offsets.after(normalized.offsets), tuple(dropped))


def _without_boilerplate(text: str, language: str | None) -> tuple[str, OffsetMap, list[str]]:
    offsets = OffsetMap.identity(len(text))
    dropped: list[str] = []
    # Cutting can move more to an edge; repeating until nothing changes makes reading idempotent.
    while spans := kept_spans(text, split_chunks(text), language):
        dropped.extend(_between(text, spans))
        offsets = OffsetMap.keeping(spans).after(offsets)
        text = "".join(text[start:end] for start, end in spans)
    return text, offsets, dropped


def _between(text: str, spans: list[tuple[int, int]]) -> list[str]:
    ends = [0, *(end for _, end in spans)]
    starts = [*(start for start, _ in spans), len(text)]
    pieces = [text[end:start] for end, start in zip(ends, starts, strict=True)]
    return [line.strip() for piece in pieces for line in piece.split("\n") if not is_blank(line)]
