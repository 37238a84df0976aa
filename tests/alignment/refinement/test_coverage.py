"""What explains what, against a slow count piece by piece."""

import statistics
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alignment.encoders.base import Pieces
from alignment.refinement.features import _FEWEST, _USUAL, cover

LONGEST = 4


@st.composite
def _cases(draw):
    """Cosines, pieces of both versions, and which clauses follow one another in the text."""
    sizes = [draw(st.lists(st.integers(1, 3), min_size=1, max_size=6)) for _ in range(2)]
    chance = np.random.default_rng(draw(st.integers(0, 10_000)))
    joined = draw(st.lists(st.booleans(), min_size=len(sizes[0]) - 1, max_size=len(sizes[0]) - 1))
    return (*_made(sizes, chance), np.array(joined, bool))


def _made(sizes, chance):
    explaining, explained = (_pieces(each, chance) for each in sizes)
    likeness = np.asarray(explaining.vectors @ explained.vectors.T, np.float32)
    return likeness, explaining, explained


def _pieces(sizes, chance):
    vectors = chance.normal(size=(sum(sizes), 3))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    starts = np.cumsum([0, *sizes[:-1]])
    return Pieces(vectors.astype(np.float32), chance.uniform(0.5, 9, sum(sizes)).astype(np.float32), starts)


def _of_clause(pieces, clause):
    ends = [*pieces.starts[1:], len(pieces.weights)]
    return range(pieces.starts[clause], ends[clause])


def _told(likeness, explaining, piece, clauses):
    """How well clauses explain a piece, from 0 to 1, measured from the middle one, of few from a usual one."""
    best = [
        max(float(likeness[one, piece]) for one in _of_clause(explaining, clause))
        for clause in range(len(explaining.starts))
    ]
    usual = statistics.median(best) if len(best) >= _FEWEST else min(statistics.median(best), _USUAL)
    return max(max((best[clause] - usual) / (1 - usual + 0.001), 0.0) for clause in clauses)


def _slowly(case, run, clause):
    """Weight of a clause that a run explains."""
    likeness, explaining, explained, _ = case
    return sum(
        float(explained.weights[piece]) * _told(likeness, explaining, piece, run)
        for piece in _of_clause(explained, clause)
    )


def _preference(case, border, clause, *, later):
    """Share of a clause that prefers one side of a border of the explaining version."""
    likeness, explaining, explained, _ = case
    near, far = (border + 1, border) if later else (border, border + 1)
    mine = _of_clause(explained, clause)
    gains = [
        max(_told(likeness, explaining, piece, [near]) - _told(likeness, explaining, piece, [far]), 0.0)
        for piece in mine
    ]
    weights = [float(explained.weights[piece]) for piece in mine]
    return sum(gain * weight for gain, weight in zip(gains, weights, strict=True)) / sum(weights)


def _whole(joined, begin, extra):
    """Whether the clauses `begin` to `begin + extra` stand together in the text."""
    return begin + extra <= len(joined) and all(joined[begin : begin + extra])


def _counts(case):
    return len(case[1].starts), len(case[2].starts)


@settings(deadline=None)
@given(_cases())
def test_what_runs_explain_is_that_of_their_pieces(case):
    found = cover(*case, LONGEST).explained
    rows, columns = _counts(case)
    assert found.shape == (LONGEST, rows, columns)
    for extra, begin, clause in product(range(LONGEST), range(rows), range(columns)):
        if _whole(case[3], begin, extra):
            expected = _slowly(case, range(begin, begin + extra + 1), clause)
            assert found[extra, begin, clause] == pytest.approx(expected, rel=1e-4, abs=1e-4)
        else:
            assert np.isnan(found[extra, begin, clause])


@settings(deadline=None)
@given(_cases())
def test_a_border_has_those_on_either_side_who_prefer_it(case):
    found = cover(*case, LONGEST)
    rows, columns = _counts(case)
    assert found.early.shape == found.late.shape == (rows - 1, columns)
    for border, clause in product(range(rows - 1), range(columns)):
        expected = [_preference(case, border, clause, later=later) for later in (False, True)]
        assert [found.early[border, clause], found.late[border, clause]] == pytest.approx(expected, rel=1e-4, abs=1e-4)


@settings(deadline=None)
@given(_cases(), st.integers(1, 5))
def test_runs_of_the_explained_add_up(case, longest):
    found = cover(*case, LONGEST)
    rows, columns = _counts(case)
    runs, masses = found.of_runs(longest), found.run_mass(longest)
    assert runs.shape == (longest, LONGEST, rows, columns)
    assert masses.shape == (longest, columns)
    for extra, begin in product(range(longest), range(columns)):
        mine = slice(begin, begin + extra + 1)
        if begin + extra < columns:
            expected = found.explained[:, :, mine].sum(axis=2)
            np.testing.assert_allclose(runs[extra, :, :, begin], expected, rtol=1e-4, atol=1e-4)
            assert masses[extra, begin] == pytest.approx(found.mass[mine].sum(), rel=1e-5)
        else:
            assert np.isnan(runs[extra, :, :, begin]).all()
            assert np.isnan(masses[extra, begin])


@settings(deadline=None)
@given(_cases())
def test_mass_is_the_weight_of_the_pieces_and_bounds_what_is_explained(case):
    found = cover(*case, LONGEST)
    expected = [
        sum(float(case[2].weights[piece]) for piece in _of_clause(case[2], clause))
        for clause in range(_counts(case)[1])
    ]
    assert found.mass.tolist() == pytest.approx(expected)
    told = found.explained[np.isfinite(found.explained)]
    assert (told >= 0).all()
    assert (np.nan_to_num(found.explained) <= found.mass * (1 + 1e-5)).all()


@settings(deadline=None)
@given(_cases())
def test_a_longer_run_explains_no_less(case):
    found = cover(*case, LONGEST).explained
    for extra in range(1, LONGEST):
        longer, shorter = found[extra], found[extra - 1]
        assert not (longer < shorter).any()


@settings(deadline=None)
@given(_cases())
def test_a_seam_changes_only_the_runs_across_it(case):
    found = cover(*case, LONGEST).explained
    unbroken = cover(*case[:3], np.ones(len(case[3]), bool), LONGEST).explained
    same = (found == unbroken) | np.isnan(found)
    assert same.all()


def test_no_run_reaches_across_a_seam():
    chance = np.random.default_rng(1)
    case = _made([[1, 1, 1, 1], [2]], chance)
    found = cover(*case, np.array([True, False, True]), 4).explained[:, :, 0]
    assert np.isnan(found).tolist() == [
        [False] * 4,
        [False, True, False, True],
        [True] * 4,
        [True] * 4,
    ]


@pytest.mark.parametrize("longest", [1, 2, 7])
def test_one_clause_a_side(longest):
    case = *_made([[2], [3]], np.random.default_rng(2)), np.zeros(0, bool)
    found = cover(*case, longest)
    assert found.explained[0, 0, 0] == pytest.approx(_slowly(case, [0], 0), rel=1e-4)
    assert np.isnan(found.explained[1:]).all()
    assert found.early.shape == found.late.shape == (0, 1)
    assert np.isnan(found.of_runs(longest)[1:]).all()


def test_one_clause_that_is_told_word_for_word_is_explained():
    one = Pieces(np.eye(3, dtype=np.float32), np.float32([1, 2, 3]), np.array([0]))
    found = cover(one.vectors @ one.vectors.T, one, one, np.zeros(0, bool), 2)
    assert found.explained[0, 0, 0] > 0.99 * found.mass[0]


@pytest.mark.parametrize("count", [_FEWEST, _FEWEST + 3])
def test_pieces_that_are_equal_everywhere_tell_nothing_where_there_are_clauses_enough(count):
    one = Pieces(np.tile(np.float32([1, 0]), (2 * count, 1)), np.ones(2 * count, np.float32), np.arange(count) * 2)
    found = cover(one.vectors @ one.vectors.T, one, one, np.ones(count - 1, bool), 3)
    assert np.nan_to_num(found.explained).max() == 0.0
    assert found.early.max() == found.late.max() == 0.0


def test_a_word_that_stands_in_one_clause_only_is_told_by_it_alone():
    vectors = np.eye(5, dtype=np.float32)
    four = Pieces(vectors[:4], np.ones(4, np.float32), np.arange(4))
    word = Pieces(vectors[[2]], np.float32([3.0]), np.array([0]))
    found = cover(four.vectors @ word.vectors.T, four, word, np.ones(3, bool), 2)
    assert found.explained[:, :, 0] == pytest.approx(
        np.array([[0, 0, 3 / 1.001, 0], [0, 3 / 1.001, 3 / 1.001, np.nan]]), rel=1e-5, nan_ok=True
    )
    assert found.early[:, 0] == pytest.approx([0, 0, 1 / 1.001], rel=1e-5)
    assert found.late[:, 0] == pytest.approx([0, 1 / 1.001, 0], rel=1e-5)


def test_a_wrong_number_of_seams_is_an_error():
    case = _made([[1, 1], [1]], np.random.default_rng(3))
    with pytest.raises(ValueError, match="broadcast"):
        cover(*case, np.ones(3, bool), 2)
