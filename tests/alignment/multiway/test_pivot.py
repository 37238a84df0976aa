"""Alignments that follow from others."""

from hypothesis import given
from hypothesis import strategies as st

from alignment.multiway.consistency import alignment_of, compose_alignments
from alignment.types import Alignment, Bead


def shapes(alignment: Alignment) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    return [(bead.source, bead.target) for bead in alignment.beads]


SHAPES = st.lists(st.sampled_from([(1, 1), (1, 2), (2, 1), (1, 0), (0, 1), (2, 0)]), max_size=8)


def cover(drawn: list[tuple[int, int]], sources: int):
    """Return beads of the drawn shapes, in order, that cover exactly `sources` source sentences."""
    beads, source, target = [], 0, 0
    for width, height in [*drawn, *[(1, 1)] * sources]:
        if source + width <= sources:
            beads.append((tuple(range(source, source + width)), tuple(range(target, target + height))))
            source, target = source + width, target + height
    return beads


def test_translation_scores_one_where_it_says_something():
    found = alignment_of([((0,), (0, 1)), ((1,), ())])
    assert found.beads == (Bead((0,), (0, 1), 1.0), Bead((1,), (), 0.0))


def test_versions_meet_in_the_source_sentence():
    first, second = alignment_of([((0,), (0,)), ((1,), (1, 2))]), alignment_of([((0,), (0, 1)), ((1,), (2,))])
    assert shapes(compose_alignments(first, second)) == [((0,), (0, 1)), ((1, 2), (2,))]


def test_a_merge_on_either_side_joins():
    first, second = alignment_of([((0, 1), (0,)), ((2,), (1,))]), alignment_of([((0,), (0,)), ((1, 2), (1,))])
    assert shapes(compose_alignments(first, second)) == [((0, 1), (0, 1))]


def test_sentence_lost_in_one_version_has_no_counterpart():
    first, second = alignment_of([((0,), ()), ((1,), (0,))]), alignment_of([((0,), (0,)), ((1,), (1,))])
    assert shapes(compose_alignments(first, second)) == [((), (0,)), ((0,), (1,))]


def test_sentence_added_by_one_version_has_no_counterpart():
    first, second = alignment_of([((), (0,)), ((0,), (1,))]), alignment_of([((0,), (0,))])
    assert shapes(compose_alignments(first, second)) == [((0,), ()), ((1,), (0,))]


def test_nothing_in_common_gives_single_sentences():
    first, second = alignment_of([((0,), (0, 1)), ((1,), ())]), alignment_of([((0,), ()), ((1,), (0, 1))])
    assert shapes(compose_alignments(first, second)) == [((), (0,)), ((), (1,)), ((0,), ()), ((1,), ())]


@given(SHAPES, SHAPES, st.integers(1, 6))
def test_every_sentence_is_in_exactly_one_bead(first_shapes, second_shapes, sources):
    first, second = cover(first_shapes, sources), cover(second_shapes, sources)
    found = compose_alignments(alignment_of(first), alignment_of(second))
    assert sorted(i for bead in found.beads for i in bead.source) == [i for _, side in first for i in side]
    assert sorted(i for bead in found.beads for i in bead.target) == [i for _, side in second for i in side]
