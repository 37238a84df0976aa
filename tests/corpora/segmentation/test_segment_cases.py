"""Golden cases of sentence segmentation; the known failures are run too, so that a repair is noticed."""

import json
from typing import Any

import pytest

from corpora.languages import LANGUAGES as LANGUAGE_ROWS
from corpora.segmentation import segment
from tests.support.places import CASES_PATH

CASES = CASES_PATH / "segment"
LANGUAGES = tuple(LANGUAGE_ROWS)


def cases(section: str) -> list[Any]:
    tables = {language: json.loads((CASES / f"{language}.json").read_text(encoding="utf-8")) for language in LANGUAGES}
    return [
        pytest.param(language, case, id=f"{language}: {case['label']}")
        for language, table in tables.items()
        for case in table[section]
    ]


def sentences(text: str, language: str) -> list[str]:
    return [text[start:end] for start, end in segment(text, language)]


@pytest.mark.parametrize(("language", "case"), cases("cases"))
def test_golden_case_is_split_as_expected(language: str, case: dict[str, Any]) -> None:
    assert sentences(case["text"], language) == case["sentences"], case["comment"]


@pytest.mark.xfail(strict=True, reason="known failure")
@pytest.mark.parametrize(("language", "case"), cases("known_failures"))
def test_known_failure_still_fails(language: str, case: dict[str, Any]) -> None:
    assert sentences(case["text"], language) == case["sentences"], case["comment"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_labels_are_unique_and_cases_consistent(language: str) -> None:
    table = json.loads((CASES / f"{language}.json").read_text(encoding="utf-8"))
    every = table["cases"] + table["known_failures"]
    assert len({case["label"] for case in every}) == len(every)
    for case in every:
        place = 0
        for sentence in case["sentences"]:
            place = case["text"].index(sentence, place) + len(sentence)


@pytest.mark.parametrize(("language", "case"), cases("cases"))
def test_neighbours_do_not_disturb_a_case(language: str, case: dict[str, Any]) -> None:
    # A blank line is a border, so what stands in another paragraph, unbalanced marks included, changes nothing.
    text = f"“«「\"'(\n\n{case['text']}\n\n)»”"
    assert sentences(text, language)[1:-1] == case["sentences"]
