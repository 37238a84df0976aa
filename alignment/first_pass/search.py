"""Dynamic programming over beads, gaps and swaps in the plane of two versions.

The plane's points are boundaries: (i, j) is before source sentence i and target sentence j. A path from (0, 0) to the
far corner is made of moves; a bead with both sides is one move, two neighbouring beads in exchanged order are one move,
and sentences without a counterpart are gaps, the first of which in a row costs more than the others (Gotoh 1982,
https://doi.org/10.1016/0022-2836(82)90398-9). Rows are computed as arrays, so time and memory are the area of the band
times the number of moves.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alignment.first_pass.anchors import Band, Survey
from alignment.first_pass.features import Area, Costs, RunFeatures
from alignment.first_pass.overlaps import Runs
from alignment.types import IndexBead
from common.arrays import Doubles

_SOURCE_GAP, _NOWHERE = -1, -2
_NEVER = -1e9
_ROUNDING = 1e-9
_LONGEST_SWAPPED = 2


@dataclass(frozen=True, slots=True)
class Move:
    """The sentences of one step of a path, and their beads.

    Attributes:
        swapped: None for one bead; else the numbers of source and target sentences of the bead that is first in the
            source and last in the target.
    """

    source: int
    target: int
    swapped: tuple[int, int] | None = None

    def links(self, source: int, target: int) -> tuple[IndexBead, ...]:
        """Return the beads of the move at these sentences, in source order."""
        far, right = source + self.source, target + self.target
        if self.swapped is None:
            return ((tuple(range(source, far)), tuple(range(target, right))),)
        cut, edge = source + self.swapped[0], right - self.swapped[1]
        first = (tuple(range(source, cut)), tuple(range(edge, right)))
        return (first, (tuple(range(cut, far)), tuple(range(target, edge))))


def possible_moves(shapes: Sequence[tuple[int, int]], *, crossings: bool) -> tuple[Move, ...]:
    """Return the beads of the given shapes, and with `crossings` the swaps of two small ones."""
    moves = [Move(source, target) for source, target in shapes]
    if crossings:
        small = [shape for shape in shapes if max(shape) <= _LONGEST_SWAPPED]
        moves += [Move(a + c, b + d, (a, b)) for a, b in small for c, d in small]
    return tuple(moves)


@dataclass(frozen=True)
class Plane:
    """Two versions and their statistics."""

    source: Runs
    target: Runs
    survey: Survey

    def move_scores(self, area: Area, moves: Sequence[Move], costs: Costs) -> Iterator[NDArray[np.float32]]:
        """Yield the score of each move that begins in `area`: shape (rows, columns)."""
        margin = _LONGEST_SWAPPED if any(move.swapped for move in moves) else 0
        wide = Area(area.first, area.rows + margin, area.low, area.columns + margin)
        features = RunFeatures(self.source, self.target, self.survey, wide)
        beads: dict[tuple[int, int], NDArray[np.float32]] = {}

        def bead(source: int, target: int, down: int = 0, right: int = 0) -> NDArray[np.float32]:
            """Return the scores of one shape of bead, computed once and shifted."""
            if (source, target) not in beads:
                beads[source, target] = costs.scores(features, source, target)
            return beads[source, target][down : down + area.rows, right : right + area.columns]

        for move in moves:
            if move.swapped is None:
                yield bead(move.source, move.target)
            else:
                source, target = move.swapped
                rest = move.target - target
                yield (
                    bead(source, target, 0, rest) + bead(move.source - source, rest, source, 0) + np.float32(costs.swap)
                )


@dataclass(frozen=True)
class _Trail:
    """How each point of one band was reached, as arrays of shape (rows, columns).

    Attributes:
        move: Number of the move, or the code of a source gap, when no target gap is involved.
        longer_source_gap: Whether the source gap that ends here has more than one sentence.
        target_gap: Whether the best path ends with a target gap.
        longer_target_gap: Whether that gap has more than one sentence.
    """

    band: Band
    move: NDArray[np.int16]
    longer_source_gap: NDArray[np.bool_]
    target_gap: NDArray[np.bool_]
    longer_target_gap: NDArray[np.bool_]

    @classmethod
    def empty(cls, band: Band) -> "_Trail":
        """Return a trail without any step."""
        shape = (band.last - band.first, band.high - band.low + 1)
        flags = [np.zeros(shape, bool) for _ in range(3)]
        return cls(band, np.full(shape, _NOWHERE, np.int16), *flags)


class _Front:
    """The rows of scores that the search still needs."""

    def __init__(self, width: int, costs: Costs) -> None:
        self._width = width
        self._costs = costs
        self._waiting: dict[int, tuple[Doubles, NDArray[np.int16]]] = {}
        self._source_gap = np.full(width, _NEVER)
        self._above = np.full(width, _NEVER)

    def arrive(self, row: int, trail: _Trail) -> Doubles:
        """Finish a row by choosing between moves and gaps; return its scores over the band."""
        band, costs = trail.band, self._costs
        span, place = slice(band.low, band.high + 1), row - band.first
        scores, codes = self._row(row)[0][span], self._row(row)[1][span]
        if row == 0:
            scores[0] = 0.0
        opened, longer = self._above + costs.gap, self._source_gap + costs.more_gap
        self._source_gap = np.maximum(opened, longer)
        trail.longer_source_gap[place] = (longer > opened)[span]
        gap = self._source_gap[span]
        codes[gap > scores] = _SOURCE_GAP
        np.maximum(scores, gap, out=scores)
        trail.move[place] = codes
        self._across(scores, trail, place)
        self._above = np.full(self._width, _NEVER)
        self._above[span] = scores
        self._waiting.pop(row)
        return scores

    def leave(self, row: int, low: int, moves: Sequence[Move], values: Sequence[Doubles]) -> None:
        """Apply every move to a finished row; `values` are the scores after each move, by column from `low`."""
        for number, (move, value) in enumerate(zip(moves, values, strict=True)):
            scores, codes = self._row(row + move.source)
            span = slice(low + move.target, min(low + move.target + len(value), self._width))
            fitting = value[: max(span.stop - span.start, 0)]
            better = fitting > scores[span]
            codes[span][better] = number
            scores[span][better] = fitting[better]

    def _row(self, row: int) -> tuple[Doubles, NDArray[np.int16]]:
        if row not in self._waiting:
            self._waiting[row] = (np.full(self._width, _NEVER), np.full(self._width, _NOWHERE, np.int16))
        return self._waiting[row]

    def _across(self, scores: Doubles, trail: _Trail, place: int) -> None:
        """Extend target gaps along a row, in place."""
        costs = self._costs
        slope = costs.more_gap * np.arange(len(scores))
        reached = np.maximum.accumulate(scores - slope) + slope  # including a gap of length 0
        gap = np.full(len(scores), _NEVER)
        gap[1:] = reached[:-1] + costs.gap
        trail.longer_target_gap[place, 1:] = reached[:-1] > scores[:-1] + _ROUNDING
        trail.target_gap[place] = gap > scores
        np.maximum(scores, gap, out=scores)


def best_path(
    plane: Plane, bands: Sequence[Band], moves: Sequence[Move], costs: Costs
) -> tuple[list[IndexBead], float]:
    """Return the beads of the best path, in its order, and its score; each sentence is in exactly one bead."""
    front = _Front(plane.target.count + 1, costs)
    trails = []
    reached = np.zeros(1)
    for band in bands:
        trail = _Trail.empty(band)
        area = Area(band.first, band.last - band.first, band.low, band.high - band.low + 1)
        scores = list(plane.move_scores(area, moves, costs))
        for row in range(band.first, band.last):
            reached = front.arrive(row, trail)
            front.leave(row, band.low, moves, [reached + each[row - band.first] for each in scores])
        trails.append(trail)
    return _walk_back(trails, moves, plane.source.count, plane.target.count), float(reached[-1])


def _walk_back(trails: Sequence[_Trail], moves: Sequence[Move], source: int, target: int) -> list[IndexBead]:
    rows = [trail for trail in trails for _ in range(trail.band.first, trail.band.last)]
    found: list[IndexBead] = []
    in_target_gap = in_source_gap = False
    while source or target:
        trail = rows[source]
        place = (source - trail.band.first, target - trail.band.low)
        if in_target_gap or (not in_source_gap and trail.target_gap[place]):
            target -= 1
            found.append(((), (target,)))
            in_target_gap = bool(trail.longer_target_gap[place])
            continue
        code = _SOURCE_GAP if in_source_gap else int(trail.move[place])
        if code == _SOURCE_GAP:
            source -= 1
            found.append(((source,), ()))
            in_source_gap = bool(trail.longer_source_gap[place])
            continue
        move = moves[code]
        source, target = source - move.source, target - move.target
        found.extend(reversed(move.links(source, target)))
    return found[::-1]
