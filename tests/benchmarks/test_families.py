"""The golden pairs: well formed, and those that are worked with judged no worse than they were."""

import json
from collections import Counter

import pytest

from benchmarks.quotes.families import FAMILIES, SPLITS, Judged, count, judge_cases, read_cases
from benchmarks.quotes.trial import Trial, summarise
from corpora.languages import base_language
from quotes.types import QuotePair


def test_cases_are_well_formed():
    cases = [case for path in FAMILIES.glob("*.json") for case in json.loads(path.read_text(encoding="utf-8"))]
    assert len({case["id"] for case in cases}) == len(cases)
    assert {case["split"] for case in cases} == set(SPLITS)
    assert all(
        base_language(case[side]["language"]) in {"en", "ru", "zh"} for case in cases for side in ("first", "second")
    )
    families = Counter((case["kind"], case["split"]) for case in cases)
    assert min(families.values()) >= 10
    assert not set(map(str, read_cases("dev"))) & set(map(str, read_cases("held")))


def test_changes_and_accusations_are_counted_by_family():
    def judged(verdict, *, same):
        return Judged({"kind": "scope", "same": same}, QuotePair((0, 1), verdict, None, 0.0))

    found = count([judged("altered", same=False), judged("uncertain", same=False), judged("altered", same=True)])
    assert found["scope"] == found["all"] == {"changed": 2, "found": 1, "faithful": 1, "accused": 1}


@pytest.mark.slow
def test_most_changes_are_found_and_few_faithful_pairs_accused():
    row = count(list(judge_cases(read_cases("dev"))))["all"]
    assert row["found"] >= 0.65 * row["changed"]
    assert row["accused"] <= 0.1 * row["faithful"]


def test_a_trial_is_counted_from_its_folder(tmp_path):
    story = "A storm\n\nThe mayor, Anna Petrova, said: “We lost {} boats last night.”\n"
    russian = "Шторм\n\nМэр Анна Петрова сказала: «Прошлой ночью мы потеряли {} лодок».\n"
    chinese = "风暴\n\n市长安娜·彼得罗娃说：“昨晚我们失去了{}艘船。”\n"
    texts = {"s.en": story.format(5), "s.ru": russian.format(50), "faithful.s.ru": russian.format(5)}
    texts |= {"s.zh": chinese.format(5), "faithful.s.zh": chinese.format(5)}
    for name, text in texts.items():
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
    words = {"story": "s", "en": "We lost 5 boats", "ru": "мы потеряли 5 лодок", "zh": "昨晚我们失去了5艘船"}
    planted = {"story": "s", "language": "ru", "kind": "number", "en": "lost 5 boats", "changed": "потеряли 50 лодок"}
    (tmp_path / "planted.json").write_text(json.dumps([planted]), encoding="utf-8")
    (tmp_path / "pairs.json").write_text(json.dumps([words]), encoding="utf-8")
    trial = Trial(tmp_path)
    counts = summarise(trial.planted(), trial.faithful())
    assert [counts[name] for name in ("planted", "found", "faithful", "accused")] == [1, 1, 3, 0]
    assert "number:serious" in trial.planted()[0].findings
