"""Features of every bead that begins in a block of the plane, and their weights from `costs.toml`."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from alignment.first_pass.anchors import Survey
from alignment.first_pass.overlaps import Runs
from common.arrays import Floats
from common.data import load_table

if TYPE_CHECKING:
    from numpy.typing import NDArray


FEATURES: Final = (
    "similarity",  # of the two sides
    "target_neighbours",  # similarity of the source side to the better of the two target sentences next to the bead
    "source_neighbours",  # the same, sides exchanged
    "weakest_gain",  # least loss of similarity when a sentence at an end is left out
    "extension",  # largest gain of similarity when a sentence next to the bead is added
    "cut",  # similarity of the weaker part when the bead is split, relative to the whole
    "length_square",  # squared logarithm of the ratio of lengths relative to the document's
    "length",  # its absolute value
    "one_one",
    "one_two",
    "one_many",
    "two_two",
    "many_many",
)
"""Names of the features, in order."""

_SAME = 0.9999
_MOST_GAIN, _LEAST_GAIN = 0.5, -0.3
_MOST_SQUARE, _MOST_LENGTH = 2.0, 1.5


@dataclass(frozen=True, slots=True)
class Area:
    """Beads that begin at source sentences `first` … and target sentences `low` …."""

    first: int
    rows: int
    low: int
    columns: int


class RunFeatures:
    """Features of the beads that begin in one area.

    Args:
        source: Runs of the source.
        target: Runs of the target.
        survey: Statistics of the two documents.
        area: Beginnings of the beads; it may reach beyond the documents.

    Attributes:
        same: Scaled similarity from which two sides have the same words.
    """

    def __init__(self, source: Runs, target: Runs, survey: Survey, area: Area) -> None:
        self._area = area
        self.same = (_SAME - survey.unrelated) / survey.spread
        rows = _taken(source, area.first - 1, area.rows)
        columns = _taken(target, area.low - 1, area.columns)
        product = rows.reshape(-1, rows.shape[2]) @ columns.reshape(-1, columns.shape[2]).T
        product = (product - survey.unrelated) / survey.spread
        # Axes: length of the source run, its beginning, length of the target run, its beginning.
        self._scaled = product.reshape(*rows.shape[:2], *columns.shape[:2]).astype(np.float32)
        self._source_length = _lengths(source, area.first, area.rows) * survey.ratio
        self._target_length = _lengths(target, area.low, area.columns)

    def of(self, source: int, target: int) -> Iterator[Floats | float]:
        """Yield the features, in the order of `FEATURES`, of beads with these numbers of sentences.

        Neither side may be longer than the longest run. Each feature has shape (rows, columns) or is one number for
        all. Similarity is NaN if a bead passes the end.
        """
        whole = self._at(source, target)
        yield whole
        yield np.nan_to_num(np.fmax(self._at(source, 1, 0, target), self._at(source, 1, 0, -1)))
        yield np.nan_to_num(np.fmax(self._at(1, target, source, 0), self._at(1, target, -1, 0)))
        yield self._gain(source, target, whole)
        yield self._extension(source, target, whole)
        yield self._cut(source, target, whole)
        deviation = np.abs(np.log(self._target_length[target - 1][None, :] / self._source_length[source - 1][:, None]))
        yield np.minimum(deviation**2, _MOST_SQUARE).astype(np.float32)
        yield np.minimum(deviation, _MOST_LENGTH).astype(np.float32)
        yield from _shape(min(source, target), max(source, target))

    def _at(self, source: int, target: int, down: int = 0, right: int = 0) -> Floats:
        """Return the scaled similarity of runs at these offsets from the bead's beginning."""
        if not (1 <= source <= self._scaled.shape[0] and 1 <= target <= self._scaled.shape[2]):
            return np.full((self._area.rows, self._area.columns), np.nan, np.float32)
        rows = slice(1 + down, 1 + down + self._area.rows)
        columns = slice(1 + right, 1 + right + self._area.columns)
        return self._scaled[source - 1, rows, target - 1, columns]

    def _gain(self, source: int, target: int, whole: Floats) -> Floats | float:
        shorter = []
        if source > 1:
            shorter += [self._at(source - 1, target, 1, 0), self._at(source - 1, target)]
        if target > 1:
            shorter += [self._at(source, target - 1, 0, 1), self._at(source, target - 1)]
        if not shorter:
            return 0.0
        return np.asarray(np.minimum(whole - np.fmax.reduce(shorter), _MOST_GAIN))

    def _extension(self, source: int, target: int, whole: Floats) -> Floats:
        longer = [self._at(source + 1, target, -1, 0), self._at(source + 1, target)]
        longer += [self._at(source, target + 1, 0, -1), self._at(source, target + 1)]
        gain = np.clip(np.fmax.reduce(longer) - whole, _LEAST_GAIN, _MOST_GAIN)
        return np.asarray(np.nan_to_num(gain, nan=_LEAST_GAIN))

    def _cut(self, source: int, target: int, whole: Floats) -> Floats | float:
        weaker = [
            np.minimum(self._at(up, left), self._at(source - up, target - left, up, left))
            for up in range(1, source)
            for left in range(1, target)
        ]
        return np.asarray(np.fmax.reduce(weaker) - whole) if weaker else 0.0


def _shape(few: int, many: int) -> tuple[float, ...]:
    """Return the one-hot kind of the bead."""
    kinds = {(1, 1): 0, (1, 2): 1, (2, 2): 3}
    place = kinds.get((few, many), 2 if few == 1 else 4)
    return tuple(float(place == number) for number in range(5))


def _taken(runs: Runs, first: int, count: int) -> Floats:
    """Return vectors of runs that begin at `first` …, NaN if there is none: shape (longest, count + longest + 1, d)."""
    longest = runs.longest
    begins = np.arange(first, first + count + longest + 1)
    taken = runs.vectors[:, np.clip(begins, 0, runs.count - 1)]
    ends = begins[None, :] + np.arange(1, longest + 1)[:, None]
    taken[(begins[None, :] < 0) | (ends > runs.count)] = np.nan
    return taken


def _lengths(runs: Runs, first: int, count: int) -> NDArray[np.float64]:
    """Return characters of the runs that begin at `first` …: shape (longest, count); positive past the end."""
    upto = runs.upto
    begins = np.clip(np.arange(first, first + count), 0, runs.count - 1)
    ends = np.minimum(begins[None, :] + np.arange(1, runs.longest + 1)[:, None], runs.count)
    return np.asarray(upto[ends] - upto[begins][None, :])


@dataclass(frozen=True, slots=True)
class Costs:
    """Weights and costs; costs are added to a path's score, so most are negative.

    Attributes:
        weights: One for each of `FEATURES`.
        gap: For the first sentence without a counterpart in a row.
        more_gap: For each further one; not lower than `gap`.
        swap: For two neighbouring beads in exchanged order.
        move: For a passage that is elsewhere.
        same: For a bead whose sides have the same words.
    """

    weights: tuple[float, ...]
    gap: float
    more_gap: float
    swap: float
    move: float
    same: float = 0.0

    def scores(self, runs: RunFeatures, source: int, target: int) -> "NDArray[np.float32]":
        """Return the score of every bead of a shape in the area: shape (rows, columns), minus infinity for no bead."""
        features = runs.of(source, target)
        similarity = np.asarray(next(features))
        total = self.weights[0] * similarity + np.float32(self.same) * (similarity >= runs.same)
        for weight, feature in zip(self.weights[1:], features, strict=True):
            if weight:
                total = total + np.float32(weight) * feature
        return np.asarray(np.nan_to_num(total, nan=-np.inf, neginf=-np.inf))


@cache
def load_costs() -> Costs:
    """Load the trained costs; `training/aligner_costs.py` makes them."""
    table = load_table(__name__, "costs.toml")
    weights = tuple(float(table["weights"][name]) for name in FEATURES)
    return Costs(weights, **{name: float(value) for name, value in table["moves"].items()})
