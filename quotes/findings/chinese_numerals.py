"""Chinese numbers: in numerals (三十五亿), in digits with a scale (3.5亿), in hundredths and tenths (四成)."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import regex

from quotes.findings.evidence import load_data


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = load_data("numbers.toml")["zh"]
    return table


@cache
def _pattern() -> Any:
    table = _table()
    numerals = table["digits"] + table["two"] + "".join(table["ten_powers"]) + "".join(table["scales"])
    scales = "".join(table["scales"]) + "百千"
    return regex.compile(
        rf"(?P<digits>\d+(?:,\d{{3}})*(?:\.\d+)?)\s?(?P<scale>[{scales}]*)|(?P<numerals>[{numerals}]+(?:点[{table['digits']}]+)?)"
    )


def chinese_numbers(text: str, *, lone: bool = False) -> Iterator[tuple[float, int, int]]:
    """Give the value, the start and the end of every number in `text`, in code points.

    Args:
        text: Chinese text, simplified or traditional.
        lone: Whether a single numeral counts as a number wherever it stands, and not only before a measure word.
    """
    idioms = _idioms(text)
    for match in _pattern().finditer(text):
        start, end = match.span()
        if any(start < stop and begin < end for begin, stop in idioms):
            continue
        if match["numerals"] and end - start == 1 and not lone and not _counts(text, start, end):
            continue
        value = _digits_value(match) if match["digits"] else numeral_value(match["numerals"])
        if text[end : end + 1] == _table()["tenths_after"] and not lone:
            value, end = value * 10, end + 1
        elif text[end + 1 : end + 2] == _table()["half_after"] and text[end : end + 1] in _table()["measures"]:
            value += 0.5
        yield value, start, end


def _idioms(text: str) -> list[tuple[int, int]]:
    pattern = "|".join(sorted(_table()["idioms"], key=len, reverse=True))
    return [match.span() for match in regex.finditer(rf"{pattern}|{_table()['percent_before']}", text)]


def _counts(text: str, start: int, end: int) -> bool:
    before, after = text[max(0, start - 3) : start], text[end : end + 1]
    table = _table()
    measured = after != "" and after in table["measures"] + table["tenths_after"]
    return measured or before.endswith((table["ordinal_before"], table["percent_before"][-3:]))


def _digits_value(match: Any) -> float:
    value = float(match["digits"].replace(",", ""))
    for character in match["scale"]:
        value *= _table()["scales"].get(character) or _table()["ten_powers"][character]
    return value


def numeral_value(numerals: str) -> float:
    """Return what Chinese numerals are worth: 三千五百 3500, 二〇二三 2023, 三点五 3.5, 十二 12."""
    whole, _, part = numerals.partition("点")
    if part:
        return numeral_value(whole) + float("0." + "".join(str(_digit(character)) for character in part))
    table = _table()
    if all(_digit(character) is not None for character in whole):
        return float("".join(str(_digit(character)) for character in whole))
    total = section = digit = 0
    for character in whole:
        value = _digit(character)
        if value is not None:
            digit = value
        elif character in table["ten_powers"]:
            section, digit = section + (digit or 1) * table["ten_powers"][character], 0
        else:
            total, section, digit = (total + (section + digit or 1)) * table["scales"][character], 0, 0
    return float(total + section + digit)


def _digit(character: str) -> int | None:
    if character in _table()["two"]:
        return 2
    if character in "零〇":
        return 0
    place: int = _table()["digits"].find(character)
    return place - 1 if place > 0 else None
