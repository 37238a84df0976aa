"""Words of a passage that stand on a scale from weak to strong: "ask", "urge", "demand"."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from common.data import load_table
from corpora.offsets import Span
from quotes.facts.passages import Passage
from quotes.facts.phrases import Phrases
from quotes.facts.tokens import span_of, tokens_of

_LANGUAGES = ("en", "ru", "zh")
ANY = -1
"""Level of words that may stand for any."""


@dataclass(frozen=True, slots=True)
class Degree:
    """Words that stand on a scale.

    Attributes:
        scale: Its name.
        level: From 0, the weakest; -1 for words that may stand for any.
        first: Index of the first word.
        last: Index after the last.
        span: Code points into the article's text.
    """

    scale: str
    level: int
    first: int
    last: int
    span: Span


def find_degrees(passage: Passage) -> list[Degree]:
    """Return every word of a passage that stands on a scale, in order; a word may stand on several."""
    tokens = tokens_of(passage)
    found = []
    for hit in _phrases(passage.language).find(tokens):
        span = span_of(tokens[hit.first : hit.last])
        for label in hit.labels:
            scale, level = label.rsplit(".", 1)
            found.append(Degree(scale, int(level), hit.first, hit.last, span))
    return found


@cache
def _phrases(language: str) -> Phrases:
    place = _LANGUAGES.index(language)
    data: dict[str, Any] = load_table(__name__, "degrees.toml")
    levels = {f"{name}.{level}": words for name, scale in data["scale"].items() for level, words in enumerate(scale)}
    levels |= {f"{name}.{ANY}": words for name, words in data["any"].items()}
    entries = {label: words.split(";")[place].split() for label, words in levels.items()}
    return Phrases(language, entries, data["scale_not"][language].split())


def scale_length(scale: str) -> int:
    """Return how many steps there are from the weakest to the strongest level of a scale."""
    return len(load_table(__name__, "degrees.toml")["scale"][scale]) - 1


def group_labels() -> dict[str, list[str]]:
    """Return what a lone word means, with the scales and levels that it may have: `hedge`, `boost`."""
    found: dict[str, list[str]] = load_table(__name__, "degrees.toml")["group"]
    return found
