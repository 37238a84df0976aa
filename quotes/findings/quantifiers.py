"""Findings about how many and how often, where no number says it: all for most, always for sometimes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import regex

from common.data import load_table
from corpora.offsets import Span
from quotes.facts.numbers.amounts import fold
from quotes.facts.passages import Passage, PassagePair
from quotes.facts.phrases import plain, surroundings
from quotes.findings.evidence import Evidence
from quotes.types import Finding

_MASK = "mask"
"""Entries that hold the words of a category and say nothing of it: the First World War is no "first"."""
_HALF_SURE = 0.7
"""Strength where a word of many uses on one side may express what the other says."""
_TOLD = 0.5
"""Strength from which a quantifier that only one side has is worth a line."""


@dataclass(frozen=True, slots=True)
class _Side:
    """What a passage says of how many.

    Attributes:
        said: Where each category stands in the article.
        possible: The categories that its sentences may be meant to express.
    """

    said: Mapping[str, tuple[Span, ...]]
    possible: frozenset[str]


def compare_quantifiers(pair: PassagePair) -> Iterator[Evidence]:
    """Give evidence where one side says another share or frequency than the other.

    `quantifier_changed` has strength 0.7 to 1; `quantifier_lone`, for one that only one side has, at most 0.7.
    """
    first, second = _read(pair.first), _read(pair.second)
    lone = [own.said.keys() - other.possible for own, other in ((first, second), (second, first))]
    clash = _clash(first, second)
    if clash:
        one, other = first.said[clash[0]], second.said[clash[1]]
        text = pair.message("number_changed", (one, other))
        sure = clash[0] in lone[0] and clash[1] in lone[1]
        yield Evidence(
            "quantifier_changed", 1.0 if sure else _HALF_SURE, Finding("number", "warning", text, one, other)
        )
        return
    for side, categories in enumerate(lone):
        yield from _lone(pair, side, {name: (first, second)[side].said[name] for name in sorted(categories)})


def _read(passage: Passage) -> _Side:
    said: dict[str, list[Span]] = {}
    for offset, piece in passage.pieces:
        text = fold(plain(piece, passage.article.language))
        for match in _pattern(passage.language, weak=False).finditer(text):
            span = (offset + match.start(), offset + match.end())
            said.setdefault(_category(match, passage.language, weak=False), []).append(span)
    around = fold(plain(surroundings(passage), passage.article.language))
    possible = set(said)
    for weak in (False, True):
        for match in _pattern(passage.language, weak=weak).finditer(around, overlapped=weak):
            possible.update(_categories(match.group(), passage.language, weak=weak))
    return _Side({name: tuple(spans) for name, spans in said.items() if name != _MASK}, frozenset(possible))


def _category(match: Any, language: str, *, weak: bool) -> str:
    return _categories(match.group(), language, weak=weak)[0]


@cache
def _entries(language: str, *, weak: bool) -> dict[str, tuple[str, ...]]:
    """Every entry with the categories that it is of."""
    table = load_table(__name__, "quantifiers.toml")[language]
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


def _clash(first: _Side, second: _Side) -> tuple[str, str] | None:
    """Find opposed words, neither of them said on the other side, and one of them not even possible there."""
    opposed: dict[str, list[str]] = load_table(__name__, "quantifiers.toml")["opposed"]
    pairs = [
        (one, other)
        for one in sorted(first.said.keys() - second.said.keys())
        for other in opposed.get(one, [])
        if other in second.said and other not in first.said
    ]
    sure = [pair for pair in pairs if pair[0] not in second.possible and pair[1] not in first.possible]
    likely = [pair for pair in pairs if pair[0] not in second.possible or pair[1] not in first.possible]
    return next(iter([*sure, *likely]), None)


def _lone(pair: PassagePair, side: int, said: Mapping[str, tuple[Span, ...]]) -> Iterator[Evidence]:
    for category, spans in said.items():
        strength = load_table(__name__, "quantifiers.toml")["lone"].get(category, 0.0)
        text = pair.lone_message("quantifier_lone", side, spans)
        where: tuple[tuple[Span, ...], tuple[Span, ...]] = (spans, ()) if side == 0 else ((), spans)
        finding = Finding("number", "note", text, *where) if strength >= _TOLD else None
        yield Evidence("quantifier_lone", strength, finding)
