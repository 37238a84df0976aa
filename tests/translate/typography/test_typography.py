"""House styles: golden sentences, and what holds for any text."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.places import CASES_PATH
from translate.options import TypographyOptions
from translate.protected import find_literals
from translate.typography import set_block

FOLDER = CASES_PATH / "typography"
CASES = [
    pytest.param(case.get("language", file.stem), case, id=f"{file.stem}: {case['label']}")
    for file in sorted(FOLDER.glob("*.json"))
    for case in json.loads(file.read_text(encoding="utf-8"))["cases"]
]
LANGUAGES = st.sampled_from(("en", "ru", "zh", "zh-Hant"))
MARKS = "\"'“”‘’«»„「」『』《》,.;:!?，。；：？！（）()-–—…、·%％ \u00a0\u3000\t\n\ue000\ue001`№/"
TEXTS = st.text(st.one_of(st.sampled_from(MARKS + "aBsдЯ中国05"), st.characters()), max_size=30)
PIECES = st.lists(TEXTS, min_size=1, max_size=3)
NOTHING = TypographyOptions(quotes=False, dashes=False, spaces=False, width=False)
FEW = settings(max_examples=60, deadline=None)


@pytest.mark.parametrize(("language", "case"), CASES)
def test_golden(language, case):
    assert set_block(case["pieces"], language, protected=case.get("protected")) == case["expected"]
    assert (
        set_block(
            case["expected"],
            language,
            protected=[[one.span for one in find_literals(piece)] for piece in case["expected"]],
        )
        == case["expected"]
    )


def letters(pieces):
    return [[character for character in piece if character.isalnum()] for piece in pieces]


@FEW
@given(PIECES, LANGUAGES)
def test_set_twice_is_set_once_and_letters_and_digits_stay(pieces, language):
    once = set_block(pieces, language)
    assert letters(once) == letters(pieces)
    assert set_block(once, language) == once


@FEW
@given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS), min_size=1, max_size=3), LANGUAGES)
def test_what_is_protected_comes_back(parts, language):
    pieces = ["".join(part) for part in parts]
    protected = [[(len(before), len(before) + len(held))] for before, held, _ in parts]
    found = set_block(pieces, language, protected=protected)
    assert all(held in piece for (_, held, _), piece in zip(parts, found, strict=True))
    assert letters(found) == letters(pieces)


@FEW
@given(PIECES, LANGUAGES)
def test_nothing_is_set_where_nothing_is_asked_for(pieces, language):
    assert set_block(pieces, language, options=NOTHING) == pieces


@given(PIECES)
@FEW
def test_all_of_it_protected_stays(pieces):
    assert set_block(pieces, "ru", protected=[[(0, len(piece))] for piece in pieces]) == pieces


def test_parts_of_the_style_can_be_left_out():
    text = '他说:"我们 - 都在 2024 年。"'
    assert set_block([text], "zh", options=TypographyOptions(quotes=False)) == ['他说："我们——都在2024年。"']
    assert set_block([text], "zh", options=TypographyOptions(dashes=False)) == ["他说：“我们 - 都在2024年。”"]
    assert set_block([text], "zh", options=TypographyOptions(spaces=False)) == ["他说：“我们——都在 2024 年。”"]
    assert set_block([text], "zh", options=TypographyOptions(width=False)) == ["他说:“我们——都在2024年。”"]


def test_overlapping_and_wild_spans_protect_what_they_cover():
    assert set_block(['"a" - "б" - в'], "ru", protected=[[(0, 3), (1, 4), (90, 99), (5, 5)]]) == ['"a" - «б»\u00a0— в']


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ('The word " stands alone.', "en"),
        ('Слово " стоит одно.', "ru"),
        ('中文"中文。', "zh"),
        ("The 6' wall and the 5\" pipe.", "en"),
        ("中国 ' 美国", "zh"),
    ],
)
def test_a_mark_without_a_partner_is_not_guessed(text, language):
    assert set_block([text], language, options=TypographyOptions(spaces=False)) == [text]


def test_an_unknown_language_is_left_alone():
    assert set_block(['"Ja" , sagte er'], "de") == ['"Ja" , sagte er']


def test_no_sentences_at_all():
    assert set_block([], "ru") == []


def test_spans_must_be_given_for_each_sentence():
    with pytest.raises(ValueError, match="zip"):
        set_block(["a", "b"], "en", protected=[[]])
