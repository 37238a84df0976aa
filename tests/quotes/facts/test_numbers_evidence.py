"""Numbers and quantifiers of two versions against each other."""

import json

import pytest

from corpora.article import Article
from quotes.facts.numbers.quantities import find_quantities
from quotes.facts.numbers.units import same_amount
from quotes.facts.passages import Passage, PassagePair
from quotes.facts.vectors import Vectors
from quotes.findings.numbers import compare_numbers
from quotes.findings.quantifiers import compare_quantifiers
from quotes.types import Quote
from tests.support.comparison_fakes import FakeEncoder, pair_of
from tests.support.places import CASES_PATH

CASES = json.loads((CASES_PATH / "findings" / "numbers.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", [pytest.param(case, id=case["label"]) for case in CASES])
def test_evidence_of_numbers(case):
    pair = pair_of(tuple(case["first"]), tuple(case["second"]))
    found = [*compare_numbers(pair), *compare_quantifiers(pair)]
    assert sorted({item.feature for item in found if item.strength >= 0.5}) == case["expected"]


@pytest.mark.parametrize("case", [pytest.param(case, id=case["label"]) for case in CASES])
def test_evidence_of_numbers_does_not_depend_on_the_order(case):
    one, other = (
        pair_of(tuple(case["first"]), tuple(case["second"])),
        pair_of(tuple(case["second"]), tuple(case["first"])),
    )
    features = [
        sorted((item.feature, item.strength) for item in [*compare_numbers(pair), *compare_quantifiers(pair)])
        for pair in (one, other)
    ]
    assert features[0] == features[1]


@pytest.mark.parametrize(
    ("text", "language", "value", "unit"),
    [
        ("четырёхмесячный", "ru", 4, "month"),
        ("девяностооднолетняя", "ru", 91, "year"),
        ("полчаса", "ru", 0.5, "hour"),
        ("треть акций", "ru", 1 / 3, "fraction"),
        ("a third of them", "en", 1 / 3, "fraction"),
        ("£40", "en", 40, "sterling"),
        ("two dozen helpers", "en", 24, None),
        ("два десятка яиц", "ru", 20, None),
        ("86 degrees Fahrenheit", "en", 30, "fahrenheit"),
        ("тридцать градусов", "ru", 30, "celsius"),
        ("10%", "en", 10, "percent"),
        ("三万亿美元", "zh", 3e12, "dollar"),
        ("一亿三千万", "zh", 1.3e8, None),
        ("百分之五", "zh", 5, "percent"),
        ("三分之二", "zh", 2 / 3, "fraction"),
    ],
)
def test_a_quantity_has_its_unit(text, language, value, unit):
    (found,) = (quantity for quantity in find_quantities(text, language) if quantity.kind == "number")
    assert (found.value, found.unit) == (pytest.approx(value), unit)


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("the third quarter", "en", (3, "quarter")),
        ("в третьем квартале", "ru", (3, "quarter")),
        ("第三季度", "zh", (3, "quarter")),
        ("三季度", "zh", (3, "quarter")),
        ("in Q2", "en", (2, "quarter")),
        ("the second half of the year", "en", (2, "half")),
        ("во второй половине года", "ru", (2, "half")),
        ("下半年", "zh", (2, "half")),
        ("五月上旬", "zh", (1, "ten_days")),
        ("за первую декаду", "ru", (1, "ten_days")),
    ],
)
def test_part_of_a_year_is_no_fraction(text, language, expected):
    (found,) = (quantity for quantity in find_quantities(text, language) if quantity.kind == "period")
    assert (found.value, found.unit) == expected
    assert not [quantity for quantity in find_quantities(text, language) if quantity.unit == "fraction"]


@pytest.mark.parametrize("text", ["the first half", "the M16 rifle", "carbon (CO2)"])
def test_words_and_codes_that_are_no_hard_number(text):
    assert [quantity for quantity in find_quantities(text, "en") if not quantity.soft] == []


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ((12.0, "month"), (1.0, "year"), True),
        ((24.0, "hour"), (1.0, "day"), True),
        ((200.0, "mile"), (320.0, "kilometre"), True),
        ((200.0, "mile"), (200.0, "kilometre"), False),
        ((50.0, "percent"), (0.5, "fraction"), True),
        ((300.0, "dollar"), (300.0, "rouble"), False),
        ((5.0, None), (5.0, "year"), True),
        ((5.0, "day"), (5.0, "year"), False),
    ],
)
def test_amounts_in_two_units(one, other, same):
    assert same_amount(one, other) is same


def test_a_number_right_outside_the_words_found_is_not_missing():
    first = pair_of(("en", "It costs 420 euros, he said."), ("ru", "Это")).first
    text = "По его словам, 420 евро это стоит."
    start = text.index("это стоит")
    span = ((start, start + 9),)
    second = Passage(
        Article.from_text(text, language="ru"), span, Quote("q1", "indirect", "это стоит", ("это стоит",), span)
    )
    assert list(compare_numbers(PassagePair(first, second, Vectors(FakeEncoder())))) == []


def test_a_changed_quantifier_shows_the_words_of_both_sides():
    (item,) = compare_quantifiers(pair_of(("en", "all of them"), ("ru", "некоторые из них")))
    assert item.finding is not None
    assert item.finding.message == "The English version says “all”, the Russian one “некоторые”."
    assert (item.finding.first, item.finding.second) == (((0, 3),), ((0, 9),))
