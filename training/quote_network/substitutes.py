"""Substitutes of words: of the same class and similar meaning, or mutually exclusive."""

import random
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np

from alignment import Encoder
from training.quote_network.grammar import any_class, dictionary_form, like, word_class

FREQUENT = 4_000
"""Most frequent words of each class that are used as substitutes; each occurs at least twice."""
FEWEST = 5
"""Smallest useful class of words."""
NEAR, FARTHER = 25, 60
"""Numbers of most similar words to draw from, usually and otherwise."""
MOSTLY = 0.7
TOO_NEAR = 0.8
"""Cosine from which two words may mean the same."""

Key = tuple[str, str, str]
"""Language, class, word."""


@dataclass(frozen=True)
class Lists:
    """Lists of `changes.toml` for a language: `exclusive` has for each word its groups."""

    exclusive: Mapping[str, Sequence[Sequence[str]]]
    denials: frozenset[str]
    added: Sequence[str]
    shortened: Mapping[str, str]
    weak: Sequence[str]
    strong: Sequence[str]
    past: Sequence[str]
    future: Sequence[str]


@cache
def load_lists(language: str) -> Lists:
    text = resources.files(__package__).joinpath("changes.toml").read_text(encoding="utf-8")
    data: dict[str, Any] = tomllib.loads(text)[language]
    groups: defaultdict[str, list[Sequence[str]]] = defaultdict(list)
    for group in data["exclusive"]:
        for word in group:
            groups[word].append(group)
    rest = {name: value for name, value in data.items() if name not in {"exclusive", "denials"}}
    return Lists(dict(groups), frozenset(data["denials"]), **rest)


def exclusive_key(word: str, language: str) -> str | None:
    """Return the form of `word` in the groups; None if it is in none."""
    groups = load_lists(language).exclusive
    return next((form for form in (dictionary_form(word, language), word.lower()) if form in groups), None)


def excluding(word: str, language: str, chance: random.Random) -> str | None:
    """Draw a word that excludes `word`, in the same form if possible."""
    key = exclusive_key(word, language)
    if key is None:
        return None
    group = chance.choice(load_lists(language).exclusive[key])
    new = chance.choice([other for other in group if other != key])
    own = any_class(word, language)
    alike = any_class(new, language) == own or own == "VERB"
    return as_cased((like(new, word, language) if alike else None) or new, word)


def near(word: str, language: str, known: Mapping[Key, Sequence[str]], chance: random.Random) -> str | None:
    """Draw a word of the same class and similar meaning, in the form of `word`."""
    kind = word_class(word, language)
    others = known.get((language, kind or "", dictionary_form(word, language)), ())
    if not others:
        return None
    new = like(chance.choice(others[: NEAR if chance.random() < MOSTLY else FARTHER]), word, language)
    return as_cased(new, word) if new else None


def neighbours(texts: Iterable[tuple[str, Sequence[str]]], encoder: Encoder) -> dict[Key, list[str]]:
    """Find the most similar words, nearest first, for every frequent word of tokenized texts with their languages."""
    counts: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for language, words in texts:
        for word in words:
            kind = word_class(word, language)
            if kind:
                counts[language, kind][dictionary_form(word, language)] += 1
    found: dict[Key, list[str]] = {}
    for (language, kind), counter in counts.items():
        words = [word for word, count in counter.most_common(FREQUENT) if count > 1]
        if len(words) >= FEWEST:
            found |= {(language, kind, word): others for word, others in _similar(words, encoder).items()}
    return found


def _similar(words: Sequence[str], encoder: Encoder) -> dict[str, list[str]]:
    vectors = encoder.encode(words)
    cosines = vectors @ vectors.T
    np.fill_diagonal(cosines, -1)
    order = np.argsort(-cosines, axis=1, kind="stable")[:, :FARTHER]
    return {
        word: [words[other] for other in order[at] if cosines[at, other] < TOO_NEAR and other != at]
        for at, word in enumerate(words)
    }


def as_cased(new: str, old: str) -> str:
    return new.capitalize() if old[:1].isupper() else new
