"""Numbers, dates and times in English, Russian and Chinese, in digits and in words, with what they count."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Literal

import regex

from common.data import load_table
from corpora.languages import CHINESE
from quotes.facts.numbers.amounts import WORD, clock_times, fold, fractions, roman_numerals
from quotes.facts.numbers.chinese_numerals import chinese_numbers
from quotes.facts.numbers.number_words import read_digits, spelled_numbers
from quotes.facts.numbers.units import Amount, dimension, is_time, named_unit, unit_after, unit_before, unit_words

__all__ = ["Quantity", "decade", "find_quantities", "fold", "read_digits", "written"]

QuantityKind = Literal["number", "month", "weekday", "every", "unit", "period"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as a text gives it.

    Attributes:
        value: What it is worth: a percentage as the number before the sign, a month from 1 to 12, Monday as 1.
        start: Where its words begin, code points into the text that was read.
        kind: What is counted; `unit` is a word of time without a number ("a day"), `period` a part of one ("the third
            quarter").
        unit: The unit that it counts, as `day`, None where it counts something else.
        soft: Whether it is a word like "one" or "both", for which the other language often has none.
        rough: Whether it is an order of magnitude ("thousands").
        bound: 1 for "more than", -1 for "less than" or "nearly", 0 for neither.
        clock: Whether it may be a time of day.
    """

    value: float
    start: int
    end: int
    kind: QuantityKind = "number"
    unit: str | None = None
    soft: bool = False
    rough: bool = False
    bound: int = 0
    clock: bool = False


def written(quantity: Quantity) -> str:
    """Return a quantity as programs read it: `15`, `2.5 percent`, `month 3`, `every day`, `day`."""
    if quantity.kind in {"every", "unit"}:
        return f"every {quantity.unit}" if quantity.kind == "every" else str(quantity.unit)
    value = f"{quantity.value:.12g}"
    return (
        f"{value} {quantity.unit}"
        if quantity.unit
        else value
        if quantity.kind == "number"
        else f"{quantity.kind} {value}"
    )


_NEAR = 24
"""Code points before a number in which "more than" and the like are looked for."""
_CLOCK_NEAR = 6
_MONTHS = 12
_WORDS_REMEMBERED = 16_384
"""Words of which is known whether they are dates: those of many articles."""
_LETTERS = regex.compile(WORD)
_PLACES = ("one", "two", "three", "four")
_BEFORE_MAY = regex.compile(r"(?:\d|in|of|by|since|until|last|next|late|early|mid|hottest|coldest)[\s-]*$")
_PER_CENT = regex.compile(r"(\s)per\scent\b", regex.IGNORECASE)


@lru_cache(maxsize=1024)
def find_quantities(text: str, language: str) -> tuple[Quantity, ...]:
    """Find all quantities in `text`, in order."""
    # One word of the same length, so that "cent" is not money.
    text = _PER_CENT.sub(r"\1percent ", text)
    found: list[Quantity] = []
    taken = bytearray(len(text))
    for quantity in _read(text, language):
        if not any(taken[quantity.start : quantity.end]):
            found.append(quantity)
            taken[quantity.start : quantity.end] = bytes([1]) * (quantity.end - quantity.start)
    return tuple(sorted(found, key=lambda quantity: quantity.start))


def _read(text: str, language: str) -> Iterator[Quantity]:
    """Give quantities, those that take precedence where two overlap first."""
    folded = fold(text)
    yield from _periods(folded, language)
    yield from _chinese_dates(text) if language == "zh" else _named_dates(text, language)
    yield from _every(folded, language)
    yield from _centuries(text)
    for amount in [*clock_times(text), *fractions(text, language), *roman_numerals(text)]:
        yield _quantity(amount, text, folded, language)
    numbers = list(chinese_numbers(text)) if language == "zh" else list(spelled_numbers(text, language))
    ends = []
    for amount in numbers:
        yield _quantity(amount, text, folded, language)
        ends.append(unit_after(folded, amount.end, language)[1])
    yield from _bare_units(folded, language, frozenset(ends))


@cache
def _period_patterns(language: str) -> tuple[tuple[str, Any], ...]:
    table = load_table(__name__, "numbers.toml")
    groups = zip(_PLACES, table["ordinals"][language], strict=True)
    number = f"(?:{'|'.join(f'(?P<{place}>{words})' for place, words in groups)})"
    edges = ("", "") if language == "zh" else (r"(?<!\w)", r"(?!\w)")
    return tuple(
        (unit, regex.compile(f"{edges[0]}(?:{form.replace('NUMBER', number)}){edges[1]}"))
        for unit, forms in table["periods"][language].items()
        for form in forms
    )


def _periods(folded: str, language: str) -> Iterator[Quantity]:
    """Find which quarter, half or ten days is meant: "the third quarter" is no three quarters."""
    for unit, pattern in _period_patterns(language):
        for match in pattern.finditer(folded):
            found = match.groupdict()
            place = next((at for at, name in enumerate(_PLACES, start=1) if found.get(name)), 0)
            yield Quantity(place or int(found["digit"]), match.start(), match.end(), "period", unit, soft=True)


def _centuries(text: str) -> Iterator[Quantity]:
    for match in _decades()[1].finditer(text):
        yield Quantity((int(match["century"]) - 1) * 100 + int(match["decade"]), match.start(), match.end())


def _quantity(amount: Amount, text: str, folded: str, language: str) -> Quantity:
    after = unit_after(folded, amount.end, language)[0]
    # A quarter of a century is so much of a century; any other fraction is a share.
    unit = (
        after
        if amount.unit == "fraction" and is_time(after)
        else amount.unit or unit_before(text, amount.start) or after
    )
    value, unit = _in_celsius(amount, unit, folded)
    words = folded[amount.start : amount.end]
    near = folded[max(0, amount.start - _CLOCK_NEAR) : amount.end + _CLOCK_NEAR]
    return Quantity(
        value,
        amount.start,
        amount.end,
        unit=unit,
        soft=amount.rough or amount.unsure or words in load_table(__name__, "numbers.toml")[language]["soft"],
        rough=amount.rough,
        bound=_bound(folded, amount, language),
        clock=any(word in near for word in load_table(__name__, "numbers.toml")["clock"]["words"]),
    )


def _in_celsius(amount: Amount, unit: str | None, folded: str) -> tuple[float, str | None]:
    """Return degrees of Fahrenheit in Celsius: the two scales begin at different points."""
    around = folded[max(0, amount.start - _CLOCK_NEAR) : amount.end + _NEAR]
    if unit not in {None, "celsius"} or not any(
        word in around for word in load_table(__name__, "numbers.toml")["fahrenheit"]
    ):
        return amount.value, unit
    return round((amount.value - 32) / 1.8, 1), "fahrenheit"


@cache
def _bounds(language: str) -> tuple[Any, Any]:
    table = load_table(__name__, "numbers.toml")[language]
    edge, gap = ("", r"\s*") if language == "zh" else (r"\b", r"\s+(?:the\s+)?[$€£¥₽]?")
    patterns = [
        regex.compile(rf"{edge}(?:{'|'.join(sorted(table[name], key=len, reverse=True))}){gap}$")
        for name in ("over", "under")
    ]
    return patterns[0], patterns[1]


def _bound(folded: str, amount: Amount, language: str) -> int:
    before = folded[max(0, amount.start - _NEAR) : amount.start]
    over, under = (pattern.search(before) is not None for pattern in _bounds(language))
    if over != under:
        return 1 if over else -1
    if language == "zh":
        after = folded[amount.end : amount.end + 4] + folded[amount.start : amount.end]
        table = load_table(__name__, "numbers.toml")["zh"]
        return 1 if any(word in after for word in table["over_after"]) else 0
    return 0


@cache
def _bare_pattern(language: str) -> Any:
    if language != "zh":
        return regex.compile(rf"\b(?P<unit>{unit_words(language)})")
    # One character is part of too many words, except behind "some" and the like.
    some = load_table(__name__, "numbers.toml")["zh"]["some_before"]
    alone, counted = unit_words(language, shortest=2), unit_words(language)
    return regex.compile(rf"[{some}](?P<unit>{counted})|(?P<unit>{alone})")


def _bare_units(folded: str, language: str, taken: frozenset[int]) -> Iterator[Quantity]:
    """Find units that no number stands before: "about a day", "a few feet"."""
    for match in _bare_pattern(language).finditer(folded):
        unit = named_unit(match["unit"], language)
        if dimension(unit) in {"time", "length"} and match.end() not in taken:
            yield Quantity(1, match.start(), match.end(), "unit", unit, soft=True)


@cache
def _key_of(table: str, language: str) -> dict[str, str]:
    """Return every word of a table with its key: the language's own table, else the one of all others."""
    data = load_table(__name__, "numbers.toml")
    entries: dict[str, str] = data[language].get(table, data[table])
    return {form: key for key, forms in entries.items() for form in forms.split()}


def _named_dates(text: str, language: str) -> Iterator[Quantity]:
    for match in _LETTERS.finditer(text):
        word = fold(match.group()).replace("’", "'")
        # English months and days have capitals, which tells May from may and March from march.
        if language == "en" and not match.group()[0].isupper():
            continue
        if word == "may" and not _BEFORE_MAY.search(text, max(0, match.start() - _NEAR), match.start()):
            continue
        if month := _named(word, "months", language):
            yield Quantity(int(month), match.start(), match.end(), "month")
        elif weekday := _named(word, "weekdays", language):
            yield Quantity(int(weekday), match.start(), match.end(), "weekday")


@lru_cache(_WORDS_REMEMBERED)
def _named(word: str, name: str, language: str) -> str | None:
    """Return the key of a word in a table, or of the stem with a star that it begins with."""
    table = _key_of(name, language)
    stems = (form[:-1] for form in table if form.endswith("*"))
    return table.get(word) or next((table[f"{stem}*"] for stem in stems if word.startswith(stem)), None)


def _chinese_dates(text: str) -> Iterator[Quantity]:
    table, weekdays = load_table(__name__, "numbers.toml"), _key_of("weekdays", CHINESE)
    days, excluded = "".join(form for form in weekdays if len(form) == 1), "|".join(table["zh"]["no_weekday_before"])
    for match in regex.finditer(rf"(?:{'|'.join(table['weekday_before']['zh'])})([{days}])(?!{excluded})", text):
        yield Quantity(int(weekdays[match[1]]), match.start(), match.end(), "weekday")
    sign, no_month = table["zh"]["month"], table["zh"]["no_month_before"]
    for amount in chinese_numbers(text):
        after = text[amount.end : amount.end + 3].lstrip()
        if after.startswith(sign) and after[1:2] not in no_month and 1 <= amount.value <= _MONTHS:
            yield Quantity(amount.value, amount.start, text.index(sign, amount.end) + 1, "month")


@cache
def _every_pattern(language: str) -> Any:
    table = load_table(__name__, "numbers.toml")
    words = "|".join(table["every"][language])
    edge, gap = ("", r"\s*") if language == "zh" else (r"\b", r"\s+")
    return regex.compile(rf"{edge}(?:{words}){gap}(?P<unit>{unit_words(language)})")


def _every(folded: str, language: str) -> Iterator[Quantity]:
    for match in _every_pattern(language).finditer(folded):
        unit = named_unit(match["unit"], language)
        if is_time(unit):
            yield Quantity(1, match.start(), match.end(), "every", unit)
    for unit, pattern in _regularly(language):
        for match in pattern.finditer(folded):
            yield Quantity(1, match.start(), match.end(), "every", unit)


@cache
def _regularly(language: str) -> tuple[tuple[str, Any], ...]:
    data = load_table(__name__, "numbers.toml")
    adverbs: dict[str, str] = data[language].get("regularly", data["regularly"])
    edge = r"\b" if language != "zh" else ""
    words = {unit: "|".join(form.replace("*", r"\w*") for form in forms.split()) for unit, forms in adverbs.items()}
    return tuple((unit, regex.compile(rf"{edge}(?:{form}){edge}")) for unit, form in words.items())


@cache
def _decades() -> tuple[Any, Any]:
    table = load_table(__name__, "numbers.toml")
    return regex.compile(table["decade"]["pattern"]), regex.compile(table["zh"]["decade_of_century"])


def decade(text: str, quantity: Quantity) -> bool:
    """Return whether `quantity` of `text` is a decade, as "the 1990s" is."""
    return any(pattern.match(text, quantity.start) for pattern in _decades())
