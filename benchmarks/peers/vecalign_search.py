"""Vecalign's searches: through a whole small plane, and in a band around a path.

A cell of the plane is identified by the number of sentences before it on either side; a diagonal is all cells with the
same sum. Costs of beads are stored at their last sentences, so their diagonals are two before those of cells.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .overlaps import Link, trace_back

Point = tuple[int, int]


@dataclass(frozen=True)
class SearchBand:
    """Cells near a path.

    Attributes:
        path: Pairs of numbers that grow by one on one side at each step.
        width: Cells on either side of the path.
        counts: Sentences of either side.
    """

    path: list[Point]
    width: int
    counts: Point

    @cached_property
    def starts(self) -> NDArray[np.int64]:
        """Return the target of the first place on each diagonal."""
        return np.array([target for _, target in self.path]) - self.width

    @cached_property
    def targets(self) -> NDArray[np.int64]:
        """Return the target at each place: shape (diagonals, places)."""
        return self.starts[:, None] + np.arange(2 * self.width)

    @cached_property
    def sources(self) -> NDArray[np.int64]:
        """Return the source at each place: shape (diagonals, places)."""
        return np.arange(len(self.path))[:, None] - self.targets

    @cached_property
    def inside(self) -> NDArray[np.bool_]:
        """Return a mask of places that are sentences of both sides."""
        first, second = self.counts
        return (self.sources >= 0) & (self.sources < first) & (self.targets >= 0) & (self.targets < second)


def full_path(costs: NDArray[np.float32], deletion: float) -> list[Link]:
    """Return the cheapest path of 1-1 beads and deletions through a whole plane, diagonal by diagonal."""
    first, second = costs.shape
    total = np.full((first + 1, second + 1), np.inf)
    total[0], total[:, 0] = np.arange(second + 1) * deletion, np.arange(first + 1) * deletion
    step = np.zeros(total.shape, np.int8)
    step[0], step[:, 0] = 1, 2
    for diagonal in range(2, first + second + 1):
        rows = np.arange(max(1, diagonal - second), min(first, diagonal - 1) + 1)
        columns = diagonal - rows
        choices = np.array(
            [
                total[rows - 1, columns - 1] + costs[rows - 1, columns - 1],
                total[rows, columns - 1] + deletion,
                total[rows - 1, columns] + deletion,
            ]
        )
        step[rows, columns] = choices.argmin(axis=0)
        total[rows, columns] = choices.min(axis=0)
    sizes = [(1, 1), (0, 1), (1, 0)]
    return trace_back(first, second, lambda i, j: sizes[step[i, j]])


def sparse_path(costs: NDArray[np.float32], band: SearchBand, shapes: list[Point], deletion: float) -> list[Link]:
    """Return the cheapest path of beads of the given shapes and deletions in a band.

    Args:
        costs: Costs of the bead of each shape that ends at each place: shape (shapes, diagonals, places).
        band: The band.
        shapes: Source and target sentences of each bead.
        deletion: Cost of a sentence alone.
    """
    table = _Table(costs, band, shapes, deletion)
    for diagonal in range(len(table.starts)):
        table.fill(diagonal)
    return trace_back(*band.counts, table.step)


class _Table:
    """Cheapest path to each cell of a band."""

    def __init__(self, costs: NDArray[np.float32], band: SearchBand, shapes: list[Point], deletion: float) -> None:
        self._costs, self._band, self._deletion = costs, band, deletion
        # The two deletions come last: of equal paths the first is taken.
        self._sizes = np.array([*shapes, (0, 1), (1, 0)])
        self.starts = np.concatenate([band.starts[:1], band.starts[:1], band.starts + 1])
        self._places = np.arange(costs.shape[2])
        self._total = np.full((len(self.starts), costs.shape[2]), np.inf)
        self._best = np.full(self._total.shape, -1)

    def fill(self, diagonal: int) -> None:
        """Find the best step into each cell of a diagonal; earlier diagonals are filled."""
        targets = self._places + self.starts[diagonal]
        sources = diagonal - targets
        ways = self._before(diagonal, targets) + self._prices(diagonal, targets)
        inside = self._is_cell(sources, targets) & (sources > 0) & (targets > 0)
        ways[:, ~inside] = np.inf
        self._best[diagonal], self._total[diagonal] = ways.argmin(axis=0), ways.min(axis=0)
        for border, along, number in ((sources == 0, targets, -2), (targets == 0, sources, -1)):
            edge = border & self._is_cell(sources, targets)
            self._total[diagonal, edge] = self._deletion * along[edge]
            self._best[diagonal, edge] = len(self._sizes) + number

    def step(self, source: int, target: int) -> Point:
        """Return the size of the bead that ends in a cell."""
        diagonal = source + target
        back, left = self._sizes[self._best[diagonal, target - self.starts[diagonal]]]
        return int(back), int(left)

    def _is_cell(self, sources: NDArray[np.int64], targets: NDArray[np.int64]) -> NDArray[np.bool_]:
        first, second = self._band.counts
        return (sources >= 0) & (sources <= first) & (targets >= 0) & (targets <= second)

    def _before(self, diagonal: int, targets: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the cost of the cell from which each bead starts: shape (beads, places)."""
        there = diagonal - self._sizes.sum(axis=1, keepdims=True)
        places = targets - self._sizes[:, 1:] - self.starts[np.maximum(there, 0)]
        known = (there >= 0) & (places >= 0) & (places < len(self._places))
        return np.where(known, self._total[np.where(known, there, 0), np.where(known, places, 0)], np.inf)

    def _prices(self, diagonal: int, targets: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the cost of each bead that ends in each cell: shape (beads, places)."""
        prices = np.full((len(self._sizes), len(targets)), np.inf)
        ends = diagonal - 2
        if 0 <= ends < self._costs.shape[1]:
            places = targets - 1 - self._band.starts[ends]
            known = (places >= 0) & (places < len(self._places))
            prices[:-2, known] = self._costs[:, ends, places[known]]
            prices[-2:, known] = self._deletion
        return prices


def path_of(links: list[Link]) -> list[Point]:
    """Return the cells that an alignment passes, straight through runs of deletions and through larger beads."""
    path = [(0, 0)]
    alone = [0, 0]
    for source, target in links:
        if source and target:
            _walk(path, alone[0], alone[1])
            _walk(path, len(source), len(target))
            alone = [0, 0]
        else:
            alone[0] += len(source)
            alone[1] += len(target)
    _walk(path, alone[0], alone[1])
    return path


def _walk(path: list[Point], across: int, down: int) -> None:
    """Extend the path by single steps, as near to a straight line as possible."""
    start = path[-1]
    steps = across + down
    for number in range(1, steps + 1):
        source = start[0] + round(across * number / steps)
        target = start[1] + round(down * number / steps)
        # If both coordinates round the same way, the step would be two or none.
        path.append((source + 1 - (source + target - sum(path[-1])), target))


def twice_as_fine(links: list[Link], counts: Point) -> list[Link]:
    """Return an alignment of halves as one of the whole, extended to the end."""
    fine: list[Link] = []
    for link in links:
        source, target = (tuple(at * 2 + half for at in side for half in (0, 1)) for side in link)
        if source and target:
            fine.append((source, target))
        else:
            fine += [((at,), ()) for at in source] + [((), (at,)) for at in target]
    # The tool counts one past the last sentence here; the band cuts the path, so this is kept.
    more = [
        tuple(range(max((at for link in fine for at in link[side]), default=0) + 1, counts[side] + 1))
        for side in (0, 1)
    ]
    if more[0] and more[1]:
        return [*fine, (more[0], more[1])]
    return fine + [((at,), ()) for at in more[0]] + [((), (at,)) for at in more[1]]
