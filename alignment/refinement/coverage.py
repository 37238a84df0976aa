"""How much of one version the other tells: which pieces of words find a counterpart where.

A piece is explained by a run of clauses as well as by the piece of it that is most like it (as in BERTScore, Zhang et
al. 2020, https://arxiv.org/abs/1904.09675), measured from what an unrelated clause would give. Pieces count by their
rarity. Sums over clauses tell what a bead leaves unexplained, and what a clause adds to it that the others do not.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alignment.arrays import Floats
from alignment.encoders.base import Pieces

# Best cosine that a piece finds in an unrelated clause, as a rule, and the clauses from which on it can be measured.
_USUAL, _FEWEST = 0.15, 6


@dataclass(frozen=True)
class Coverage:
    """What a run of clauses of one version explains of clauses of the other.

    Attributes:
        mass: Weight of each clause of the explained version: shape (clauses,).
        explained: Weight of that clause which a run explains: shape (longest, runs' beginnings, clauses); NaN where the
            run passes the end or is not in one piece.
        early: Share of a clause that prefers the clause before a border to the one behind it: shape (borders, clauses);
            border i lies behind the explaining version's clause i.
        late: Share that prefers the clause behind the border.
    """

    mass: Floats
    explained: Floats
    early: Floats
    late: Floats

    def of_runs(self, longest: int) -> Floats:
        """Return what runs explain of runs: shape (longest, explaining length, beginning, beginning of the explained).

        Entry `[b, a, i, j]` is the weight of the clauses `j` to `j + b` that the clauses `i` to `i + a` explain.
        """
        return _run_sums(self.explained, longest)

    def run_mass(self, longest: int) -> Floats:
        """Return the weight of runs of the explained version: shape (longest, clauses)."""
        return _run_sums(self.mass, longest)


def cover(likeness: Floats, explaining: Pieces, explained: Pieces, joined: NDArray[np.bool_], longest: int) -> Coverage:
    """Find what the runs of one version explain of the other.

    Args:
        likeness: Cosines of pieces: shape (explaining pieces, explained pieces).
        explaining: Pieces of the explaining version, at least one clause, none without pieces.
        explained: Pieces of the other.
        joined: Whether each clause of the explaining version but the last is followed by its neighbour in the text.
        longest: Clauses of the longest explaining run.
    """
    best = np.maximum.reduceat(likeness, explaining.starts, axis=0)
    unrelated = np.median(best, axis=0)
    if len(best) < _FEWEST:  # the median is no unrelated clause's then
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
