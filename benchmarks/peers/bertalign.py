"""Bertalign's algorithm with the settings of its `Bertalign` class.

Lei Liu & Min Zhu (2022), Bertalign: Improved word embedding-based sentence alignment for Chinese-English parallel
corpora of literary texts, Digital Scholarship in the Humanities 38(2), https://doi.org/10.1093/llc/fqac089; settings
and borders of the bands as in https://github.com/bfsujason/bertalign. First pass: dynamic programming over 1-1 beads
whose value is the cosine where the target is among the three nearest of the source sentence. Second pass: n-m beads in
a band around those, valued by cosine less the mean cosine to the sentences beside the bead, times a length factor.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .overlaps import Link, encode_layers, joined_layers, only_nulls, sums_up_to, trace_back

if TYPE_CHECKING:
    from alignment.encoders import Encoder

MOST = 5
NEAREST = 3
BESIDE = 5
SKIP = -0.1
NARROWEST, SHARE = 250, 0.06

Numbers = NDArray[np.float64]
Bands = list[tuple[int, int]]


def bertalign(
    source: Sequence[str], target: Sequence[str], languages: tuple[str, str], encoder: "Encoder"
) -> list[Link]:
    """Align two lists of sentences; the languages have no effect."""
    del languages
    if not (source and target):
        return only_nulls(source, target)
    layers = [joined_layers(side, MOST - 1) for side in (source, target)]
    vectors = [encode_layers(side, encoder) for side in layers]
    lengths = [np.array([[len(text.encode()) for text in layer] for layer in side], np.float64) for side in layers]
    anchors = first_pass(vectors[0][0], vectors[1][0])
    return second_pass(vectors, lengths, second_bands(anchors, len(source), len(target)))


def first_pass(source: NDArray[np.float32], target: NDArray[np.float32]) -> list[tuple[int, int]]:
    """Return 1-1 beads, counted from 1."""
    nearest = near_values(source, target)
    bands = first_bands(len(source), len(target))
    table = ScoreTable(bands, skip=0.0)
    for row, (low, high) in enumerate(bands):
        values = np.zeros(high - low + 1)
        for column, value in nearest[row - 1].items() if row else ():
            if low <= column <= high:
                values[column - low] = value
        table.add_row([(1, 0, 0.0), (1, 1, values)])
    links = table.trace([(0, 1), (1, 0), (1, 1)])
    return [(first[0] + 1, second[0] + 1) for first, second in links if first and second]


def near_values(source: NDArray[np.float32], target: NDArray[np.float32]) -> list[dict[int, float]]:
    """Return cosines of the nearest targets of each source sentence, by target number from 1."""
    kept = min(NEAREST, len(target))
    found = []
    for start in range(0, len(source), 512):
        cosines = source[start : start + 512] @ target.T
        places = np.argpartition(-cosines, kept - 1, axis=1)[:, :kept]
        for row, columns in zip(cosines, places, strict=True):
            found.append({int(column) + 1: float(row[column]) for column in columns})
    return found


def first_bands(source: int, target: int) -> Bands:
    """Return a band around the diagonal, both ends included."""
    width = max(NARROWEST, int(max(source, target) * SHARE))
    centres = [int(target / source * row) for row in range(source + 1)]
    return [(max(0, centre - width), min(centre + width, target)) for centre in centres]


def second_bands(anchors: list[tuple[int, int]], source: int, target: int) -> Bands:
    """Return a band around the beads of the first pass, both ends included; the last bead is the far corner."""
    corner = (source, target)
    if anchors and anchors[-1] != corner and (anchors[-1][0] == source or anchors[-1][1] == target):
        anchors = anchors[:-1]
    if not anchors or anchors[-1] != corner:
        anchors = [*anchors, corner]
    bands: Bands = []
    before, left = 0, 0
    for row, column in anchors:
        bands += [(max(0, left - BESIDE), min(target, column + BESIDE))] * (row - before)
        before, left = row, column
    return [bands[0], *bands]


def second_pass(vectors: list[NDArray[np.float32]], lengths: list[Numbers], bands: Bands) -> list[Link]:
    shapes = sums_up_to(MOST)
    ratio = float(lengths[0][0].sum() / lengths[1][0].sum())
    table = ScoreTable(bands, SKIP)
    for row, band in enumerate(bands):
        beads: list[tuple[int, int, float | Numbers]] = [(1, 0, SKIP)]
        if row:
            plane = TableRow(vectors, row, band)
            beads += [(s, t, plane.margin(s, t) * _length_factor(lengths, row, band, (s, t, ratio))) for s, t in shapes]
        table.add_row(beads)
    return table.trace([(0, 1), (1, 0), *shapes])


class TableRow:
    """Cosines of the runs that end at a source sentence, and of adjacent sentences, with those in a target band.

    Args:
        vectors: Of the runs of both sides.
        row: Source sentences before the cell, at least 1.
        band: First and last number of target sentences before the cell.
    """

    def __init__(self, vectors: list[NDArray[np.float32]], row: int, band: tuple[int, int]) -> None:
        source, target = vectors
        count = source.shape[1]
        self._columns = np.arange(band[0], band[1] + 1)
        # Adjacent sentences of a bead: the one after it, and for each size the one before it; counted from 0.
        beside = [row, *(row - size - 1 for size in range(1, MOST))]
        self._there = [0 <= at < count for at in beside]
        rows = np.concatenate([source[:, row - 1], source[0, [min(max(at, 0), count - 1) for at in beside]]])
        self._start = max(0, band[0] - MOST)
        block = target[:, self._start : band[1] + 1]
        self._width = block.shape[1]
        self._count = target.shape[1]
        self._cosines = (rows @ block.reshape(-1, block.shape[2]).T).reshape(len(rows), MOST - 1, self._width)

    def margin(self, size: int, across: int) -> Numbers:
        """Return the value of the beads of `size` source and `across` target sentences that end in each cell."""
        last = self._columns - 1
        cosine = self._at(size - 1, across, last)
        after, before = self._at(size - 1, 1, self._columns), self._at(size - 1, 1, last - across)
        beside_target = _mean(after, before)
        after, before = (
            self._at(MOST - 1 + side, across, last) if self._there[side] else np.zeros(len(last)) for side in (0, size)
        )
        return cosine - (beside_target + _mean(after, before)) / 2

    def _at(self, row: int, across: int, last: NDArray[np.int64]) -> Numbers:
        """Return cosines to the runs of `across` sentences that end at `last`; 0 outside the text."""
        inside = (last >= 0) & (last < self._count)
        columns = np.clip(last - self._start, 0, self._width - 1)
        return np.where(inside, self._cosines[row, across - 1, columns], 0.0).astype(np.float64)


def _mean(after: Numbers, before: Numbers) -> Numbers:
    """Return the mean of two cosines, or their sum if one is missing."""
    return (after + before) / np.where((after != 0) & (before != 0), 2, 1)


def _length_factor(lengths: list[Numbers], row: int, band: tuple[int, int], bead: tuple[int, int, float]) -> Numbers:
    """Return log2(1 + ratio) of the shorter side to the longer, in bytes, scaled to the same language."""
    source, target, ratio = bead
    columns = np.maximum(np.arange(band[0], band[1] + 1) - 1, 0)
    one, others = lengths[0][source - 1, row - 1], lengths[1][target - 1, columns] * ratio
    factor: Numbers = np.log2(1 + np.minimum(one, others) / np.maximum(one, others))
    return factor


class ScoreTable:
    """Best scores of cells, row by row; a cell is identified by the numbers of sentences before it.

    Args:
        bands: First and last target number of each row.
        skip: Value of a target sentence alone.
    """

    def __init__(self, bands: Bands, skip: float) -> None:
        self._bands, self._skip = bands, skip
        self._scores: list[Numbers] = []
        self._moves: list[NDArray[np.uint8]] = []

    def add_row(self, beads: Sequence[tuple[int, int, float | Numbers]]) -> None:
        """Fill the next row.

        Args:
            beads: Source and target sentences, the former at least 1, and value of each bead, where that differs for
                each cell of the row's band.
        """
        low, high = self._bands[len(self._scores)]
        found = np.stack([self._ways(bead) for bead in beads])
        if not self._scores:
            found[0, 0] = 0.0
        best = found.argmax(axis=0)
        cells = found[best, np.arange(high - low + 1)]
        # A single target sentence follows the cell to its left: a running maximum without skips computes all at once.
        skips = self._skip * np.arange(high - low + 1)
        total = np.maximum.accumulate(cells - skips) + skips
        alone = np.concatenate([[False], total[:-1] + self._skip >= cells[1:]])
        self._scores.append(np.where(alone, total, cells))
        self._moves.append(np.where(alone, 0, best + 1).astype(np.uint8))

    def trace(self, steps: list[tuple[int, int]]) -> list[Link]:
        """Return the best path to the last cell; `steps` are the beads of `add_row`, after single target sentences."""
        end = len(self._bands) - 1, self._bands[-1][1]
        return trace_back(*end, lambda i, j: steps[self._moves[i][j - self._bands[i][0]]])

    def _ways(self, bead: tuple[int, int, float | Numbers]) -> Numbers:
        """Return the score of each cell of the next row if this bead ends there."""
        back, left, value = bead
        row = len(self._scores)
        low, high = self._bands[row]
        ways = np.full(high - low + 1, -np.inf)
        if back > row:
            return ways
        begin, end = self._bands[row - back]
        first, last = max(low, begin + left), min(high, end + left)
        if first <= last:
            there = slice(first - low, last - low + 1)
            gain = value[there] if isinstance(value, np.ndarray) else value
            ways[there] = self._scores[row - back][first - left - begin : last - left - begin + 1] + gain
        return ways
