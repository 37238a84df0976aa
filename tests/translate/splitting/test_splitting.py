"""Over-long sentences are cut at clause borders, and their translations make one sentence again."""

import json
from itertools import pairwise

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from common.errors import UsageError
from tests.support.places import CASES_PATH
from translate.splitting import depths, enclosures, join_translations, split_long

CASES = CASES_PATH / "splitting"
ENGLISH = (
    "The finance minister, who had promised last year that taxes would not rise, said on Tuesday that the government "
    "would have to find another 4.2 billion dollars, because the oil price had fallen; the opposition, however, called "
    "the plan “a gift to the rich, and nothing else”, and demanded new elections (which Mr. Smith, the prime minister, "
    "has ruled out) by May."
)
RUSSIAN = (
    "Министр финансов, который в прошлом году обещал, что налоги не вырастут, заявил во вторник, что правительству "
    "придётся найти ещё 4,2 млрд долларов, так как цена на нефть упала; однако оппозиция назвала план «подарком "
    "богатым, и ничем больше» и потребовала новых выборов."
)
CHINESE = (
    "财政部长周二表示，由于油价下跌，政府将不得不再筹集42亿美元，但"
    "反对派称该计划是“送给富人的礼物，仅此而已”，并要求举行新的选举。"
)
PARTS = [
    "word ",
    "слово ",
    "中文",
    "，",
    ", ",
    "; ",
    "(",
    ")",
    "“",
    "”",
    "1,234.5 ",
    "https://a.b/c,d ",
    "e\u0301",
    "🏳️\u200d🌈",
    "and ",
    "  ",
]


def load(name):
    return json.loads((CASES / f"{name}.json").read_text(encoding="utf-8"))


def shorter_than(limit):
    return lambda piece: len(piece.strip()) <= limit


@pytest.mark.parametrize("case", load("borders"), ids=lambda case: repr(case)[:40])
def test_the_border_is_where_a_reader_would_put_it(case):
    assert split_long(case["text"], case["language"], fits=shorter_than(case["limit"])) == case["expected"]


def test_a_long_sentence_is_cut_where_it_breathes():
    assert [piece.strip()[-1] for piece in split_long(ENGLISH, "en", fits=shorter_than(150))] == [",", ";", ",", "."]
    assert [piece.strip()[-1] for piece in split_long(RUSSIAN, "ru", fits=shorter_than(100))] == [",", ";", "."]
    assert [piece[-1] for piece in split_long(CHINESE, "zh", fits=shorter_than(32))] == ["，", "，", "。"]


def test_quotations_brackets_numbers_and_literals_stay_whole_where_they_can():
    text = "It costs 1,234,567 roubles (see https://example.com/a,b;c) and is “good, cheap, new”."
    pieces = split_long(text, "en", fits=shorter_than(35))
    assert "".join(pieces) == text
    assert any("1,234,567" in piece for piece in pieces)
    assert any("https://example.com/a,b;c" in piece for piece in pieces)
    assert any("“good, cheap, new”" in piece for piece in pieces)


def test_without_borders_words_are_kept_whole():
    text = "没有任何标点符号的一个非常长的中文句子需要按照词语的边界来切分"
    pieces = split_long(text, "zh", fits=shorter_than(8))
    assert "".join(pieces) == text
    assert not any(piece.startswith("号") or piece.endswith("边") for piece in pieces)
    assert split_long("aaaa bbbb cccc dddd", "en", fits=shorter_than(10)) == ["aaaa bbbb ", "cccc dddd"]


def test_an_endless_word_is_cut_between_characters_but_a_literal_is_not():
    assert split_long("a" * 10, "en", fits=shorter_than(5)) == ["a" * 5, "a" * 5]
    assert split_long("https://example.com/abcdef", "en", fits=shorter_than(5)) == ["https://example.com/abcdef"]
    assert split_long("e\N{COMBINING ACUTE ACCENT}", "en", fits=shorter_than(1)) == ["e\N{COMBINING ACUTE ACCENT}"]


def test_abbreviations_are_no_borders():
    pieces = split_long("He met Mr. Smith and Prof. Jones in the U.S. Senate on Monday.", "en", fits=shorter_than(30))
    assert not any(piece.rstrip().endswith(("Mr.", "Prof.", "U.S.")) for piece in pieces)


def test_pieces_that_fit_together_are_not_cut_apart():
    pieces = split_long(ENGLISH, "en", fits=shorter_than(60))
    assert all(len((one + other).strip()) > 60 for one, other in pairwise(pieces))


def test_an_unknown_language_is_refused():
    with pytest.raises(UsageError, match="unknown language"):
        split_long("a", "qq", fits=shorter_than(1))
    with pytest.raises(UsageError, match="unknown language"):
        join_translations(["a"], "qq")


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.sampled_from(PARTS), max_size=25).map("".join), st.sampled_from(["en", "ru", "zh"]), st.integers(1, 20)
)
def test_pieces_are_the_text_and_fit_if_they_can_be_cut(text, language, limit):
    pieces = split_long(text, language, fits=shorter_than(limit))
    assert "".join(pieces) == text
    for piece in pieces:
        words = piece.strip()
        assert (
            len(words) <= limit
            or len(regex.findall(r"\X", words)) == 1
            or words.startswith("https://")
            or "://" in words
        )
    assert len(pieces) == 1 or all(pieces)


def test_enclosures_pair_marks_and_brackets():
    assert enclosures("a “b (c)” d", "en") == [(2, 8), (5, 7)]
    assert depths("a “b” c)", "en") == [0, 0, 0, 1, 1, 0, 0, 0, 0]


@pytest.mark.parametrize("case", load("joined"), ids=lambda case: repr(case)[:40])
def test_translated_pieces_make_one_sentence(case):
    assert join_translations(case["translations"], case["language"], sources=case["sources"]) == case["expected"]


def test_without_sources_added_stops_and_capitals_go():
    assert join_translations(["It rained.", "But nobody left."], "en") == "It rained but nobody left."
    assert join_translations(["It rained.", "Moscow slept."], "en") == "It rained Moscow slept."
    assert join_translations(["下雨了。", "NATO 说。"], "zh") == "下雨了NATO 说。"


def test_sources_that_do_not_answer_the_translations_are_refused():
    with pytest.raises(UsageError, match="1 translations do not fit 2 pieces"):
        join_translations(["a"], "en", sources=["a", "b"])
