"""The sums over paths against all paths counted one by one, and drawn paths against their probabilities."""

import math
from collections import Counter
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alignment.lattice import NEVER, PathScores, draw_paths, look_ahead
from tests.support.every_path import every_path, log_sum, path_score, random_scores

SHAPES = [(1, 1), (1, 2), (2, 1), (2, 2), (3, 1)]
DRAWN = 20_000
DEVIATIONS = 4.5
"""Standard deviations by which a frequency may be off; chance alone does that to one in 150,000."""

SIZES = st.tuples(st.integers(1, 4), st.integers(1, 4))
SEEDS = st.integers(0, 10_000)


def _flat(size=(2, 2), shapes=(), **moves):
    """Scores of nought but for what is given."""
    beads = {shape: np.zeros(size) for shape in shapes}
    costs = {"first": 0.0, "further": 0.0, "both": 0.0} | moves
    return PathScores(beads, np.zeros(size[0]), np.zeros(size[1]), **costs)


def _after(scores, path, state):
    """Score of a rest of a path behind a gap of that kind, and whether it may stand there."""
    if not path or all(path[0]):
        return path_score(scores, path), True
    if state == "source":
        extra = scores.further - scores.first if path[0][0] else scores.both
    else:
        extra = scores.further - scores.first if path[0][1] else 0.0
    return path_score(scores, path) + extra, not (state == "target" and path[0][0])


def _rest(scores, row, column):
    """The window that is left from a point on."""
    beads = {shape: score[row:, column:] for shape, score in scores.beads.items()}
    moves = scores.first, scores.further, scores.both
    return PathScores(beads, scores.source_gap[row:], scores.target_gap[column:], *moves)


@settings(deadline=None)
@given(SIZES, SEEDS, st.lists(st.sampled_from(SHAPES), unique=True))
def test_the_sum_over_all_paths_is_that_of_each_path_counted(size, seed, shapes):
    scores = random_scores(size, seed, shapes)
    counted = log_sum([score for _, score in every_path(scores)])
    assert look_ahead(scores).bead[0, 0] == pytest.approx(counted, abs=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_the_sum_from_every_point_depends_on_what_came_before(seed):
    scores = random_scores((3, 3), seed, SHAPES)
    ahead = look_ahead(scores)
    states = {"bead": ahead.bead, "source": ahead.source_gap, "target": ahead.target_gap}
    for row, column in np.ndindex(4, 4):
        rest = _rest(scores, row, column)
        paths = [path for path, _ in every_path(rest)]
        for state, found in states.items():
            if state == "bead":
                worth = [path_score(rest, path) for path in paths]
            else:
                worth = [value for value, may in (_after(rest, path, state) for path in paths) if may]
            if worth:
                assert found[row, column] == pytest.approx(log_sum(worth), abs=1e-9), (row, column, state)
            else:
                assert found[row, column] < NEVER / 2, (row, column, state)


def test_without_beads_only_one_order_of_the_gaps_is_left():
    scores = _flat((3, 2), first=-1.0, further=-0.25, both=-7.0)
    assert look_ahead(scores).bead[0, 0] == pytest.approx(-1.0 - 0.25 * 2 - 7.0 - 1.0 - 0.25)
    assert set(draw_paths(scores, 50)) == {
        (((0,), ()), ((1,), ()), ((2,), ()), ((), (0,)), ((), (1,))),
    }


def test_a_gap_of_one_side_alone_is_not_charged_for_both():
    cheap, dear = _flat((1, 2), [(1, 1)], both=0.0), _flat((1, 2), [(1, 1)], both=-1e6)
    # Three paths hold no gap of both kinds in a row, or one that does: only the latter gets dearer.
    assert math.exp(look_ahead(cheap).bead[0, 0]) == pytest.approx(3)
    assert math.exp(look_ahead(dear).bead[0, 0]) == pytest.approx(2)


@pytest.mark.parametrize("size", [(1, 1), (1, 5), (5, 1)])
def test_one_clause_on_a_side(size):
    scores = random_scores(size, 4, [(1, 1), (1, 2), (2, 1)], never=0.0)
    counted = dict(every_path(scores))
    assert look_ahead(scores).bead[0, 0] == pytest.approx(log_sum(list(counted.values())))
    assert set(draw_paths(scores, 3_000)) <= set(counted)


@pytest.mark.parametrize("size", [(0, 3), (3, 0)])
def test_an_empty_side_leaves_only_gaps(size):
    scores = _flat(size, [(1, 1)], first=-2.0, further=-1.0)
    assert look_ahead(scores).bead[0, 0] == pytest.approx(-4.0)
    gaps = tuple(((at,), ()) if size[0] else ((), (at,)) for at in range(3))
    assert draw_paths(scores, 2) == [gaps, gaps]


def test_of_nothing_there_is_one_path_without_a_move():
    scores = _flat((0, 0))
    assert look_ahead(scores).bead[0, 0] == 0.0
    assert draw_paths(scores, 3) == [(), (), ()]


@settings(deadline=None)
@given(SIZES, SEEDS, st.lists(st.sampled_from(SHAPES), unique=True))
def test_a_drawn_path_has_each_clause_once_and_source_gaps_first(size, seed, shapes):
    for path in draw_paths(random_scores(size, seed, shapes), 20, seed):
        assert [at for source, _ in path for at in source] == list(range(size[0]))
        assert [at for _, target in path for at in target] == list(range(size[1]))
        assert all(first[0] or not second[0] or second[1] for first, second in pairwise(path))


@pytest.mark.parametrize(("size", "seed"), [((3, 3), 1), ((2, 4), 2), ((4, 2), 3), ((3, 3), 4)])
def test_paths_are_drawn_as_often_as_they_are_probable(size, seed):
    scores = random_scores(size, seed, SHAPES)
    counted = dict(every_path(scores))
    total = log_sum(list(counted.values()))
    drawn = Counter(draw_paths(scores, DRAWN, seed))
    assert set(drawn) <= set(counted)
    for path, score in counted.items():
        expected = math.exp(score - total)
        tolerance = DEVIATIONS * math.sqrt(expected * (1 - expected) / DRAWN) + 1 / DRAWN
        assert drawn[path] / DRAWN == pytest.approx(expected, abs=tolerance), path


def test_the_same_seed_draws_the_same_paths_and_another_seed_others():
    scores = random_scores((4, 4), 5, SHAPES)
    assert draw_paths(scores, 40, 7) == draw_paths(scores, 40, 7)
    drawn = [draw_paths(scores, 40, seed) for seed in range(6)]
    assert all(first != second for first, second in combinations(drawn, 2))


def test_drawing_does_not_touch_the_random_numbers_of_others():
    np.random.seed(3)
    expected = np.random.random()
    np.random.seed(3)
    draw_paths(random_scores((2, 2), 1, SHAPES), 5)
    assert np.random.random() == expected


@settings(deadline=None)
@given(SIZES, SEEDS)
def test_a_bead_that_must_never_be_is_never_drawn(size, seed):
    scores = random_scores(size, seed, SHAPES, never=0.6)
    for path in draw_paths(scores, 30, seed):
        for source, target in path:
            if source and target:
                assert scores.beads[len(source), len(target)][source[0], target[0]] > NEVER / 2


def test_where_no_bead_may_be_and_gaps_are_very_dear_gaps_are_drawn():
    scores = PathScores({(1, 1): np.full((2, 2), NEVER)}, np.full(2, -1e4), np.full(2, -1e4), -1e4, -1e4, -1e4)
    assert draw_paths(scores, 5) == [(((0,), ()), ((1,), ()), ((), (0,)), ((), (1,)))] * 5


def test_no_paths_are_drawn_where_none_are_asked_for():
    assert draw_paths(_flat(), 0) == []


def test_shapes_larger_than_the_window_are_left_out():
    scores = _flat((2, 1), [(5, 1), (1, 5), (3, 3), (2, 1)])
    assert {link for path in draw_paths(scores, 200) for link in path if all(link)} == {((0, 1), (0,))}


def test_scores_of_hundreds_neither_overflow_nor_lose_the_best_path():
    scores = _flat((40, 40), [(1, 1)])
    scores.beads[1, 1][:] = 500.0
    ahead = look_ahead(scores)
    assert np.isfinite(ahead.bead).all()
    assert ahead.bead[0, 0] == pytest.approx(40 * 500.0)
    assert draw_paths(scores, 3) == [tuple(((at,), (at,)) for at in range(40))] * 3
