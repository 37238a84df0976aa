"""The check of names: persons, places and organisations that are missing or different in the translation.

A newsroom adds what its readers need to know ("Moscow's Domodedovo airport"), so a name only in the translation is not
a fault unless one of the source is missing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import regex

from common.data import load_table
from common.messages import message
from quotes.facts.names import are_one_person, are_two_names, name_similarity
from quotes.facts.passages import Passage, PassagePair
from quotes.facts.phrases import is_han
from quotes.facts.places import find_places
from quotes.facts.proper_names import find_names, is_answered, windows
from quotes.facts.vectors import Vectors
from quotes.findings.entities import compare_entities
from quotes.findings.evidence import Evidence
from quotes.lexicon import load_lexicon
from quotes.speakers.chinese.names import NameList
from quotes.speakers.english.names import EnglishNames
from translate.checks.encoding import LazyEncoder
from translate.checks.types import PairReading, SideEncoding
from translate.options import CheckOptions
from translate.types import Check

if TYPE_CHECKING:
    from common.arrays import Floats

_WORD = regex.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")
_DOTS = regex.compile("[\N{MIDDLE DOT}\N{BULLET}\N{KATAKANA MIDDLE DOT}\\s]+")
_SOUND = 0.6
"""Phonetic similarity from which a capitalised word matches a part of a name."""
_NAME = r"\p{Lu}[\p{Ll}’']+(?:-\p{L}\p{Ll}+)*"
_FULL_NAME = regex.compile(
    rf"(?<![\p{{L}}’'\-.])({_NAME})\s({_NAME})(?![\w-]|\s\p{{Lu}}|\s(?:van|von|de|der|bin|al)\b)"
)
"""A first name and a surname without a third part."""
_SHORTEST = 2
_PLACES_LONE = 0.8
"""Strength of the evidence that a known place is missing."""


@dataclass(frozen=True, slots=True)
class _Lost:
    """A name without a match: the whole name, its unmatched parts, and the likelihood of its loss, 0 to 1."""

    text: str
    parts: tuple[str, ...]
    doubt: float

    @property
    def whole(self) -> bool:
        """Whether no part of it has a match."""
        return len(self.parts) == len(_parts(self.text))


def check_names(reading: PairReading, options: CheckOptions) -> Iterator[Check]:
    """A name differs or is missing."""
    if reading.encoded is None or not reading.comparable:
        return
    pair = reading.passages
    known = [item for item in compare_entities(pair) if _is_fault(item, pair) and item.strength >= options.name_limit]
    if known:
        worst = max(known, key=lambda item: item.strength)
        if worst.finding:
            yield Check("name", worst.finding.message.rstrip(".。"))
            return
    renamed = _renamed(reading)
    if renamed:
        yield Check("name", message("check.name_changed", name=renamed[0], other=renamed[1]))
        return
    lost = [
        name
        for name in _unanswered(pair.first, pair.second, reading.encoded.sides[0], pair.vectors)
        # The check of terms judges what the glossary has.
        if not any(name.text in use.source for use in reading.pair.terms)
    ]
    made_up = _unanswered(pair.second, pair.first, reading.encoded.sides[1], pair.vectors)
    strength, name = _strongest(lost, made_up)
    if strength >= options.name_limit:
        yield Check("name", _message(name, lost, made_up))


def _renamed(reading: PairReading) -> tuple[str, str] | None:
    """Return a person who kept the first name but has another surname in the translation, and that person.

    Between English and Russian only: Chinese has no capitals that show where a surname ends.
    """
    if "zh" in reading.languages:
        return None
    people = [[match.groups() for match in _FULL_NAME.finditer(text, overlapped=True)] for text in reading.texts]
    english = reading.languages.index("en")
    known = [name.text for name in EnglishNames(load_lexicon("en")).read(reading.texts[english]) if name.person]
    people[english] = [name for name in people[english] if any(" ".join(name) in each for each in known)]
    for one, other in product(*people):
        if (
            are_one_person(one[0], other[0])
            and are_two_names(one[1], other[1])
            and not any(are_one_person(one[1], each[1]) for each in people[1])
            and not any(are_one_person(each[1], other[1]) for each in people[0])
        ):
            return " ".join(one), " ".join(other)
    return None


def _message(name: str, lost: Sequence[_Lost], made_up: Sequence[_Lost]) -> str:
    if not lost:
        return message("check.name_added", name=name)
    if made_up:
        return message("check.name_changed", name=name, other=made_up[0].text)
    return message("check.name_lost", name=name)


def _is_fault(item: Evidence, pair: PassagePair) -> bool:
    if item.finding is None:
        return False
    lost, other = item.finding.first, item.finding.second
    if lost:
        return bool(other) or item.strength >= _PLACES_LONE
    # A country may be added for the reader, a company may not.
    bodies = load_table("quotes.facts.places", "places.toml")["bodies"].keys()
    second = pair.second
    named = find_places(second.text, second.language)
    return any(place.start == span[0] and place.codes & bodies for place in named for span in other)


def _strongest(lost: Sequence[_Lost], made_up: Sequence[_Lost]) -> tuple[float, str]:
    table: dict[str, dict[str, float]] = load_table(__name__, "names.toml")
    found = [(0.0, "")]
    if lost and made_up:
        found.append((table["other"]["strength"], lost[0].text))
    found += [(min(1.0, name.doubt / table["lost" if name.whole else "part"]["sure"]), name.text) for name in lost]
    found += [
        (min(1.0, name.doubt / table["part"]["sure"]), name.text)
        for name in made_up
        if not name.whole and is_han(name.text)
    ]
    return max(found)


def _unanswered(has: Passage, lacks: Passage, side: SideEncoding, vectors: Vectors) -> list[_Lost]:
    names = _persons(has)
    if not names:
        return []
    others = windows(lacks.text, lacks.language)
    found = []
    for name in names:
        parts = _parts(name)
        missing = tuple(part for part in parts if not _has_match(part, others))
        # A newsroom may leave out a first name; the last part must be there.
        whole = len(missing) == len(parts)
        # The name of an organisation is translated, so its meaning must match.
        if missing and parts[-1] in missing and not (whole and not is_han(name) and is_answered(name, others, vectors)):
            found.append(_Lost(name, missing, _doubt(missing, side)))
    return found


def _persons(passage: Passage) -> list[str]:
    """Return the names that are in no list; in Chinese, those of persons."""
    text = passage.text
    if passage.language == "zh":
        return sorted(name for name in NameList(text).people if is_han(name) and len(name) >= _SHORTEST)
    taken = [(place.start, place.end) for place in find_places(text, passage.language)]
    return [
        text[start:end]
        for start, end in find_names(text, passage.language)
        if not any(start < stop and begin < end for begin, stop in taken)
    ]


def _parts(name: str) -> list[str]:
    if is_han(name):
        return [part for part in _DOTS.split(name) if part]
    return [word for word in _WORD.findall(name) if len(word) >= _SHORTEST] or [name]


def _has_match(part: str, others: tuple[str, ...]) -> bool:
    """Return whether a name sounds like words of the other text, or is spelt like them.

    Meaning is not used: any surname is similar to any other.
    """
    return is_answered(part, others, _NO_MEANING) or (is_han(part) and _sounds(part, others))


def _sounds(part: str, others: Sequence[str]) -> bool:
    capitals = [window for window in others if window[:1].isupper()]
    return any(name_similarity(part, window) >= _SOUND for window in capitals)


class _NoMeaning(Vectors):
    """An encoder that finds no similarity."""

    def __init__(self) -> None:
        super().__init__(LazyEncoder())

    def cosines(self, first: Sequence[str], second: Sequence[str]) -> "Floats":
        """Return zeros."""
        import numpy as np  # noqa: PLC0415 - heavy

        return np.zeros((len(first), len(second)), dtype=np.float32)


_NO_MEANING = _NoMeaning()


def _doubt(parts: Sequence[str], side: SideEncoding) -> float:
    """Return how likely the words of a name are missing, by the divergence model: the mean over its words."""
    joined = " ".join(parts)
    values = [
        float(value)
        for word, value in zip(side.words, side.unanswered, strict=True)
        if len(word) > 1 and word in joined
    ]
    return sum(values) / len(values) if values else 0.0
