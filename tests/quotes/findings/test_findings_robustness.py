"""No text makes a detector fail, take long, or remember without bounds."""

import json
import math
import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alignment.encoders import load_encoder
from alignment.encoders.base import WordVectors
from common.errors import TolmachError
from quotes.facts.numbers.amounts import fractions
from quotes.facts.numbers.number_words import read_digits
from quotes.facts.numbers.quantities import find_quantities
from quotes.facts.passages import PassagePair
from quotes.facts.places import find_places
from quotes.facts.proper_names import find_names
from quotes.facts.scales import find_poles
from quotes.facts.tokens import linked, read_tokens
from quotes.facts.vectors import Vectors
from quotes.findings import measure
from quotes.findings.measure import DETECTORS, gather_evidence
from quotes.findings.negation import compare_negation
from quotes.findings.opposites import compare_opposites
from quotes.findings.wording import compare_wording
from tests.support.comparison_fakes import pair_of
from tests.support.places import CASES_PATH

CASES = CASES_PATH / "findings"
WORDING = json.loads((CASES / "wording.json").read_text(encoding="utf-8"))
LANGUAGES = ("en", "ru", "zh", "zh-Hant")
WORDS = [
    *("will not leave the city", "can't", "isn’t", "twenty percent", "two thirds of", "May", "in May", "half an hour"),
    *("$5m", "the 1990s", "XIV", "U.S.", "never", "Anna Petrova", "не покинем", "двадцать", "полчаса", "двухлетний"),
    *(
        "Соединенные Штаты",
        "Москва",
        "никогда",
        "км",
        "должен",
        "百分之三十",
        "分之",
        "三点五",
        "十二",
        "万亿",
        "两",
        "半",
    ),
    *("年", "月", "星期", "人民", "國家選舉", "不会", "莫斯科", "阿列克谢", "所有", "成", "点"),
]
SIGNS = [
    *"0123456789.,:%/-–€$£ «»“”\"'’()…?!，。：\n",
    "\N{NO-BREAK SPACE}",
    "\ud800",
    "\udfff",
    "\U0001f600",
    "٣",
    "½",
    "İ",
]
HAN = [*"〇零一二两三五九十百千万亿點点多几个元年月日时成半第"]
TEXTS = st.lists(st.sampled_from([*WORDS, *SIGNS, *HAN, *"aBсЖ国"]), max_size=25).map("".join)


class WordFake:
    """Vectors from nothing but how long a text is; it takes any string."""

    name = "fake"
    revision = "1"
    dimension = 4

    def __init__(self):
        self.asked = []

    def encode(self, texts):
        rows = np.array([[len(text), 1, text.count("a"), 2] for text in texts], np.float32).reshape(-1, 4)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    def encode_words(self, texts):
        self.asked += texts
        return [WordVectors(self.encode(text), np.ones(len(text), np.float32)) for text in texts]

    def encode_word_features(self, texts):
        return [WordVectors(np.ones((len(text), 1024), np.float32), np.ones(len(text), np.float32)) for text in texts]


def asked_pair(first, second):
    """A pair with an encoder of words, and what that encoder is asked."""
    encoder = WordFake()
    return replace(pair_of(first, second), vectors=Vectors(encoder)), encoder.asked


def real_pair(first, second):
    return replace(pair_of(first, second), vectors=Vectors(load_encoder()))


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.tuples(st.sampled_from(LANGUAGES), TEXTS), st.tuples(st.sampled_from(LANGUAGES), TEXTS))
def test_no_text_makes_a_detector_fail(first, second):
    pair, _ = asked_pair(first, second)
    for detect in DETECTORS:
        assert all(0 <= item.strength <= 1 for item in detect(pair))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(("en", "ru", "zh")), TEXTS)
def test_what_is_found_stands_in_the_text(language, text):
    spans = [(found.start, found.end) for find in (find_quantities, find_places) for found in find(text, language)]
    assert all(0 <= start < end <= len(text) for start, end in [*spans, *find_names(text, language)])


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("1.234,56", "en", 1234.56),
        ("1,234.56", "ru", 1234.56),
        ("1.234.567,8", "en", 1234567.8),
        ("1.1,1.2", "ru", 1112),
        ("1,2,3.4,5", "en", 12345),
        ("1.234", "ru", 1234),
    ],
)
def test_marks_of_two_kinds_tell_the_decimal_mark(text, language, value):
    assert read_digits(text, language) == value


@pytest.mark.parametrize("text", ["3二分之1", "30十分之一", "1,000三分之1", "三分之1二"])
def test_a_fraction_of_mixed_signs_is_none(text):
    assert list(fractions(text, "zh")) == []


def test_fractions_in_digits_or_in_numerals_are_read():
    assert [[amount.value for amount in fractions(text, "zh")] for text in ("3分之1", "三分之一", "他说,三分之2")] == [
        [pytest.approx(1 / 3)],
        [pytest.approx(1 / 3)],
        [pytest.approx(2 / 3)],
    ]


def test_a_number_too_large_is_infinite():
    assert [q.value for q in find_quantities("9" * 400, "en")] == [math.inf]
    assert [q.value for q in find_quantities("万亿" * 60, "zh")] == [math.inf]


def test_half_of_a_surrogate_pair_is_a_question_mark_to_the_embedded_encoder():
    half, mark = load_encoder().encode_words([["a\ud800b", "word"], ["a?b", "word"]])
    np.testing.assert_array_equal(half.vectors, mark.vectors)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "May 5, 12:30 and Anna Petrova of Paris, "),
        ("ru", "5 мая 12 тысяч рублей, Москва, "),
        ("zh", "三十五亿元，莫斯科5月百分之三"),
    ],
)
def test_a_long_text_is_read_at_once(language, text):
    long = text * (40_000 // len(text))
    find_quantities(text, language), find_places(text, language), find_names(text, language)
    start = time.process_time()
    found = find_quantities(long, language), find_places(long, language), find_names(long, language)
    # Work that grows with the square of the length would take minutes.
    assert time.process_time() - start < 5
    assert len(found[0]) > 1000


def test_each_pair_of_texts_is_aligned_once_by_the_encoder_of_the_comparison():
    pair, asked = asked_pair(("en", "We will not leave the city."), ("ru", "Мы уедем из города."))
    for detect in DETECTORS:
        list(detect(pair))
    assert [len(words) for words in asked] == [7, 5]


def test_an_encoder_without_vectors_of_words_gives_no_links():
    pair = pair_of(("en", "We will not leave."), ("ru", "Мы уедем."))
    assert linked(pair) == {}
    assert [item.feature for item in compare_negation(pair)] == ["negation_lone"]


def test_only_the_first_words_are_aligned():
    pair, asked = asked_pair(("en", "word " * 4_100), ("ru", "слово " * 4_100))
    assert {i for i, _ in linked(pair)} <= set(range(400))
    assert [len(words) for words in asked] == [400, 400]


def test_a_failure_of_the_encoder_is_not_hidden():
    class Failing(WordFake):
        def encode_words(self, texts):
            raise TolmachError(f"the encoder is gone, {len(texts)} texts are left")

    pair = pair_of(("en", "We agree."), ("ru", "Мы согласны."))
    with pytest.raises(TolmachError, match="gone"):
        linked(PassagePair(pair.first, pair.second, Vectors(Failing())))


def test_a_region_changes_no_reading():
    assert read_tokens("leaves", "en-GB") == read_tokens("leaves", "en")
    assert read_tokens("選舉", "zh-TW") == read_tokens("選舉", "zh-Hant")


def test_a_denial_alone_is_told_once():
    pair = real_pair(("en", "We will leave the city."), ("en", "We will not leave the city."))
    assert {item.feature for item in compare_opposites(pair)} == {"opposite_denied"}
    told = [item.finding for item in gather_evidence(pair) if item.finding and item.finding.kind != "wording"]
    assert [finding.kind for finding in told] == ["negation"]


def test_a_word_that_is_denied_is_told_where_the_comparison_of_denials_says_nothing(monkeypatch):
    pair = real_pair(("en", "The bank admitted it."), ("en", "The bank did not admit it."))
    monkeypatch.setattr(measure, "DETECTORS", (compare_opposites,))
    (item,) = (item for item in gather_evidence(pair) if item.finding)
    assert (item.finding.kind, item.finding.severity) == ("negation", "warning")
    assert item.finding.message == "Negated in the English version (“admit”), not in the English one."


def test_a_real_opposite_names_both_words():
    (message,) = [
        item.finding.message
        for item in compare_opposites(real_pair(("en", "We will stay."), ("en", "We will leave.")))
        if item.finding
    ]
    assert message == "The English version says “stay”, the English one the opposite, “leave”."


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "We will not leave the city.", False),
        ("ru", "Мы не покинем город.", False),
        ("zh", "我们不会离开城市。", False),
        ("en", "This is not a city.", True),
        ("ru", "Это не город.", True),
        ("zh", "这不是城市。", True),
    ],
)
def test_a_denial_passes_over_things_to_the_verb(language, text, expected):
    poles = find_poles(pair_of((language, text), ("en", "")).first)
    assert [pole.denied for pole in poles if pole.concept == "urban_rural"] == [expected]


@pytest.mark.parametrize("case", [pytest.param(case, id=case["label"]) for case in WORDING])
def test_changed_words(case):
    pair = pair_of(tuple(case["first"]), tuple(case["second"]))
    sides = (pair.first.as_written, pair.second.as_written)
    found = [
        [
            "".join(text[start:end] for start, end in own)
            for text, own in zip(sides, (item.finding.first, item.finding.second), strict=True)
        ]
        for item in compare_wording(pair)
    ]
    assert found == case["expected"]
