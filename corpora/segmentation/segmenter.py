"""Split a text into sentences."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Protocol

from corpora.languages import CHINESE, ENGLISH, base_language, parse_language
from corpora.offsets import Span
from corpora.segmentation.alphabetic import AlphabeticRules
from corpora.segmentation.chinese import ChineseRules
from corpora.segmentation.lexicon import characters, is_han
from corpora.segmentation.marks import find_marks
from corpora.segmentation.stops import SplitState, Stop, find_stops


class Rules(Protocol):
    """Decides about stops, one after the other."""

    def ends(self, scene: SplitState, stop: Stop) -> bool:
        """Tell whether a sentence ends at `stop`."""
        ...


def segment(text: str, language: str) -> list[Span]:
    """Find the sentences of one block of text, in time linear in its length.

    Works by rule and word list; nothing is learnt from the text, so the same words are split the same way everywhere.

    Args:
        text: Any Unicode text, as a rule a paragraph, a heading or a list item. A blank line in it is a border too.
        language: BCP-47 tag of English, Russian or Chinese in either script.

    Returns:
        Spans in order, offsets in code points, end exclusive. They do not overlap; between them lies only white space,
        no-break and zero-width spaces included; empty for a text without anything else.

    Raises:
        UsageError: The language is not one of these.
    """
    base = base_language(parse_language(language))
    spans: list[Span] = []
    for start, end in _paragraphs(text):
        paragraph = text[start:end]
        spans += [(first + start, last + start) for first, last in _sentences(paragraph, _rules_for(paragraph, base))]
    return spans


def _rules_for(paragraph: str, base: str) -> Rules:
    if base == CHINESE:
        return _rules(CHINESE if any(map(is_han, paragraph)) else ENGLISH)
    return _rules(base)


@cache
def _rules(base: str) -> Rules:
    return ChineseRules() if base == CHINESE else AlphabeticRules(base)


def _paragraphs(text: str) -> Iterator[Span]:
    start = 0
    for gap in _line_ends().finditer(text):
        if len(gap[0].splitlines()) > 1 or "\N{PARAGRAPH SEPARATOR}" in gap[0]:
            yield start, gap.start()
            start = gap.end()
    yield start, len(text)


@cache
def _line_ends() -> re.Pattern[str]:
    return re.compile(rf"[\s{re.escape(''.join(characters().spaces))}]+")


def _sentences(text: str, rules: Rules) -> list[Span]:
    scene = SplitState(text, find_marks(text))
    scene.starts = {_first(text, 0, len(text))}
    spans: list[Span] = []
    for stop in find_stops(text, scene.marks):
        if not rules.ends(scene, stop):
            continue
        _add(spans, text, scene.start, stop.end)
        scene.start = stop.next
        scene.starts.add(stop.next)
    _add(spans, text, scene.start, len(text))
    return spans


def _add(spans: list[Span], text: str, start: int, end: int) -> None:
    """Add the sentence between two offsets; a piece without a letter or digit joins the one before it."""
    first, last = _first(text, start, end), _last(text, start, end)
    if first >= last:
        return
    if spans and not any(char.isalnum() for char in text[first:last]):
        spans[-1] = (spans[-1][0], last)
    else:
        spans.append((first, last))


def _first(text: str, start: int, end: int) -> int:
    known = characters()
    while start < end and known.is_space(text[start]):
        start += 1
    return start


def _last(text: str, start: int, end: int) -> int:
    known = characters()
    while end > start and known.is_space(text[end - 1]):
        end -= 1
    return end
