"""Cutting sentences at clauses: golden cases, rules that hold for any text, and texts that are none."""

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alignment.refinement.documents import LEAST_CLAUSE, LEAST_SENTENCE, Clause, cut_clauses
from tests.support.places import CASES_PATH

CASES = json.loads((CASES_PATH / "align" / "clauses.json").read_text(encoding="utf-8"))
LONG = 50_000
LINEAR_SECONDS = 1.0
"""A quadratic cutter needs ten times as long for 50,000 signs, a linear one a tenth."""

# Words, stops, commas, quotes and spaces side by side: random text alone would seldom hold a place to cut.
BITS = st.sampled_from(
    [
        *(
            "word",
            "another",
            "constitutional",
            "слово",
            "переговоры",
            "部长",
            "星期二抵达塞尔维克",
            "7",
            "Upper",
            "Ещё",
        ),
        *(". ", "! ", "? ", "; ", "... ", ", ", ": ", " - ", " \N{EM DASH} ", " ", "\n", "\t", "\N{NO-BREAK SPACE}"),
        *("。", "！", "？", "；", "，", "、", "：", "\N{HORIZONTAL ELLIPSIS} ", ".", ",", "-", "_"),
        *('"', "'", ")", "]", "”", "“", "»", "«", "」", "』", "》", "）"),
        *("\N{GRINNING FACE}", "\N{ZERO WIDTH JOINER}", "\N{COMBINING ACUTE ACCENT}", "\N{HEBREW LETTER ALEF}" * 9),
    ]
)
TEXTS = st.one_of(st.lists(BITS, max_size=60).map("".join), st.text(max_size=80))


def _signs(text: str) -> int:
    """Letters and digits, one by one; a Chinese sign counts for three."""
    return sum((3 if "\u3400" <= sign <= "\u9fff" else 1) for sign in text if sign.isalnum())


@pytest.mark.parametrize("case", CASES, ids=[case["label"] for case in CASES])
def test_golden_clauses(case):
    assert [[clause.text, clause.stops] for clause in cut_clauses(case["sentence"])] == case["clauses"]


@settings(deadline=None)
@given(TEXTS)
def test_clauses_joined_are_the_sentence(text):
    assert "".join(clause.text for clause in cut_clauses(text)) == text


@settings(deadline=None)
@given(TEXTS)
def test_no_clause_is_empty_unless_the_sentence_is(text):
    assert all(clause.text for clause in cut_clauses(text)) or not text


@settings(deadline=None)
@given(TEXTS, st.integers(LEAST_SENTENCE, 60))
def test_no_clause_is_shorter_than_its_kind_may_be(text, least):
    clauses = cut_clauses(text, least)
    if len(clauses) > 1:
        assert all(_signs(clause.text) >= (LEAST_SENTENCE if clause.stops else least) for clause in clauses)


@settings(deadline=None)
@given(TEXTS)
def test_the_last_clause_ends_with_its_sentence(text):
    assert cut_clauses(text)[-1].stops


@settings(deadline=None)
@given(TEXTS)
def test_every_clause_but_the_last_ends_in_a_mark_or_white_space(text):
    marks = "。！？；，、：\"')]“”’»」』》）"
    assert all(clause.text[-1].isspace() or clause.text[-1] in marks for clause in cut_clauses(text)[:-1])


@settings(deadline=None)
@given(TEXTS, st.integers(LEAST_SENTENCE, 40), st.integers(0, 40))
def test_a_higher_least_makes_no_more_clauses(text, least, more):
    assert len(cut_clauses(text, least + more)) <= len(cut_clauses(text, least))


def test_the_least_is_counted_to_the_letter():
    begin, end = "a" * LEAST_CLAUSE, "b" * LEAST_CLAUSE
    assert len(cut_clauses(f"{begin}, {end}")) == 2
    assert len(cut_clauses(f"{begin[1:]}, {end}")) == 1
    assert len(cut_clauses(f"{begin}, {end[1:]}")) == 1
    assert len(cut_clauses(f"{'a' * LEAST_SENTENCE}. {'B' * LEAST_SENTENCE}")) == 2
    assert len(cut_clauses(f"{'a' * (LEAST_SENTENCE - 1)}. {'B' * LEAST_SENTENCE}")) == 1
    assert len(cut_clauses(f"{'a' * LEAST_SENTENCE}. {'B' * (LEAST_SENTENCE - 1)}")) == 1


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            "\n\n",
            ".",
            "...",
            ". . . . ",
            ", , , ",
            "?!?!",
            "。。。。",
            "，，，",
            '"""',
            "---",
            " - ",
            " - - ",
        ),
        *("\N{GRINNING FACE}" * 40, "\N{GRINNING FACE}, " * 40, "_" * 40 + ", " + "_" * 40, "\x00, \x00", "\ud800. A"),
    ],
)
def test_what_has_no_words_is_one_clause(text):
    assert cut_clauses(text) == [Clause(text, stops=True)]


@pytest.mark.parametrize("sign", [",", ".", ";", ":", "-", "\N{EM DASH}"])
def test_without_white_space_a_narrow_mark_cuts_nothing(sign):
    text = sign.join(["constitutional"] * 20)
    assert cut_clauses(text) == [Clause(text, stops=True)]


def test_right_to_left_text_is_cut_at_the_marks_it_shares():
    first, second = "ראש הממשלה נפגש עם שר החוץ. ", "הפגישה תימשך גם מחר בבוקר."
    assert [clause.text for clause in cut_clauses(first + second)] == [first, second]


def test_emoji_and_joiners_are_neither_letters_nor_cut_apart():
    family = "\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}"
    first, second = f"The whole family {family} came. ", f"{family * 9} Everybody was happy there."
    assert [clause.text for clause in cut_clauses(first + second)] == [first, second]


@pytest.mark.parametrize(
    "unit",
    [
        *("a", ".", ", ", ". ", " ", '"', '."', "; ", " - ", "。", "，", "“", "”", "部", "部，", "a, ", "A. ", "? '"),
        *("\N{GRINNING FACE}, ", "constitutional amendment, ", "Constitutional amendment. "),
    ],
)
def test_fifty_thousand_signs_are_cut_in_linear_time(unit):
    text = (unit * LONG)[:LONG]
    began = time.process_time()
    clauses = cut_clauses(text)
    assert time.process_time() - began < LINEAR_SECONDS
    assert "".join(clause.text for clause in clauses) == text
