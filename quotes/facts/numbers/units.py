"""Units of time, measure, money and share, and whether two amounts in different units are the same."""

import math
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import regex

from common.data import load_table

_TOLERANCE = {
    "time": 0.03,
    "length": 0.12,
    "mass": 0.12,
    "area": 0.12,
    "volume": 0.12,
    "share": 0.04,
    "temperature": 0.05,
}
"""How far two amounts in different units may differ: newsrooms round when they convert."""
_HAN = regex.compile(r"\p{Han}")
_NEAR = 24
"""Code points before a number in which the sign of a currency is looked for."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A number as a text gives it.

    Attributes:
        start: Where its words begin, code points into the text that was read.
        unit: The unit that the words themselves hold (`percent`, `fraction`, `month` in "four-month-old"), else None.
        rough: Whether it is an order of magnitude: "thousands of people".
        unsure: Whether the characters may be no number at all.
    """

    value: float
    start: int
    end: int
    unit: str | None = None
    rough: bool = False
    unsure: bool = False


def dimension(unit: str | None) -> str | None:
    """Return what a unit measures: `time`, `length`, `money`, …; None for no unit."""
    return None if unit is None else str(load_table(__name__, "numbers.toml")["units"][unit][0])


def same_amount(one: tuple[float, str | None], other: tuple[float, str | None]) -> bool:
    """Return whether two amounts are equal: in value where the units do not speak against it, or by conversion."""
    kinds = dimension(one[1]), dimension(other[1])
    if one[1] == other[1] or None in kinds or kinds[0] != kinds[1]:
        # 4.6 times 100 million is not 460 million to the last bit.
        return math.isclose(one[0], other[0])
    tolerance = _TOLERANCE.get(str(kinds[0]))
    if tolerance is None:
        return False
    low, high = sorted(value * worth(unit) for value, unit in (one, other))
    return low > 0 and high / low - 1 <= tolerance


def worth(unit: str | None) -> float:
    """Return how many of the first unit of its kind a unit is: a minute 60 seconds; 1 for no unit."""
    return 1.0 if unit is None else float(load_table(__name__, "numbers.toml")["units"][unit][1])


def is_time(unit: str | None) -> bool:
    """Return whether a unit measures time."""
    return dimension(unit) == "time"


@cache
def _forms(language: str) -> dict[str, str]:
    table = load_table(__name__, "numbers.toml")
    shared = {unit: forms for unit, (_, _, forms) in table["units"].items()}
    own: dict[str, str] = table[language].get("units", shared)
    return {
        form: unit
        for unit, forms in own.items()
        for form in forms.split()
        if (language == "zh") or not _HAN.search(form)
    }


@lru_cache(4_096)
def named_unit(word: str, language: str) -> str | None:
    """Return the unit that a word in lower case stands for."""
    forms = _forms(language)
    if word in forms:
        return forms[word]
    return next((unit for form, unit in forms.items() if form.endswith("*") and word.startswith(form[:-1])), None)


@cache
def unit_words(language: str, shortest: int = 1) -> str:
    """Return a pattern of all the words for units that have at least `shortest` characters."""
    forms = sorted((form for form in _forms(language) if len(form) >= shortest), key=len, reverse=True)
    letters = "|".join(
        regex.escape(form.rstrip("*")) + (r"\w*" if form.endswith("*") else "")
        for form in forms
        if regex.match(r"\w", form)
    )
    signs = "|".join(regex.escape(form) for form in forms if not regex.match(r"\w", form))
    edge = r"(?![^\W\d_])" if language != "zh" else ""
    # Without signs an empty alternative would match everywhere.
    return rf"(?:(?:{letters}){edge}{'|' + signs if signs else ''})"


@cache
def _after(language: str) -> Any:
    glue = r"\s*[多余餘来來几幾半]?\s*[个個]?\s*" if language == "zh" else r"[\s\u00a0\u202f-]*(?:[^\W\d_]+\s+)??"
    return regex.compile(rf"{glue}(?P<unit>{unit_words(language)})")


def unit_after(folded: str, end: int, language: str) -> tuple[str | None, int]:
    """Find the unit behind a number that ends at `end` of a text in lower case, and where its word ends."""
    match = _after(language).match(folded, end)
    return (named_unit(match["unit"], language), match.end()) if match else (None, end)


def unit_before(text: str, start: int) -> str | None:
    """Find the sign of a currency before a number that starts at `start`."""
    signs: dict[str, str] = load_table(__name__, "numbers.toml")["unit_signs"]
    before = text[max(0, start - _NEAR) : start].rstrip()
    return signs.get(before[-1:])
