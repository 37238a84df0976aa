"""What holds for every text: spans are in order, lose nothing and are verbatim."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from common.errors import UsageError
from corpora.segmentation import segment
from corpora.segmentation.lexicon import alphabetic_lexicon, characters, chinese_lexicon, is_han
from corpora.segmentation.marks import find_marks

LANGUAGES = st.sampled_from(("en", "ru", "zh", "zh-Hant"))
PIECES = st.sampled_from(
    [
        *".!?…。！？“”‘’\"'«»„「」『』()《》—-,:： \n\t\u00a0\u200b\u3000",
        "Mr",
        "U.S.",
        "said",
        "A",
        "г.",
        "т. е.",
        "Он",
        "说",
        "他",
        "5",
    ]
)


def check(text: str, language: str) -> None:
    known = characters()
    spans = segment(text, language)
    place = 0
    for start, end in spans:
        assert place <= start < end <= len(text)
        assert all(known.is_space(char) for char in text[place:start])
        assert not known.is_space(text[start])
        assert not known.is_space(text[end - 1])
        place = end
    assert all(known.is_space(char) for char in text[place:])


@given(st.text(), LANGUAGES)
@example("", "en")
@example("\U0001f468‍\U0001f469. \ud800 \x00!", "ru")
def test_spans_of_any_unicode_cover_all_but_space(text: str, language: str) -> None:
    check(text, language)


@given(st.lists(PIECES, max_size=60).map("".join), LANGUAGES)
def test_spans_of_any_heap_of_marks_cover_all_but_space(text: str, language: str) -> None:
    check(text, language)


@given(st.lists(PIECES, max_size=30).map("".join), LANGUAGES)
def test_white_space_around_a_text_only_shifts_its_spans(text: str, language: str) -> None:
    shifted = [(start + 2, end + 2) for start, end in segment(text, language)]
    assert segment(f"\u3000 {text}\u200b ", language) == shifted


@given(st.lists(PIECES, max_size=30).map("".join), st.lists(PIECES, max_size=30).map("".join), LANGUAGES)
def test_paragraphs_are_split_independently(first: str, second: str, language: str) -> None:
    shift = len(first) + 2
    joined = segment(f"{first}\n\n{second}", language)
    assert joined == segment(first, language) + [(a + shift, b + shift) for a, b in segment(second, language)]


@given(st.lists(PIECES, max_size=60).map("".join))
def test_pairs_of_marks_are_nested(text: str) -> None:
    pairs = find_marks(text).pairs
    for number, pair in enumerate(pairs):
        assert pair.open < pair.close
        for other in pairs[number + 1 :]:
            assert other.open > pair.close or other.close < pair.close


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\u200b\ufeff\u00a0"])
def test_text_without_anything_gives_no_span(text: str) -> None:
    assert segment(text, "en") == []


@pytest.mark.parametrize("text", ["...", "?! … !", "”", "—"])
def test_punctuation_alone_is_one_span(text: str) -> None:
    assert [segment(text, language) for language in ("en", "ru", "zh")] == [[(0, len(text))]] * 3


def test_unknown_language_is_refused() -> None:
    with pytest.raises(UsageError, match="unknown language 'klingon'"):
        segment("nuqneH.", "klingon")


@pytest.mark.parametrize("tag", ["zh-TW", "zh_Hant", "ZH", "cmn"])
def test_chinese_tags_follow_the_same_rules(tag: str) -> None:
    assert segment("你好。再見。", tag) == [(0, 3), (3, 6)]


@pytest.mark.parametrize("unclosed", ["“", "‘", "«", "„", "「", "(", "《", '"', "'"])
def test_mark_that_nothing_closes_holds_nothing_back(unclosed: str) -> None:
    text = f"{unclosed}He left. " + "She stayed at home. " * 200
    assert len(segment(text, "en")) == 201


@pytest.mark.parametrize(
    ("unit", "language"),
    [
        pytest.param("He said: “No. 3 is out.” (Mr. Li left.) ", "en", marks=pytest.mark.slow),
        pytest.param("«А, — сказал он. — Б». В 2014 г. Москва. ", "ru", marks=pytest.mark.slow),
        pytest.param("他说：“甲。乙！”他笑着说。", "zh", marks=pytest.mark.slow),
        ("“", "en"),
        ("\"'", "zh"),
        (". ", "en"),
        ("!”", "ru"),
        ("。“", "zh"),
        ("(", "ru"),
        (" \n", "en"),
        ("A.", "en"),
        ("a", "ru"),
    ],
)
def test_megabyte_is_split_in_linear_time(unit: str, language: str) -> None:
    # No clock: work that grew with the square of the length would not end within any patience.
    text = unit * (1_000_000 // len(unit) // (1 if len(unit) > 9 else 8))
    spans = segment(text, language)
    assert sum(end - start for start, end in spans) <= len(text)


@pytest.mark.parametrize(
    "char", ["\u3400", "\u4dbf", "\u4e00", "\u9fff", "\uf900", "\ufad9", "\U00020000", "\U000323af", "\u3007"]
)
def test_both_ends_of_each_range_of_chinese_characters_are_in(char: str) -> None:
    assert is_han(char)


@pytest.mark.parametrize(
    "char", ["\u33ff", "\u4dc0", "\ua000", "\uf8ff", "\ufada", "\U0001ffff", "\U000323b0", "a", "я", "。", "ー"]
)
def test_neighbours_of_each_range_are_out(char: str) -> None:
    assert not is_han(char)


@pytest.mark.parametrize("language", ["en", "ru"])
def test_word_lists_hold_no_final_stop_and_do_not_contradict_each_other(language: str) -> None:
    lexicon = alphabetic_lexicon(language)
    for words in (lexicon.before, lexicon.either, lexicon.before_number, lexicon.final, lexicon.openers):
        assert not [word for word in words if word.endswith(".")]
    assert not lexicon.before & lexicon.either
    assert not lexicon.before & lexicon.final
    assert all(word.islower() for word in lexicon.openers)


def test_chinese_lists_try_longer_words_first() -> None:
    lengths = [len(word) for word in chinese_lexicon().speech]
    assert lengths == sorted(lengths, reverse=True)
