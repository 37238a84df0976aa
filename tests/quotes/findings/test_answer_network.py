"""The reader of two passages: its forward pass against a slow one, and what becomes of its answers."""

import math

import numpy as np
import pytest

from alignment.encoders.base import WordVectors
from corpora.article import Article
from quotes.facts.passages import Passage, PassagePair
from quotes.facts.vectors import Vectors
from quotes.findings.divergence import model as answers
from quotes.findings.divergence.model import AnswerNetwork, WordFeatures, compare_answers
from quotes.types import Quote
from tests.support.comparison_fakes import FakeEncoder

FEATURES, VALUES, HIDDEN, LANGUAGE = 1024, 3, 4, 2
SHAPES = {
    "E.weight": (VALUES, FEATURES),
    "V.weight": (VALUES, FEATURES),
    "V.bias": (VALUES,),
    "null": (1,),
    "scale": (),
    "lang.weight": (3, LANGUAGE),
    "mlp.0.weight": (HIDDEN, 4 * VALUES + 3 + 2 * LANGUAGE),
    "mlp.0.bias": (HIDDEN,),
    "mlp.3.weight": (HIDDEN, HIDDEN),
    "mlp.3.bias": (HIDDEN,),
    "word.weight": (1, HIDDEN),
    "word.bias": (1,),
    "pool.weight": (1, HIDDEN),
    "pool.bias": (1,),
    "out.0.weight": (HIDDEN, 4 * HIDDEN + 6),
    "out.0.bias": (HIDDEN,),
    "out.3.weight": (1, HIDDEN),
    "out.3.bias": (1,),
}


class FeatureEncoder(FakeEncoder):
    """Gives random features, and remembers the texts that it was asked for."""

    def __init__(self):
        self.asked = []

    def encode_word_features(self, texts):
        self.asked += texts
        chance = np.random.default_rng(5)
        return [WordVectors(chance.normal(size=(len(t), FEATURES)).astype(np.float32), np.ones(len(t))) for t in texts]


def random_weights(seed):
    chance = np.random.default_rng(seed)
    return {name: np.asarray(0.3 * chance.normal(size=shape), np.float32) for name, shape in SHAPES.items()}


def random_words(language, count, seed):
    chance = np.random.default_rng(seed)
    features = chance.normal(size=(count, FEATURES)).astype(np.float32)
    return WordFeatures(language, features, chance.uniform(1, 20, count).astype(np.float32))


def said(logit_of_pair, logit_of_words):
    """Make a network that gives every pair and every word the same logit."""
    weights = {name: np.zeros(shape, np.float32) for name, shape in SHAPES.items()}
    weights |= {"out.3.bias": np.full(1, logit_of_pair), "word.bias": np.full(1, logit_of_words)}
    return AnswerNetwork([weights])


def passage(language, text, *spans):
    words = "".join(text[start:end] for start, end in spans)
    return Passage(Article(text, language), spans, Quote("q1", "direct", words, (words,), spans))


def whole(language, text):
    return passage(language, text, (0, len(text)))


class Slow:
    """The network of one member in loops over numbers; rows are lists."""

    def __init__(self, weights):
        self.weights = {name: array.astype(float).tolist() for name, array in weights.items()}

    def read(self, first, second):
        sides = [self.side(each) for each in (first, second)]
        hidden = [self.hidden(sides[at], sides[1 - at]) for at in (0, 1)]
        logits = [[self.dense(row, "word")[0] for row in rows] for rows in hidden]
        pooled = [value for at in (1, 0) for value in self.pooled(hidden[at])]
        counts = [len(rows) for rows in hidden]
        extra = [max(logits[1]), max(logits[0])]
        extra += [sum(1 / (1 + math.exp(-logit)) for logit in logits[at]) for at in (1, 0)]
        extra += [math.log(counts[0]) / 3, math.log(counts[1] / counts[0])]
        inner = [self.gelu(value) for value in self.dense(pooled + extra, "out.0")]
        return self.dense(inner, "out.3")[0], logits[0], logits[1]

    def side(self, words):
        rows = [self.scaled(row[:512]) + self.scaled(row[512:]) for row in words.features.tolist()]
        keys = [self.unit([self.dot(weight, row) for weight in self.weights["E.weight"]]) for row in rows]
        language = self.weights["lang.weight"][["en", "ru", "zh"].index(words.language)]
        return keys, [self.dense(row, "V") for row in rows], [nats / 10 for nats in words.rarity.tolist()], language

    def hidden(self, own, other):
        found = []
        for key, value, rarity in zip(*own[:3], strict=True):
            cosines = [self.dot(key, one) for one in other[0]]
            share = self.softmax([self.weights["scale"] * cosine for cosine in cosines] + self.weights["null"])
            answer = [sum(s * one[i] for s, one in zip(share, other[1], strict=False)) for i in range(VALUES)]
            row = value + answer + [v * a for v, a in zip(value, answer, strict=True)]
            row += [abs(v - a) for v, a in zip(value, answer, strict=True)]
            row += [max(cosines), share[-1], rarity, *own[3], *other[3]]
            inner = [self.gelu(number) for number in self.dense(row, "mlp.0")]
            found.append([self.gelu(number) for number in self.dense(inner, "mlp.3")])
        return found

    def pooled(self, rows):
        share = self.softmax([self.dense(row, "pool")[0] for row in rows])
        weighed = [sum(s * row[i] for s, row in zip(share, rows, strict=True)) for i in range(HIDDEN)]
        return weighed + [sum(row[i] for row in rows) / len(rows) for i in range(HIDDEN)]

    def dense(self, row, name):
        weights, biases = self.weights[f"{name}.weight"], self.weights[f"{name}.bias"]
        return [self.dot(weight, row) + bias for weight, bias in zip(weights, biases, strict=True)]

    def dot(self, one, other):
        return sum(a * b for a, b in zip(one, other, strict=True))

    def unit(self, row):
        return [number / math.sqrt(self.dot(row, row)) for number in row]

    def scaled(self, row):
        mean = sum(row) / len(row)
        spread = math.sqrt(sum((number - mean) ** 2 for number in row) / len(row) + 1e-5)
        return [(number - mean) / spread for number in row]

    def softmax(self, row):
        powers = [math.exp(number) for number in row]
        return [power / sum(powers) for power in powers]

    def gelu(self, x):
        return 0.5 * x * (1 + math.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


@pytest.mark.parametrize(("languages", "counts"), [(("en", "ru"), (3, 2)), (("ru", "zh"), (1, 4))])
def test_forward_pass_equals_the_slow_one(languages, counts):
    weights = random_weights(1)
    first, second = (random_words(*side) for side in zip(languages, counts, (2, 3), strict=True))
    changed, logits_first, logits_second = Slow(weights).read(first, second)
    found = AnswerNetwork([weights]).read(first, second)
    assert found.changed == pytest.approx(changed, rel=1e-3, abs=1e-3)
    assert found.first == pytest.approx(logits_first, rel=1e-3, abs=1e-3)
    assert found.second == pytest.approx(logits_second, rel=1e-3, abs=1e-3)


def test_the_order_of_the_sides_only_swaps_their_words():
    network = AnswerNetwork([random_weights(1)])
    first, second = random_words("en", 3, 2), random_words("ru", 2, 3)
    forward, backward = network.read(first, second), network.read(second, first)
    assert forward.changed == backward.changed
    assert forward.first.tolist() == backward.second.tolist()
    assert forward.second.tolist() == backward.first.tolist()


def test_members_are_averaged():
    members = [random_weights(seed) for seed in (1, 2)]
    first, second = random_words("en", 3, 4), random_words("ru", 2, 5)
    alone = [AnswerNetwork([member]).read(first, second) for member in members]
    together = AnswerNetwork(members).read(first, second)
    assert together.changed == pytest.approx((alone[0].changed + alone[1].changed) / 2)
    assert together.first == pytest.approx((alone[0].first + alone[1].first) / 2)
    assert together.second == pytest.approx((alone[0].second + alone[1].second) / 2)


def test_stored_members_are_read_from_half_precision(tmp_path, monkeypatch):
    members = [random_weights(seed) for seed in (1, 2)]
    stored = {f"m{at}/{name}": array for at, one in enumerate(members) for name, array in one.items()}
    np.savez(tmp_path / "model.npz", **{name: array.astype(np.float16) for name, array in stored.items()})
    monkeypatch.setattr(answers.resources, "files", lambda _: tmp_path)
    first, second = random_words("en", 3, 4), random_words("zh", 2, 5)
    found = answers.load_network.__wrapped__().read(first, second)
    assert found.changed == pytest.approx(AnswerNetwork(members).read(first, second).changed, rel=0.05, abs=0.1)
    assert found.first.dtype == np.float32


@pytest.mark.parametrize(("logit", "strength"), [(0.0, 0.5), (3.0, 0.75), (50.0, 1.0), (-50.0, 0.0)])
def test_strength_is_the_bounded_logit(monkeypatch, logit, strength):
    monkeypatch.setattr(answers, "load_network", lambda: said(logit, -1.0))
    pair = PassagePair(whole("en", "We agree."), whole("ru", "Мы согласны."), Vectors(FeatureEncoder()))
    (item,) = compare_answers(pair)
    assert (item.feature, item.finding) == ("unanswered", None)
    assert item.strength == pytest.approx(strength)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (whole("en", "We agree."), whole("en", "They agree.")),
        (passage("en", "We agree.", (2, 3)), whole("ru", "Мы согласны.")),
        (whole("en", "We agree."), passage("ru", "Мы согласны.")),
        (passage("zh", "我们同意。", (0, 0)), whole("ru", "Мы согласны.")),
    ],
    ids=["one language", "white space", "no spans", "empty span"],
)
def test_without_words_on_both_sides_in_two_languages_there_is_no_evidence(monkeypatch, first, second):
    monkeypatch.setattr(answers, "load_network", lambda: said(5.0, 5.0))
    assert list(compare_answers(PassagePair(first, second, Vectors(FeatureEncoder())))) == []


def test_an_encoder_without_features_gives_no_evidence():
    pair = PassagePair(whole("en", "We agree."), whole("ru", "Мы согласны."), Vectors(FakeEncoder()))
    assert list(compare_answers(pair)) == []


@pytest.mark.parametrize(
    ("language", "text", "spans"),
    [
        ("en", "He said: “No, no. No!” and left; “no more”.", ((10, 20), (34, 41))),
        ("ru", "— Мы, мы против  этого, — сказал он, — и всё.", ((2, 23), (40, 45))),
        ("zh", "他说：“我们不同意，我们反对。”", ((4, 15),)),
        ("zh-Hant", "他說：“我們不同意這項決議。”", ((4, 14),)),
    ],
)
def test_words_that_are_read_stand_where_their_spans_are(monkeypatch, language, text, spans):
    monkeypatch.setattr(answers, "load_network", lambda: said(5.0, 5.0))
    encoder, first = FeatureEncoder(), passage(language, text, *spans)
    other = whole("ru" if language == "en" else "en", "Ja")
    (item,) = compare_answers(PassagePair(first, other, Vectors(encoder)))
    places = answers._words(first)
    assert encoder.asked[0] == [text[start:end] for start, end in places]
    joined = "".join("".join(text[start:end].split()) for start, end in spans)
    # A full stop at the end is a habit of print and is not read.
    assert "".join(encoder.asked[0]) == joined.rstrip(".\N{IDEOGRAPHIC FULL STOP}")
    assert all(any(a <= start < end <= b for a, b in spans) for start, end in item.finding.first)


def test_unanswered_words_are_shown_with_neighbours_put_together(monkeypatch):
    monkeypatch.setattr(answers, "load_network", lambda: said(1.0, 1.0))
    pair = PassagePair(whole("en", "We agree, gladly."), whole("ru", "Мы согласны."), Vectors(FeatureEncoder()))
    (item,) = compare_answers(pair)
    assert item.finding.severity == "note"
    assert item.finding.message == (
        "“We agree”, “gladly” in the English version and “Мы согласны” in the Russian one don't match."
    )


def test_a_very_long_passage_is_read_from_its_beginning(monkeypatch):
    monkeypatch.setattr(answers, "load_network", lambda: said(0.0, 0.0))
    encoder = FeatureEncoder()
    list(compare_answers(PassagePair(whole("en", "word " * 450), whole("ru", "слово"), Vectors(encoder))))
    assert [len(text) for text in encoder.asked] == [400, 1]
