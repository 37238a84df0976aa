"""Findings about numbers, dates and times."""

from collections.abc import Iterator
from dataclasses import dataclass

from quotes.findings.evidence import Evidence, Pair, Passage, load_data, words_at
from quotes.findings.quantities import Quantity, decade, find_quantities, fold
from quotes.types import Finding, Span

_HALF_DAY = 12
_DAY = 24


@dataclass(frozen=True, slots=True)
class _Found:
    """A quantity and where it stands in the article."""

    quantity: Quantity
    span: Span
    decade: bool


def compare_numbers(pair: Pair) -> Iterator[Evidence]:
    """Give evidence where a quantity of one side has no equal on the other.

    A number that both sides have, but differently, counts fully; one that only one side has counts half, for the other
    side may say it in a way that is not read.
    """
    first, second = _leftovers(pair)
    for one, other in _changed(first, second):
        yield _evidence(pair, one, other)
    for side, lone in ((0, first), (1, second)):
        for found in lone:
            spans: tuple[tuple[Span, ...], tuple[Span, ...]] = ((found.span,), ()) if side == 0 else ((), (found.span,))
            yield _lone_evidence(pair, spans)


def _read(passage: Passage) -> list[_Found]:
    return [
        _Found(quantity, (offset + quantity.start, offset + quantity.end), decade(piece, quantity))
        for offset, piece in passage.pieces
        for quantity in find_quantities(piece, passage.language)
    ]


def _leftovers(pair: Pair) -> tuple[list[_Found], list[_Found]]:
    """Take away what is equal on both sides; soft words without an equal are not missed."""
    first, second = _read(pair.first), _read(pair.second)
    converted = _names_measures(pair)
    for exact in (True, False):
        for one in list(first):
            equal = next((other for other in second if _equal(one, other, exact=exact, converted=converted)), None)
            if equal:
                first.remove(one)
                second.remove(equal)
    keep = [[found for found in side if not found.quantity.soft or found.quantity.unit] for side in (first, second)]
    return keep[0], keep[1]


def _equal(one: _Found, other: _Found, *, exact: bool, converted: bool) -> bool:
    a, b = one.quantity, other.quantity
    same_units = a.unit == b.unit or (a.kind == b.kind == "number" and (a.unit is None or b.unit is None))
    if a.value == b.value and same_units and (a.kind == b.kind or not exact):
        return True
    if exact:
        return False
    if one.decade or other.decade:
        return a.value % 100 == b.value % 100
    if abs(a.value - b.value) == _HALF_DAY and max(a.value, b.value) <= _DAY:
        return True
    return converted and _is_conversion(a.value, b.value)


def _is_conversion(a: float, b: float) -> bool:
    low, high = sorted((a, b))
    conversions = load_data("numbers.toml")["conversions"]
    ratio = high / low if low > 0 else 0.0
    return any(
        abs(ratio / factor - 1) <= conversions["tolerance"]
        for value in conversions["factors"]
        for factor in (value, 1 / value)
    )


def _names_measures(pair: Pair) -> bool:
    text = fold(f"{pair.first.text} {pair.second.text}")
    return any(measure in text for measure in load_data("numbers.toml")["conversions"]["measures"])


def _changed(first: list[_Found], second: list[_Found]) -> Iterator[tuple[_Found, _Found]]:
    """Take the leftovers that stand against each other out of both lists, those of one kind first."""
    for alike in (True, False):
        for one in list(first):
            kind = one.quantity.kind
            other = next((found for found in second if not alike or found.quantity.kind == kind), None)
            if other:
                first.remove(one)
                second.remove(other)
                yield one, other


def _evidence(pair: Pair, one: _Found, other: _Found) -> Evidence:
    words = words_at(pair.first, [one.span]), words_at(pair.second, [other.span])
    message = f"The {pair.first.language_name} version says {words[0]}, the {pair.second.language_name} one {words[1]}."
    soft = one.quantity.soft or other.quantity.soft
    finding = Finding("number", "warning" if soft else "serious", message, (one.span,), (other.span,))
    return Evidence("number_changed", 0.7 if soft else 1.0, finding)


def _lone_evidence(pair: Pair, spans: tuple[tuple[Span, ...], tuple[Span, ...]]) -> Evidence:
    has, lacks = (pair.first, pair.second) if spans[0] else (pair.second, pair.first)
    message = (
        f"The {has.language_name} version says {words_at(has, spans[0] or spans[1])}; "
        f"the {lacks.language_name} one has no such number."
    )
    return Evidence("number_lone", 1.0, Finding("number", "warning", message, *spans))
