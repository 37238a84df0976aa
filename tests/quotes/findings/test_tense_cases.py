import json

import pytest

from alignment.encoders import load_encoder
from quotes.facts.passages import PassagePair
from quotes.facts.times import find_times
from quotes.facts.vectors import Vectors
from quotes.findings.tense import compare_tense
from tests.support.comparison_fakes import pair_of
from tests.support.places import CASES_PATH

CASES = json.loads((CASES_PATH / "findings" / "tense.json").read_text(encoding="utf-8"))


def real_pair(first, second):
    pair = pair_of(tuple(first), tuple(second))
    return PassagePair(pair.first, pair.second, Vectors(load_encoder()))


@pytest.mark.parametrize("case", [pytest.param(case, id=case["label"]) for case in CASES])
def test_case_gives_exactly_its_evidence(case):
    found = compare_tense(real_pair(case["first"], case["second"]))
    assert sorted({item.feature for item in found}) == case["expected"]


def test_the_finding_shows_what_tells_the_time():
    found = compare_tense(real_pair(("en", "We will win."), ("ru", "Мы победили.")))
    assert [item.finding.message for item in found if item.finding] == [
        "The English version speaks of the future (“will”), the Russian one of the past (“победили”)."
    ]


def test_chinese_verb_without_a_mark_shows_no_time():
    assert find_times(pair_of(("zh", "他们离开这座城市。"), ("en", "x")).first) == {}
