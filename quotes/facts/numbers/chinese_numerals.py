"""Chinese numbers: in numerals (三十五亿), in digits with a scale (3.5亿), in hundredths and tenths (四成)."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import regex

from common.data import load_table
from quotes.facts.numbers.units import Amount, is_time, unit_after

_TEN = 10


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = load_table(__name__, "numbers.toml")["zh"]
    return table


@cache
def _pattern() -> Any:
    table = _table()
    digits, scales = table["digits"] + table["two"], "".join(table["scales"]) + "百千十"
    numerals, more = digits + "".join(table["ten_powers"]) + "".join(table["scales"]), f"[{table['more_than']}]"
    return regex.compile(
        rf"(?<![\p{{Latin}}\p{{Cyrillic}}\d])(?P<digits>\d+(?:,\d{{3}})*(?:\.\d+)?)(?:\s?{more}?(?P<scale>[{scales}]+))?"
        rf"|(?P<numerals>[{numerals}]+(?:点[{table['digits']}]+|{more}(?P<more>[{scales}]+))?)"
    )


def chinese_numbers(text: str) -> Iterator[Amount]:
    """Find every number in `text`, in order; a numeral that no measure word follows is marked as unsure."""
    yield from _halves_and_doubles(text)
    idioms, unsure = _covered(text, "idioms"), _covered(text, "unsure")
    for match in _pattern().finditer(text):
        start, end = match.span()
        if any(idioms[start:end]):
            continue
        value, end, unit = _with_tail(text, _value(match), end)
        percent = text.endswith(_table()["percent_before"], 0, start)
        lone = (
            bool(match["numerals"])
            and match.end() - start == 1
            and not percent
            and not _counts(text, start, match.end())
        )
        doubtful = lone or any(unsure[start:end])
        yield Amount(value, start, end, "percent" if percent else unit, _is_rough(text, match), doubtful)


def _halves_and_doubles(text: str) -> Iterator[Amount]:
    """Find half an hour, but not the half of an hour and a half, and words for doubling."""
    for start, end in _spans(text, "double"):
        yield Amount(2, start, end, unsure=True)
    for match in regex.finditer(rf"(?<![{_table()['measures']}])(?:{_table()['half_after']})", text):
        unit = unit_after(text, match.end(), "zh")[0]
        if is_time(unit):
            yield Amount(0.5, *match.span(), unit)


def _value(match: Any) -> float:
    if match["digits"]:
        return _scaled(float(match["digits"].replace(",", "")), match["scale"] or "")
    if match["more"]:
        return _scaled(numeral_value(match["numerals"][: -len(match["more"]) - 1]), match["more"])
    return numeral_value(match["numerals"])


def _with_tail(text: str, value: float, end: int) -> tuple[float, int, str | None]:
    """Read the sign for tenths and a half that follow a number."""
    ordinal = text[end - 2 : end - 1] == _table()["ordinal_before"]
    if text[end : end + 1] == _table()["tenths_after"] and value < _TEN and not ordinal:
        return value * 10, end + 1, "percent"
    if text[end + 1 : end + 2] == _table()["half_after"] and text[end : end + 1] in _table()["measures"]:
        return value + 0.5, end, None
    return value, end, None


def _is_rough(text: str, match: Any) -> bool:
    """Return whether it is an order of magnitude, as "thousands"; ten and one thousand are numbers."""
    if not match["numerals"]:
        return False
    before = text[max(0, match.start() - 1) : match.start()]
    scales = set("百千") | set(_table()["scales"])
    powers = set(_table()["ten_powers"]) | scales
    rough = before != "" and before in _table()["rough_before"] and match["numerals"][0] in powers
    return rough or match["numerals"][0] in scales


@cache
def _listed(name: str) -> Any:
    numerals = _table()["digits"] + "".join(_table()["ten_powers"])
    entries = "|".join(sorted(_table()[name], key=len, reverse=True))
    always = _table()["percent_before"] if name == "idioms" else r"(?!)"
    return regex.compile(rf"(?:{always}|(?<![{numerals}\d])(?:{entries})(?!{'|'.join(_table()['no_idiom_before'])}))")


def _spans(text: str, name: str) -> list[tuple[int, int]]:
    return [match.span() for match in _listed(name).finditer(text)]


def _covered(text: str, name: str) -> bytearray:
    """For each character of a text, 1 where a listed word has it."""
    covered = bytearray(len(text))
    for start, end in _spans(text, name):
        covered[start:end] = bytes([1]) * (end - start)
    return covered


def _counts(text: str, start: int, end: int) -> bool:
    before, after = text[max(0, start - 3) : start], text[end : end + 1]
    table = _table()
    measured = after != "" and after in table["measures"] + table["tenths_after"]
    return measured or before.endswith(table["ordinal_before"])


def _scaled(value: float, scale: str) -> float:
    for character in scale:
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
    # Floats, which no row of scales overflows: they end at infinity.
    total = section = digit = 0.0
    last = 0
    for character in whole:
        value = _digit(character)
        if value is not None:
            digit = value
        elif character in table["ten_powers"]:
            section, digit = section + (digit or 1.0) * table["ten_powers"][character], 0.0
        else:
            scale = table["scales"][character]
            section += digit
            # A larger scale (three wan yi) multiplies all that came before, a smaller one adds to it.
            total = (total + section or 1.0) * scale if scale > last else total + section * scale
            section, digit, last = 0.0, 0.0, scale
    return total + section + digit


def _digit(character: str) -> int | None:
    if character in _table()["two"]:
        return 2
    if character in "零〇":
        return 0
    place: int = _table()["digits"].find(character)
    return place - 1 if place > 0 else None
