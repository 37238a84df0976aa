"""Runs of words that a translation shares with its reference."""

from tolmach.bench.page import mark_ngrams


def test_a_word_has_the_length_of_its_longest_run() -> None:
    found = mark_ngrams("He said the talks went on in May.", "The talks went on in June.")
    assert found == [(0, "He said "), (4, "the talks went on in"), (0, " May"), (1, ".")]


def test_chinese_is_marked_by_character() -> None:
    assert mark_ngrams("\u4ed6\u6765\u4e86", "\u4ed6\u8d70\u4e86") == [(1, "\u4ed6"), (0, "\u6765"), (1, "\u4e86")]


def test_nothing_is_marked_in_or_by_nothing() -> None:
    assert mark_ngrams("", "Word") == []
    assert mark_ngrams("A word", "") == [(0, "A word")]
