"""Names of two versions against each other."""

import json

import pytest
from babel import Locale

from common.data import load_table
from corpora.article import Article
from quotes.facts.passages import Passage, PassagePair
from quotes.facts.places import find_places, related
from quotes.facts.proper_names import find_names
from quotes.facts.vectors import Vectors
from quotes.findings.entities import compare_entities
from quotes.types import Quote
from tests.support.comparison_fakes import FakeEncoder, pair_of
from tests.support.places import CASES_PATH

CASES = json.loads((CASES_PATH / "findings" / "entities.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", [pytest.param(case, id=case["label"]) for case in CASES])
def test_evidence_of_names(case):
    pair = pair_of(tuple(case["first"]), tuple(case["second"]))
    assert [[item.feature, item.strength] for item in compare_entities(pair)] == case["expected"]


@pytest.mark.parametrize(
    ("text", "language", "codes"),
    [
        ("Northern Ireland", "en", {"NIR"}),
        ("the U.S. and Russia’s allies", "en", {"US", "RU"}),
        ("в Саудовской Аравии и Новой Зеландии", "ru", {"SA", "NZ"}),
        ("в Ираке, с Ираком, иракский", "ru", {"IQ"}),
        ("швейцарка", "ru", {"CH"}),
        ("印度尼西亚", "zh", {"ID"}),
        ("在纽约的中国人", "zh", {"America/New_York", "CN"}),
    ],
)
def test_places_are_known_in_every_form(text, language, codes):
    assert {code for place in find_places(text, language) for code in place.codes} >= codes


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("polish the table, a china cup", "en"),
        ("Кит и Дело, Кубка, штат, газ", "ru"),
        ("发展中国家, 东西, 沿海地区, 新民主党", "zh"),
    ],
)
def test_common_words_are_no_places(text, language):
    assert find_places(text, language) == ()


def test_every_entry_has_three_languages():
    table = load_table("quotes.facts.places", "places.toml")
    entries = [
        (group, code, forms)
        for group in ("states", "cities", "regions", "bodies", "sky", "compass")
        for code, forms in table[group].items()
        if code != "keys"
    ]
    assert [entry for entry in entries if len(entry[2]) != 3] == []


def test_every_kin_is_an_entry_or_a_code_of_cldr():
    table = load_table("quotes.facts.places", "places.toml")
    known = {code for group in ("states", "cities", "regions", "bodies", "compass") for code in table[group]}
    known |= set(table["cities"]["keys"]) | set(Locale("en").territories)
    assert {code for group in table["kin"]["groups"] for code in group} - known == set()


def test_a_city_is_related_to_its_state_and_not_to_another():
    assert related(frozenset({"Europe/Oslo"}), frozenset({"NO"}))
    assert not related(frozenset({"Europe/Oslo"}), frozenset({"SE"}))


def test_words_with_a_capital_are_names_unless_a_sentence_begins_there():
    text = "Nobody asked Anna Petrova. She met Mr Brown in the NHS."
    assert [text[start:end] for start, end in find_names(text, "en")] == ["Anna Petrova", "Brown"]


def test_names_show_the_words_of_both_sides():
    (item,) = compare_entities(pair_of(("en", "He left Paris"), ("ru", "Он покинул Лион")))
    assert item.finding is not None
    assert (item.finding.kind, item.finding.severity) == ("name", "serious")
    assert item.finding.message == "The English version names “Paris”, the Russian one “Лион”."
    assert (item.finding.first, item.finding.second) == (((8, 13),), ((11, 15),))


def test_a_name_right_outside_the_words_found_is_not_missing():
    first = pair_of(("en", "Poland must pay"), ("ru", "х")).first
    text = "О Польше он сказал, что она должна заплатить."
    start = text.index("она должна")
    span = ((start, start + 20),)
    second = Passage(Article.from_text(text, language="ru"), span, Quote("q1", "indirect", "", ("",), span))
    assert list(compare_entities(PassagePair(first, second, Vectors(FakeEncoder())))) == []
