"""Anchors of two versions: reliable pairs, statistics of similarity, and the band of the search."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alignment.first_pass.overlaps import Runs
from alignment.types import AlignOptions
from common.arrays import Numbers

_ROWS = 256
_REACH = 4096
_SMALLEST_SPREAD = 0.35
_MOST_UNRELATED = 0.9
_FEWEST_PAIRS = 3
# An anchor counts if another one is this near, at nearly the same distance on both sides.
_SUPPORT = 8


@dataclass(frozen=True, slots=True)
class Survey:
    """Statistics of two documents.

    Attributes:
        pairs: Sentences that are each other's best match: shape (pairs, 2), ascending in the source.
        unrelated: Typical cosine of two sentences that are not each other's best match.
        ratio: Characters of the target for one of the source.
    """

    pairs: Numbers
    related: float
    unrelated: float
    ratio: float

    @property
    def spread(self) -> float:
        """Difference of the two typical cosines, but at least 35 % of that between unrelated and identical.

        Without the bound, noise would look like evidence in unrelated documents.
        """
        return max(self.related - self.unrelated, _SMALLEST_SPREAD * (1.0 - self.unrelated))


def survey(source: Runs, target: Runs) -> Survey:
    """Find the pairs of mutually best sentences, and the statistics of the two documents.

    Neither side may be empty. Long documents are compared within 4,096 sentences of the diagonal.
    """
    best_of_target = np.full(target.count, -np.inf, np.float32)
    source_of_target = np.zeros(target.count, np.int64)
    target_of_source = np.zeros(source.count, np.int64)
    medians = []
    for start, low, cosines in _cosines(source, target):
        rows, columns = cosines.shape
        target_of_source[start : start + rows] = low + cosines.argmax(axis=1)
        better = cosines.max(axis=0) > best_of_target[low : low + columns]
        where = low + np.flatnonzero(better)
        best_of_target[where] = cosines.max(axis=0)[better]
        source_of_target[where] = start + cosines.argmax(axis=0)[better]
        others = cosines[(cosines < cosines.max(axis=1, keepdims=True)) & (cosines < cosines.max(axis=0))]
        medians += [float(np.median(others))] if others.size else []
    sources = np.flatnonzero(source_of_target[target_of_source] == np.arange(source.count))
    pairs = np.stack([sources, target_of_source[sources]], axis=1)
    cosines = np.einsum("ij,ij->i", source.vectors[0, pairs[:, 0]], target.vectors[0, pairs[:, 1]])
    unrelated = min(float(np.median(medians)), _MOST_UNRELATED) if medians else 0.0
    return Survey(pairs, float(np.median(cosines)), unrelated, _ratio(source, target, pairs))


def _cosines(source: Runs, target: Runs) -> Iterator[tuple[int, int, NDArray[np.float32]]]:
    """Yield blocks of the matrix of cosines: first row, first column, values."""
    for start in range(0, source.count, _ROWS):
        stop = min(start + _ROWS, source.count)
        low = max(start * target.count // source.count - _REACH, 0)
        high = stop * target.count // source.count + _REACH
        yield start, low, source.vectors[0, start:stop] @ target.vectors[0, low:high].T


def _ratio(source: Runs, target: Runs, pairs: Numbers) -> float:
    if len(pairs) < _FEWEST_PAIRS:
        return float(target.lengths.sum() / source.lengths.sum())
    return float(np.median(target.lengths[pairs[:, 1]] / source.lengths[pairs[:, 0]]))


@dataclass(frozen=True, slots=True)
class Band:
    """The target boundaries searched for the source boundaries `first` … `last - 1`.

    Attributes:
        first: First source boundary; boundary i is before sentence i.
        last: One after the last source boundary.
        low: First target boundary.
        high: Last target boundary.
    """

    first: int
    last: int
    low: int
    high: int


def plan_bands(source: int, target: int, pairs: Numbers, options: AlignOptions) -> list[Band]:
    """Divide the plane of boundaries into blocks of rows, each with the columns to search.

    Both numbers of sentences are at least 1. The columns of neighbouring blocks overlap and never move back.
    """
    rows = 64
    starts = range(0, source + 1, rows)
    if source * target <= options.full_plane:
        return [Band(at, min(at + rows, source + 1), 0, target) for at in starts]
    knots = np.concatenate([[[0, 0]], _chain(pairs), [[source, target]]])
    bands: list[Band] = []
    for at in starts:
        last = min(at + rows, source + 1)
        low, high = _columns(knots, at, last - 1, options)
        # The path begins in one corner, enters a block where it left the previous one, and ends in the other corner.
        low = max(min(low, bands[-1].high), bands[-1].low) if bands else 0
        high = max(high, bands[-1].high) if bands else high
        bands.append(Band(at, last, low, target if last > source else min(high, target)))
    return bands


def _columns(knots: Numbers, first: int, last: int, options: AlignOptions) -> tuple[int, int]:
    """Return the columns between the anchors around rows `first` to `last`, limited to the widest band."""
    before = knots[int(np.searchsorted(knots[:, 0], first, side="right")) - 1]
    after = knots[min(int(np.searchsorted(knots[:, 0], last, side="left")), len(knots) - 1)]
    low, high = int(before[1]) - options.band, int(after[1]) + options.band
    if high - low <= options.widest_band:
        return low, high
    share = ((first + last) / 2 - before[0]) / max(int(after[0] - before[0]), 1)
    middle = int(before[1] + share * (after[1] - before[1]))
    half = options.widest_band // 2
    return max(low, middle - half), min(high, middle + half)


def _chain(pairs: Numbers) -> Numbers:
    """Return the longest ascending chain of supported pairs, possibly empty: shape (n, 2)."""
    supported = pairs[_supported(pairs)]
    tails: list[int] = []
    ends: list[int] = []
    previous = np.full(len(supported), -1)
    for number, (_, column) in enumerate(supported):
        place = bisect_left(tails, int(column))
        tails[place : place + 1] = [int(column)]
        ends[place : place + 1] = [number]
        previous[number] = ends[place - 1] if place else -1
    chain = []
    at = ends[-1] if ends else -1
    while at >= 0:
        chain.append(supported[at])
        at = int(previous[at])
    return np.array(chain[::-1], np.int64).reshape(-1, 2)


def _supported(pairs: Numbers) -> NDArray[np.bool_]:
    step = np.diff(pairs, axis=0)
    near = (step[:, 0] <= _SUPPORT) & (np.abs(step[:, 1]) <= _SUPPORT)
    beside = np.zeros(len(pairs), bool)
    beside[1:] |= near
    beside[:-1] |= near
    return beside
