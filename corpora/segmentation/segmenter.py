"""Splits a text into sentences."""

import re
from collections.abc import Iterator
from functools import cache, cached_property
from typing import Final, Protocol

from corpora.languages import CHINESE, ENGLISH, base_language, parse_language
from corpora.offsets import Span
from corpora.segmentation.alphabetic import AlphabeticRules
from corpora.segmentation.attribution import chinese_attribution, chinese_remark
from corpora.segmentation.lexicon import ChineseLexicon, characters, chinese_lexicon, is_han
from corpora.segmentation.marks import find_marks
from corpora.segmentation.stops import SplitState, Stop, find_stops

_SHORT_QUOTE: Final = 12  # a quoted phrase up to this length is a name or an exclamation, not speech
_LONGEST_VERB: Final = 4


class ChineseRules:
    """Rules for Chinese; stops between Latin letters are left to those of English."""

    def __init__(self) -> None:
        self._english = AlphabeticRules(ENGLISH)

    @cached_property
    def lexicon(self) -> ChineseLexicon:
        """The word lists of Chinese."""
        return chinese_lexicon()

    def ends(self, scene: SplitState, stop: Stop) -> bool:
        """Return whether a sentence ends at `stop`."""
        if stop.next >= scene.end:
            return True
        following = scene.char(stop.next)
        if following in characters().continuation or scene.marks.roles.get(stop.next) == "close":
            return False
        if scene.bracket_around(stop) is not None:
            return False
        if _is_western(scene, stop):
            return self._english.ends(scene, stop)
        closing = scene.quote_closed_by(stop)
        if closing is not None:
            return self._ends_after_quote(scene, stop, closing)
        return self._ends_after_mark(scene, stop)

    def _ends_after_mark(self, scene: SplitState, stop: Stop) -> bool:
        if stop.kind == "ellipsis":  # it trails off within a sentence far more often than at its end
            return False
        if stop.kind == "period":
            return True
        if scene.char(stop.next) in characters().dashes:
            return False
        quote = next((pair for pair in scene.marks.around(stop.start) if not pair.bracket), None)
        if quote is None or quote.close - quote.open > _SHORT_QUOTE:
            return True
        return scene.opens_sentence(quote.open) or self._introduced(scene, quote.open)

    def _ends_after_quote(self, scene: SplitState, stop: Stop, closing: int) -> bool:
        if scene.char(stop.next) in characters().dashes:
            return False
        opening = scene.marks.opening.get(closing)
        if opening is None or scene.opens_sentence(opening):
            return not self._attributed(scene, stop, opening)
        if stop.kind == "period" or scene.before(opening) in characters().colons:
            return True
        if scene.text.startswith(self.lexicon.particles, stop.next):
            return False
        return closing - opening > _SHORT_QUOTE or self._introduced(scene, opening)

    def _attributed(self, scene: SplitState, stop: Stop, opening: int | None) -> bool:
        """Return whether the words after a quote that opens its sentence belong to it."""
        if chinese_attribution(scene.text, stop.next, alone=stop.kind == "period"):
            return True
        # Nobody has been named yet, and an isolated quote would rather end in a full stop.
        return stop.kind != "period" and opening is not None and chinese_remark(scene.text, stop.next)

    def _introduced(self, scene: SplitState, opening: int) -> bool:
        """Return whether a colon, a comma or a verb of speech is right before the quote."""
        before = scene.before(opening)
        if not before.isalnum():
            return True
        return scene.text[max(0, opening - _LONGEST_VERB) : opening].rstrip().endswith(self.lexicon.speech)


def _is_western(scene: SplitState, stop: Stop) -> bool:
    """Return whether the stop is an ASCII one that does not follow a Chinese character or a mark closed after one."""
    return scene.char(stop.core_end - 1).isascii() and not _is_wide(scene.char(stop.start - 1))


def _is_wide(char: str) -> bool:
    known = characters()
    return is_han(char) or (not char.isascii() and char in known.marks | known.stops)


class Rules(Protocol):
    """Decides about stops, one by one."""

    def ends(self, scene: SplitState, stop: Stop) -> bool:
        """Return whether a sentence ends at `stop`."""
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
    """Add the sentence between two offsets; a part without a letter or digit joins the one before it."""
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
