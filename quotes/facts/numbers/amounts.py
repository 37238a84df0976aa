"""What a number in a text comes to, before it is known what it counts."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import regex

from common.data import load_table
from quotes.facts.numbers.chinese_numerals import numeral_value
from quotes.facts.numbers.units import Amount

WORD = r"(?:\p{Cyrillic}+(?:['’]\p{Cyrillic}+)+|[^\W\d_]+)"
"""Pattern of a word; only Cyrillic ones have an apostrophe inside them: п'ять."""


def fold(text: str) -> str:
    """Lower-case `text` and write ё as е; the length stays the same."""
    lower = text.lower()
    if len(lower) != len(text):
        lower = "".join(small if len(small := character.lower()) == 1 else character for character in text)
    return lower.replace("ё", "е")


@cache
def forms_of(language: str, table: str) -> dict[str, float]:
    """Return every word of a table of `numbers.toml` with its value."""
    entries: dict[str, float] = load_table(__name__, "numbers.toml")[language].get(table, {})
    return {form: value for forms, value in entries.items() for form in forms.split()}


def clock_times(text: str) -> Iterator[Amount]:
    """Find times of day such as 12:30: the hour, and the minutes, which count for nothing where they are 00."""
    for match in _CLOCK.finditer(text):
        minutes = int(match["minute"])
        yield Amount(int(match["hour"]), match.start("hour"), match.end("hour"))
        yield Amount(minutes, match.start("minute"), match.end("minute"), unsure=minutes == 0)


_CLOCK = regex.compile(
    r"(?<![\d.,:])(?P<hour>[01]?\d|2[0-4])(?:[:：]|\.(?=\d\d\s?[ap]\.?m))(?P<minute>[0-5]\d)(?![\d:]|[.,]\d)"
)


def fractions(text: str, language: str) -> Iterator[Amount]:
    """Find fractions in words, such as two thirds; in Chinese, hundredths are percentages and left out."""
    for match in _fraction_pattern(language).finditer(fold(text)):
        above, below = match["above"], match["below"]
        if language == "zh":
            values = [_chinese_value(above), _chinese_value(below)]
        elif above:
            values = [_numerators(language)[above], forms_of(language, "denominators")[below]]
        else:
            values = [1.0, forms_of(language, "single")[match["single"]]]
        if values[0] and values[1]:
            yield Amount(values[0] / values[1], match.start(), match.end(), "fraction")


def _chinese_value(numerals: str) -> float:
    return float(numerals) if numerals.isdecimal() else numeral_value(numerals)


@cache
def _numerators(language: str) -> dict[str, float]:
    words = {word: value for word, value in forms_of(language, "values").items() if 1 <= value < 10 and value % 1 == 0}  # noqa: PLR2004
    return {**words, **{str(value): float(value) for value in range(1, 10)}}


@cache
def _fraction_pattern(language: str) -> Any:
    if language == "zh":
        table = load_table(__name__, "numbers.toml")["zh"]
        signs = f"{table['digits']}{table['two']}{next(iter(table['ten_powers']))}"
        # A part in digits and numerals both, or the end of a longer number, is not known.
        part, alone = rf"(?:\d++|[{signs}]++)", rf"(?<![{signs}\d])(?<!\d[.,])"
        return regex.compile(rf"{alone}(?P<below>{part}){table['fraction_bar']}(?P<above>{part})(?![{signs}\d])")
    below, single, above = (
        "|".join(words)
        for words in (forms_of(language, "denominators"), forms_of(language, "single"), _numerators(language))
    )
    alone = rf"(?:a|one)\s(?P<single>{single})(?=\sof\b)" if language == "en" else rf"(?P<single>{single})"
    return regex.compile(rf"\b(?:(?P<above>{above})[\s-](?P<below>{below})|{alone})\b")


def roman_numerals(text: str) -> Iterator[Amount]:
    """Find Roman numerals from II on, and single ones that a word for a kind or a century follows."""
    for match in _roman_pattern().finditer(text):
        value = 0
        for sign, following in zip(match[0], f"{match[0][1:]} ", strict=True):
            worth = _ROMAN_WORTH[sign]
            value += -worth if worth < _ROMAN_WORTH.get(following, 0) else worth
        yield Amount(value, match.start(), match.end(), unsure=True)


_ROMAN_WORTH = {"I": 1, "V": 5, "X": 10, "L": 50}


@cache
def _roman_pattern() -> Any:
    before = "|".join(map(regex.escape, load_table(__name__, "numbers.toml")["roman"]["before"]))
    letter = r"[\p{Latin}\p{Cyrillic}]"
    return regex.compile(rf"(?<!{letter})(?:[IVXL]{{2,}}|[IVX](?=\s?(?:{before})))(?!{letter})")
