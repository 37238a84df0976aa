import json

import pytest

from alignment.encoders import load_encoder
from common.data import load_table
from quotes.facts.passages import PassagePair
from quotes.facts.scales import find_poles
from quotes.facts.vectors import Vectors
from quotes.findings.opposites import compare_opposites
from tests.support.comparison_fakes import pair_of
from tests.support.places import CASES_PATH

CASES = json.loads((CASES_PATH / "findings" / "opposites.json").read_text(encoding="utf-8"))


def real_pair(first, second):
    pair = pair_of(tuple(first), tuple(second))
    return PassagePair(pair.first, pair.second, Vectors(load_encoder()))


@pytest.mark.parametrize("case", [pytest.param(case, id=case["label"]) for case in CASES])
def test_case_gives_exactly_its_evidence(case):
    found = compare_opposites(real_pair(case["first"], case["second"]))
    assert sorted({item.feature for item in found}) == case["expected"]


def test_words_of_several_concepts_are_told_once():
    found = list(compare_opposites(real_pair(("en", "Prices rose."), ("ru", "Цены снизились."))))
    assert len(found) > 1
    assert [item.finding.kind for item in found if item.finding] == ["opposite"]


def test_every_pole_has_words_of_its_own_in_every_language():
    pairs = load_table("quotes.facts.scales", "poles.toml")["pair"]
    assert len(pairs) >= 350
    for name, poles in pairs.items():
        words = [[part.split() for part in pole.split(";")] for pole in poles]
        assert [len(pole) for pole in words] == [3, 3], name
        for one, other in zip(*words, strict=True):
            assert one, name
            assert other, name
            assert not set(one) & set(other), name


def test_traditional_characters_are_read_as_simplified():
    pair = pair_of(("en", "a victory"), ("zh-Hant", "失敗"))
    assert {pole.concept for pole in find_poles(pair.second)} >= {"victory", "success"}


def test_text_without_words_has_no_poles():
    assert find_poles(pair_of(("en", "..."), ("ru", "?")).first) == []


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (("en", "Ten people were killed."), ("en", "Ten people were injured."), ["contrast"]),
        (("en", "Ten people were killed."), ("ru", "Десять человек ранены."), ["contrast"]),
        (("en", "Ten people were killed."), ("ru", "Погибли десять человек."), []),
        (("en", "The president came."), ("zh", "总理来了。"), ["contrast"]),
        (("en", "The president came."), ("zh", "总统来了。"), []),
    ],
)
def test_words_of_a_set_exclude_each_other(first, second, expected):
    found = [item for item in compare_opposites(real_pair(first, second)) if item.feature.startswith("contrast")]
    assert [item.feature for item in found] == expected
    assert all(item.finding.severity == "serious" for item in found)


def test_no_word_is_twice_in_a_set():
    for name, members in load_table("quotes.facts.scales", "poles.toml")["set"].items():
        for place in range(3):
            words = [word for member in members for word in member.split(";")[place].split()]
            assert len(words) == len(set(words)), name
