"""English and Russian numbers in digits and in words, and Russian words that begin with a number."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import regex

from common.data import load_table
from corpora.languages import RUSSIAN, conventions_of
from quotes.facts.numbers.amounts import WORD, fold, forms_of
from quotes.facts.numbers.units import Amount, named_unit

_TOKEN = regex.compile(
    r"(?<![\p{L}\d])\d+(?:[\s\u00a0\u202f]\d{3})+(?:[.,]\d+)?(?!\d)|(?<![\p{L}\d])\d+(?:[.,]\d+)*"
    rf"|{WORD}"
)
_HALF = 0.5
_SHORT_SCALES = {"k": 1e3, "m": 1e6}
"""Read so only behind a sum of money: 100m is a distance, $100m a sum."""
_NEAR = 40
"""Code points before it in which the sum is looked for."""
_MONEY_BEFORE = regex.compile(r"[$€£¥₽]\s?[\d.,]+$")


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    start: int
    end: int
    digits: float | None
    value: float | None
    scale: float | None


def read_digits(text: str, language: str) -> float:
    """Read a number in digits as the language groups them: 1,200.5 in English and Chinese, 1 200,5 in Russian.

    Two kinds of marks tell by themselves: the last one, where it stands but once, is the decimal mark in any language.
    """
    plain = regex.sub(r"\s", "", text)
    marks = regex.findall(r"[.,]", plain)
    decimal = "," if conventions_of(language) == RUSSIAN else "."
    if len(marks) == 1 and (marks[0] == decimal or not regex.search(r"[.,]\d{3}$", plain)):
        return float(plain.replace(",", "."))
    if len(set(marks)) > 1 and marks.count(marks[-1]) == 1:
        whole, _, part = plain.rpartition(marks[-1])
        return float(f"{regex.sub(r'[.,]', '', whole)}.{part}")
    return float(regex.sub(r"[.,]", "", plain))


def spelled_numbers(text: str, language: str) -> Iterator[Amount]:
    """Find the numbers of an English or Russian text, in order of their kind."""
    for run in _runs(text, language):
        yield _worth(run, language)
    if language == "ru":
        yield from _compounds(text)


def _tokens(text: str, language: str) -> Iterator[_Token]:
    values, scales = forms_of(language, "values"), forms_of(language, "scales")
    for match in _TOKEN.finditer(text):
        word = fold(match.group()).replace("’", "'")
        digits = read_digits(word, language) if word[0].isdecimal() else None
        scale = scales.get(word)
        if word in _SHORT_SCALES and _MONEY_BEFORE.search(text, max(0, match.start() - _NEAR), match.start()):
            scale = _SHORT_SCALES[word]
        yield _Token(word, match.start(), match.end(), digits, values.get(word), scale)


def _runs(text: str, language: str) -> Iterator[list[_Token]]:
    """Put the words of one number together: "two hundred and fifty thousand"."""
    gap = _gap(language)
    run: list[_Token] = []
    for token in _tokens(text, language):
        if token.digits is None and token.value is None and token.scale is None:
            continue
        between = text[run[-1].end : token.start] if run else ""
        if run and not (gap.fullmatch(between) and _continues(run, token, between.strip("- \u00a0\u202f\t\n"))):
            yield run
            run = []
        run.append(token)
    if run:
        yield run


@cache
def _gap(language: str) -> Any:
    joiners = "|".join(load_table(__name__, "numbers.toml")[language]["joiners"]) or r"(?!)"
    return regex.compile(rf"[\s\u00a0-]*(?:(?:{joiners})\s+)?")


def _continues(run: list[_Token], token: _Token, joiner: str) -> bool:
    last = run[-1]
    if joiner == "of":
        # "tens of millions", but neither "one of three" nor "half of two"
        return token.scale is not None and last.digits is None and last.text.endswith("s")
    if joiner and (last.scale is None or token.value is None) and (last.value != _HALF or token.scale is None):
        return False
    if token.scale is not None:
        return last.scale is None or last.scale < token.scale
    if token.value is None or last.digits is not None:
        return False
    if last.scale is not None:
        # "1.7 million four years ago": what begins in digits does not go on in words
        return run[0].digits is None and token.value < last.scale
    return last.value is not None and last.value >= 20 and token.value < (10 if last.value < 100 else 100)  # noqa: PLR2004


def _worth(run: list[_Token], language: str) -> Amount:
    total = current = 0.0
    for token in run:
        if token.scale is None:
            current += (token.value if token.digits is None else token.digits) or 0.0
        elif token.scale == 100:  # noqa: PLR2004 - "two hundred thousand": a hundred multiplies, a thousand closes
            current = (current or 1) * token.scale
        else:
            total, current = total + (current or 1) * token.scale, 0.0
    rough = run[0].text in load_table(__name__, "numbers.toml")[language]["rough"]
    return Amount(total + current, run[0].start, run[-1].end, rough=rough)


def _compounds(text: str) -> Iterator[Amount]:
    """Find Russian words such as "four-month-old" and "half-hour"; after digits a unit is read like any other."""
    values = forms_of("ru", "compounds")
    for match in _compound_pattern().finditer(fold(text)):
        value = values[match["one"]] + (values[match["two"]] if match["two"] else 0)
        unit = _compounded()[match["stem"]] or None
        yield Amount(value, match.start(), match.end(), unit, unsure=unit in {None, "percent"})
    for match in _half_pattern().finditer(fold(text)):
        yield Amount(_HALF, match.start(), match.end(), named_unit(match["unit"], "ru"))


@cache
def _half_pattern() -> Any:
    table = load_table(__name__, "numbers.toml")["ru"]["half_of"]
    return regex.compile(rf"\b{table['half']}(?P<unit>{'|'.join(table['units'])})\b")


@cache
def _compounded() -> dict[str, str]:
    table: dict[str, str] = load_table(__name__, "numbers.toml")["ru"]["compounded"]
    return {stem: unit for unit, stems in table.items() for stem in stems.split()}


@cache
def _compound_pattern() -> Any:
    parts = "|".join(sorted(forms_of("ru", "compounds"), key=len, reverse=True))
    stems = "|".join(sorted(_compounded(), key=len, reverse=True))
    return regex.compile(rf"\b(?P<one>{parts})(?P<two>{parts})?-?(?P<stem>{stems})\w*")
