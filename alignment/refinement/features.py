"""Features of the beads and gaps of clauses in a short window of two versions.

Most measure how much of one version the other covers. A subword piece is explained by a run of clauses as well as by
its most similar piece there (as in BERTScore, Zhang et al. 2020, https://arxiv.org/abs/1904.09675), relative to an
unrelated clause. Pieces are weighted by rarity. Sums over clauses measure what a bead leaves unexplained, and what a
clause alone adds to it.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from alignment.encoders.base import Pieces
from alignment.first_pass.anchors import Survey
from alignment.first_pass.features import FEATURES as RUN_FEATURES
from alignment.first_pass.features import Area, RunFeatures
from alignment.first_pass.overlaps import Runs
from alignment.lattice import Shape
from common.arrays import Floats

# Typical best cosine of a piece in an unrelated clause, and the number of clauses from which it is estimated.
_USUAL, _FEWEST = 0.15, 6

LONGEST: Final = 5
"""Most clauses on one side of a bead."""

SHAPES: Final[tuple[Shape, ...]] = tuple((a, b) for a in range(1, 6) for b in range(1, 6) if a + b <= LONGEST + 1)

COVERAGE_FEATURES: Final = (
    "target_explained",  # share of the target side that the source side explains
    "source_explained",
    "least_explained",  # the lower of the two
    "marginal",  # least contribution of an end clause to the explanation of its side, relative to its weight
    "has_ends",  # one if a side has an end clause to leave out
    "weakest_end",  # least share of an end clause that the other side explains
    "most_extension",  # largest contribution of a clause next to the bead
    "all_extensions",  # contributions of the four clauses next to the bead, summed
    "crossing",  # share of clauses at the bead's borders that prefer the other side of the border
    "second_crossing",  # the second highest of the four shares at a border
    "inner_crossing",  # the least share at a border inside the bead
)

BORDER_FEATURES: Final = (
    "source_borders",  # sentence borders inside the source side
    "target_borders",
    "both_borders",  # the lower number of the two
    "end_mismatch",  # one if a sentence ends with the bead on one side only
    "end_match",  # one if a sentence ends with it on both
    "begin_mismatch",
)

FEATURES: Final = (*RUN_FEATURES, *COVERAGE_FEATURES, *BORDER_FEATURES)
"""Names of the features of a bead, in order; a share is of weight as `Pieces` gives it, from 0 to 1."""

GAP_FEATURES: Final = (
    "always",
    "length",  # logarithm of the clause's length over the mean
    "best",  # scaled similarity to the most similar clause of the other side
    "explained",  # largest share of it that a clause explains
    "alone",  # one if the clause is a whole sentence
    "own_best",  # mean of `best` over the side, less 0.8
    "other_best",  # the same of the other side
    "surplus",  # logarithm of the ratio of this side's length to the other's
    "best_in_side",  # product of `best` and `own_best`
)

_MOST_ADDED = 0.6
_USUAL_BEST = 0.8


@dataclass(frozen=True)
class ClauseSide:
    """One side of a window.

    Attributes:
        runs: Runs of its clauses; vectors are NaN for runs that are not contiguous in the text.
        owner: Number of the sentence of each clause, ascending from 0: shape (clauses,).
        joined: Whether each clause but the last is followed by its neighbour in the text: shape (clauses - 1,).
    """

    runs: Runs
    pieces: Pieces
    owner: NDArray[np.int64]
    joined: NDArray[np.bool_]

    @property
    def count(self) -> int:
        """Number of clauses."""
        return self.runs.count

    @cached_property
    def borders(self) -> NDArray[np.bool_]:
        """Whether a sentence begins or ends at each boundary: shape (clauses + 1,)."""
        return np.concatenate([[True], np.diff(self.owner) > 0, [True]])


def piece_likeness(source: ClauseSide, target: ClauseSide) -> Floats:
    """Return cosines of the pieces of two sides, the same in either grain: shape (source pieces, target pieces)."""
    return np.asarray(source.pieces.vectors @ target.pieces.vectors.T, np.float32)


class ClauseFeatures:
    """Features of all beads and gaps of a window without an empty side.

    Args:
        likeness: What `piece_likeness` returns, where it is known.
    """

    def __init__(self, source: ClauseSide, target: ClauseSide, survey: Survey, likeness: Floats | None = None) -> None:
        if likeness is None:
            likeness = piece_likeness(source, target)
        self._source, self._target, self._survey = source, target, survey
        self._runs = RunFeatures(source.runs, target.runs, survey, Area(0, source.count, 0, target.count))
        self._of_target = cover(likeness, source.pieces, target.pieces, source.joined, LONGEST + 1)
        self._of_source = cover(likeness.T, target.pieces, source.pieces, target.joined, LONGEST + 1)
        # Axes: length of the target run, of the source run, beginning in the source, in the target.
        self._target_explained = _padded(self._of_target.of_runs(LONGEST + 1))
        self._source_explained = _padded(self._of_source.of_runs(LONGEST + 1).transpose(1, 0, 3, 2))
        self._target_mass = self._of_target.run_mass(LONGEST + 1)[:, None, :]
        self._source_mass = self._of_source.run_mass(LONGEST + 1)[:, :, None]
        # Weight of single clauses, like the planes with room around them.
        self._target_clause = _padded(np.broadcast_to(self._target_mass[0], self.size))
        self._source_clause = _padded(np.broadcast_to(self._source_mass[0], self.size))

    @property
    def size(self) -> tuple[int, int]:
        """Numbers of source and target clauses."""
        return self._source.count, self._target.count

    @property
    def same(self) -> float:
        """Scaled similarity from which two sides have the same words."""
        return self._runs.same

    def beads(self, source: int, target: int) -> tuple[Floats, NDArray[np.bool_]]:
        """Return the features of the beads of one shape, and a mask of possible beads.

        Returns:
            Shapes (features, source, target) and (source, target), by the bead's beginning.
        """
        rows = [*self._runs.of(source, target), *self._coverage(source, target), *self._borders(source, target)]
        features = np.empty((len(FEATURES), *self.size), np.float32)
        for place, row in enumerate(rows):
            features[place] = row
        there = np.isfinite(features).all(axis=0)
        features[:, ~there] = 0
        return features, np.asarray(there)

    def gaps(self) -> tuple[Floats, Floats]:
        """Return the features of the gaps of both sides: shapes (features, source) and (features, target)."""
        similar = self._runs.of(1, 1)
        plane = np.nan_to_num(next(similar), nan=-1.0)
        best = plane.max(axis=1), plane.max(axis=0)
        usual = [float(np.clip(each, -0.5, 1.2).mean()) - _USUAL_BEST for each in best]
        explained = (
            (self._moved(self._source_explained[0, 0]) / self._source_mass[0]).max(axis=1),
            (self._moved(self._target_explained[0, 0]) / self._target_mass[0]).max(axis=0),
        )
        lengths = self._source.runs.lengths, self._target.runs.lengths
        surplus = np.log(lengths[0].sum() * self._survey.ratio / lengths[1].sum())
        found = []
        for me, side in enumerate((self._source, self._target)):
            alone = np.bincount(side.owner)[side.owner] == 1
            row = np.stack(
                [np.ones(side.count), np.log(lengths[me] / lengths[me].mean()), best[me], explained[me], alone]
            )
            same = np.broadcast_to(
                np.array([[usual[me]], [usual[1 - me]], [np.clip(surplus, -1, 1) * (1 - 2 * me)]]), (3, side.count)
            )
            found.append(np.concatenate([row, same, best[me][None] * usual[me]]).astype(np.float32))
        return found[0], found[1]

    def _moved(self, padded: Floats, down: int = 0, right: int = 0) -> Floats:
        """Return the values of a padded plane at these offsets from the beads' beginnings; NaN beyond the plane."""
        rows, columns = self.size
        return padded[down + 1 : down + 1 + rows, right + 1 : right + 1 + columns]

    def _explained(self, source: int, target: int, down: int = 0, right: int = 0) -> tuple[Floats, Floats]:
        """Return how much of target and source runs at these offsets from the bead's beginning leave explained."""
        return (
            self._moved(self._target_explained[target - 1, source - 1], down, right),
            self._moved(self._source_explained[target - 1, source - 1], down, right),
        )

    def _coverage(self, source: int, target: int) -> list[Floats | float]:
        of_target, of_source = self._explained(source, target)
        shares = [of_target / self._target_mass[target - 1], of_source / self._source_mass[source - 1]]
        ends = self._ends(source, target)
        beside = self._extensions(source, target)
        rows: list[Floats | float] = [*shares, np.minimum(*shares)]
        rows += [np.minimum(np.fmin.reduce([added for added, _ in ends]), _MOST_ADDED) if ends else 0.0]
        rows += [float(bool(ends)), np.fmin.reduce([explained for _, explained in ends]) if ends else 0.0]
        return [*rows, np.maximum.reduce(beside), np.sum(beside, axis=0), *self._crossings(source, target)]

    def _ends(self, source: int, target: int) -> list[tuple[Floats, Floats]]:
        """Return for each end clause its relative contribution, and the share of it that is explained."""
        of_target, of_source = self._explained(source, target)
        found = []
        for at, rest in ((0, 1), (source - 1, 0)) if source > 1 else ():
            mass = self._moved(self._source_clause, at, 0)
            added = of_target - self._explained(source - 1, target, rest, 0)[0]
            explained = self._explained(1, target, at, 0)[1] / mass
            found.append((added / np.minimum(mass, 2 * self._target_mass[target - 1]), explained))
        for at, rest in ((0, 1), (target - 1, 0)) if target > 1 else ():
            mass = self._moved(self._target_clause, 0, at)
            added = of_source - self._explained(source, target - 1, 0, rest)[1]
            explained = self._explained(source, 1, 0, at)[0] / mass
            found.append((added / np.minimum(mass, 2 * self._source_mass[source - 1]), explained))
        return found

    def _extensions(self, source: int, target: int) -> Floats:
        """Return the relative contribution of each of the four clauses next to the bead; 0 if there is none."""
        of_target, of_source = self._explained(source, target)
        found = []
        for at, begin in ((source, 0), (-1, -1)):
            mass = self._moved(self._source_clause, at, 0)
            added = self._explained(source + 1, target, begin, 0)[0] - of_target
            found.append(added / np.minimum(2 * mass, self._target_mass[target - 1]))
        for at, begin in ((target, 0), (-1, -1)):
            mass = self._moved(self._target_clause, 0, at)
            added = self._explained(source, target + 1, 0, begin)[1] - of_source
            found.append(added / np.minimum(2 * mass, self._source_mass[source - 1]))
        return np.nan_to_num(np.minimum(found, np.float32(_MOST_ADDED)))

    @cached_property
    def _crossing(self) -> tuple[Floats, Floats]:
        """Return the two highest shares that prefer the other side of each point: shape (rows + 1, …)."""
        rows, columns = self.size
        shares = np.zeros((4, rows + 1, columns + 1), np.float32)
        shares[0, 1:rows, :columns] = self._of_target.early
        shares[1, 1:rows, 1:] = self._of_target.late
        shares[2, :rows, 1:columns] = self._of_source.early.T
        shares[3, 1:, 1:columns] = self._of_source.late.T
        ordered = np.sort(shares, axis=0)
        return _padded(ordered[-1]), _padded(ordered[-2])

    def _crossings(self, source: int, target: int) -> list[Floats | float]:
        highest, second = self._crossing
        inner = [self._moved(highest, down, right) for down in range(1, source) for right in range(1, target)]
        found = [self._moved(each) + self._moved(each, source, target) for each in (highest, second)]
        return [*found, np.fmin.reduce(inner) if inner else 0.0]

    def _borders(self, source: int, target: int) -> list[NDArray[np.generic]]:
        inside_source = _inside(self._source.borders, source)[:, None]
        inside_target = _inside(self._target.borders, target)[None, :]
        begins = self._source.borders[:-1, None], self._target.borders[None, :-1]
        ends = _ahead(self._source.borders, source)[:, None], _ahead(self._target.borders, target)[None, :]
        inside = [inside_source, inside_target, np.minimum(inside_source, inside_target)]
        return [*inside, ends[0] != ends[1], ends[0] & ends[1], begins[0] != begins[1]]


def _padded(planes: Floats) -> Floats:
    """Surround planes with NaN, as far as a clause before a bead and one behind it may lie."""
    around = [(0, 0)] * (planes.ndim - 2) + [(1, LONGEST)] * 2
    return np.pad(planes, around, constant_values=np.nan)


def _inside(borders: NDArray[np.bool_], length: int) -> NDArray[np.int64]:
    """Return the number of borders strictly inside a run of a length, by beginning; 0 if it passes the end."""
    upto = np.concatenate([[0], np.cumsum(borders)])
    count = len(borders) - 1
    out = np.zeros(count, np.int64)
    fitting = max(count - length + 1, 0)
    out[:fitting] = upto[length : length + fitting] - upto[1 : 1 + fitting]
    return out


def _ahead(borders: NDArray[np.bool_], length: int) -> NDArray[np.bool_]:
    out = np.zeros(len(borders) - 1, bool)
    part = borders[length:][: len(out)]
    out[: len(part)] = part
    return out


@dataclass(frozen=True)
class Coverage:
    """How much a run of clauses of one version explains of clauses of the other.

    Attributes:
        mass: Weight of each clause of the explained version: shape (clauses,).
        explained: Weight of that clause which a run explains: shape (longest, runs' beginnings, clauses); NaN if the
            run passes the end or is not contiguous.
        early: Share of a clause that prefers the clause before a border to the one after it: shape (borders, clauses);
            border i is after the explaining version's clause i.
        late: Share that prefers the clause after the border.
    """

    mass: Floats
    explained: Floats
    early: Floats
    late: Floats

    def of_runs(self, longest: int) -> Floats:
        """Return how much runs explain of runs: shape (longest, explaining length, beginning, explained beginning).

        Entry `[b, a, i, j]` is the weight of the clauses `j` to `j + b` that the clauses `i` to `i + a` explain.
        """
        return _run_sums(self.explained, longest)

    def run_mass(self, longest: int) -> Floats:
        """Return the weight of runs of the explained version: shape (longest, clauses)."""
        return _run_sums(self.mass, longest)


def cover(likeness: Floats, explaining: Pieces, explained: Pieces, joined: NDArray[np.bool_], longest: int) -> Coverage:
    """Compute how much the runs of one version explain of the other.

    Args:
        likeness: Cosines of pieces: shape (explaining pieces, explained pieces).
        explaining: Pieces of the explaining version, at least one clause, none without pieces.
        explained: Pieces of the other.
        joined: Whether each clause of the explaining version but the last is followed by its neighbour in the text.
        longest: Clauses of the longest explaining run.
    """
    best = np.maximum.reduceat(likeness, explaining.starts, axis=0)
    unrelated = np.median(best, axis=0)
    if len(best) < _FEWEST:  # the median is then not an unrelated clause's
        unrelated = np.minimum(unrelated, np.float32(_USUAL))
    best = np.maximum((best - unrelated) / (1.0 - unrelated + 1e-3), 0.0).astype(np.float32)
    weights, starts = explained.weights, explained.starts
    mass = np.add.reduceat(weights, starts)
    together = np.append(joined, False)
    runs, whole = [best], np.ones(len(best), bool)
    for extra in range(1, longest):
        runs.append(np.maximum(runs[-1], _shifted(best, extra)))
        whole = whole & _shifted(together, extra - 1)
        runs[-1] = np.where(whole[:, None], runs[-1], np.float32(np.nan))
    sums = [np.add.reduceat(run * weights, starts, axis=1) for run in runs]
    steps = np.diff(best, axis=0)
    early, late = (np.add.reduceat(np.maximum(each, 0) * weights, starts, axis=1) / mass for each in (-steps, steps))
    return Coverage(mass, np.stack(sums), np.asarray(early, np.float32), np.asarray(late, np.float32))


def _shifted(rows: NDArray[np.generic], by: int) -> NDArray[np.generic]:
    """Return rows moved up by `by`; the last is repeated."""
    return rows[np.minimum(np.arange(len(rows)) + by, len(rows) - 1)]


def _run_sums(values: Floats, longest: int) -> Floats:
    """Return sums over runs along the last axis: shape (longest, *values.shape), NaN past the end."""
    upto = np.concatenate([np.zeros((*values.shape[:-1], 1)), np.cumsum(values, axis=-1, dtype=np.float64)], axis=-1)
    out = np.full((longest, *values.shape), np.nan, np.float32)
    count = values.shape[-1]
    for extra in range(min(longest, count)):
        out[extra, ..., : count - extra] = upto[..., extra + 1 :] - upto[..., : count - extra]
    return out
