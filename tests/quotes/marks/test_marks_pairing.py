"""How quotation marks are read and paired, well typed and badly."""

import pytest

from corpora.article import Block, BlockKind
from quotes.marks.pairing import pair_marks
from quotes.marks.table import find_marks, load_marks
from quotes.types import QuoteOptions


def blocks_of(text: str, kind: BlockKind = "paragraph") -> list[Block]:
    found, start = [], 0
    for paragraph in text.split("\n\n"):
        found.append(Block(kind, start, start + len(paragraph)))
        start += len(paragraph) + 2
    return found


def pieces(text: str, language: str) -> list[list[str]]:
    return [[text[start:end] for start, end in pair.pieces] for pair in pair_marks(text, blocks_of(text), language)]


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("“one” ‘two’ \"three\" 'four'", "en", ["one", "two", "three", "four"]),
        ("«один» „два“ “три” ‹четыре›", "ru", ["один", "два", "три", "четыре"]),
        ("“一”‘二’「三」『四』《五》", "zh", ["一", "二", "三", "四", "五"]),
    ],
)
def test_every_kind_of_mark_pairs(text: str, language: str, expected: list[str]) -> None:
    assert pieces(text, language) == [[words] for words in expected]


@pytest.mark.parametrize("wrong", ['"好的。“', "“好的。“", "”好的。“", '“好的。"', '"好的。”'])
def test_chinese_marks_of_any_shape_are_a_pair(wrong: str) -> None:
    assert pieces(f"他说{wrong}", "zh") == [["好的。"]]


def test_straight_marks_nest_by_context() -> None:
    text = '"They insist on the "denuclearization-first" and even object to the "end of war,"" Ri said.'
    assert [piece[0] for piece in pieces(text, "en")] == [
        'They insist on the "denuclearization-first" and even object to the "end of war,"',
        "denuclearization-first",
        "end of war,",
    ]


def test_one_closing_mark_closes_two_quotes() -> None:
    text = "«Он сказал «нет», — вспоминает она."
    first, second = pair_marks(text, blocks_of(text), "ru")
    assert text[slice(*first.pieces[0])] == "Он сказал «нет»"
    assert text[slice(*second.pieces[0])] == "нет"
    assert first.shared
    assert second.parent is first


def test_a_repeated_opening_mark_goes_on_with_the_quote() -> None:
    assert pieces("“One.\n\n“Two.”", "en") == [["One.", "Two."]]


def test_a_quote_runs_on_without_a_repeated_mark() -> None:
    assert pieces("“One.\n\nTwo.”", "en") == [["One.", "Two."]]


def test_a_quote_never_runs_into_another_kind_of_block() -> None:
    text = "“One.\n\nTwo.”"
    first, second = blocks_of(text)
    (pair,) = pair_marks(text, [Block("title", first.start, first.end), second], "en")
    assert pair.closer is None


def test_no_carrying_when_options_forbid_it() -> None:
    text = "“One.\n\nTwo.”"
    (pair,) = pair_marks(text, blocks_of(text), "en", QuoteOptions(carry_blocks=0))
    assert pair.closer is None


def test_a_lost_mark_costs_one_quote() -> None:
    text = "“Lost.\n\nHe said “one” and “two” and “three”.\n\n“Four.”"
    closed = [
        text[slice(*pair.pieces[0])] for pair in pair_marks(text, blocks_of(text), "en") if pair.closer is not None
    ]
    assert closed == ["one", "two", "three", "Four."]


@pytest.mark.parametrize(
    "text", ["don’t", "fishermen’s", "the players' wages", "'tis so", "the '90s", "6'2\"", "rock 'n' roll"]
)
def test_apostrophes_and_inches_are_no_marks(text: str) -> None:
    assert pieces(text, "en") == []


def test_an_apostrophe_inside_single_marks_does_not_close_them() -> None:
    assert pieces("‘Nobody told us we couldn’t’: she won", "en") == [["Nobody told us we couldn’t"]]


def test_every_mark_of_the_table_has_costs_for_every_reading() -> None:
    for language in ("en", "ru", "zh"):
        for character, reading in load_marks(language).readings.items():
            assert len(character) == 1
            assert min(reading.open, reading.close, reading.skip) >= 0
            assert min(reading.open, reading.close) < 1, f"{character!r} is never natural"


def test_marks_know_their_place() -> None:
    text = "“a”: “b”"
    marks = find_marks(text, 0, len(text), "en")
    assert [mark.leading for mark in marks] == [True, False, False, False]
    assert [mark.led for mark in marks] == [True, False, True, False]


def test_no_marks_give_no_pairs() -> None:
    assert pieces("Nothing to see.", "en") == []
    assert pair_marks("", [], "en") == []
