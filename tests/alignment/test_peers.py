"""The aligners that ours is measured beside do what their papers say, and what is not there is said."""

import hashlib
import math
import subprocess
import sys
from functools import cache

import numpy as np
import pytest

from benchmarks import peers
from benchmarks.peers import bertalign as two_pass
from benchmarks.peers import installed, overlaps, registry

LANGUAGES = ("en", "ru")


class WordSums:
    """Encodes a text as the sum of random vectors of its words, whatever their case."""

    name, revision, dimension = "word-sums", "0", 48

    def __init__(self):
        self.texts = 0

    def encode(self, texts):
        self.texts += len(texts)
        sums = np.array([sum((_vector(word) for word in text.lower().split()), np.zeros(48)) for text in texts])
        return (sums / np.linalg.norm(sums, axis=1, keepdims=True)).astype(np.float32)


@cache
def _vector(word):
    seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:4], "little")
    return np.random.default_rng(seed).standard_normal(48)


def _versions(count, seed=0):
    """Two versions of random sentences, and gold beads: every seventh is merged with the next, some are dropped."""
    random = np.random.default_rng(seed)
    lines = [" ".join(f"w{random.integers(5000)}" for _ in range(random.integers(5, 15))) for _ in range(count)]
    source, target, gold, at = [], [], [], 0
    while at < count:
        here = len(source), len(target)
        if at % 7 == 3 and at + 1 < count:
            source.append(f"{lines[at]} {lines[at + 1]}")
            target += [lines[at].upper(), lines[at + 1].upper()]
            gold.append(((here[0],), (here[1], here[1] + 1)))
            at += 2
            continue
        source.append(lines[at])
        if at % 11 == 5:
            gold.append(((here[0],), ()))
        else:
            target.append(lines[at].upper())
            gold.append(((here[0],), (here[1],)))
        at += 1
    return source, target, gold


def _f1(found, gold):
    return 2 * len(set(found) & set(gold)) / (len(found) + len(gold))


# Vecalign is known to give dropped sentences to a neighbour.
@pytest.mark.parametrize(("name", "least"), [("bertalign", 0.9), ("vecalign", 0.8)])
def test_merged_and_dropped_sentences_are_found(name, least):
    source, target, gold = _versions(40)
    found = peers.load_peer(name)(source, target, LANGUAGES, WordSums())
    assert _f1(found, gold) > least
    assert {link for link in gold if len(link[1]) > 1} <= set(found)


@pytest.mark.parametrize("name", ["bertalign", "vecalign"])
def test_each_sentence_is_in_exactly_one_bead(name):
    source, target, _ = _versions(330, seed=2)  # so many that vecalign's plane is halved
    found = peers.load_peer(name)(source, target, LANGUAGES, WordSums())
    assert [at for link in found for at in link[0]] == list(range(len(source)))
    assert [at for link in found for at in link[1]] == list(range(len(target)))


@pytest.mark.parametrize("name", ["bertalign", "vecalign"])
@pytest.mark.parametrize(("source", "target"), [([], ["a"]), (["a", "b"], []), ([], [])])
def test_an_empty_side_leaves_the_other_alone(name, source, target):
    expected = [((at,), ()) for at in range(len(source))] + [((), (at,)) for at in range(len(target))]
    assert peers.load_peer(name)(source, target, LANGUAGES, WordSums()) == expected


@pytest.mark.parametrize("name", ["bertalign", "vecalign"])
def test_one_sentence_against_many_ends(name):
    found = peers.load_peer(name)(["w1 w2"], [f"w{at} w{at + 1}" for at in range(30)], LANGUAGES, WordSums())
    assert [at for link in found for at in link[1]] == list(range(30))


def test_every_joined_text_is_encoded_once():
    encoder = WordSums()
    layers = overlaps.joined_layers(["one", "two", " ", "two"], 2)
    assert layers == [["one", "two", "BLANK_LINE", "two"], ["PAD", "one two", "two BLANK_LINE", "BLANK_LINE two"]]
    vectors = overlaps.encode_layers(layers, encoder)
    assert vectors.shape == (2, 4, 48)
    assert encoder.texts == 7
    np.testing.assert_array_equal(vectors[0, 1], vectors[0, 3])


def test_a_joined_text_is_cut_where_the_tools_cut_it():
    assert {len(text) for layer in overlaps.joined_layers(["x" * 9_000] * 2, 2) for text in layer[1:]} == {
        9_000,
        10_000,
    }


def test_second_pass_finds_the_best_score_that_its_paper_defines():
    source, target, _ = _versions(12, seed=5)
    layers = [overlaps.joined_layers(side, two_pass.MOST - 1) for side in (source, target)]
    vectors = [overlaps.encode_layers(side, WordSums()) for side in layers]
    lengths = [np.array([[len(text.encode()) for text in layer] for layer in side], float) for side in layers]
    everywhere = [(0, len(target))] * (len(source) + 1)
    links = two_pass.second_pass(vectors, lengths, everywhere)
    value = _paper_value(vectors, lengths)
    assert sum(value(*link) for link in links) == pytest.approx(_best_total(len(source), len(target), value))


def _paper_value(vectors, lengths):
    """Value of one bead by the formulas of Liu & Zhu, a number at a time."""
    ratio = lengths[0][0].sum() / lengths[1][0].sum()

    def beside(vector, side, link):
        found = [float(vector @ vectors[side][0, at]) for at in (link[0] - 1, link[-1] + 1) if 0 <= at < counts[side]]
        return sum(found) / max(len(found), 1)

    counts = [side.shape[1] for side in vectors]

    def value(source, target):
        if not (source and target):
            return -0.1
        one, other = vectors[0][len(source) - 1, source[-1]], vectors[1][len(target) - 1, target[-1]]
        margin = float(one @ other) - (beside(one, 1, target) + beside(other, 0, source)) / 2
        sizes = lengths[0][len(source) - 1, source[-1]], lengths[1][len(target) - 1, target[-1]] * ratio
        return margin * math.log2(1 + min(sizes) / max(sizes))

    return value


def _best_total(source, target, value):
    best = {(0, 0): 0.0}
    shapes = [(0, 1), (1, 0), *overlaps.sums_up_to(two_pass.MOST)]
    for i in range(source + 1):
        for j in range(target + 1):
            ways = [
                best[i - s, j - t] + value(tuple(range(i - s, i)), tuple(range(j - t, j)))
                for s, t in shapes
                if i >= s and j >= t
            ]
            if ways:
                best[i, j] = max(ways)
    return best[source, target]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # the tool casts infinities
@pytest.mark.parametrize("count", [9, 60, 700])
def test_our_vecalign_is_the_installed_one(count):
    pytest.importorskip("sentalign", reason="the extra `peers` is not installed")
    source, target, _ = _versions(count, seed=count)
    found = [peers.load_peer(name)(source, target, LANGUAGES, WordSums()) for name in ("vecalign", "sentalign-pypi")]
    assert found[0] == found[1]


def test_an_absent_peer_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(registry._INSTALLED, "bertalign-pypi", ("no_such_package", installed.bertalign_installed))
    with pytest.raises(peers.Absent, match="bertalign-pypi is left out: pip install no_such_package"):
        peers.load_peer("bertalign-pypi")


def test_an_unknown_peer_is_an_error():
    with pytest.raises(KeyError):
        peers.load_peer("hunalign")


def test_pairs_that_share_a_sentence_are_one_bead():
    found = installed.joined_links([(0, 0), (2, 1), (2, 2), (3, 3), (4, 3)], 6, 5)
    assert found == [((0,), (0,)), ((2,), (1, 2)), ((3, 4), (3,)), ((1,), ()), ((5,), ()), ((), (4,))]


@pytest.mark.parametrize("script", ["sentences", "speed", "errors"])
def test_the_scripts_run_as_their_documents_say(script):
    status, out, notes = _run("-m", f"benchmarks.alignment.{script}", "--help")
    assert (status, notes) == (0, "")
    assert "--output" in out


def test_a_script_refuses_a_peer_that_it_does_not_know():
    status, out, notes = _run("-m", "benchmarks.alignment.sentences", "--peer", "hunalign")
    assert (status, out) == (2, "")
    assert "choose from" in notes


def _run(*arguments):
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, encoding="utf-8", check=False)
    return done.returncode, done.stdout, done.stderr


def test_gale_church_takes_the_ratio_of_lengths_from_the_documents():
    pytest.importorskip("nltk", reason="the extra `peers` is not installed")
    source = ["a" * size for size in (30, 90, 10, 55, 70)]
    target = ["b" * (size // 4) for size in (30, 90, 10, 55, 70)]
    found = peers.load_peer("nltk-pypi")(source, target, LANGUAGES, WordSums())
    assert found == [((at,), (at,)) for at in range(5)]
