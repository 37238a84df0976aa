"""Scores on parts of a set: by document, by length, by what sentences contain, by the language they were written in."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from corpora.languages import CHINESE, base_language
from corpora.testsets import EvaluationSet
from eval.bench.result import Breakdown, Part, Property
from eval.significance.measures import MeasuredMetric
from quotes.facts.places import find_places
from quotes.facts.proper_names import find_names

if TYPE_CHECKING:
    from common.arrays import Numbers

_LENGTHS: Final = 4
"""Parts by length, each with as many segments."""
_DIGIT: Final = re.compile(r"\d")
_QUOTE: Final = re.compile(
    '["'
    "\N{LEFT-POINTING DOUBLE ANGLE QUOTATION MARK}\N{RIGHT-POINTING DOUBLE ANGLE QUOTATION MARK}"
    "\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}\N{DOUBLE LOW-9 QUOTATION MARK}"
    "\N{LEFT CORNER BRACKET}\N{RIGHT CORNER BRACKET}\N{LEFT WHITE CORNER BRACKET}\N{RIGHT WHITE CORNER BRACKET}]"
)


def break_down(loaded: EvaluationSet, measured: MeasuredMetric) -> tuple[Breakdown, ...]:
    """Return the scores of all systems on parts of a set, by every property that the set tells.

    Args:
        loaded: The set.
        measured: Statistics of the systems by the metric to show.
    """
    found = []
    if loaded.documents:
        found.append(_breakdown("document", _by_value(loaded.documents), measured))
    found.append(_breakdown("length", by_length(loaded.sources, loaded.direction[0]), measured))
    found.append(_breakdown("content", by_content(loaded.sources, loaded.direction[0]), measured))
    if len(set(loaded.origins)) > 1:
        named = [f"written in {origin}" for origin in loaded.origins]
        found.append(_breakdown("origin", _by_value(named), measured))
    return tuple(found)


def by_length(sources: Sequence[str], language: str) -> dict[str, list[int]]:
    """Return the segments of each quarter by length, shortest first, named by the lengths that it spans.

    Segments of one length are in one part, so that a quarter is not exactly one. Chinese is counted in characters,
    other languages in words.
    """
    chinese = base_language(language) == CHINESE
    lengths = [len("".join(text.split())) if chinese else len(text.split()) for text in sources]
    order = sorted(range(len(sources)), key=lambda at: (lengths[at], at))
    unit = "characters" if chinese else "words"
    bounds = [lengths[order[len(order) * part // _LENGTHS]] for part in range(1, _LENGTHS)] if order else []
    parts: dict[int, list[int]] = {}
    for at in order:
        parts.setdefault(sum(lengths[at] >= bound for bound in bounds), []).append(at)
    return {_span(lengths[own[0]], lengths[own[-1]], unit): own for own in parts.values()}


def _span(low: int, high: int, unit: str) -> str:
    return f"{low} {unit}" if low == high else f"{low} to {high} {unit}"


def by_content(sources: Sequence[str], language: str) -> dict[str, list[int]]:
    """Return the segments whose source has quotation marks, digits or names, and those that have none of them."""
    tests: dict[str, Callable[[str], bool]] = {
        "with quotes": lambda text: _QUOTE.search(text) is not None,
        "with numbers": lambda text: _DIGIT.search(text) is not None,
        "with names": lambda text: has_names(text, language),
    }
    found = {name: [at for at, text in enumerate(sources) if test(text)] for name, test in tests.items()}
    some = {at for numbers in found.values() for at in numbers}
    return found | {"with none of these": [at for at in range(len(sources)) if at not in some]}


def has_names(text: str, language: str) -> bool:
    """Tell whether a text names persons, bodies or places, as far as form and lists of places show."""
    tag = base_language(language)
    return bool(find_names(text, tag) or find_places(text, tag))


def _by_value(values: Sequence[str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for at, value in enumerate(values):
        found.setdefault(value, []).append(at)
    return found


def _breakdown(name: Property, parts: Mapping[str, Sequence[int]], measured: MeasuredMetric) -> Breakdown:
    return Breakdown(
        property=name,
        metric=measured.metric,
        parts=tuple(_part(label, numbers, measured) for label, numbers in parts.items() if numbers),
    )


def _part(label: str, numbers: Sequence[int], measured: MeasuredMetric) -> Part:
    chosen: Numbers = np.asarray(numbers, dtype=np.int64)
    scores = {
        system: float(measured.formula(statistics[chosen].sum(axis=0)))
        for system, statistics in measured.statistics.items()
    }
    return Part(label, len(numbers), scores)
