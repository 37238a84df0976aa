"""What the finders of speakers have in common; each language has its own, since word order and case differ."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from corpora.offsets import Span
from quotes.lexicon import Cue
from quotes.speakers.names import Mention

MASK = "\N{OBJECT REPLACEMENT CHARACTER}"
"""Stands for every character of a quote while the text around it is read."""


@dataclass(frozen=True, slots=True)
class FoundSpeaker:
    """An attribution.

    Attributes:
        span: Where the words that name the speaker stand; None where only a cue was found.
        cue: What attributes the quote.
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
        ...

    def after(self, text: str, span: Span) -> FoundSpeaker | None:
        """Read an attribution that follows a quote at once."""
        ...

    def before(self, text: str, span: Span) -> FoundSpeaker | None:
        """Read an attribution that leads to a quote which follows at once."""
        ...

    def anywhere(self, text: str, span: Span) -> FoundSpeaker | None:
        """Read an attribution somewhere in a quote's sentence."""
        ...

    def subject(self, text: str, span: Span) -> FoundSpeaker | None:
        """Guess whom a sentence is about: its first name in subject position."""
        ...


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
