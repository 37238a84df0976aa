"""Rules for English and Russian: does a sentence end at a stop?"""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from corpora.languages import ENGLISH
from corpora.segmentation.attribution import names_speaker
from corpora.segmentation.lexicon import SentenceLexicon, alphabetic_lexicon, characters
from corpora.segmentation.stops import SplitState, Stop

LOOKBACK: Final = 48
"""Code points before a stop that contain an abbreviation, the word before it and a date phrase."""

_WHOLE_WORD: Final = 4  # unlisted English abbreviations are shorter

# A letter of an alphabet. Chinese characters are not: they are next to Latin words without a space.
_LETTER: Final = r"[^\W\d_\u3400-\u9fff]"
_TOKEN: Final = re.compile(rf"(?:{_LETTER}+[-.]\s?)*{_LETTER}+$")
WORD: Final = re.compile(rf"{_LETTER}+(?:['’]{_LETTER}+)?")
"""A word of an alphabet, with an apostrophe in it or not."""

_LOCAL_TIME: Final = re.compile(rf"{_LETTER}+(?:\s{_LETTER}+)?\s[Tt]ime\b")
_CLAUSE_BORDER: Final = re.compile(r"[,;:(](?!\d)|\s[—–]\s")
_NUMBER_BEFORE: Final = re.compile(r"(?:\d|\b[IVXLC]+)\s*$")


@dataclass(frozen=True, slots=True)
class Head:
    """The text after a stop.

    Attributes:
        offset: Offset of its first letter or digit, after marks and dashes.
        char: That character, a space at the end of the text.
        word: The first word, empty if there is none.
        initial: Whether the word is one letter with a stop.
        dash: Whether a dash comes before it.
        mark: Whether an opening mark comes before it.
    """

    offset: int
    char: str
    word: str
    initial: bool
    dash: bool
    mark: bool

    @property
    def lower(self) -> bool:
        """Whether it continues in lower case; `iPhone` counts as a capital."""
        return self.char.islower() and not self.word[1:2].isupper()

    def opens(self, lexicon: SentenceLexicon) -> bool:
        """Return whether the word often begins a sentence and is hardly ever a name."""
        return self.word.lower() in lexicon.openers and not self.initial


@dataclass(frozen=True, slots=True)
class Period:
    """A full stop after a word.

    Attributes:
        token: The word, with all parts of an abbreviation like `U.S`, without the last stop.
        before: The sentence before it, or its end.
        head: The text after it; not in lower case.
        following: The text from the first letter or digit on.
        whole: Whether `before` is all of the sentence in front of the word.
    """

    token: str
    before: str
    head: Head
    following: str
    whole: bool

    @property
    def spellings(self) -> frozenset[str]:
        """The forms of the word in a list: whole, its last one or two parts, with the word before."""
        whole = re.sub(r"\s", "", self.token)
        pieces = whole.split(".")
        previous = WORD.findall(self.before)[-1:]
        spellings = {whole, ".".join(pieces[-2:]), pieces[-1], *(f"{word} {whole}" for word in previous)}
        return frozenset(spellings | {spelling.lower() for spelling in spellings})

    @property
    def acronym(self) -> bool:
        """Whether the word is made of single letters separated by stops."""
        pieces = [piece.strip() for piece in self.token.split(".")]
        return len(pieces) > 1 and all(len(piece) == 1 for piece in pieces)


def read_period(sentence: str, head: Head, following: str, *, whole: bool) -> Period | None:
    """Take apart the sentence up to a full stop; None where the stop does not follow a word."""
    match = _TOKEN.search(sentence)
    if match is None:
        return None
    return Period(match[0], sentence[: match.start()], head, following, whole)


def ends_sentence(period: Period, lexicon: SentenceLexicon) -> bool:
    """Return whether a sentence ends at the stop after a word."""
    names, head = period.spellings, period.head
    if period.before.endswith(("/", "-")) or names & lexicon.final:  # a unit like «км/ч», the ending in «17-м»
        return True
    if names & lexicon.time:
        return head.word.lower() not in lexicon.after_time and _LOCAL_TIME.match(period.following) is None
    number_next = head.char.isdigit() and names & (lexicon.before_number | lexicon.either)
    if number_next or f"{period.token} {head.word}" in lexicon.bound:
        return False
    unit = period.token.rsplit(".", 1)[-1].strip().lower()
    if unit in lexicon.after_number:
        return _unit_ends_sentence(period, unit, lexicon)
    return _name_ends_sentence(period, names, lexicon)


def _name_ends_sentence(period: Period, names: frozenset[str], lexicon: SentenceLexicon) -> bool:
    opener = period.head.opens(lexicon)
    if names & lexicon.before:
        return opener and not names.isdisjoint(lexicon.homographs)
    if names & lexicon.either or period.acronym:
        return opener or period.token.isascii() != period.head.word.isascii()  # no name changes its script
    if len(period.token) == 1 and period.token.isupper():
        return opener or period.head.char.isdigit() or _is_lettered(period.before, lexicon)
    return True


def _unit_ends_sentence(period: Period, unit: str, lexicon: SentenceLexicon) -> bool:
    """Decide on Russian words like «г.»: year or unit after a number, else the start of a name («г. Москва»)."""
    before = period.before
    counted = _NUMBER_BEFORE.search(before) or before.rstrip(". ").lower().endswith(tuple(lexicon.units_after))
    if not counted or unit not in lexicon.date_units:
        return bool(counted)
    clause = _CLAUSE_BORDER.split(before)[-1]
    phrase = WORD.findall(clause.lower())
    if not phrase or not lexicon.dating.issuperset(phrase):
        return True
    return period.head.opens(lexicon) and not (period.whole and clause == before)


def _is_lettered(before: str, lexicon: SentenceLexicon) -> bool:
    words = WORD.findall(before)
    return bool(words) and words[-1].lower() in lexicon.lettered


def is_whole_word(period: Period, lexicon: SentenceLexicon) -> bool:
    """Return whether the word is long enough to be no abbreviation, and is not listed as one."""
    if len(period.token) < _WHOLE_WORD or "." in period.token:
        return False
    known = lexicon.other | lexicon.either | lexicon.before | lexicon.before_number
    return period.spellings.isdisjoint(known)


_SHORT_QUOTE: Final = 40  # a quoted phrase up to this length is a name or an exclamation, not speech
_LEAD: Final = 8  # marks and dashes before a sentence's first word
_LONGEST_WORD: Final = 40
_LIST_NUMBER: Final = re.compile(r"\W*(?:\d{1,3}(?:\.\d{1,3})*|[IVX]{1,5})")


class AlphabeticRules:
    """Rules for one language."""

    def __init__(self, language: str) -> None:
        self.language = language

    @cached_property
    def lexicon(self) -> SentenceLexicon:
        """The word lists of the language."""
        return alphabetic_lexicon(self.language)

    def ends(self, scene: SplitState, stop: Stop) -> bool:
        """Return whether a sentence ends at `stop`."""
        if stop.next >= scene.end:
            return True
        head = _head(scene, stop.next)
        if not self._may_follow(scene, stop, head) or scene.bracket_around(stop) is not None:
            return False
        if scene.quote_closed_by(stop) is not None:
            return self._ends_after_quote(scene, stop, head)
        if stop.kind == "period":
            return self._ends_after_period(scene, stop, head)
        return self._ends_after_mark(scene, stop)

    def _may_follow(self, scene: SplitState, stop: Stop, head: Head) -> bool:
        """Return whether the following text allows a new sentence."""
        if head.lower and not self._slipped(scene, stop, head):
            return False
        if scene.char(stop.next) in characters().continuation or scene.marks.roles.get(stop.next) == "close":
            return False
        if stop.gap or scene.char(stop.core_end - 1) in characters().wide:
            return True
        if stop.end > stop.core_end:
            return head.char.isupper() and scene.quote_closed_by(stop) is not None
        return head.char.isupper() and (head.mark or (head.dash and scene.char(stop.next + 1).isspace()))

    def _slipped(self, scene: SplitState, stop: Stop, head: Head) -> bool:
        """Return whether an English sentence starts in lower case by a typing error."""
        if self.language != ENGLISH or stop.kind != "period" or stop.end > stop.core_end or not stop.gap or head.dash:
            return False
        period = read_period(scene.text[max(scene.start, stop.start - LOOKBACK) : stop.start], head, "", whole=False)
        return period is not None and is_whole_word(period, self.lexicon)

    def _ends_after_quote(self, scene: SplitState, stop: Stop, head: Head) -> bool:
        if head.dash and not head.mark:
            return False
        closing = scene.quote_closed_by(stop)
        opening = scene.marks.opening.get(closing) if closing is not None else None
        utterance = opening is None or scene.opens_sentence(opening)
        if self.language == ENGLISH:
            alone = stop.kind == "period"
            return not (utterance and names_speaker(scene.text, head.offset, self.lexicon, alone=alone))
        # Russian puts a stop after the marks of a name that ends in ? or !, so without one the sentence continues.
        named = stop.kind != "period" and opening is not None and not utterance and scene.before(opening).isalnum()
        return not named or head.opens(self.lexicon)

    def _ends_after_mark(self, scene: SplitState, stop: Stop) -> bool:
        if stop.kind == "strong" and self._is_name(scene, stop):
            return False
        quote = next((pair for pair in scene.marks.around(stop.start) if not pair.bracket), None)
        if quote is None or quote.close - quote.open > _SHORT_QUOTE:
            return True
        return scene.opens_sentence(quote.open) or not scene.before(quote.open).isalnum()

    def _is_name(self, scene: SplitState, stop: Stop) -> bool:
        end = stop.start + 1
        endings = (name for name in self.lexicon.names if scene.text.endswith(name, scene.start, end))
        return any(not scene.char(end - len(name) - 1).isalnum() for name in endings)

    def _ends_after_period(self, scene: SplitState, stop: Stop, head: Head) -> bool:
        if scene.char(stop.start) != ".":
            return True
        begin = max(scene.start, stop.start - LOOKBACK)
        sentence, whole = scene.text[begin : stop.start], begin == scene.start
        if whole and _LIST_NUMBER.fullmatch(sentence):
            return False
        following = scene.text[head.offset : head.offset + LOOKBACK]
        period = read_period(sentence, head, following, whole=whole)
        return period is None or ends_sentence(period, self.lexicon)


def _head(scene: SplitState, offset: int) -> Head:
    known = characters()
    dash = mark = False
    for place in range(offset, min(offset + _LEAD, scene.end)):
        char = scene.text[place]
        if char.isalnum():
            match = WORD.match(scene.text, place, place + _LONGEST_WORD)
            word = match[0] if match else ""
            return Head(place, char, word, len(word) == 1 and scene.char(place + 1) == ".", dash, mark)
        dash = dash or char in known.dashes
        mark = mark or scene.marks.roles.get(place) == "open"
    return Head(offset, scene.char(offset), "", initial=False, dash=dash, mark=mark)
