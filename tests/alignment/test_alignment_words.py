import pytest

from alignment import align_words
from alignment.words import split_words
from corpora.errors import UsageError


def _pairs(a, b, source="en", target="ru"):
    left = split_words(a, source) if isinstance(a, str) else a
    right = split_words(b, target) if isinstance(b, str) else b
    return {(left[i], right[j]) for i, j, _ in align_words(a, b, source_language=source, target_language=target)}


def test_words_find_their_translations():
    pairs = _pairs("NATO faces new challenges in this era.", "НАТО сталкивается с новыми вызовами в эту эпоху.")
    assert {("NATO", "НАТО"), ("new", "новыми"), ("challenges", "вызовами"), ("era", "эпоху")} <= pairs


def test_lists_of_words_are_taken_as_they_are():
    pairs = _pairs(["scientists", "found", "methane"], ["科学家", "发现", "甲烷"], target="zh")
    assert {("scientists", "科学家"), ("methane", "甲烷")} <= pairs


def test_no_word_is_paired_twice_and_scores_are_cosines():
    found = align_words("one two three two one", "раз два три два раз", source_language="en", target_language="ru")
    assert len({i for i, _, _ in found}) == len({j for _, j, _ in found}) == len(found)
    assert all(0.0 <= score <= 1.0 for _, _, score in found)


def test_a_sentence_with_itself_is_the_identity():
    words = ["The", "quick", "brown", "fox", "jumps", "over", "the", "lazy", "dog"]
    assert [(i, j) for i, j, _ in align_words(words, words, source_language="en", target_language="en")] == [
        (i, i) for i in range(9)
    ]


@pytest.mark.parametrize(("a", "b"), [("", "слово"), ("word", ""), ("", ""), ([], ["слово"])])
def test_an_empty_side_pairs_nothing(a, b):
    assert align_words(a, b, source_language="en", target_language="ru") == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Don’t pay 3.5%!", ["Don’t", "pay", "3.5", "%", "!"]),
        ("«Да», — сказал", ["«", "Да", "»", ",", "—", "сказал"]),
        ("他说：NATO好", ["他", "说", "：", "NATO", "好"]),
        ("", []),
    ],
)
def test_texts_are_cut_into_words_and_signs(text, words):
    assert split_words(text, "en") == words


def test_an_unknown_language_is_refused():
    with pytest.raises(UsageError, match="unknown language"):
        align_words("a", "b", source_language="en", target_language="qq")


def test_an_encoder_without_words_is_refused(fake_encoder):
    with pytest.raises(UsageError, match="gives no vectors of words"):
        align_words("a", "b", source_language="en", target_language="ru", encoder=fake_encoder)
