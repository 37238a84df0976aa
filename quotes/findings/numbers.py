"""Findings about numbers, dates and times."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from corpora.offsets import Span
from quotes.facts.numbers.quantities import Quantity, decade, find_quantities, written
from quotes.facts.numbers.units import dimension, same_amount
from quotes.facts.passages import Passage, PassagePair
from quotes.facts.phrases import surroundings
from quotes.findings.evidence import Evidence
from quotes.types import FindingValues, Severity

_HALF_DAY = 12
_DAY = 24
_HUNDRED = 100
_FIRST_DECADE = 10
_MAGNITUDE = 8
"""How many times as much an order of magnitude must be to be another one."""
_SURE = 1.0
_SOFT = 0.7
_BARE = 0.6
_SMALL = 3
"""A lone number up to this one counts less: languages count such things in words of other kinds."""


@dataclass(frozen=True, slots=True)
class _Found:
    quantity: Quantity
    span: Span
    decade: bool


def compare_numbers(pair: PassagePair) -> Iterator[Evidence]:
    """Give evidence where a quantity of one side has no equal on the other.

    `number_changed` is a number that both sides have, but differently, from 0.6 (words of time without a number) to 1;
    `number_lone` one that only one side has, from 0.5 to 1, for the other may say it in a way that is not read.
    """
    first, second, bounds = _leftovers(pair)
    for one, other in bounds:
        yield _evidence(pair, one, other, _SOFT)
    for one, other, strength in _changed(first, second):
        yield _evidence(pair, one, other, strength)
    for side, lone in enumerate((first, second)):
        elsewhere = _around((pair.second, pair.first)[side])
        for found in lone:
            if not found.quantity.soft and not any(_equal(found, other, exact=False) for other in elsewhere):
                yield _lone_evidence(pair, side, found)


def _read(passage: Passage) -> list[_Found]:
    return [
        _Found(quantity, (offset + quantity.start, offset + quantity.end), decade(piece, quantity))
        for offset, piece in passage.pieces
        for quantity in find_quantities(piece, passage.language)
    ]


def _around(passage: Passage) -> list[_Found]:
    """Read the whole sentences: where a quote begins and ends is no change of numbers."""
    text = surroundings(passage)
    quantities = find_quantities(text, passage.language) if text != passage.text else []
    return [_Found(quantity, (quantity.start, quantity.end), decade(text, quantity)) for quantity in quantities]


def _leftovers(pair: PassagePair) -> tuple[list[_Found], list[_Found], list[tuple[_Found, _Found]]]:
    """Take away what is equal on both sides; give what is left of either, and equals with opposed bounds."""
    first, second = _read(pair.first), _read(pair.second)
    every = [*first], [*second]
    bounds = []
    for equals in (partial(_equal, exact=True), _repeats, partial(_equal, exact=False)):
        for one in list(first):
            equal = next((other for other in second if equals(one, other)), None)
            if equal:
                first.remove(one)
                second.remove(equal)
                if one.quantity.bound * equal.quantity.bound < 0:
                    bounds.append((one, equal))
    # A number said twice on one side and once on the other is said; a month is not said by a day of that number.
    kept = [
        [found for found in own if found.quantity.soft or not any(_repeats(found, one) for one in others)]
        for own, others in ((first, every[1]), (second, every[0]))
    ]
    return kept[0], kept[1], bounds


def _equal(one: _Found, other: _Found, *, exact: bool) -> bool:
    a, b = one.quantity, other.quantity
    dated = {"month", "weekday"}
    if (a.kind in dated or b.kind in dated) and a.kind != b.kind:
        return not exact and a.value == b.value and "number" in {a.kind, b.kind}
    if same_amount((a.value, a.unit), (b.value, b.unit)) and (a.kind == b.kind or not exact):
        return not exact or dimension(a.unit) == dimension(b.unit)
    if exact:
        return False
    if _is_share(a, b) or _is_share(b, a):
        return True
    if one.decade or other.decade:
        return a.value % _HUNDRED == b.value % _HUNDRED or _in_century(a, b) or _in_century(b, a)
    return ((a.clock or b.clock) and _is_one_time(a.value, b.value)) or _is_short_year(*sorted((a.value, b.value)))


def _repeats(one: _Found, other: _Found) -> bool:
    """Return whether two quantities are equal, a month or weekday only to another one."""
    dated = {one.quantity.kind, other.quantity.kind} & {"month", "weekday"}
    return _equal(one, other, exact=bool(dated))


def _is_share(part: Quantity, share: Quantity) -> bool:
    """Return whether one is a part in words and the other the same in hundredths: half, 50 per cent."""
    return share.unit == "percent" and part.unit is None and part.value < 1 and share.value == part.value * _HUNDRED


def _in_century(year: Quantity, century: Quantity) -> bool:
    return century.unit == "century" and year.value // _HUNDRED + 1 == century.value


def _is_short_year(short: float, year: float) -> bool:
    """Return whether one number is the other, a year, without its century: "в сороковом"."""
    return _FIRST_DECADE <= short < _HUNDRED and year // _HUNDRED in {18, 19, 20} and year % _HUNDRED == short


def _is_one_time(a: float, b: float) -> bool:
    low, high = sorted((a, b))
    return (high - low == _HALF_DAY and high <= _DAY) or (high == low * _HUNDRED and low <= _DAY)


def _changed(first: list[_Found], second: list[_Found]) -> Iterator[tuple[_Found, _Found, float]]:
    """Take the leftovers that stand against each other out of both lists, the surest first."""
    ranked = [(_against(one.quantity, other.quantity), one, other) for one in first for other in second]
    for strength, one, other in sorted(ranked, key=lambda three: -three[0]):
        if strength > 0 and one in first and other in second:
            first.remove(one)
            second.remove(other)
            yield one, other, min(strength, 1.0)


def _against(a: Quantity, b: Quantity) -> float:
    """Return how surely one number stands for the other, 0 where the two are not of one kind."""
    kinds = dimension(a.unit), dimension(b.unit)
    alike = kinds[0] == kinds[1]
    if a.rough or b.rough:
        return _against_rough(a, b)
    if {a.kind, b.kind} & {"unit", "every", "period"}:
        return _against_unit(a, b)
    if a.kind != b.kind:
        return 0.0
    if None not in kinds and not alike:
        return 0.0 if a.soft or b.soft else _BARE
    if a.soft and b.soft:
        return _against_soft(a, b)
    # Two units of one kind are a surer sign than two numbers that may count different things.
    return (_SOFT if a.soft or b.soft else _SURE) + (0.01 if alike else 0.0)


def _against_rough(a: Quantity, b: Quantity) -> float:
    if not (a.rough or not a.soft) or not (b.rough or not b.soft):
        return 0.0
    low, high = sorted((a.value, b.value))
    other_unit = a.unit != b.unit and dimension(a.unit) == dimension(b.unit)
    return _SOFT if other_unit or (low > 0 and high / low >= _MAGNITUDE) else 0.0


def _against_soft(a: Quantity, b: Quantity) -> float:
    """Compare words such as "two" and "both": a unit tells that they count, or that they are no small words."""
    if a.unit and b.unit and dimension(a.unit) == dimension(b.unit):
        return _SOFT
    return _BARE if min(a.value, b.value) >= _SMALL else 0.0


def _against_unit(a: Quantity, b: Quantity) -> float:
    if a.kind == b.kind == "period":
        return _SURE
    if a.unit == b.unit or dimension(a.unit) != dimension(b.unit) or {a.value, b.value} != {1}:
        return 0.0
    return _SURE if a.kind == b.kind == "every" else _BARE


def _evidence(pair: PassagePair, one: _Found, other: _Found, strength: float) -> Evidence:
    spans = [_shown(pair.first, one)], [_shown(pair.second, other)]
    units = {"unit": one.quantity.unit or "", "other_unit": other.quantity.unit or ""}
    name = "number_units" if all(units.values()) and len(set(units.values())) > 1 else "number_changed"
    severity: Severity = "serious" if strength >= _SURE else "warning"
    values = FindingValues(written(one.quantity), written(other.quantity))
    return Evidence("number_changed", strength, pair.finding("number", severity, spans, name, values=values, **units))


def _shown(passage: Passage, found: _Found) -> Span:
    """The number's words without white space at the end."""
    start, end = found.span
    words = passage.article.text[start:end]
    return start, start + len(words.rstrip())


def _lone_evidence(pair: PassagePair, side: int, found: _Found) -> Evidence:
    spans = ([found.span], []) if side == 0 else ([], [found.span])
    value = written(found.quantity)
    values = FindingValues(None, value) if side else FindingValues(value, None)
    weak = found.quantity.kind == "every" or (found.quantity.value <= _SMALL and found.quantity.unit is None)
    severity: Severity = "note" if weak else "warning"
    finding = pair.finding("number", severity, spans, "number_lone", values=values)
    return Evidence("number_lone", 0.5 if weak else 1.0, finding)
