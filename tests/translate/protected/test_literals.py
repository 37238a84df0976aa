"""Literals are found, compared, masked and put back; nothing is lost around them."""

import json
import time
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.errors import UsageError
from tests.support.places import CASES_PATH
from translate.protected import (
    MaskForm,
    find_literals,
    join_pieces,
    mask,
    mask_forms,
    missing_literals,
    pieces_around,
    surplus_literals,
)

CASES = json.loads((CASES_PATH / "literals" / "found.json").read_text(encoding="utf-8"))
FORMS = [form.name for form in mask_forms()]
PARTS = [*"Xx1２[]@_⟦⟧ {}a中。.，:/%$<>&;`#\\-Х", "https://a.b/", "{n}", "X1X", "[2]"]
AWKWARD = st.lists(st.sampled_from(PARTS), max_size=20).map("".join) | st.text(max_size=30)


@st.composite
def texts_with_spans(draw):
    text = draw(AWKWARD)
    edges = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
    return text, [(start, end) for start, end in zip(edges[::2], edges[1::2], strict=False)]


def spans(text):
    return [literal.span for literal in find_literals(text)]


@pytest.mark.parametrize("case", CASES, ids=[case["text"][:20] for case in CASES])
def test_literals_are_found_and_nothing_else_is(case):
    assert [[literal.kind, literal.text] for literal in find_literals(case["text"])] == case["found"]


@settings(max_examples=20, deadline=None)
@given(AWKWARD)
def test_literals_are_in_order_and_do_not_overlap(text):
    found = find_literals(text)
    assert all(text[one.start : one.end] == one.text != "" for one in found)
    assert all(one.end <= other.start for one, other in pairwise(found))


@pytest.mark.parametrize("unit", ["a.", "{", "<a ", "/a", "`a", "@a", "https://(", "[[", "1.2.", "中国", '<a b="c'])
def test_long_texts_take_linear_time(unit):
    began = time.perf_counter()
    find_literals(unit * 2_000)
    assert time.perf_counter() - began < 1


def test_lost_literals_are_missing_as_often_as_they_are_lost():
    source = "Ask {name}, {name} or {name} at a@b.org."
    missing = missing_literals(source, "Спросите {name} на a@b.org.")
    assert [(one.text, one.start) for one in missing] == [("{name}", 12), ("{name}", 22)]


@pytest.mark.parametrize(
    ("source", "hypothesis"),
    [
        ("See example.com now.", "Смотрите www.example.com сейчас."),
        ("Run {name}.", "Запустите {имя}."),
        ("Run {name}.", "Запустите { name }."),
        ("See https://a.org/x.", "См. https://a.org/xy."),
        ("Write a@b.org.", "Пишите A@b.org."),
        ("%s of them", "%sx"),
    ],
)
def test_a_changed_literal_is_missing(source, hypothesis):
    assert missing_literals(source, hypothesis) == find_literals(source)


@pytest.mark.parametrize(
    ("source", "hypothesis"),
    [
        ("%s files", "%sов файл"),
        ("See https://a.org/x.", "请看https://a.org/x。"),
        ("A <b>word</b>", "<b>词</b>"),
        ("", "x"),
    ],
)
def test_a_literal_that_is_there_is_not_missing(source, hypothesis):
    assert missing_literals(source, hypothesis) == ()


def test_literals_that_the_source_has_not_are_surplus():
    assert [one.text for one in surplus_literals("Write to {a}.", "Пишите {a} {a} на x@y.org.")] == ["{a}", "x@y.org"]


def test_the_translated_name_of_a_site_is_not_surplus():
    assert surplus_literals("Сообщает Газета.Ru.", "Gazeta.ru reports.") == ()
    assert [one.text for one in surplus_literals("Сообщает газета.", "Gazeta.ru reports.")] == ["Gazeta.ru"]


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=20, deadline=None)
@given(given_text=texts_with_spans())
def test_masking_and_restoring_is_the_identity(form, given_text):
    text, chosen = given_text
    masked = mask(text, chosen, form=form)
    assert masked.restore(masked.text) == text
    assert all(masked.text.count(token) == 1 for token in masked.tokens)


def test_tokens_come_back_in_any_order_and_with_other_characters():
    masked = mask("Ask {name} at a@b.org.", spans("Ask {name} at a@b.org."), form="letter")
    assert masked.text == "Ask X1X at X2X."
    assert masked.restore("На Х ２х спросите x1X.") == "На a@b.org спросите {name}."
    bracketed = mask("Ask {name}.", [(4, 10)], form="bracket")
    assert bracketed.restore("请问【１】。") == "请问{name}。"


@pytest.mark.parametrize("hypothesis", ["Спросите X1X.", "X1X X2X X2X", "X1X X2X X3X", "", "X12X"])
def test_a_lost_repeated_or_invented_token_restores_nothing(hypothesis):
    assert mask("Ask {name} at a@b.org.", [(4, 10), (14, 21)], form="letter").restore(hypothesis) is None


def test_tokens_that_the_text_has_already_are_not_used():
    masked = mask("Note [1] on {name} and [2].", [(12, 18)], form="bracket")
    assert masked.text == "Note [1] on [3] and [2]."
    assert masked.restore("[2], [1]: [3]") == "[2], [1]: {name}"


def test_fillers_take_the_place_of_originals():
    masked = mask("Ask Lavrov.", [(4, 10)], form="at")
    assert masked.restore("Спросите @1@.", ["Лаврова"]) == "Спросите Лаврова."
    with pytest.raises(UsageError, match="2 fillers cannot replace 1 tokens"):
        masked.restore("Спросите @1@.", ["a", "b"])


@pytest.mark.parametrize("chosen", [[(0, 3), (2, 5)], [(3, 5), (0, 2)], [(0, 99)], [(2, 2)]])
def test_spans_out_of_order_are_refused(chosen):
    with pytest.raises(UsageError, match="spans must be in order"):
        mask("a text", chosen, form="letter")
    with pytest.raises(UsageError, match="spans must be in order"):
        pieces_around("a text", chosen)


def test_an_unknown_form_is_refused_and_an_own_one_is_taken():
    with pytest.raises(UsageError, match="unknown form of masks 'nothing'"):
        mask("a", [], form="nothing")
    assert mask("a {b}", [(2, 5)], form=MaskForm("own", "<", ">")).text == "a <1>"


@settings(max_examples=30, deadline=None)
@given(texts_with_spans())
def test_pieces_lose_nothing(given_text):
    text, chosen = given_text
    pieces = pieces_around(text, chosen)
    assert "".join(piece.source for piece in pieces) == text
    assert [piece.text for piece in pieces if piece.literal] == [text[start:end] for start, end in chosen]


def joined(text, language, *translations):
    pieces = pieces_around(text, spans(text))
    following = iter(translations)
    return join_pieces(pieces, [next(following) if piece.worded else piece.text for piece in pieces], language)


@pytest.mark.parametrize(
    ("text", "language", "translations", "expected"),
    [
        ("See https://a.org/x for more.", "ru", ["См. ", "подробнее."], "См. https://a.org/x подробнее."),
        (
            "请访问https://a.org/x，了解更多。",
            "en",
            ["Visit", ", to learn more."],
            "Visit https://a.org/x, to learn more.",
        ),
        ("请访问https://a.org/x了解更多。", "en", ["Visit", "to learn more."], "Visit https://a.org/x to learn more."),
        ("See https://a.org/x for more.", "zh", ["请访问", "了解更多。"], "请访问https://a.org/x了解更多。"),
        (
            "See https://a.org/x for more.",
            "ru",
            ["Смотрите.", "Для подробностей."],
            "Смотрите https://a.org/x для подробностей.",
        ),
        ("(see https://a.org/x).", "ru", ["(см."], "(см. https://a.org/x)."),
        ("A <b>bold</b> word", "ru", ["Жирное", "", "слово"], "Жирное <b></b> слово"),
    ],
)
def test_pieces_are_joined_with_the_spaces_of_the_language(text, language, translations, expected):
    assert joined(text, language, *translations) == expected


def test_pieces_without_words_stay_as_they_are():
    pieces = pieces_around("{a}, {b}", [(0, 3), (5, 8)])
    assert [piece.worded for piece in pieces] == [False, False, False]
    assert join_pieces(pieces, ["{a}", "anything", "{b}"], "ru") == "{a}, {b}"


def test_texts_that_do_not_answer_the_pieces_are_refused():
    with pytest.raises(UsageError, match="1 texts do not fit 2 pieces"):
        join_pieces(pieces_around("a {b}", [(2, 5)]), ["a"], "ru")
    with pytest.raises(UsageError, match="unknown language"):
        join_pieces([], [], "qq")


def test_a_literal_can_be_moved():
    (literal,) = find_literals("Hi {name}")
    assert replace(literal, start=0, end=6).span == (0, 6)


def test_a_token_that_a_model_spins_out_is_no_token():
    masked = mask("see a@b.org", [(4, 11)], form="letter")
    assert masked.restore("X" + "1" * 5000 + "X") is None


def test_a_footnote_of_markdown_is_a_literal():
    assert [each.text for each in find_literals("It fell.[^a-1] Years [2] on.\n[^1]: Council.")] == ["[^a-1]", "[^1]:"]
