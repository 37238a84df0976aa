"""All paths through a tiny window, one by one: what the sums of the lattice are held against."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from alignment.lattice import NEVER, PathScores
from alignment.types import IndexBead

Path = tuple[IndexBead, ...]


def every_path(scores: PathScores) -> Iterator[tuple[Path, float]]:
    """Yield each path with its score; a source gap right behind a target gap is no path."""
    for path in _walks(scores, 0, 0):
        if all(first[0] or not second[0] or second[1] for first, second in pairwise(path)):
            yield path, path_score(scores, path)


def path_score(scores: PathScores, path: Sequence[IndexBead]) -> float:
    """Add up what the moves of a path are worth."""
    kinds = ["bead", *(_kind(link) for link in path)]
    return sum(_bead(scores, link) + _gap(scores, link, kinds[place]) for place, link in enumerate(path))


def log_sum(values: Sequence[float]) -> float:
    """Logarithm of the sum of exponentials; that of nothing is `NEVER`."""
    return float(np.logaddexp.reduce(list(values))) if values else NEVER


def random_scores(
    size: tuple[int, int], seed: int, shapes: Sequence[tuple[int, int]], never: float = 0.2
) -> PathScores:
    """Scores at random, a share of the beads forbidden."""
    chance = np.random.default_rng(seed)
    beads = {shape: np.where(chance.random(size) < never, NEVER, chance.normal(size=size)) for shape in shapes}
    moves = chance.normal(size=3).tolist()
    return PathScores(beads, chance.normal(size=size[0]), chance.normal(size=size[1]), *moves)


def _walks(scores: PathScores, row: int, column: int) -> Iterator[Path]:
    rows, columns = scores.size
    if (row, column) == (rows, columns):
        yield ()
    beads = [shape for shape, score in scores.beads.items() if _fits(scores, shape, (row, column), score)]
    for down, right in [*beads, (1, 0), (0, 1)]:
        if row + down <= rows and column + right <= columns:
            link = tuple(range(row, row + down)), tuple(range(column, column + right))
            for rest in _walks(scores, row + down, column + right):
                yield (link, *rest)


def _fits(scores: PathScores, shape: tuple[int, int], at: tuple[int, int], score: np.ndarray) -> bool:
    inside = all(begin + length <= size for begin, length, size in zip(at, shape, scores.size, strict=True))
    return inside and bool(score[at] > NEVER / 2)


def _kind(link: IndexBead) -> str:
    return "bead" if all(link) else "source" if link[0] else "target"


def _bead(scores: PathScores, link: IndexBead) -> float:
    source, target = link
    return float(scores.beads[len(source), len(target)][source[0], target[0]]) if all(link) else 0.0


def _gap(scores: PathScores, link: IndexBead, before: str) -> float:
    kind = _kind(link)
    if kind == "bead":
        return 0.0
    own = scores.source_gap[link[0][0]] if kind == "source" else scores.target_gap[link[1][0]]
    price = scores.further if before == kind else scores.first
    return float(own + price + (scores.both if (before, kind) == ("source", "target") else 0.0))
