"""Languages are told apart, and what is not ours is refused by name."""

import json
import sys

import pytest

from common.errors import InputError, UsageError
from corpora.identification import check_language, identify_language
from corpora.languages import NAMES
from corpora.samples import list_samples, sample_language, sample_path
from tests.support.places import CASES_PATH

CASES = json.loads((CASES_PATH / "corpora" / "identification.json").read_text(encoding="utf-8"))
KNOWN = [pytest.param(case, id=case["label"]) for case in CASES if case["expected"] in NAMES]
REFUSED = [pytest.param(case, id=case["label"]) for case in CASES if case["expected"] not in NAMES]


@pytest.mark.parametrize("case", KNOWN)
def test_known_languages(case):
    assert identify_language(case["text"]) == case["expected"]


@pytest.mark.parametrize("case", REFUSED)
def test_other_languages_are_refused(case):
    with pytest.raises(InputError) as caught:
        identify_language(case["text"])
    assert case["expected"] in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize("name", list_samples())
@pytest.mark.parametrize("language", ["en", "ru", "zh"])
def test_every_paragraph_of_the_samples(name, language):
    paragraphs = [line for line in sample_path(name, language).read_text(encoding="utf-8").split("\n") if line]
    assert {identify_language(line) for line in paragraphs} == {sample_language(name, language)}


def test_an_explicit_language_is_made_canonical():
    assert check_language("Beijing is cautious.", "en_US") == "en"
    assert check_language("不过，北京态度谨慎。", "zh-TW") == "zh-Hant"


@pytest.mark.parametrize(
    ("text", "tag", "message"),
    [
        ("Впрочем, возражали не все.", "en", "the text is not English: it looks like Russian"),
        ("Beijing is cautious about the US.", "zh", "the text is not Chinese: it looks like English"),
        ("戲散了，不少人還捨不得走。NATO", "ru", "the text is not Russian: it looks like Traditional Chinese"),
        ("대통령은 말했다", "zh", "the text is not Chinese: it looks like Korean"),
        ("12 — 13", "ru", "the text is not Russian: it has no letters"),
    ],
)
def test_an_explicit_language_of_another_script_is_refused(text, tag, message):
    with pytest.raises(InputError) as caught:
        check_language(text, tag)
    assert caught.value.message == message


def test_an_unknown_tag_is_wrong_usage():
    with pytest.raises(UsageError, match="unknown language 'xx'"):
        check_language("Beijing is cautious.", "xx")


def test_a_long_word_costs_a_few_calls_for_each_letter():
    calls = []
    sys.setprofile(lambda _frame, event, _value: calls.append(event) if event == "call" else None)
    try:
        identify_language("a" * 5000)
    finally:
        sys.setprofile(None)
    assert len(calls) < 4 * 5000
