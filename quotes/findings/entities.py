"""Findings about names: a person, a place or a body of one version that the other does not name."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import regex

from corpora.offsets import Span
from quotes.facts.passages import Passage, PassagePair
from quotes.facts.phrases import is_han, surroundings
from quotes.facts.places import Place, find_places, group_of, related
from quotes.facts.proper_names import asked_meanings, find_names, is_answered, windows
from quotes.findings.evidence import Evidence
from quotes.types import Severity

_CHANGED = {2: 1.0, 1: 0.8, 0: 0.7}
"""Strength where two names stand against each other, by how many of them are known."""
_LONE_PLACE = 0.8
_LONE_NAME = 0.3
_ABBREVIATION = regex.compile(r"(?<![\w])\p{Lu}{3,}(?!\w)")
"""What a name may be hidden in: the Pacific in PTWC."""


@dataclass(frozen=True, slots=True)
class _Mention:
    """A name where it stands in the article; `codes` says what it names, empty where it is not known."""

    span: Span
    text: str
    codes: frozenset[str]

    @property
    def firm(self) -> bool:
        """Whether it is a name without doubt; three characters of transcriptions may also be ordinary words."""
        return bool(self.codes) or not is_han(self.text)

    @property
    def group(self) -> str:
        """What the name is; only names of one group stand against each other."""
        return group_of(self.codes)


def compare_entities(pair: PassagePair) -> Iterator[Evidence]:
    """Give evidence where one side names what the other does not.

    Two names that stand against each other are `entity_changed`, from 0.7 where neither is a known one to 1.0 where
    both are; a name that nothing on the other side answers is `entity_lone`, at most 0.8, for a
    pronoun may stand for it.
    """
    first, second = _unanswered(pair, pair.first, pair.second), _unanswered(pair, pair.second, pair.first)
    for one, other in _against(first, second):
        yield _changed(pair, one, other)
    for side, lone in enumerate((first, second)):
        for mention in lone:
            if mention.firm and mention.group == "name":
                yield _lone(pair, side, mention)


def _mentions(passage: Passage) -> Iterator[_Mention]:
    for offset, piece in passage.pieces:
        places = find_places(piece, passage.language)
        taken = [(place.start, place.end) for place in places]
        for place, (start, end) in zip(places, taken, strict=True):
            yield _Mention((offset + start, offset + end), piece[start:end], place.codes)
        for start, end in find_names(piece, passage.language):
            if not any(start < stop and begin < end for begin, stop in taken):
                yield _Mention((offset + start, offset + end), piece[start:end], frozenset())


def asked_texts(pair: PassagePair) -> Iterator[str]:
    """Yield what `compare_entities` asks the encoder for, so that it can be encoded for many pairs at once."""
    for has, lacks in ((pair.first, pair.second), (pair.second, pair.first)):
        for mention, others in _open(has, lacks):
            if meanings := asked_meanings(mention.text, others, known=bool(mention.codes)):
                yield mention.text
                yield from meanings


def _unanswered(pair: PassagePair, has: Passage, lacks: Passage) -> list[_Mention]:
    """Return the names of one side that the other does not have, neither in the quote nor around it."""
    left: list[_Mention] = []
    for mention, others in _open(has, lacks):
        if mention.text not in {one.text for one in left} and not is_answered(
            mention.text, others, pair.vectors, known=bool(mention.codes)
        ):
            left.append(mention)
    return left


def _open(has: Passage, lacks: Passage) -> Iterator[tuple[_Mention, tuple[str, ...]]]:
    """Yield the names of one side that no known name of the other answers, with the words that may."""
    mentions = list(_mentions(has))
    if not mentions:
        return
    sentence = surroundings(lacks)
    places = find_places(sentence, lacks.language)
    rest = windows(_without(sentence, places), lacks.language)
    # A known name may be answered by words that are in no list, but not by another known name.
    whole = (*rest, *(sentence[place.start : place.end] for place in places))
    for mention in mentions:
        if not any(related(mention.codes, place.codes) for place in places):
            yield mention, rest if mention.codes else whole


def _without(text: str, places: Iterable[Place]) -> str:
    characters = list(text)
    for place in places:
        characters[place.start : place.end] = "|" * (place.end - place.start)
    return "".join(characters)


def _against(first: list[_Mention], second: list[_Mention]) -> Iterator[tuple[_Mention, _Mention]]:
    """Take the names that stand against each other out of both lists, known ones first."""
    pairs = [(one, other) for one in first for other in second if one.group == other.group]
    for one, other in sorted(pairs, key=lambda two: -bool(two[0].codes) - bool(two[1].codes)):
        if one in first and other in second:
            first.remove(one)
            second.remove(other)
            yield one, other


def _changed(pair: PassagePair, one: _Mention, other: _Mention) -> Evidence:
    known = bool(one.codes) + bool(other.codes)
    severity: Severity = "serious" if known == len((one, other)) else "warning"
    finding = pair.finding("name", severity, ([one.span], [other.span]), "name_changed")
    return Evidence("entity_changed", _CHANGED[known], finding)


def _lone(pair: PassagePair, side: int, mention: _Mention) -> Evidence:
    lacks = pair.first if side else pair.second
    spans = ([mention.span], []) if side == 0 else ([], [mention.span])
    sure = bool(mention.codes) and not _ABBREVIATION.search(
        _without(lacks.text, find_places(lacks.text, lacks.language))
    )
    severity: Severity = "warning" if sure else "note"
    strength = _LONE_PLACE if sure else _LONE_NAME
    return Evidence("entity_lone", strength, pair.finding("name", severity, spans, "name_lone"))
