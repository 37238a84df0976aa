"""Training of the second look: its sums and gradient against all paths."""

import math
import tomllib
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alignment.lattice import NEVER, PathScores, look_ahead
from alignment.refinement.features import FEATURES, GAP_FEATURES
from alignment.refinement.refine import load_weights, parse_weights
from benchmarks.alignment import data
from tests.support.every_path import every_path, log_sum, random_scores
from training import aligner_weights as weights

VALUES = len(FEATURES) + len(GAP_FEATURES) + len(weights.MOVES)
STEP = 1e-5


@dataclass
class _Side:
    """Clauses by the sentence that they are part of."""

    owner: np.ndarray

    @property
    def borders(self):
        return np.concatenate([[True], np.diff(self.owner) > 0, [True]])


class _Evidence:
    """Features at random; a tenth of the beads is not there."""

    def __init__(self, size, seed):
        self.size = size
        self._chance = np.random.default_rng(seed)

    def beads(self, source, target):
        there = self._chance.random(self.size) > 0.1
        there[self.size[0] - source + 1 :] = there[:, self.size[1] - target + 1 :] = False
        return np.where(there, self._chance.normal(size=(len(FEATURES), *self.size)), 0).astype(np.float32), there

    def gaps(self):
        made = (self._chance.normal(size=(len(GAP_FEATURES), size)).astype(np.float32) for size in self.size)
        return tuple(made)


@dataclass
class _Case:
    """Sentences of clauses on two sides; sentences of one group are one gold bead, -1 is a sentence without one."""

    owners: tuple[list[int], list[int]]
    groups: tuple[list[int], list[int]]

    def example(self, seed, weight=1.0):
        sides = tuple(_Side(np.array(owner)) for owner in self.owners)
        evidence = _Evidence(tuple(map(len, self.owners)), seed)
        return weights.example(evidence, sides, [np.array(group) for group in self.groups], weight)

    def groups_of(self, link):
        """Groups of a link's clauses, side by side."""
        return [
            [group[owner[at]] for at in side] for side, owner, group in zip(link, self.owners, self.groups, strict=True)
        ]

    def penalty(self, link):
        """What a path pays for a link that is not what the gold says; None where it may not have it at all."""
        source, target = self.groups_of(link)
        if not (source and target):
            return 0.0 if {*source, *target} == {-1} else weights.OUTSIDE
        if len({*source, *target}) > 1 or source[0] < 0:
            return None
        return weights.OUTSIDE if self._ends_inside(link) else 0.0

    def _ends_inside(self, link):
        """Whether sentences end on both sides behind the link and the next of both are of the same gold bead."""
        following = []
        for side, owner, group in zip(link, self.owners, self.groups, strict=True):
            after = side[-1] + 1
            if after == len(owner) or owner[after] == owner[side[-1]] or group[owner[after]] != group[owner[side[-1]]]:
                return False
            following.append(after)
        return True


CASES = {
    "two beads": _Case(([0, 0, 1], [0, 1]), ([0, 1], [0, 1])),
    "a bead of two and two, cut inside": _Case(([0, 1, 1], [0, 1]), ([0, 0], [0, 0])),
    "a merge and a dropped sentence": _Case(([0, 0, 1], [0, 1, 2]), ([0, -1], [0, 0, -1])),
    "one clause a side": _Case(([0], [0]), ([0], [0])),
    "nothing in common": _Case(([0, 1], [0, 0]), ([-1, -1], [-1])),
}


def _values(seed):
    return np.random.default_rng(seed).normal(scale=0.3, size=VALUES)


def _objective(values, examples):
    """What learning is to make low, and its gradient."""
    parts = [weights.loss(values, one) for one in examples]
    penalty = weights.PENALTY * float(values @ values) / 2
    return sum(part[0] for part in parts) + penalty, sum(part[1] for part in parts) + weights.PENALTY * values


def _scores(values, one):
    """Scores of the model, as `refined.Weights.scores` makes them of evidence."""
    model = weights.unpacked(values)
    beads = {
        shape: np.where(one.there[shape], np.tensordot(model.beads, features, 1), NEVER)
        for shape, features in one.beads.items()
    }
    source, target = (model.gaps @ features for features in one.gaps)
    return PathScores(beads, source, target, model.first, model.further, model.both)


def _slow_loss(case, values, one):
    free, held = [], []
    for path, score in every_path(_scores(values, one)):
        free.append(score)
        penalties = [case.penalty(link) for link in path]
        if None not in penalties:
            held.append(score + sum(penalties))
    return log_sum(free) - log_sum(held)


def _path_features(one, path):
    """Features of a whole path, as `unpacked` orders the values."""
    beads, gaps, moves = np.zeros(len(FEATURES)), np.zeros(len(GAP_FEATURES)), np.zeros(3)
    kinds = ["bead"]
    for source, target in path:
        kinds.append("bead" if source and target else "source" if source else "target")
        if kinds[-1] == "bead":
            beads += one.beads[len(source), len(target)][:, source[0], target[0]]
        else:
            gaps += one.gaps[0][:, source[0]] if source else one.gaps[1][:, target[0]]
            moves[int(kinds[-1] == kinds[-2])] += 1
            moves[2] += kinds[-2:] == ["source", "target"]
    return np.concatenate([beads, gaps, moves])


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("seed", range(3))
def test_the_loss_is_that_of_all_paths_counted(name, seed):
    case, values = CASES[name], _values(seed)
    one = case.example(seed)
    assert weights.loss(values, one)[0] == pytest.approx(_slow_loss(case, values, one), rel=1e-7, abs=1e-9)


@pytest.mark.parametrize("name", CASES)
def test_the_gradient_is_that_of_finite_differences(name):
    values, one = _values(11), CASES[name].example(12, weight=2.0)
    _, gradient = weights.loss(values, one)
    for at in range(VALUES):
        step = np.zeros(VALUES)
        step[at] = STEP
        slope = (weights.loss(values + step, one)[0] - weights.loss(values - step, one)[0]) / (2 * STEP)
        assert gradient[at] == pytest.approx(slope, rel=1e-4, abs=1e-5), at


@pytest.mark.parametrize("name", CASES)
def test_expected_features_are_those_of_the_paths_by_their_probability(name):
    values, one = _values(5), CASES[name].example(6)
    scores = _scores(values, one)
    total, found = weights.expected(scores, one)
    paths = list(every_path(scores))
    assert total == pytest.approx(log_sum([score for _, score in paths]))
    expected = sum(math.exp(score - total) * _path_features(one, path) for path, score in paths)
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("name", CASES)
def test_the_loss_is_never_negative_and_counts_by_its_weight(name):
    values = _values(8)
    single = weights.loss(values, CASES[name].example(9))
    double = weights.loss(values, CASES[name].example(9, weight=2.0))
    assert single[0] >= 0
    assert double[0] == pytest.approx(2 * single[0])
    np.testing.assert_allclose(double[1], 2 * single[1])


@settings(deadline=None)
@given(st.tuples(st.integers(1, 4), st.integers(1, 4)), st.integers(0, 10_000))
def test_sums_from_the_beginning_meet_those_from_the_end(size, seed):
    scores = random_scores(size, seed, [(1, 1), (1, 2), (2, 1), (2, 2)])
    ahead, behind = look_ahead(scores), weights.look_behind(scores)
    assert log_sum([each[size] for each in behind]) == pytest.approx(ahead.bead[0, 0])


@pytest.mark.parametrize("seed", range(3))
def test_sums_from_the_beginning_are_kept_apart_by_what_stands_last(seed):
    scores = random_scores((3, 3), seed, [(1, 1), (1, 2), (2, 1), (2, 2)])
    behind = weights.look_behind(scores)
    for row, column in np.ndindex(4, 4):
        beads = {shape: score[:row, :column] for shape, score in scores.beads.items()}
        moves = scores.first, scores.further, scores.both
        part = PathScores(beads, scores.source_gap[:row], scores.target_gap[:column], *moves)
        worth = {"bead": [], "source": [], "target": []}
        for path, score in every_path(part):
            last = path[-1] if path else ((0,), (0,))
            worth["bead" if all(last) else "source" if last[0] else "target"].append(score)
        for found, expected in zip(behind, worth.values(), strict=True):
            if expected:
                assert found[row, column] == pytest.approx(log_sum(expected)), (row, column)
            else:
                assert found[row, column] < NEVER / 2, (row, column)


def test_learning_ends_where_the_penalised_loss_is_level_and_lower_than_before():
    examples = [CASES[name].example(seed) for seed, name in enumerate(CASES)]
    start = np.zeros(VALUES)
    start[0] = 1.0
    (before, slope), (after, level) = (_objective(values, examples) for values in (start, weights.learn(examples, 200)))
    assert after < before
    assert np.abs(level).max() < 0.01 * np.abs(slope).max()


def test_learning_again_gives_the_same():
    examples = [CASES["two beads"].example(1)]
    np.testing.assert_array_equal(weights.learn(examples, 5), weights.learn(examples, 5))


def test_weights_that_are_written_read_back():
    models = [weights.unpacked(_values(seed)) for seed in (1, 2)]
    for before, after in zip(models, parse_weights(tomllib.loads(weights.render(models))), strict=True):
        np.testing.assert_allclose(after.beads, before.beads, atol=5.1e-4)
        np.testing.assert_allclose(after.gaps, before.gaps, atol=5.1e-4)
        assert [after.first, after.further, after.both] == pytest.approx(
            [before.first, before.further, before.both], abs=5.1e-4
        )


def test_the_weights_of_the_package_are_as_the_script_writes_them():
    path = Path(import_module("alignment.refinement").__file__).with_name("weights.toml")
    assert tomllib.loads(weights.render(load_weights())) == tomllib.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("left_out", ["[fine.beads]", f"{FEATURES[0]} =", f"{GAP_FEATURES[-1]} =", "both ="])
def test_weights_that_lack_something_are_not_taken_for_nought(left_out):
    lines = weights.render([weights.unpacked(_values(seed)) for seed in (1, 2)]).splitlines()
    text = "\n".join(line for line in lines if not line.startswith(left_out))
    with pytest.raises((KeyError, TypeError)):
        parse_weights(tomllib.loads(text))


def test_the_loss_of_a_real_document_has_the_gradient_of_its_slope(use_encoder):
    del use_encoder  # loads it once for all
    source = ["The port was closed on Friday, and two ferries had to wait at sea.", "Nobody was hurt.", "It rained."]
    target = ["В пятницу порт закрыли.", "Два парома были вынуждены ждать в море.", "Никто не пострадал."]
    document = data.Document("d", ("en", "ru"), source, target, [((0,), (0, 1)), ((1,), (2,)), ((2,), ())])
    direction, values = _values(1), _values(2)
    for one in weights.read_document(document, 1.0):
        loss, gradient = weights.loss(values, one)
        slopes = [weights.loss(values + step * direction, one)[0] for step in (STEP, -STEP)]
        assert loss > 0
        assert gradient @ direction == pytest.approx((slopes[0] - slopes[1]) / (2 * STEP), rel=1e-4, abs=1e-5)
