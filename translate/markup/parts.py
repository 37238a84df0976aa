"""Parts of words: the 2 of CO2, which is no word of the alignment."""

from collections.abc import Iterator
from typing import Final

import regex

from translate.markup.types import Span

JOINED: Final = regex.compile(r"[[\p{L}\p{N}\p{M}_]--\p{Han}]", regex.VERSION1)
"""What makes one word with its like; Chinese signs do not."""


def occurrences(text: str, part: str) -> Iterator[Span]:
    """Yield where a part stands in a text with no letter or digit of the same word beside it."""
    at = text.find(part) if part else -1
    while at >= 0:
        end = at + len(part)
        if not _goes_on(text, at) and not _goes_on(text, end):
            yield at, end
        at = text.find(part, end)


def is_part(text: str, span: Span) -> bool:
    """Tell whether a span begins or ends inside a word."""
    return _goes_on(text, span[0]) or _goes_on(text, span[1])


def part_place(source: str, span: Span, hypothesis: str) -> Span | None:
    """Return where a part of a word stands in a translation.

    Args:
        source: The text of the span.
        span: A span that begins or ends inside a word.
        hypothesis: The translation.

    Returns:
        The same part of the same word, else the only place where the part stands in a word in the same way; None where
        there is neither.
    """
    start, end = _word_around(source, span)
    before = sum(first < start for first, _ in occurrences(source, source[start:end]))
    same = list(occurrences(hypothesis, source[start:end]))
    if same:
        at = same[min(before, len(same) - 1)][0] + span[0] - start
        return at, at + span[1] - span[0]
    part = source[span[0] : span[1]]
    sides = _goes_on(source, span[0]), _goes_on(source, span[1])
    found = [
        (match.start(), match.end())
        for match in regex.finditer(regex.escape(part), hypothesis)
        if (_goes_on(hypothesis, match.start()), _goes_on(hypothesis, match.end())) == sides
    ]
    return found[0] if len(found) == 1 else None


def _goes_on(text: str, place: int) -> bool:
    """Tell whether a word stands on both sides of a place."""
    return 0 < place < len(text) and bool(JOINED.match(text[place - 1]) and JOINED.match(text[place]))


def _word_around(text: str, span: Span) -> Span:
    start, end = span
    while _goes_on(text, start):
        start -= 1
    while _goes_on(text, end):
        end += 1
    return start, end
