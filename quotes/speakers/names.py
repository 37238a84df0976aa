"""The people and bodies that an article names: their fullest names, and who a pronoun stands for."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from corpora.languages import CHINESE, ENGLISH, RUSSIAN, conventions_of
from corpora.offsets import Span
from quotes.lexicon import Cue, load_lexicon, parse_russian

_SHORTEST_STEM = 3
_LONGEST_ENDING = 2
_EXTRACT = 0.6
"""Share of its words that a headline has in common with the quote it repeats."""
_DOTS = re.compile("[ \N{MIDDLE DOT}\N{BULLET}\N{KATAKANA MIDDLE DOT}\N{HYPHENATION POINT}\N{FULLWIDTH FULL STOP}-]")


@dataclass(frozen=True, slots=True)
class Mention:
    """A name as it stands somewhere in the text.

    Attributes:
        start: Offset of the first code point.
        text: The name without titles and forms of address.
        gender: `m`, `f`, or an empty string where nothing tells.
        person: Whether a title or form of address shows that it is a person.
    """

    start: int
    end: int
    text: str
    gender: str = ""
    person: bool = False


def name_words(name: str, language: str) -> list[str]:
    """Split a name into its parts."""
    return _DOTS.split(name) if language == CHINESE else name.split()


def _folded(word: str) -> str:
    return word.lower().replace("ё", "е")


def same_stem(first: str, second: str) -> bool:
    """Tell whether two Russian words differ in their endings only."""
    first, second = _folded(first), _folded(second)
    if first == second:
        return True
    short, long = sorted((first, second), key=len)
    stem = max(_SHORTEST_STEM, len(short) - 2)
    return len(short) >= _SHORTEST_STEM and short[:stem] == long[:stem] and len(long) - len(short) <= _LONGEST_ENDING


class Names:
    """All names of an article, in order."""

    def __init__(self, mentions: Iterable[Mention], language: str) -> None:
        self.language = language
        self._inflected = conventions_of(language) == RUSSIAN
        self.mentions: Sequence[Mention] = sorted(mentions, key=lambda mention: mention.start)
        self._starts = [mention.start for mention in self.mentions]
        self._texts = Counter(mention.text for mention in self.mentions)
        self._introduced = {mention.text: mention.start for mention in reversed(self.mentions)}
        self._edges = self._by_edges()
        self._shown = {mention.text for mention in self.mentions if mention.person}
        self._speakers: set[str] = set()
        self._genders: dict[str, str] = {}
        self._full: dict[str, str] = {}
        for mention in self.mentions:
            if mention.gender:
                self._genders.setdefault(self.full(mention.text), mention.gender)
        self._people = {self.full(mention.text) for mention in self.mentions if mention.person}
        bodies = load_lexicon(language).words("bodies")
        self._people = {name for name in self._people if not bodies & set(name.split())}

    def within(self, span: tuple[int, int]) -> Sequence[Mention]:
        """Return the mentions inside a span, in order."""
        first = bisect_left(self._starts, span[0])
        return [m for m in self.mentions[first : bisect_left(self._starts, span[1])] if m.end <= span[1]]

    def same(self, first: str, second: str) -> bool:
        """Tell whether two words of names are one: the same, in Russian and its like a form of it or its initial."""
        if not self._inflected:
            return first == second
        if first.endswith(".") or second.endswith("."):
            return first[:1] == second[:1]
        return same_stem(first, second)

    def full(self, name: str) -> str:
        """Return the fullest form of a name in the article; in Russian in the nominative."""
        if name not in self._full:
            longer = [text for text in self._alike(name) if self._covers(text, name)]
            best = max(longer, key=self._fullness, default=name)
            self._full[name] = self._nominative(best)
        return self._full[name]

    def _by_edges(self) -> dict[str, dict[str, int]]:
        """Map the first and the last word of each name to the names, numbered in order."""
        edges: dict[str, dict[str, int]] = {}
        for number, text in enumerate(self._texts):
            words = name_words(text, self.language)
            for word in words[:1] + words[-1:]:
                for key in self._keys(word):
                    edges.setdefault(key, {})[text] = number
        return edges

    def _keys(self, word: str) -> tuple[str, ...]:
        """Return under what a name is found by its first or last word: that, or its initial and its stem."""
        if not self._inflected:
            return (word,)
        return word[:1], f"{word[:1]}." if word.endswith(".") else _folded(word)[:_SHORTEST_STEM]

    def _alike(self, name: str) -> Iterable[str]:
        """List the names that a name may be short for, in order, so that it is not compared with all."""
        words = name_words(name, self.language)
        alike: dict[str, int] = {}
        for word in words[:1] + words[-1:]:
            initial, *others = self._keys(word)
            # An initial stands for any word that begins with it, a word for its forms and its initial.
            keys = [f"{initial}.", *others] if others and not word.endswith(".") else [initial]
            for key in keys:
                alike |= self._edges.get(key, {})
        return sorted(alike, key=alike.__getitem__)

    def note_speaker(self, name: str, gender: str = "") -> None:
        """Remember that somebody speaks, so that pronouns may stand for them."""
        if not load_lexicon(self.language).words("bodies") & set(name.split()):
            self._speakers.add(name)
        if gender:
            self._genders.setdefault(name, gender)

    def note_person(self, name: str) -> None:
        """Remember that a full name is a person's."""
        self._people.add(name)

    def has_spoken(self, name: str) -> bool:
        """Tell whether a full name is said to say something anywhere in the article."""
        return name in self._speakers

    def may_be_person(self, name: str, *, leads: bool) -> bool:
        """Tell whether a pronoun may stand for a full name: a person's, or a long one that leads a sentence."""
        lexicon = load_lexicon(self.language)
        if name in self._people:
            return True
        if lexicon.words("bodies") & set(name.split()) or name in lexicon.words("states") or name.isupper():
            return False
        if self.language == CHINESE:
            # Names of bodies end in what they are.
            ends = (*lexicon.words("bodies"), *lexicon.listed_text("outlet_ends"))
            return (leads or name in self._speakers) and not name.endswith(ends)
        if self.language == RUSSIAN and " " not in name:
            return name in self._speakers and any(
                {"Surn", "Name"} & set(r.tag.grammemes) for r in parse_russian(name.lower())[:2]
            )
        parts = set(name.split())
        placed = bool(lexicon.words("place_nouns") & parts or lexicon.words("states") & parts)
        return " " in name and not placed and (leads or name in self._speakers)

    def is_sure(self, name: str) -> bool:
        """Tell whether a Chinese name is a person's beyond doubt: who speaks, has dots, or whose gender is told."""
        return name in self._speakers or len(name_words(name, self.language)) > 1 or bool(self.gender(name))

    def may_be_surname(self, name: str) -> bool:
        """Tell whether an English name of one word may be a person's whom the article never names in full."""
        if self.language != ENGLISH or " " in name or name.isupper():
            return False
        lexicon = load_lexicon(self.language)
        return not any(name in lexicon.words(others) for others in ("bodies", "states", "nationalities"))

    def gender(self, name: str) -> str:
        """Return what is known of the gender of a full name: `m`, `f` or nothing."""
        return self._genders.get(name, "")

    def _covers(self, longer: str, shorter: str) -> bool:
        long, short = name_words(longer, self.language), name_words(shorter, self.language)
        if len(short) > len(long):
            return False
        # "China" is not short for "East China Sea": a short form keeps the first word or the last.
        edge = self.same(short[0], long[0]) or self.same(short[-1], long[-1])
        if self.language == ENGLISH and short[-1] != long[-1] and longer not in self._shown:
            words = load_lexicon(ENGLISH).words
            if any(word in words("bodies") or word in words("place_nouns") for word in set(long) - set(short)):
                return False  # "New York" is not short for "New York Times"
        return edge and all(any(self.same(word, other) for other in long) for word in short)

    def _fullness(self, name: str) -> tuple[int, int, int]:
        words = name_words(name, self.language)
        if self.language == CHINESE and len(words) > 1:
            # Of two people with one surname, the one who was introduced first.
            return 2, -self._introduced[name], 0
        # Beside a verb of saying stands its subject, in the nominative.
        shown = self._inflected and name in self._shown
        nominative = may_be_nominative(words[0]) if self.language == RUSSIAN else shown
        # An initial says less than any word: «Иван Белов» rather than «И. Белов», which stands there more often.
        return min(sum(not word.endswith(".") for word in words), 4), int(nominative), self._texts[name]

    def _nominative(self, name: str) -> str:
        if self.language != RUSSIAN or (name in self._shown and " " in name):
            return name  # a Russian finder gives people's names in the nominative
        words = name_words(name, self.language)
        if may_be_nominative(words[0]):
            return name
        gender = first_name_gender(words[0]) if len(words) > 1 else ""
        return " ".join(to_nominative(word, gender) for word in words)


@lru_cache(maxsize=20_000)
def may_be_nominative(word: str) -> bool:
    """Tell whether a Russian name can be in the nominative singular; a word in Latin letters can."""
    readings = parse_russian(word.lower())
    likely = [reading for reading in readings if {"Name", "Surn", "Patr"} & set(reading.tag.grammemes)] or list(
        readings
    )
    if any("UNKN" in reading.tag or "LATN" in reading.tag or "Fixd" in reading.tag for reading in readings):
        return True
    known = any(reading.is_known for reading in readings)
    if any("nomn" in reading.tag and "plur" not in reading.tag for reading in (likely if known else readings)):
        return True
    # Foreign women's surnames that end in a consonant are not declined; the dictionary takes them for genitives.
    return not known and word[-1] not in "ауеюыйм"


@lru_cache(maxsize=20_000)
def first_name_gender(word: str) -> str:
    """Return `masc` or `femn` where a Russian first name, in any case, is one of that gender only; else nothing."""
    genders = {str(r.tag.gender) for r in parse_russian(word.lower()) if "Name" in r.tag and r.is_known}
    return genders.pop() if len(genders) == 1 and genders <= {"masc", "femn"} else ""


@lru_cache(maxsize=20_000)
def to_nominative(word: str, gender: str = "") -> str:
    """Return the nominative singular of a Russian name, as it stands where it cannot be told.

    `masc` or `femn` is the person's gender where it is known: «Петрову» is a woman's accusative or a man's dative.
    """
    readings = parse_russian(word.lower())
    named = [r for r in readings if {"Name", "Surn", "Patr"} & set(r.tag.grammemes) and "plur" not in r.tag]
    named = [reading for reading in named if str(reading.tag.gender) == gender] or named
    for reading in named or readings[:1]:
        form = reading.inflect({"nomn", "sing"}) if "NOUN" in reading.tag else None
        if form is not None:
            return str(form.word).capitalize()
    return word


def repeats(words: str, said: str) -> bool:
    """Tell whether a headline's words repeat what is said in the text, if only most of their stems."""
    if words.lower() in said.lower():
        return True
    pieces = {word[:5] for word in re.findall(r"\w{4,}", words.lower())}
    others = {word[:5] for word in re.findall(r"\w{4,}", said.lower())}
    return len(pieces) > 1 and len(pieces & others) >= _EXTRACT * len(pieces)


MASK = "\N{OBJECT REPLACEMENT CHARACTER}"
"""Stands for every character of a quote while the text around it is read."""


@dataclass(frozen=True, slots=True)
class FoundSpeaker:
    """An attribution.

    Attributes:
        span: Where the words that name the speaker stand; None where only a cue was found.
        kind: `name`, `pronoun`, `noun`, `body`, a noun that stands for no person, or `document`, a text by another.
        gender: `m`, `f` or nothing, where the words or the verb tell.
        strong: Whether the cue reports whole utterances.
        name: Who is meant, where the finder knows it and the words do not tell.
    """

    span: Span | None
    cue: str
    kind: str
    gender: str = ""
    strong: bool = True
    name: str = ""


class Finder(Protocol):
    """Finds names and attributions in a text of one language whose quotes are masked by `MASK`."""

    def mentions(self, text: str) -> Sequence[Mention]:
        """List the names of the whole text, unmasked."""

    def after(self, text: str, span: Span) -> FoundSpeaker | None:
        """Read an attribution that follows a quote at once."""

    def before(self, text: str, span: Span) -> FoundSpeaker | None:
        """Read an attribution that leads to a quote which follows at once."""

    def anywhere(self, text: str, span: Span) -> FoundSpeaker | None:
        """Read an attribution somewhere in a quote's sentence."""

    def subject(self, text: str, span: Span) -> FoundSpeaker | None:
        """Guess whom a sentence is about: its first name in subject position."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Words that may name a speaker."""

    start: int
    end: int
    kind: str
    gender: str = ""


def shifted(cues: Sequence[Cue], start: int) -> list[Cue]:
    """Move cues that were found in a slice to their place in the text."""
    return [Cue(cue.start + start, cue.end + start, cue.strong, cue.word) for cue in cues]


def gender_of(word: str, men: frozenset[str], women: frozenset[str]) -> str:
    """Return `m` or `f` where a word tells, else an empty string."""
    plain = word.lower().rstrip(".")
    return "m" if plain in men else "f" if plain in women else ""


def phrase_pattern(phrases: Sequence[str]) -> re.Pattern[str]:
    """Match any of some phrases as whole words, whatever the case."""
    return re.compile(r"\b(?:" + "|".join(re.escape(phrase) for phrase in phrases) + r")\b", re.IGNORECASE)
