import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alignment import align_words, load_encoder
from alignment.encoders.base import WordVectors
from alignment.words.align import align_word_pairs
from common.errors import InputError, UsageError

SENTENCES = [
    (
        "Russia, China and the West face new challenges, Lavrov said in Moscow on Wednesday.",
        "В среду в Москве Лавров сказал, что перед Россией, Китаем и Западом стоят новые вызовы.",
    ),
    ("“No limits” was the word of the day.", "Слово дня — «без границ»."),
    ("It will take an era.", "На это уйдёт эпоха."),
]
VOCABULARY = [
    "the",
    "of",
    "NATO",
    "era",
    "5",
    "2022",
    ",",
    ".",
    "“",
    "”",
    "«",
    "»",
    "(",
    ")",
    "-",
    "новая",
    "эпоха",
    "и",
    "в",
    "时代",
    "的",
    "，",
    "𠮷",
    "🙂",
    "don’t",
]
WORDS = st.lists(st.sampled_from(VOCABULARY), max_size=9)


class LetterEncoder:
    """Words are alike by their first letter."""

    name, revision, dimension = "letters", "1", 26

    def encode(self, texts):
        raise NotImplementedError

    def encode_words(self, texts):
        rows = [np.eye(26, dtype=np.float32)[[ord(word[0]) - ord("a") for word in words]] for words in texts]
        return [WordVectors(each, np.full(len(each), 10, np.float32)) for each in rows]


def _pairs(a, b, source="en", target="ru"):
    found = align_words(a, b, source_language=source, target_language=target)
    return {(a[i], b[j]) for i, j, _ in found}


def _close(found, expected):
    assert [(i, j) for i, j, _ in found] == [(i, j) for i, j, _ in expected]
    assert [score for *_, score in found] == pytest.approx([score for *_, score in expected], abs=1e-3)


def test_words_find_their_translations():
    pairs = _pairs(
        ["NATO", "faces", "new", "challenges", "in", "this", "era", "."],
        ["НАТО", "сталкивается", "с", "новыми", "вызовами", "в", "эту", "эпоху", "."],
    )
    assert {("NATO", "НАТО"), ("new", "новыми"), ("challenges", "вызовами"), ("era", "эпоху"), (".", ".")} <= pairs


def test_texts_are_cut_into_words():
    assert [
        (i, j)
        for i, j, _ in align_words(
            "科学家发现甲烷。", "科學家發現甲烷。", source_language="zh", target_language="zh-Hant"
        )
    ] == [
        (0, 0),
        (1, 1),
        (2, 2),
        (3, 3),
    ]


def test_lists_of_words_are_taken_as_they_are():
    pairs = _pairs(["scientists", "found", "methane"], ["科学家", "发现", "甲烷"], target="zh")
    assert pairs == {("scientists", "科学家"), ("found", "发现"), ("methane", "甲烷")}


def test_a_clause_that_stands_elsewhere_is_found_there():
    a = ["scientists", "said", "that", "oceans", "of", "liquid", "methane", "exist", "on", "Titan"]
    b = ["在", "土卫六", "上", "存在", "着", "液态", "甲烷", "的", "海洋", "，", "科学家", "说"]
    assert {("scientists", "科学家"), ("said", "说"), ("methane", "甲烷"), ("exist", "存在")} <= _pairs(
        a, b, target="zh"
    )


def test_one_word_may_answer_several():
    pairs = _pairs(
        ["he", "saw", "the", "prime", "minister", "of", "Japan"], ["он", "видел", "премьер-министра", "Японии"]
    )
    assert {("prime", "премьер-министра"), ("minister", "премьер-министра"), ("Japan", "Японии")} <= pairs


def test_marks_pair_with_marks_and_openings_with_openings():
    a, b = ["he", "said", "“", "no", "”", "."], ["он", "сказал", "«", "нет", "»", "."]
    assert {("“", "«"), ("”", "»"), (".", ".")} <= _pairs(a, b)
    assert ("“", "»") not in _pairs(a, b)
    assert ("”", "«") not in _pairs(a, b)


def test_numbers_pair_with_the_same_number():
    a, b = ["of", "5,000", "men", "300", "fell"], ["из", "5000", "человек", "пали", "300"]
    assert {("5,000", "5000"), ("300", "300")} <= _pairs(a, b)


@pytest.mark.parametrize(("a", "b"), [("", "слово"), ("word", ""), ("", ""), ([], ["слово"]), ("  ", "слово")])
def test_an_empty_side_pairs_nothing(a, b):
    assert align_words(a, b, source_language="en", target_language="ru") == ()


def test_one_word_pairs_with_its_translation_among_many():
    found = align_words("Hello", "«Привет, мир», — сказал он.", source_language="en", target_language="ru")
    assert [(i, j) for i, j, _ in found] == [(0, 1)]


def test_lone_words_that_mean_something_else_are_not_paired():
    assert align_words("cat", "экономика", source_language="en", target_language="ru") == ()
    assert align_words("No", "Нет", source_language="en", target_language="ru") == ((0, 0, pytest.approx(1.0)),)


@pytest.mark.slow
def test_a_very_long_sentence_is_aligned():
    words = [f"w{number}" for number in range(1_200)]
    found = align_words(words, words, source_language="en", target_language="en")
    assert sum(i == j for i, j, _ in found) > 1_150


def test_texts_too_long_to_be_sentences_are_refused():
    with pytest.raises(InputError, match="cannot align the words of texts of 5,000 and 4,000 words") as caught:
        align_words(["a"] * 5_000, ["b"] * 4_000, source_language="en", target_language="ru")
    assert caught.value.hint == "Align their sentences, then the words of each pair"


def test_many_pairs_at_once_give_what_each_gives_alone():
    languages = {"source_language": "en", "target_language": "ru"}
    together = align_word_pairs(SENTENCES * 30, **languages)
    assert len(together) == 90
    for found, (a, b) in zip(together, SENTENCES * 30, strict=True):
        _close(found, align_words(a, b, **languages))


def test_no_pairs_give_no_links():
    assert align_word_pairs([], source_language="en", target_language="ru") == []


def test_threads_that_align_at_once_do_not_disturb_one_another():
    languages = {"source_language": "en", "target_language": "ru"}
    expected = align_word_pairs(SENTENCES, **languages)
    found = [None] * 4

    def work(number):
        found[number] = align_word_pairs(SENTENCES * 3, **languages)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for each in found:
        for links, right in zip(each, expected * 3, strict=True):
            _close(links, right)


def test_any_encoder_of_words_will_do():
    found = align_words(
        ["apple", "bear"], ["banana", "avocado"], source_language="en", target_language="en", encoder=LetterEncoder()
    )
    assert [(i, j) for i, j, _ in found] == [(0, 1), (1, 0)]


@settings(max_examples=40, deadline=None)
@given(WORDS, WORDS)
def test_links_are_in_range_ascending_once_each_and_mirrored(a, b):
    found = align_words(a, b, source_language="en", target_language="ru")
    places = [(i, j) for i, j, _ in found]
    assert places == sorted(set(places))
    assert all(0 <= i < len(a) and 0 <= j < len(b) and 0.0 <= score <= 1.0 for i, j, score in found)
    back = align_words(b, a, source_language="ru", target_language="en")
    _close(sorted((j, i, score) for i, j, score in back), found)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.sampled_from(["the", "quick", "brown", "fox", "jumps", "over", "lazy", "dogs", ",", "in", "2022"]),
        unique=True,
        min_size=1,
    )
)
def test_different_words_with_themselves_are_the_identity(words):
    found = align_words(words, words, source_language="en", target_language="en")
    assert [(i, j) for i, j, _ in found] == [(i, i) for i in range(len(words))]


@pytest.mark.parametrize("languages", [("en", "qq"), ("qq", "ru")])
def test_an_unknown_language_is_refused(languages):
    source, target = languages
    with pytest.raises(UsageError, match="unknown language 'qq'"):
        align_words(["a"], ["b"], source_language=source, target_language=target)


def test_an_encoder_without_words_is_refused(fake_encoder):
    with pytest.raises(UsageError, match="'fake' gives no vectors of words") as caught:
        align_words("a", "b", source_language="en", target_language="ru", encoder=fake_encoder)
    assert caught.value.hint == "Use the encoder 'use'"


def test_the_encoder_s_failure_is_not_swallowed_by_its_second_thread(monkeypatch):
    encoder = load_encoder()
    monkeypatch.setattr(encoder._words, "embed", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        align_words("word " * 300, "слово " * 300, source_language="en", target_language="ru", encoder=encoder)
