import json
from dataclasses import replace

import pytest

from alignment.encoders import load_encoder
from quotes.facts.numbers.quantities import find_quantities, read_digits
from quotes.facts.vectors import Vectors
from quotes.findings.measure import altered, order_findings, strengths
from quotes.findings.modality import compare_modality
from quotes.findings.negation import compare_negation
from quotes.findings.numbers import compare_numbers
from quotes.findings.speakers import compare_speakers
from quotes.findings.wording import compare_wording, word_changes
from quotes.types import Finding, FindingValues
from tests.support.comparison_fakes import FakeEncoder, pair_of
from tests.support.places import CASES_PATH

CASES = CASES_PATH / "findings"


class LinkingEncoder(FakeEncoder):
    """Texts have invented vectors, words those of the embedded encoder."""

    def encode_words(self, texts):
        return load_encoder().encode_words(texts)


def read_cases(name):
    return [pytest.param(case, id=case["label"]) for case in json.loads((CASES / name).read_text(encoding="utf-8"))]


@pytest.mark.parametrize("case", read_cases("quantities.json"))
def test_quantities_are_read(case):
    found = find_quantities(case["text"], case["language"])
    assert [[case["text"][q.start : q.end], q.value] for q in found] == case["expected"]


@pytest.mark.parametrize("case", read_cases("evidence.json"))
def test_typed_evidence(case):
    pair = replace(pair_of(tuple(case["first"]), tuple(case["second"])), vectors=Vectors(LinkingEncoder()))
    detectors = (compare_numbers, compare_negation, compare_modality)
    found = {item.feature for detect in detectors for item in detect(pair) if not item.feature.startswith("lone_")}
    assert sorted(found) == case["expected"]


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("1,200", "en", 1200),
        ("1 200,5", "ru", 1200.5),
        ("3,5", "ru", 3.5),
        ("1,200.5", "en", 1200.5),
        ("3.141", "en", 3.141),
    ],
)
def test_digits_are_read_as_the_language_groups_them(text, language, value):
    assert read_digits(text, language) == value


def test_a_changed_number_shows_the_words_of_both_sides():
    pair = pair_of(("en", "up to 10 inches"), ("ru", "до 20 дюймов"))
    (item,) = compare_numbers(pair)
    text = "The English version says “10”, the Russian one “20”."
    assert item.finding == Finding("number", "serious", text, ((6, 8),), ((3, 5),), FindingValues("10 inch", "20 inch"))


def test_soft_number_without_equal_is_no_evidence():
    assert list(compare_numbers(pair_of(("en", "both sides"), ("ru", "стороны")))) == []


def test_one_person_in_three_scripts_is_one_speaker():
    for first, second in (
        ("Sergey Lavrov", "Лаврова"),
        ("Sergey Lavrov", "谢尔盖·拉夫罗夫"),
        ("Лавров", "拉夫罗夫"),
        ("Sergey Viktorovich Lavrov", "Сергей Лавров"),
        ("Лі", "Ли Вэньхай"),
    ):
        languages = ["zh" if name[0] > "\u4e00" else "ru" if name[0] > "\u0400" else "en" for name in (first, second)]
        pair = pair_of((languages[0], "a"), (languages[1], "b"), speakers=(first, second))
        assert list(compare_speakers(pair)) == []


@pytest.mark.parametrize(
    "speakers",
    [
        pytest.param(("Vladimir Putin", "Дмитрий Песков"), id="nothing alike"),
        pytest.param(("Maria Stenn", "Мария Ковель"), id="one first name"),
        pytest.param(("Lev Orlin", "Пётр Холлан"), id="two consonants of a surname alike"),
        pytest.param(("Wu", "Ли Вэньхай"), id="another syllable"),
    ],
)
def test_two_people_are_told_apart(speakers):
    pair = pair_of(("en", "We agree"), ("ru", "Мы согласны"), speakers=speakers)
    assert [item.feature for item in compare_speakers(pair)] == ["speaker_unlike"]


@pytest.mark.parametrize("speakers", [("Peter Martin", "加拿大"), ("Theresa May", "梅")])
def test_a_place_or_a_short_surname_is_not_another_person(speakers):
    pair = pair_of(("en", "We agree"), ("zh", "我们同意"), speakers=speakers)
    assert [item.feature for item in compare_speakers(pair)] == []


def test_unknown_speaker_is_no_evidence():
    assert (
        list(compare_speakers(pair_of(("en", "We agree"), ("ru", "Мы согласны"), speakers=("Vladimir Putin", None))))
        == []
    )


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("en", "Will they believe me? I doubt it."), ("zh", "会有人信我吗？我看不会。")),
        (("en", "It is unlikely to work"), ("ru", "Это не сработает")),
        (("ru", "Вряд ли это сработает"), ("en", "It will not work")),
        (("zh", "我很难相信"), ("en", "I cannot believe it")),
    ],
)
def test_a_word_that_denies_by_its_meaning_is_no_flipped_denial(first, second):
    assert list(compare_negation(pair_of(first, second))) == []


def test_word_changes_of_one_language():
    pair = pair_of(("en", "We will never return."), ("en", "We may never come back."))
    assert word_changes(pair.first, pair.second) == [(((3, 7),), ((3, 6),)), (((14, 20),), ((13, 22),))]


def test_case_and_punctuation_are_no_change_of_words():
    pair = pair_of(("en", "We will, never."), ("en", "we will never"))
    assert word_changes(pair.first, pair.second) == []


def test_two_languages_have_no_word_changes():
    assert list(compare_wording(pair_of(("en", "one"), ("ru", "слово")))) == []


def test_more_evidence_never_lowers_the_measure():
    none, number = altered({}), altered({"number_changed": 1.0})
    both = altered({"number_changed": 1.0, "negation_flipped": 1.0})
    assert 0 < none < 0.5 < number < both < 1


def test_unknown_evidence_weighs_nothing():
    assert altered({"no such evidence": 1.0}) == altered({})


def test_strengths_keep_the_greatest():
    pair = pair_of(("en", "10 and 30"), ("ru", "20 и 40"))
    assert strengths(compare_numbers(pair)) == {"number_changed": 1.0}


def test_gravest_finding_comes_first():
    note, serious = Finding("a", "note", ""), Finding("b", "serious", "")
    assert order_findings([note, serious]) == (serious, note)
