"""Words of a passage that have an opposite, or that exclude others: "rise" and "fall", "killed" and "injured"."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from common.data import load_table
from corpora.offsets import Span
from quotes.facts.negation import Denial, denied, find_denials
from quotes.facts.passages import Passage
from quotes.facts.phrases import Hit, Phrases
from quotes.facts.tokens import Token, span_of, tokens_of

_LANGUAGES = ("en", "ru", "zh")


@dataclass(frozen=True, slots=True)
class Pole:
    """Words that stand at one end of a pair of opposites, or are one of several that exclude each other.

    Attributes:
        concept: Name of the pair or the set.
        end: Which of them, from 0.
        denied: Whether something turns one end of a pair into the other.
        first: Index of the first word.
        last: Index after the last.
        span: Code points into the article's text.
    """

    concept: str
    end: int
    denied: bool
    first: int
    last: int
    span: Span

    @property
    def holds(self) -> int:
        """Which end is meant when what denies the words is taken into account."""
        return 1 - self.end if self.denied else self.end


def find_poles(passage: Passage) -> list[Pole]:
    """Return every word of a passage that is an end of a pair of opposites, in order."""
    tokens = tokens_of(passage)
    denials = find_denials(tokens, passage.language)
    found = []
    for hit in _phrases(passage.language).find(tokens):
        near = [denial for denial in denials if _beside(tokens, denial, hit, passage.language)]
        span = span_of(tokens[hit.first : hit.last])
        for label in hit.labels:
            concept, end = label.rsplit(".", 1)
            # Who is not the president may be anybody: only of two does one deny the other.
            turned = not is_set(concept) and denied(near if concept in _nouns() else denials, hit.first, hit.last)
            found.append(Pole(concept, int(end), turned, hit.first, hit.last, span))
    return found


def _beside(tokens: Sequence[Token], denial: Denial, hit: Hit, language: str) -> bool:
    """Return whether only words such as articles stand between a denial and some words: "not in the city"."""
    glue: str = load_table(__name__, "poles.toml")["noun"]["glue"][language]
    first, last = (hit.last, denial.first) if hit.last <= denial.first else (denial.last, hit.first)
    return all(token.form in glue.split() for token in tokens[first:last])


@cache
def _nouns() -> frozenset[str]:
    """Concepts of things: "not leave the city" denies the leaving, not the city."""
    return frozenset(load_table(__name__, "poles.toml")["noun"]["concepts"].split())


def is_set(concept: str) -> bool:
    """Return whether a concept is a set of words that exclude each other, rather than a pair of opposites."""
    return concept in load_table(__name__, "poles.toml")["set"]


@cache
def _phrases(language: str) -> Phrases:
    place = _LANGUAGES.index(language)
    data = load_table(__name__, "poles.toml")
    entries = {
        f"{name}.{end}": pole.split(";")[place].split()
        for name, poles in (data["pair"] | data["set"]).items()
        for end, pole in enumerate(poles)
    }
    return Phrases(language, entries, data["not"][language].split())
