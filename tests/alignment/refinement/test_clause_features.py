"""Features of a window: the same from either side, local, and whole only where a bead is in one piece."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from alignment.encoders.base import Pieces
from alignment.first_pass.anchors import Survey
from alignment.first_pass.overlaps import Runs
from alignment.refinement.features import FEATURES, GAP_FEATURES, LONGEST, SHAPES, ClauseFeatures, ClauseSide

DIMENSION = 6
EXCHANGED = (
    ("target_neighbours", "source_neighbours"),
    ("target_explained", "source_explained"),
    ("source_borders", "target_borders"),
)
SURVEY = Survey(np.zeros((0, 2), np.int64), 0.7, 0.1, 1.25)
MIRRORED = Survey(np.zeros((0, 2), np.int64), 0.7, 0.1, 0.8)


@st.composite
def _sides(draw):
    count = draw(st.integers(1, 7))
    flags = st.lists(st.booleans(), min_size=count - 1, max_size=count - 1)
    return _side(draw(flags), draw(flags), np.random.default_rng(draw(st.integers(0, 10_000))))


def _side(begins, joined, chance):
    """A side whose clauses begin a sentence, or follow their neighbour in the text, where it is said so."""
    joined = np.array([follows or not begin for follows, begin in zip(joined, begins, strict=True)], bool)
    count = len(joined) + 1
    vectors = _units(chance.normal(size=(LONGEST, count, DIMENSION)))
    for extra in range(LONGEST):
        for at in range(count):
            if at + extra >= count or not joined[at : at + extra].all():
                vectors[extra, at] = np.nan
    sizes = chance.integers(1, 4, count)
    total = int(sizes.sum())
    pieces = Pieces(
        _units(chance.normal(size=(total, DIMENSION))),
        chance.uniform(0.5, 9, total).astype(np.float32),
        np.cumsum([0, *sizes[:-1]]),
    )
    owner = np.cumsum([0, *begins])
    return ClauseSide(Runs(vectors, chance.uniform(5, 200, count)), pieces, owner, joined)


def _units(vectors):
    return (vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)).astype(np.float32)


def _exchanged():
    """Place of each feature when the sides are exchanged."""
    other = {first: second for pair in EXCHANGED for first, second in (pair, pair[::-1])}
    return [FEATURES.index(other.get(name, name)) for name in FEATURES]


@settings(max_examples=20, deadline=None)
@given(_sides(), _sides())
def test_exchanged_sides_give_the_mirrored_beads(source, target):
    forward, backward = ClauseFeatures(source, target, SURVEY), ClauseFeatures(target, source, MIRRORED)
    for shape in SHAPES:
        features, there = forward.beads(*shape)
        mirrored, mirrored_there = backward.beads(*shape[::-1])
        np.testing.assert_array_equal(there, mirrored_there.T)
        np.testing.assert_allclose(features, mirrored[_exchanged()].transpose(0, 2, 1), rtol=1e-3, atol=1e-4)


@settings(max_examples=20, deadline=None)
@given(_sides(), _sides())
def test_exchanged_sides_give_the_mirrored_gaps(source, target):
    forward = ClauseFeatures(source, target, SURVEY).gaps()
    backward = ClauseFeatures(target, source, MIRRORED).gaps()
    for mine, theirs in zip(forward, backward[::-1], strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-3, atol=1e-4)


@settings(max_examples=20, deadline=None)
@given(_sides(), _sides())
def test_there_are_just_the_beads_whose_sides_are_in_one_piece(source, target):
    evidence = ClauseFeatures(source, target, SURVEY)
    for shape in SHAPES:
        features, there = evidence.beads(*shape)
        assert features.shape == (len(FEATURES), *evidence.size)
        assert np.isfinite(features).all()
        pieces = [
            [at + size <= side.count and side.joined[at : at + size - 1].all() for at in range(side.count)]
            for side, size in zip((source, target), shape, strict=True)
        ]
        np.testing.assert_array_equal(there, np.outer(*pieces))


@settings(max_examples=20, deadline=None)
@given(_sides(), _sides())
def test_gaps_have_finite_features_and_tell_whole_sentences(source, target):
    for found, side in zip(ClauseFeatures(source, target, SURVEY).gaps(), (source, target), strict=True):
        assert found.shape == (len(GAP_FEATURES), side.count)
        assert np.isfinite(found).all()
        alone = [list(side.owner).count(owner) == 1 for owner in side.owner]
        assert found[GAP_FEATURES.index("alone")].astype(bool).tolist() == alone


@settings(max_examples=20, deadline=None)
@given(_sides(), _sides())
def test_sentence_borders_of_a_bead_are_counted(source, target):
    evidence = ClauseFeatures(source, target, SURVEY)
    for a, b in SHAPES:
        features, there = evidence.beads(a, b)
        found = {name: features[place] for place, name in enumerate(FEATURES)}
        for row, column in zip(*np.nonzero(there), strict=True):
            inner = [
                int(side.borders[at + 1 : at + size].sum())
                for side, at, size in zip((source, target), (row, column), (a, b), strict=True)
            ]
            begins = source.borders[row], target.borders[column]
            ends = source.borders[row + a], target.borders[column + b]
            assert found["source_borders"][row, column] == inner[0]
            assert found["target_borders"][row, column] == inner[1]
            assert found["both_borders"][row, column] == min(inner)
            assert found["end_mismatch"][row, column] == (ends[0] != ends[1])
            assert found["end_match"][row, column] == (ends[0] and ends[1])
            assert found["begin_mismatch"][row, column] == (begins[0] != begins[1])


@settings(max_examples=20, deadline=None)
@given(_sides(), _sides())
def test_shares_lie_between_nought_and_one(source, target):
    evidence = ClauseFeatures(source, target, SURVEY)
    names = ("target_explained", "source_explained", "least_explained", "weakest_end", "crossing", "inner_crossing")
    for shape in SHAPES:
        features, _ = evidence.beads(*shape)
        for name in names:
            share = features[FEATURES.index(name)]
            most = 2 if name == "crossing" else 1  # of both corners of the bead, summed
            assert share.min() >= 0
            assert share.max() <= most + 1e-4


def test_a_bead_does_not_change_with_the_clauses_that_are_far_from_it():
    chance = np.random.default_rng(1)
    source, target = (_side([False, True, False, True, True], [True] * 5, chance) for _ in range(2))
    before, _ = ClauseFeatures(source, target, SURVEY).beads(1, 1)
    source.runs.vectors[:, 4:] = source.runs.vectors[:, 4:][::-1]
    after, _ = ClauseFeatures(source, target, SURVEY).beads(1, 1)
    similar = [FEATURES.index(name) for name in ("similarity", "target_neighbours", "source_neighbours")]
    np.testing.assert_array_equal(before[similar, :2, :], after[similar, :2, :])
    assert not np.array_equal(before[similar, 4:, :], after[similar, 4:, :])
