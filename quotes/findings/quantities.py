"""Numbers, dates and times in English, Russian and Chinese, in digits and in words."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal

import regex

from quotes.findings.chinese_numerals import chinese_numbers
from quotes.findings.evidence import load_data

QuantityKind = Literal["number", "month", "weekday", "every"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as a text gives it.

    Attributes:
        value: What it is worth: a percentage as the number before the sign, a month from 1 to 12, Monday as 1.
        start: Where its words begin, code points into the text that was read.
        end: Where they end.
        kind: What is counted.
        unit: The word of time that it counts, as `day`, None where it counts something else.
        soft: Whether it is a word like "one" or "both", for which the other language often has none.
    """

    value: float
    start: int
    end: int
    kind: QuantityKind = "number"
    unit: str | None = None
    soft: bool = False


_TOKEN = regex.compile(r"\d+(?:[\s\u00a0\u202f]\d{3})+(?:[.,]\d+)?(?!\d)|\d+(?:[.,]\d+)*|[^\W\d_]+")
_HALF = 0.5
_DECADE = regex.compile(r"(?:19|20)?\d0(?=s\b|['’]s\b|-[еx]|-х|年代)")


def find_quantities(text: str, language: str) -> list[Quantity]:
    """Find all quantities in `text`, in order.

    Args:
        text: Any text.
        language: `en`, `ru` or `zh`.
    """
    found = list(_dates(text, language))
    taken = [(quantity.start, quantity.end) for quantity in found]
    numbers = chinese_numbers(text) if language == "zh" else _spelled(text, language)
    for value, start, end in numbers:
        if not any(start < other_end and other_start < end for other_start, other_end in taken):
            quantity = Quantity(value, start, end, soft=_is_soft(text[start:end], language))
            found.append(_with_unit(quantity, text, language))
    return sorted(found, key=lambda quantity: quantity.start)


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    start: int
    end: int
    digits: float | None
    value: float | None
    scale: float | None


def fold(text: str) -> str:
    """Lower-case `text` and write ё as е; the length stays the same."""
    return "".join(lower if len(lower := character.lower()) == 1 else character for character in text).replace("ё", "е")


@cache
def _forms(language: str, table: str) -> dict[str, float]:
    entries: dict[str, float] = load_data("numbers.toml")[language][table]
    return {form: value for forms, value in entries.items() for form in forms.split()}


@cache
def _key_of(table: str) -> dict[str, str]:
    entries: dict[str, str] = load_data("numbers.toml")[table]
    return {form: key for key, forms in entries.items() for form in forms.split()}


def read_digits(text: str, language: str) -> float:
    """Read a number in digits as the language groups them: 1,200.5 in English and Chinese, 1 200,5 in Russian."""
    plain = regex.sub(r"\s", "", text)
    marks = regex.findall(r"[.,]", plain)
    decimal = "," if language == "ru" else "."
    if len(marks) == 1 and (marks[0] == decimal or not regex.search(r"[.,]\d{3}$", plain)):
        return float(plain.replace(",", "."))
    if decimal in marks and len(set(marks)) > 1:
        whole, _, part = plain.rpartition(decimal)
        return float(f"{regex.sub(r'[.,]', '', whole)}.{part}")
    return float(regex.sub(r"[.,]", "", plain))


def _tokens(text: str, language: str) -> Iterator[_Token]:
    values, scales = _forms(language, "values"), _forms(language, "scales")
    for match in _TOKEN.finditer(text):
        word = fold(match.group())
        digits = read_digits(word, language) if word[0].isdecimal() else None
        yield _Token(word, match.start(), match.end(), digits, values.get(word), scales.get(word))


def _spelled(text: str, language: str) -> Iterator[tuple[float, int, int]]:
    joiners = "|".join(load_data("numbers.toml")[language]["joiners"]) or r"(?!)"
    gap = regex.compile(rf"[\s\u00a0-]*(?:(?:{joiners})\s+)?")
    run: list[_Token] = []
    for token in _tokens(text, language):
        if token.digits is None and token.value is None and token.scale is None:
            continue
        between = text[run[-1].end : token.start] if run else ""
        if run and not (
            gap.fullmatch(between) and _continues(run, token, joined=between.strip("- \u00a0\u202f\t\n") != "")
        ):
            yield _worth(run)
            run = []
        run.append(token)
    if run:
        yield _worth(run)


def _continues(run: list[_Token], token: _Token, *, joined: bool) -> bool:
    last = run[-1]
    if joined and (last.scale is None or token.value is None) and (last.value != _HALF or token.scale is None):
        return False
    if token.scale is not None:
        return last.scale is None or last.scale < token.scale
    if token.value is None or last.digits is not None:
        return False
    if last.scale is not None:
        return token.value < last.scale
    return last.value is not None and last.value >= 20 and token.value < (10 if last.value < 100 else 100)  # noqa: PLR2004


def _worth(run: list[_Token]) -> tuple[float, int, int]:
    total = current = 0.0
    for token in run:
        if token.scale is None:
            current += (token.value if token.digits is None else token.digits) or 0.0
        elif token.scale == 100:  # noqa: PLR2004 - "two hundred thousand": a hundred multiplies, a thousand closes
            current = (current or 1) * token.scale
        else:
            total, current = total + (current or 1) * token.scale, 0.0
    return total + current, run[0].start, run[-1].end


def _is_soft(words: str, language: str) -> bool:
    # "thousands of people" counts as little as "one" does.
    word = fold(words)
    table: dict[str, Any] = load_data("numbers.toml")[language]
    return word in table["soft"] or (language != "zh" and word in _forms(language, "scales"))


@cache
def _unit_pattern(language: str) -> Any:
    forms = sorted((form for form in _key_of("units")), key=len, reverse=True)
    glue = r"\s*" if language == "zh" else r"[\s\u00a0-]+(?:[^\W\d_]+\s+)?"
    edge = "" if language == "zh" else r"\b"
    return regex.compile(rf"{glue}(?P<unit>{'|'.join(forms)}){edge}")


def _with_unit(quantity: Quantity, text: str, language: str) -> Quantity:
    match = _unit_pattern(language).match(fold(text), quantity.end)
    return replace(quantity, unit=_key_of("units")[match["unit"]]) if match else quantity


def _dates(text: str, language: str) -> Iterable[Quantity]:
    if language == "zh":
        return [*_chinese_dates(text), *_every(text, language)]
    return [*_named_dates(text, language), *_every(text, language)]


def _named_dates(text: str, language: str) -> Iterator[Quantity]:
    months, weekdays = _key_of("months"), _key_of("weekdays")
    for match in regex.finditer(r"[^\W\d_]+", text):
        word = fold(match.group())
        # English months and days have capitals, which tells May from may and March from march.
        if language == "en" and not match.group()[0].isupper():
            continue
        if word == "may" and not regex.search(
            r"(?:\d|in|of|by|since|until|last|next|late|early|mid)[\s-]*$", text[: match.start()]
        ):
            continue
        if word in months:
            yield Quantity(int(months[word]), match.start(), match.end(), "month")
        elif word in weekdays:
            yield Quantity(int(weekdays[word]), match.start(), match.end(), "weekday")


def _chinese_dates(text: str) -> Iterator[Quantity]:
    weekdays = _key_of("weekdays")
    before = "|".join(load_data("numbers.toml")["weekday_before"]["zh"])
    for match in regex.finditer(rf"(?:{before})([一二三四五六日天])", text):
        yield Quantity(int(weekdays[match[1]]), match.start(), match.end(), "weekday")
    for value, start, end in chinese_numbers(text, lone=True):
        if text[end : end + 1] == "月" and 1 <= value <= 12:  # noqa: PLR2004 - months of a year
            yield Quantity(value, start, end + 1, "month")


def _every(text: str, language: str) -> Iterator[Quantity]:
    words = "|".join(load_data("numbers.toml")["every"][language])
    units = _unit_pattern(language).pattern
    edge = "" if language == "zh" else r"\b"
    for match in regex.finditer(rf"{edge}(?:{words}){units}", fold(text)):
        yield Quantity(1, match.start(), match.end(), "every", _key_of("units")[match["unit"]])


def decade(text: str, quantity: Quantity) -> bool:
    """Tell whether `quantity` of `text` is a decade: the 1990s, 90-е, 90年代."""
    return _DECADE.match(text, quantity.start) is not None
