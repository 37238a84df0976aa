"""Vecalign's algorithm with the settings of its command line and the bead size of its published experiment.

Brian Thompson & Philipp Koehn (2019), Vecalign: Improved Sentence Alignment in Linear Time and Space, EMNLP,
https://aclanthology.org/D19-1136/; settings, sampling and borders of the bands as in
https://github.com/thompsonb/vecalign, whose random numbers are drawn in the same order. A bead costs its sentence
counts times one less the cosine, divided by what the same runs cost against random ones; a deletion costs a fixed share
of the distribution of such costs. Neighbours are averaged until the plane is small, 1-1 beads are searched there in
full, and the path found is refined in a narrow band at each finer level, n-m beads at the last.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .overlaps import Link, encode_layers, joined_layers, only_nulls, sums_up_to
from .vecalign_search import SearchBand, full_path, path_of, sparse_path, twice_as_fine

if TYPE_CHECKING:
    from alignment.encoders import Encoder

MOST = 8
BUFFER = 5
SMALL_PLANE = 300**2
DELETION_SHARE = 0.2
COST_SAMPLES = 20_000
NORM_SAMPLES = 100
BINS, POINTS = 1_000, 30
SEED = 42

Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class Level:
    """Two versions at one resolution.

    Attributes:
        vectors: Vectors of the runs of each side that end at each sentence: shape (sizes, sentences, dimension).
        norms: Mean cost of each run against random runs of the other side: shape (sizes, sentences).
    """

    vectors: tuple[Vectors, Vectors]
    norms: tuple[Vectors, Vectors]

    @property
    def counts(self) -> tuple[int, int]:
        """Return the numbers of sentences of both sides."""
        return self.vectors[0].shape[1], self.vectors[1].shape[1]


def vecalign(
    source: Sequence[str], target: Sequence[str], languages: tuple[str, str], encoder: "Encoder"
) -> list[Link]:
    """Align two lists of sentences; the languages have no effect."""
    del languages
    if not (source and target):
        return only_nulls(source, target)
    finest = [_unit(encode_layers(joined_layers(side, MOST), encoder)) for side in (source, target)]
    draws = np.random.RandomState(SEED)
    levels = [Level(pair, _norms(pair, draws)) for pair in _pyramid(finest[0], finest[1])]
    deletions = [_deletion_price(level, draws) for level in levels]
    path = full_path(_plain_costs(levels[-1]), deletions[-1])
    width = math.ceil(MOST / 2) + BUFFER
    if len(levels) == 1:
        return _refined(levels[0], path, sums_up_to(MOST), (deletions[0], width))
    for level, price in zip(levels[-2:0:-1], deletions[-2:0:-1], strict=True):
        path = _refined(level, twice_as_fine(path, level.counts), [(1, 1)], (price, width))
    return _refined(levels[0], twice_as_fine(path, levels[0].counts), sums_up_to(MOST), (deletions[0], width))


def _refined(
    level: Level, coarse: list[Link], shapes: list[tuple[int, int]], settings: tuple[float, int]
) -> list[Link]:
    """Return the best path in a band around a coarse one."""
    deletion, width = settings
    band = SearchBand(path_of(coarse), width, level.counts)
    return sparse_path(_band_costs(level, band, shapes), band, shapes, deletion)


def _unit(vectors: NDArray[Any]) -> Vectors:
    unit: Vectors = (vectors / (np.linalg.norm(vectors, axis=-1, keepdims=True) + 1e-5)).astype(np.float32)
    return unit


def _pyramid(source: Vectors, target: Vectors) -> list[tuple[Vectors, Vectors]]:
    """Return the vectors of each level, the finest first."""
    levels = [(source, target)]
    while levels[-1][0].shape[1] * levels[-1][1].shape[1] > SMALL_PLANE:
        levels.append((_halved(levels[-1][0]), _halved(levels[-1][1])))
    return levels


def _halved(vectors: Vectors) -> Vectors:
    even = vectors.shape[1] // 2 * 2
    pairs = vectors[:, 0:even:2] + vectors[:, 1:even:2]
    return _unit(pairs - pairs.mean(axis=1, keepdims=True))


def _norms(pair: tuple[Vectors, Vectors], draws: np.random.RandomState) -> tuple[Vectors, Vectors]:
    """Return mean costs against randomly drawn runs of all sizes of the other side."""
    norms = []
    for own, other in (pair, pair[::-1]):
        sizes, count = other.shape[:2]
        each = math.ceil(NORM_SAMPLES / sizes)
        drawn = np.concatenate([other[size, draws.choice(range(count), size=each)] for size in range(sizes)])
        norms.append((1 - (own @ drawn.T).mean(axis=2)).astype(np.float32))
    return norms[0], norms[1]


def _deletion_price(level: Level, draws: np.random.RandomState) -> float:
    """Return the quantile of the costs of random 1-1 beads, read from a histogram."""
    first, second = level.counts
    if first * second < COST_SAMPLES:
        rows, columns = np.divmod(np.arange(first * second), second)
    else:
        rows = draws.choice(range(first), size=COST_SAMPLES)
        columns = draws.choice(range(second), size=COST_SAMPLES)
    source, target = level.vectors[0][0, rows], level.vectors[1][0, columns]
    norms = level.norms[0][0, rows] + level.norms[1][0, columns]
    costs = 2 * (1 - np.einsum("ij,ij->i", source, target)) / norms
    highest = max(float(costs.max()), 1e-4)
    heights, edges = np.histogram(costs, bins=BINS, range=(0, highest), density=True)
    below = np.cumsum(heights) * (edges[1] - edges[0])
    shares = np.linspace(0, 1, POINTS - 1)
    inner = np.searchsorted(below, shares[1:-1]) / BINS * highest
    return float(np.interp(DELETION_SHARE, shares, np.concatenate([[0.0], inner, [highest]])))


def _plain_costs(level: Level) -> NDArray[np.float32]:
    """Return the costs of all 1-1 beads: shape (source, target)."""
    source, target = (vectors[0] for vectors in level.vectors)
    norms = level.norms[0][0][:, None] + level.norms[1][0]
    costs: NDArray[np.float32] = 2 * (1 - source @ target.T) / (1e-6 + norms)
    return costs


def _band_costs(level: Level, band: SearchBand, shapes: list[tuple[int, int]]) -> NDArray[np.float32]:
    """Return the cost of the bead of each shape that ends in each cell: shape (shapes, diagonals, places)."""
    sizes = np.array(shapes)
    costs = np.full((len(shapes), *band.targets.shape), np.inf, np.float32)
    most = sizes.max(axis=0)
    for start in range(0, len(band.targets), 64):
        here = slice(start, start + 64)
        inside = band.inside[here]
        if not inside.any():
            continue
        rows, columns = band.sources[here][inside], band.targets[here][inside]
        low, left = rows.min(), columns.min()
        one, other = (
            level.vectors[0][: most[0], low : rows.max() + 1],
            level.vectors[1][: most[1], left : columns.max() + 1],
        )
        cosines = np.tensordot(one, other, axes=(2, 2))
        places = (sizes[:, :1] - 1, rows - low, sizes[:, 1:] - 1, columns - left)
        norms = level.norms[0][sizes[:, :1] - 1, rows] + level.norms[1][sizes[:, 1:] - 1, columns]
        counts = 2 * sizes.prod(axis=1)[:, None]
        block = costs[:, here]
        block[:, inside] = counts * (1 - cosines[places]) / (1e-6 + norms)
    return costs
