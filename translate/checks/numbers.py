"""The check of numbers, dates and times."""

import math
from collections.abc import Iterator
from functools import cache
from typing import Any

import regex

from common.data import load_table
from common.messages import message
from corpora.offsets import Span
from quotes.facts.numbers.quantities import Quantity, find_quantities, fold
from quotes.facts.numbers.units import dimension
from quotes.facts.passages import Passage, PassagePair
from quotes.findings.numbers import compare_numbers
from quotes.types import Finding
from translate.checks.types import PairReading
from translate.options import CheckOptions
from translate.types import Check

_NEAR = 16
"""Code points after a number in which its unit is searched, or before it a word that makes it a share."""
_TOLERANCE = 0.08
"""Tolerance of rounding for a converted measure."""
_ROUNDED = 0.03
"""Tolerance of rounding for a share."""
_YUAN = frozenset("元块塊")
"""What may be any money, so that no unit is read from it."""
_UNIT = regex.compile(r"\s?(?:[%％\p{Han}]|[\p{L}--\p{Han}]+)", regex.VERSION1)
_DIGITS = regex.compile(r"\d[\d.,\s]*\d|\d")
_SCORE = regex.compile(r"(?<![\w.,:：%$€£¥/–-])(\d{1,3})[:：–-](\d|\d{2,3}(?<![:：]\d\d))(?![\w.,:：%–/-]*\d|\w|%)")
"""A score or the result of a vote; two digits after a colon are minutes."""
_BRACKETS = regex.compile(r"[(（\[][^()（）\[\]]*[)）\]]")
_RANGE = r"(?:\s?(?:to|or|and|до|или|至|到|-|\N{EN DASH}|\N{EM DASH}|~)\s?\d[\d.,]*)?"
_GAP = _RANGE + r"[\s\N{NO-BREAK SPACE}-]*(?:[^\W\d_]{1,10}\.?\s)?"


def check_numbers(reading: PairReading, options: CheckOptions) -> Iterator[Check]:
    """A number differs, is missing, or was added."""
    if not reading.comparable:
        return
    source, hypothesis = (
        rewritten(text, language) for text, language in zip(reading.texts, reading.languages, strict=True)
    )
    pair = reading.passages_of(source, hypothesis)
    found = [
        (item.feature == "number_changed", item.strength, item.finding.message.rstrip(".。"))
        for item in compare_numbers(pair)
        if item.finding
        and (item.strength > options.number_limit or _is_day(pair, item.finding))
        and not _is_excused(pair, item.finding)
    ]
    said = [each[2] for each in sorted(found, reverse=True)]
    said = said or [changed_part(reading) or changed_score(reading) or changed_unit(pair)]
    # Every number is named: who corrects the first one must not overlook the second.
    yield from (Check("number", told) for told in dict.fromkeys(said) if told)


def _is_day(pair: PassagePair, finding: Finding) -> bool:
    """Return whether a number that one side lacks is the day beside a month: as a mere 1 it would be no evidence."""
    if finding.first and finding.second:
        return False
    passage = pair.first if finding.first else pair.second
    ((start, end),) = finding.first or finding.second
    months = [each for each in find_quantities(passage.text, passage.language) if each.kind == "month"]
    return any(
        each.start != start and not passage.text[min(end, each.end) : max(start, each.start)].strip() for each in months
    )


def changed_unit(pair: PassagePair) -> str:
    """Say which percentage is the same number of something else on the other side; nothing where none is."""
    sides = pair.first, pair.second
    read = [find_quantities(side.text, side.language) for side in sides]
    percentages = [(axis, one) for axis in (0, 1) for one in read[axis] if one.unit == "percent"]
    for axis, one in percentages:
        same = [other for other in read[1 - axis] if other.value == one.value]
        if same and all(_is_other_unit(other, sides[1 - axis]) for other in same):
            words = [_with_unit(one, sides[axis]), _with_unit(same[0], sides[1 - axis])]
            return message("check.part", first=words[axis], second=words[1 - axis])
    return ""


def _is_other_unit(quantity: Quantity, passage: Passage) -> bool:
    if quantity.unit:
        return dimension(quantity.unit) != dimension("percent")
    return passage.language == "zh" and passage.text[quantity.end : quantity.end + 1] in _YUAN


def _with_unit(quantity: Quantity, passage: Passage) -> str:
    found = _UNIT.match(passage.text, quantity.end)
    return passage.text[quantity.start : found.end() if found else quantity.end]


def changed_part(reading: PairReading) -> str:
    """Say which quarter or half of the source is another one in the translation; nothing where none is."""
    source, hypothesis = (_parts(text, tag) for text, tag in zip(reading.texts, reading.languages, strict=True))
    lost = [words for part, words in source.items() if part not in hypothesis]
    other = [words for part, words in hypothesis.items() if part not in source]
    return message("check.part", first=lost[0], second=other[0]) if lost and other else ""


def _parts(text: str, language: str) -> dict[tuple[str, int], str]:
    """Return the words for each quarter and half that a text names, by kind and number."""
    table = load_table(__name__, "numbers.toml")["part"][language]
    edges = ("", "") if language == "zh" else (r"(?<!\w)", r"(?!\w)")
    return {
        (kind, number): match.group()
        for kind, patterns in table.items()
        for number, pattern in enumerate(patterns, 1)
        if (match := _compiled(f"{edges[0]}(?:{pattern}){edges[1]}").search(text))
    }


def changed_score(reading: PairReading) -> str:
    """Say which score or result of a vote the translation lacks or turns round; nothing where there is none."""
    scores = [[(int(a), int(b)) for a, b in _SCORE.findall(text)] for text in reading.texts]
    said = {found.value for found in find_quantities(reading.texts[1], reading.languages[1])}
    for first, second in scores[0]:
        # What rises may be a range, of measures that are converted.
        if first >= second and not {first, second} <= said:
            return message("check.score_lost", score=f"{first}:{second}")
        if (second, first) in scores[1] and (first, second) not in scores[1]:
            return message("check.score_turned", score=f"{first}:{second}", other=f"{second}:{first}")
    return ""


def rewritten(text: str, language: str) -> str:
    """Bring newsrooms' variants of numbers into a form that the parser knows; the length does not change."""
    for entry in load_table(__name__, "numbers.toml")["rewrite"]:
        if entry["language"] == language:
            pattern = _compiled(entry["pattern"])
            new = entry["replacement"]
            text = pattern.sub(lambda match, new=new: match.expand(new).ljust(len(match.group())), text)
    return text


@cache
def _compiled(pattern: str) -> Any:
    return regex.compile(pattern, regex.IGNORECASE)


def _is_excused(pair: PassagePair, finding: Finding) -> bool:
    spans = finding.first, finding.second
    if spans[0] and spans[1]:
        return _is_converted(pair, spans[0][0], spans[1][0])
    axis = 0 if spans[0] else 1
    text, other = (side.text for side in (pair.first, pair.second)[:: 1 if axis == 0 else -1])
    span = spans[axis][0]
    bracketed = any(match.start() < span[0] and span[1] < match.end() for match in _BRACKETS.finditer(text))
    # A newsroom adds a converted measure in brackets, or omits one, but does not replace one.
    if (
        not bracketed
        or not _has_unit(text, span)
        or any(_measures(found.group()) for found in _BRACKETS.finditer(other))
    ):
        return False
    return _fits_before(text, (pair.first, pair.second)[axis].language, span)


def _fits_before(text: str, language: str, span: Span) -> bool:
    """Return whether a measure in brackets is the converted preceding one; true if unknown."""
    own = _quantity(text, language, span)
    before = [one for one in find_quantities(text, language) if one.end <= span[0]][-1:]
    if own is None or not before:
        return True
    spans = (before[0].start, before[0].end), span
    found = list(_conversions((text, text), spans, (before[0].value, own.value)))
    return not found or any(found)


def _measures(bracket: str) -> bool:
    return any(_has_unit(bracket, match.span()) for match in _DIGITS.finditer(bracket))


def _has_unit(text: str, span: Span) -> bool:
    table = load_table(__name__, "numbers.toml")["conversion"]
    return any(_behind(text, span, entry[side]) for entry in table for side in ("first", "second"))


def _behind(text: str, span: Span, words: list[str]) -> bool:
    """Return whether one of the words follows a number, with at most one other word between."""
    listed = "|".join(map(regex.escape, sorted(words, key=len, reverse=True)))
    behind = fold(text[span[0] : span[1] + _NEAR])
    return bool(_compiled(rf"{_GAP}(?:{listed})").match(behind, span[1] - span[0])) or any(
        len(word) > 1 and word in behind[: span[1] - span[0]] for word in words
    )


def _is_converted(pair: PassagePair, first: Span, second: Span) -> bool:
    one, other = (
        _quantity(passage.text, passage.language, span)
        for passage, span in zip((pair.first, pair.second), (first, second), strict=True)
    )
    if one is None or other is None:
        return False
    texts, spans, values = (pair.first.text, pair.second.text), (first, second), (one.value, other.value)
    return any(_conversions(texts, spans, values)) or _is_share(texts, spans, values)


def _conversions(texts: tuple[str, str], spans: tuple[Span, Span], values: tuple[float, float]) -> Iterator[bool]:
    """Yield for each unit conversion whether it turns one of two numbers into the other."""
    for entry in load_table(__name__, "numbers.toml")["conversion"]:
        zero, factor = entry.get("zero", 0), entry["factor"]
        for a, b, converted in (
            ("first", "second", (values[0] - zero) * factor),
            ("second", "first", values[0] / factor + zero),
        ):
            if _behind(texts[0], spans[0], entry[a]) and _behind(texts[1], spans[1], entry[b]):
                yield math.isclose(converted, values[1], rel_tol=_TOLERANCE)


def _is_share(texts: tuple[str, str], spans: tuple[Span, Span], values: tuple[float, float]) -> bool:
    """Return whether one side has a percentage or fraction, and the other the equivalent count."""
    table = load_table(__name__, "numbers.toml")["share"]
    for axis in (0, 1):
        share, count = values[axis], values[1 - axis]
        start = spans[1 - axis][0]
        around = fold(texts[1 - axis][max(0, start - _NEAR) : start + _NEAR])
        if count <= 1 or not any(word in around for word in table["around"]):
            continue
        percent = _behind(texts[axis], spans[axis], table["percent"])
        if math.isclose(1 / count, share / 100 if percent else share, rel_tol=_ROUNDED):
            return True
    return False


def _quantity(text: str, language: str, span: Span) -> Quantity | None:
    found = find_quantities(text, language)
    return next((each for each in found if each.start <= span[0] and span[1] <= each.end), None)
