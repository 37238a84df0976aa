"""What a reviewer of the aligner's core found, so that it does not come back."""

import random
import threading
import time

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from alignment import AlignOptions, Bead, align_sentences, order_beads
from alignment.aligner import workers
from alignment.calibration import bead_kind, first_confidence
from alignment.encoders.threads import BlasThreads
from alignment.refinement.documents import SentenceList
from alignment.refinement.refine import Refined
from alignment.versions import align_version_lines
from alignment.windows import Window

WORDS = (
    "north",
    "south",
    "river, stone and bread",
    "He said so.",
    "The ministers of the country met on Monday,",
    "Why?",
)


def _align(source, target, encoder, **options):
    return align_sentences(
        source,
        target,
        source_language="en",
        target_language="ru",
        options=AlignOptions(**options),
        encoder=encoder,
    )


def _unbroken(side):
    return list(side) == list(range(side[0], side[-1] + 1)) if side else True


def _beads(count):
    """Beads of which every fourth has no source, in no order."""
    beads, row = [], 0
    for column in range(count):
        lone = column % 4 == 3
        beads.append(Bead(() if lone else (row,), (column,)))
        row += not lone
    random.Random(1).shuffle(beads)  # noqa: S311 - no secret
    return beads


def test_beads_without_source_follow_the_target_sentence_before_them():
    crossing = [Bead((), (0,)), Bead((), (3,)), Bead((0,), (4,)), Bead((), (5,)), Bead((1,), (1, 2)), Bead((), (6,))]
    assert [(bead.source, bead.target) for bead in order_beads(crossing[::-1])] == [
        ((), (0,)), ((0,), (4,)), ((), (5,)), ((), (6,)), ((1,), (1, 2)), ((), (3,)),
    ]  # fmt: skip


def test_ordering_beads_takes_time_in_proportion_to_their_number():
    began = time.process_time()
    ordered = order_beads(_beads(48_000))
    assert time.process_time() - began < 3.0  # 0.1 s; 30 s were the time to grow with the square
    assert [bead.target[0] for bead in ordered] == list(range(48_000))


def _blas():
    return [one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"]


def test_limits_that_overlap_leave_what_was_before_as_soon_as_the_first_thread_is_back():
    threads, before = BlasThreads(), _blas()
    entered, leave = threading.Event(), threading.Event()

    def other():
        with threads.one():
            entered.set()
            leave.wait(10)

    helper = threading.Thread(target=other)
    with threads.one():
        helper.start()
        assert entered.wait(10)
    during = _blas()
    leave.set()
    helper.join()
    assert before
    assert set(during) == {1}
    with threads.one():
        assert set(_blas()) == {1}
    assert _blas() == before


def test_a_limit_ends_with_an_error_too():
    threads, before = BlasThreads(), _blas()
    with pytest.raises(KeyError), threads.one():
        raise KeyError
    assert _blas() == before


@pytest.mark.slow
def test_two_threads_may_align_at_once(use_encoder):
    texts = [f"The minister spoke of topic {at} and of {at * 7} other things." for at in range(12)]
    before, found = _blas(), []
    helpers = [
        threading.Thread(target=lambda: found.append(_align(texts, texts[2:], use_encoder).beads)) for _ in range(3)
    ]
    for helper in helpers:
        helper.start()
    for helper in helpers:
        helper.join()
    expected = [(bead.source, bead.target) for bead in _align(texts, texts[2:], use_encoder).beads]
    assert [[(bead.source, bead.target) for bead in beads] for beads in found] == [expected] * 3
    assert before
    assert _blas() == before


def test_an_encoder_that_says_nothing_of_threads_is_called_from_one(fake_encoder):
    with workers(fake_encoder) as pool:
        names = set(pool.map(lambda _: time.sleep(0.01) or threading.current_thread().name, range(8)))
    assert len(names) == 1


def test_half_of_a_surrogate_pair_counts_as_a_question_mark(use_encoder):
    assert np.array_equal(use_encoder.encode(["a \ud800 b"]), use_encoder.encode(["a ? b"]))
    found = _align(["Peace \udfff now.", "\ud83d"], ["Peace now.", "?"], use_encoder)
    assert [(bead.source, bead.target) for bead in found.beads] == [((0,), (0,)), ((1,), (1,))]


@pytest.mark.parametrize("text", ["\0", " ", "\N{IDEOGRAPHIC SPACE}\t", "...", "\N{EM DASH}"])
def test_sentences_that_say_nothing_are_sentences(use_encoder, text):
    texts = [text, "The talks went on.", text]
    found = _align(texts, texts, use_encoder)
    assert [(bead.source, bead.target) for bead in found.beads] == [((at,), (at,)) for at in range(3)]


def test_a_bead_across_the_edge_of_a_moved_passage_is_taken_apart():
    window = Window((0, 1), (7, 2, 3), ((1, 1), (1, 2)))
    assert window.unbroken([((0,), (0, 1)), ((1,), (2,))]) == (((0,), ()), ((), (0,)), ((), (1,)), ((1,), (2,)))
    assert window.unbroken([((0,), (0,)), ((1,), (1, 2))]) == (((0,), (0,)), ((1,), (1, 2)))


def test_samples_have_no_beads_that_are_too_large_and_share_the_others():
    window, large = Window((4, 5), (6,), ((1, 1), (1, 0))), (((0, 1), (0,)),)
    small = (((0,), (0,)), ((1,), ()))
    found = Refined.of(window, small, [small, large, small], lambda source, target: source + target <= 2)
    assert found.links == (((4,), (6,)), ((5,), ()))
    assert found.samples[1] == (((4,), ()), ((5,), ()), ((), (6,)))
    assert found.samples[0][0] is found.samples[2][0]
    assert found.votes == {((4,), (6,)): 2, ((5,), ()): 2}


def _shuffled_versions(chance):
    text = [" ".join(chance.choices(WORDS, k=chance.randint(1, 6))) for _ in range(14)]
    versions = [text]
    for _ in range(2):
        other = [sentence for sentence in text if chance.random() < 0.85]
        at, to = chance.randrange(len(other)), chance.randrange(len(other))
        other.insert(to, other.pop(at))
        versions.append(other)
    return versions


@pytest.mark.parametrize("seed", range(6))
def test_beads_of_several_versions_are_no_larger_than_allowed_and_unbroken(use_encoder, seed):
    versions = _shuffled_versions(random.Random(seed))  # noqa: S311 - no secret
    options = AlignOptions(max_side=2, max_bead=3)
    found = align_version_lines([SentenceList(version, "en") for version in versions], options, use_encoder)
    for (first, second), alignment in found.items():
        assert sorted(at for bead in alignment.beads for at in bead.source) == list(range(len(versions[first])))
        assert sorted(at for bead in alignment.beads for at in bead.target) == list(range(len(versions[second])))
        for bead in alignment.beads:
            assert options.allows(len(bead.source), len(bead.target))
            assert _unbroken(bead.source)
            assert _unbroken(bead.target)


def test_a_bead_of_the_first_look_is_not_said_to_be_certain(fake_encoder, sentences):
    source = sentences(6)
    found = _align(source, [*source[:3], *source[4:]], fake_encoder, refine=False)
    assert [bead.confidence for bead in found.beads] == [
        first_confidence((bead.source, bead.target)) for bead in found.beads
    ]
    assert {bead_kind((bead.source, bead.target)) for bead in found.beads} == {"pair", "lone"}
    assert all(0.5 < bead.confidence < 1.0 for bead in found.beads)


def test_a_window_that_is_too_large_keeps_its_first_alignment(use_encoder, monkeypatch):
    texts = [f"The minister spoke of topic {at}, of {at * 7} other things, and left." for at in range(6)]
    first = _align(texts, texts[1:], use_encoder, refine=False)
    monkeypatch.setattr("alignment.refinement.refine._MOST_BEADS", 1)
    found = _align(texts, texts[1:], use_encoder)
    assert [(bead.source, bead.target) for bead in found.beads] == [(bead.source, bead.target) for bead in first.beads]
    assert max(bead.confidence for bead in found.beads if bead.source and bead.target) == 0.96


def test_the_signature_tells_the_weights_and_whose_pieces_were_compared(fake_encoder, use_encoder):
    signatures = [dict(_align(["a"], ["a"], encoder).signature) for encoder in (fake_encoder, use_encoder)]
    assert len(signatures[0]["weights"]) == 12
    assert signatures[0]["pieces"] == f"use {use_encoder.revision}"
    assert "pieces" not in signatures[1]
    assert "pieces" not in dict(_align(["a"], ["a"], fake_encoder, refine=False).signature)


def test_the_signature_tells_how_many_versions_agree(use_encoder):
    versions = [SentenceList(["Peace now.", f"The talks go on {at}."], "en") for at in range(3)]
    found = align_version_lines(versions, AlignOptions(), use_encoder)
    assert {dict(one.signature)["versions"] for one in found.values()} == {"3"}
    assert "versions" not in dict(align_version_lines(versions[:2], AlignOptions(), use_encoder)[0, 1].signature)
