"""Sums over all alignments of two short windows, and random samples of them.

A log-linear model gives each bead and each gap a score; a path's probability is the exponential of the sum of its
scores, over that of all paths (semi-Markov conditional random field, Sarawagi & Cohen 2004). As in `search`, points are
boundaries, gap costs are affine, and source gaps precede target gaps. Computed by the forward and backward recursions,
in logarithms.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from alignment.types import IndexBead
from common.arrays import Doubles, Numbers

Shape = tuple[int, int]

NEVER = -1e9
_AFTER_BEAD, _AFTER_SOURCE_GAP, _AFTER_TARGET_GAP = range(3)
_ENDED = -1


@dataclass(frozen=True)
class PathScores:
    """The model's scores of the moves of one window.

    Attributes:
        beads: For each shape the scores by beginning: shape (source, target); `NEVER` for impossible beads.
        source_gap: Score of each source clause without counterpart: shape (source,).
        target_gap: The same for the target.
        first: Score of the first gap in a row.
        further: Score of each further one.
        both: Score of a target gap right after a source gap.
    """

    beads: Mapping[Shape, Doubles]
    source_gap: Doubles
    target_gap: Doubles
    first: float
    further: float
    both: float

    @property
    def size(self) -> tuple[int, int]:
        """Numbers of source and target clauses."""
        return len(self.source_gap), len(self.target_gap)


@dataclass(frozen=True)
class Ahead:
    """Logarithm of the sum over all paths from each point to the end: shape (source + 1, target + 1).

    Attributes:
        bead: After a bead, or at the beginning of the window.
        source_gap: After a source gap.
        target_gap: After a target gap.
    """

    bead: Doubles
    source_gap: Doubles
    target_gap: Doubles


def look_ahead(scores: PathScores) -> Ahead:
    """Sum over all paths by the backward recursion."""
    rows, columns = scores.size
    bead, source_gap, target_gap = (np.full((rows + 1, columns + 1), NEVER) for _ in range(3))
    run = np.concatenate([[0.0], np.cumsum(scores.target_gap + scores.further)])
    for row in range(rows, -1, -1):
        onward = [np.full(columns + 1, NEVER)]
        if row == rows:
            onward[0][columns] = 0.0
        for (source, target), score in scores.beads.items():
            if row + source <= rows and target <= columns:
                step = np.full(columns + 1, NEVER)
                step[: columns + 1 - target] = score[row, : columns + 1 - target] + bead[row + source, target:]
                onward.append(step)
        straight = _log_sum(onward)
        # A row of gaps is a running sum: the path may leave it after any clause.
        target_gap[row] = np.logaddexp.accumulate((straight + run)[::-1])[::-1] - run
        across = np.full(columns + 1, NEVER)
        across[:-1] = scores.first + scores.target_gap + target_gap[row, 1:]
        down = np.full(columns + 1, NEVER)
        if row < rows:
            down = scores.source_gap[row] + source_gap[row + 1]
        bead[row] = _log_sum([straight, across, scores.first + down])
        source_gap[row] = _log_sum([straight, across + scores.both, scores.further + down])
    return Ahead(bead, source_gap, target_gap)


def draw_paths(scores: PathScores, count: int, seed: int = 1) -> list[tuple[IndexBead, ...]]:
    """Draw random paths according to their probabilities.

    Returns:
        Beads and gaps of each path, in order; a path that was drawn several times is one object.
    """
    ahead = look_ahead(scores)
    steps = _Steps(scores, ahead)
    random = np.random.default_rng(seed)
    rows, columns = scores.size
    at = np.zeros((3, count), np.int64)  # row, column, what came before
    walks = []
    going = np.arange(count if rows or columns else 0)
    while len(going):
        row, column, state = at[:, going]
        options = steps.options(row, column, state)
        chosen = (options + random.gumbel(size=options.shape)).argmax(axis=0)
        walks.append(np.full(count, _ENDED))
        walks[-1][going] = steps.numbered(row, column, chosen)
        at[0, going], at[1, going] = row + steps.source[chosen], column + steps.target[chosen]
        at[2, going] = np.where(chosen < steps.beads, _AFTER_BEAD, chosen - steps.beads + 1)
        going = going[(at[0, going] < rows) | (at[1, going] < columns)]
    drawn = np.stack(walks, axis=1) if walks else np.empty((count, 0), np.int64)
    beads = {number: steps.bead(number) for number in np.unique(drawn).tolist() if number != _ENDED}
    paths = {walk: tuple(beads[number] for number in walk if number in beads) for walk in map(tuple, drawn.tolist())}
    return [paths[walk] for walk in map(tuple, drawn.tolist())]


class _Steps:
    """The possible steps at a point, with the log-sum over the paths that begin with each."""

    def __init__(self, scores: PathScores, ahead: Ahead) -> None:
        shapes = list(scores.beads)
        self.beads = len(shapes)
        self.source = np.array([source for source, _ in shapes] + [1, 0])
        self.target = np.array([target for _, target in shapes] + [0, 1])
        rows, columns = scores.size
        self._scores = scores
        self._beads = np.full((self.beads, rows + 1, columns + 1), NEVER)
        for number, (source, target) in enumerate(shapes):
            if source <= rows and target <= columns:
                here = scores.beads[source, target][: rows + 1 - source, : columns + 1 - target]
                self._beads[number, : rows + 1 - source, : columns + 1 - target] = here + ahead.bead[source:, target:]
        self._down = np.full((rows + 1, columns + 1), NEVER)
        self._down[:-1] = scores.source_gap[:, None] + ahead.source_gap[1:]
        self._across = np.full((rows + 1, columns + 1), NEVER)
        self._across[:, :-1] = scores.target_gap[None, :] + ahead.target_gap[:, 1:]

    def numbered(self, row: Numbers, column: Numbers, chosen: Numbers) -> Numbers:
        """Return one number for each step from a point."""
        return (row * self._down.shape[1] + column) * len(self.source) + chosen

    def bead(self, number: int) -> IndexBead:
        """Return the bead or gap of a numbered step."""
        place, chosen = divmod(number, len(self.source))
        row, column = divmod(place, self._down.shape[1])
        source, target = int(self.source[chosen]), int(self.target[chosen])
        return tuple(range(row, row + source)), tuple(range(column, column + target))

    def options(self, row: Numbers, column: Numbers, state: Numbers) -> Doubles:
        """Return the score of every step from these points: shape (beads + 2, points)."""
        scores = self._scores
        down = self._down[row, column] + np.where(state == _AFTER_SOURCE_GAP, scores.further, scores.first)
        across = self._across[row, column] + np.where(state == _AFTER_TARGET_GAP, scores.further, scores.first)
        across += np.where(state == _AFTER_SOURCE_GAP, scores.both, 0.0)
        down[state == _AFTER_TARGET_GAP] = NEVER
        return np.concatenate([self._beads[:, row, column], down[None], across[None]])


def _log_sum(rows: Sequence[Doubles]) -> Doubles:
    stacked = np.stack(rows)
    most = stacked.max(axis=0)
    return np.asarray(most + np.log(np.exp(stacked - most).sum(axis=0)))
