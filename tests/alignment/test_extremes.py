"""Inputs at the edges: empty, lopsided, endless, all alike. The result is right or a clear error, never a hang."""

import contextlib
import signal
from collections.abc import Iterator

import pytest
from threadpoolctl import threadpool_limits

from alignment import align_sentences
from corpora.samples import load_sample

pytestmark = pytest.mark.slow

NUMBERED = [f"The minister spoke about topic number {at} in the year {1000 + 7 * at}." for at in range(1_000)]


@contextlib.contextmanager
def within(seconds: int) -> Iterator[None]:
    """Fail what hangs; it is generous, as it measures nothing."""

    def stop(*_: object) -> None:
        pytest.fail(f"it was not done within {seconds} seconds")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def links(source, target, *languages: str, encoder=None):
    first, second = languages or ("en", "en")
    alignment = align_sentences(source, target, source_language=first, target_language=second, encoder=encoder)
    return [(bead.source, bead.target) for bead in alignment.beads]


def one_to_one(count: int):
    return [((at,), (at,)) for at in range(count)]


def test_two_empty_texts_have_no_beads(use_encoder):
    assert links([], [], encoder=use_encoder) == []


def test_a_text_beside_nothing_has_no_counterparts(use_encoder):
    assert links(NUMBERED[:3], [], encoder=use_encoder) == [((at,), ()) for at in range(3)]
    assert links([], NUMBERED[:3], encoder=use_encoder) == [((), (at,)) for at in range(3)]


def test_empty_sentences_are_sentences(use_encoder):
    texts = ["", "The talks go on.", " ", "", "No."]
    assert links(texts, texts, encoder=use_encoder) == one_to_one(5)


def test_one_sentence_finds_its_copy_among_a_thousand(use_encoder):
    with within(60):
        found = links([NUMBERED[500]], NUMBERED, encoder=use_encoder)
    assert ((0,), (500,)) in found
    assert len(found) == 1_000


@pytest.mark.slow
def test_a_thousand_sentences_find_the_one_that_was_kept(use_encoder):
    with within(60):
        found = links(NUMBERED, [NUMBERED[999]], encoder=use_encoder)
    assert ((999,), (0,)) in found
    assert len(found) == 1_000


@pytest.mark.slow
def test_one_sentence_that_is_not_among_a_thousand_leaves_each_in_one_bead(use_encoder):
    with within(60):
        found = links(["Bread is baked at night."], NUMBERED, encoder=use_encoder)
    assert sorted(at for _, target in found for at in target) == list(range(1_000))
    assert [at for source, _ in found for at in source] == [0]


@pytest.mark.parametrize("count", [100, pytest.param(1_000, marks=pytest.mark.slow)])
def test_a_long_text_is_aligned_with_itself(use_encoder, count):
    with within(120):
        assert links(NUMBERED[:count], NUMBERED[:count], encoder=use_encoder) == one_to_one(count)


@pytest.mark.parametrize("count", [300, pytest.param(10_000, marks=pytest.mark.slow)])
def test_identical_sentences_are_aligned_in_order(use_encoder, count):
    texts = ["The same again."] * count
    with within(600):
        assert links(texts, texts, encoder=use_encoder) == one_to_one(count)


def test_identical_sentences_of_which_some_are_missing_stay_in_order(use_encoder):
    with within(120):
        found = links(["The same again."] * 300, ["The same again."] * 200, encoder=use_encoder)
    assert sorted(at for source, _ in found for at in source) == list(range(300))
    assert [at for _, target in found for at in target] == list(range(200))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The minister said that the talks would go on. "),
        pytest.param("en", "x", marks=pytest.mark.slow),
        pytest.param("zh", "谈判将继续进行。", marks=pytest.mark.slow),
    ],
)
def test_a_sentence_of_fifty_thousand_characters_is_aligned(use_encoder, language, text):
    long = (text * (50_000 // len(text) + 1))[:50_000]
    texts = [NUMBERED[0], long, NUMBERED[1]]
    with within(120):
        assert links(texts, texts, language, language, encoder=use_encoder) == one_to_one(3)


@pytest.fixture(scope="module")
def versions():
    """Two versions of an article, and their alignment as it is by default."""
    pair = [[sentence.text for sentence in load_sample("a01", language).sentences] for language in ("en", "ru")]
    return (*pair, links(*pair, "en", "ru"))


@pytest.mark.parametrize("batch", [1, 5, 10_000])
def test_the_batch_changes_nothing(versions, monkeypatch, batch, use_encoder):
    english, russian, expected = versions
    monkeypatch.setattr("alignment.encoders.use._SENTENCES_AT_ONCE", batch)
    monkeypatch.setattr("alignment.encoders.use._TEXTS_AT_ONCE", batch)
    monkeypatch.setattr("alignment.encoders.network._TOKENS_AT_ONCE", max(batch, 50))
    assert links(english, russian, "en", "ru", encoder=use_encoder) == expected


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_the_number_of_threads_changes_nothing(versions, threads, use_encoder):
    english, russian, expected = versions
    with threadpool_limits(threads):
        assert links(english, russian, "en", "ru", encoder=use_encoder) == expected
