"""Words of a passage that exclude others: opposites, such as "rise" and "fall", members of a set, levels of a scale."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from common.data import load_table
from corpora.offsets import Span
from quotes.facts.negation import Denial, denied, find_denials
from quotes.facts.passages import Passage
from quotes.facts.phrases import Hit, Phrases
from quotes.facts.tokens import Token, TokenLinks, span_of, tokens_of

_LANGUAGES = ("en", "ru", "zh")
ANY = -1
"""Level of words that may stand for any level of a scale."""


@dataclass(frozen=True, slots=True)
class ScaleWord:
    """Words with a place among others.

    Attributes:
        concept: Name of the pair of opposites, of the set or of the scale.
        place: Which of them, from 0, on a scale from weak to strong; -1 for any.
        denied: Whether something turns one of two opposites into the other.
        last: Index after the last.
        span: Code points into the article's text.
    """

    concept: str
    place: int
    denied: bool
    first: int
    last: int
    span: Span

    @property
    def holds(self) -> int:
        """Which of two opposites is meant when what denies the words is taken into account."""
        return 1 - self.place if self.denied else self.place


def find_poles(passage: Passage) -> list[ScaleWord]:
    """Return every word of a passage that has an opposite or is one of a set, in order."""
    if passage.language not in _LANGUAGES:
        return []
    return _find(passage, _poles(passage.language), find_denials(tokens_of(passage), passage.language))


def find_degrees(passage: Passage) -> list[ScaleWord]:
    """Return every word of a passage that stands on a scale, in order; a word may stand on several."""
    return _find(passage, _degrees(passage.language), [])


def _find(passage: Passage, phrases: Phrases, denials: Sequence[Denial]) -> list[ScaleWord]:
    tokens = tokens_of(passage)
    found = []
    for hit in phrases.find(tokens):
        near = [denial for denial in denials if _beside(tokens, denial, hit, passage.language)]
        span = span_of(tokens[hit.first : hit.last])
        for label in hit.labels:
            concept, place = label.rsplit(".", 1)
            # Who is not the president may be anybody: only of two does one deny the other.
            turned = not is_set(concept) and denied(near if concept in _nouns() else denials, hit.first, hit.last)
            found.append(ScaleWord(concept, int(place), turned, hit.first, hit.last, span))
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
def _poles(language: str) -> Phrases:
    data = load_table(__name__, "poles.toml")
    words = {
        f"{name}.{at}": pole for name, poles in (data["pair"] | data["set"]).items() for at, pole in enumerate(poles)
    }
    return _phrases(language, words, data["not"][language])


@cache
def _degrees(language: str) -> Phrases:
    data: dict[str, Any] = load_table(__name__, "degrees.toml")
    words = {f"{name}.{level}": words for name, scale in data["scale"].items() for level, words in enumerate(scale)}
    words |= {f"{name}.{ANY}": words for name, words in data["any"].items()}
    return _phrases(language, words, data["scale_not"][language])


def _phrases(language: str, words: dict[str, str], hidden: str) -> Phrases:
    """Look for the words of one language in columns of three."""
    column = _LANGUAGES.index(language)
    entries = {label: columns.split(";")[column].split() for label, columns in words.items()}
    return Phrases(language, entries, hidden.split())


def scale_length(scale: str) -> int:
    """Return how many steps there are from the weakest to the strongest level of a scale."""
    return len(load_table(__name__, "degrees.toml")["scale"][scale]) - 1


def group_labels() -> dict[str, list[str]]:
    """Return what a lone word means, with the scales and levels that it may have: `hedge`, `boost`."""
    found: dict[str, list[str]] = load_table(__name__, "degrees.toml")["group"]
    return found


def correspond(links: TokenLinks, one: ScaleWord, other: ScaleWord) -> bool:
    """Return whether two words, or their neighbours, correspond."""
    return any(
        (i, j) in links for i in range(one.first - 1, one.last + 1) for j in range(other.first - 1, other.last + 1)
    )
