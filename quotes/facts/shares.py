"""Words of a passage that say how many or how often without a number: all, most, sometimes, never."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import regex

from common.data import load_table
from corpora.offsets import Span
from quotes.facts.numbers.amounts import fold
from quotes.facts.passages import Passage
from quotes.facts.phrases import surroundings

_MASK = "mask"
"""Entries that hold the words of a category and say nothing of it: the First World War is no "first"."""


@dataclass(frozen=True, slots=True)
class SaidShares:
    """What a passage says of how many.

    Attributes:
        said: Where each category stands in the article.
        possible: The categories that its sentences may be meant to express.
    """

    said: Mapping[str, tuple[Span, ...]]
    possible: frozenset[str]


def find_shares(passage: Passage) -> SaidShares:
    """Return what a passage says of how many and how often."""
    said: dict[str, list[Span]] = {}
    for offset, piece in passage.pieces:
        text = fold(piece)
        for match in _pattern(passage.language, weak=False).finditer(text):
            span = (offset + match.start(), offset + match.end())
            said.setdefault(_categories(match.group(), passage.language, weak=False)[0], []).append(span)
    around = fold(surroundings(passage))
    possible = set(said)
    for weak in (False, True):
        for match in _pattern(passage.language, weak=weak).finditer(around, overlapped=weak):
            possible.update(_categories(match.group(), passage.language, weak=weak))
    return SaidShares({name: tuple(spans) for name, spans in said.items() if name != _MASK}, frozenset(possible))


@cache
def _entries(language: str, *, weak: bool) -> dict[str, tuple[str, ...]]:
    """Every entry with the categories that it is of."""
    table = load_table(__name__, "shares.toml")[language]
    found: dict[str, tuple[str, ...]] = {}
    for category, entries in (table["weak"] if weak else table).items():
        if category != "weak":
            for entry in entries:
                found[entry] = (*found.get(entry, ()), category)
    return found


@lru_cache(1024)
def _categories(words: str, language: str, *, weak: bool) -> tuple[str, ...]:
    entries = _entries(language, weak=weak)
    return tuple(
        category
        for entry, categories in entries.items()
        if entry == words or ("*" in entry and _as_pattern(entry, language).fullmatch(words))
        for category in categories
    )


@cache
def _as_pattern(entry: str, language: str) -> Any:
    return regex.compile(_source(entry, language))


def _source(entry: str, language: str) -> str:
    return regex.escape(entry).replace(r"\*", r"[^，。；]{1,9}" if language == "zh" else r"\w*")


@cache
def _pattern(language: str, *, weak: bool) -> Any:
    entries = sorted(_entries(language, weak=weak), key=len, reverse=True)
    words = "|".join(_source(entry, language) for entry in entries)
    return regex.compile(words if language == "zh" else rf"(?<!\w)(?:{words})(?!\w)")


def opposed_shares() -> dict[str, list[str]]:
    """Return for each category those that stand against it."""
    found: dict[str, list[str]] = load_table(__name__, "shares.toml")["opposed"]
    return found


def lone_strength(category: str) -> float:
    """Return how much it says where only one side has a category, from 0 to 1."""
    return float(load_table(__name__, "shares.toml")["lone"].get(category, 0.0))
