import json

import pytest

from alignment.encoders import load_encoder
from quotes.facts.passages import PassagePair
from quotes.facts.scales import find_degrees
from quotes.facts.vectors import Vectors
from quotes.findings.modality import compare_modality
from tests.support.comparison_fakes import pair_of
from tests.support.places import CASES_PATH

CASES = json.loads((CASES_PATH / "findings" / "modality.json").read_text(encoding="utf-8"))


def real_pair(first, second):
    pair = pair_of(tuple(first), tuple(second))
    return PassagePair(pair.first, pair.second, Vectors(load_encoder()))


@pytest.mark.parametrize("case", [pytest.param(case, id=case["label"]) for case in CASES])
def test_case_gives_exactly_its_evidence(case):
    found = compare_modality(real_pair(case["first"], case["second"]))
    assert sorted({item.feature for item in found}) == case["expected"]


def test_strength_grows_with_the_distance_on_the_scale():
    near = list(compare_modality(real_pair(("en", "We urge them"), ("ru", "Мы требуем от них"))))
    far = list(compare_modality(real_pair(("en", "We ask them"), ("ru", "Мы требуем от них"))))
    assert [item.feature for item in near + far] == ["degree_clash"] * 2
    assert near[0].strength < far[0].strength == 1


def test_text_without_words_stands_on_no_scale():
    assert find_degrees(pair_of(("zh", "。"), ("ru", "?")).first) == []
