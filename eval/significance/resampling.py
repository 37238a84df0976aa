"""The resamples themselves: which segments each bootstrap resample and each trial of a randomisation takes.

Both are drawn as sacrebleu draws them, so that the same seed gives the same resamples. A resample is kept as how often
it takes each segment, so that the statistics of all resamples of all systems are one matrix product.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from common.arrays import Doubles

_BLOCK: Final = 4_000_000
"""Most numbers in one block of counts or signs: 32 MB."""


def bootstrap_totals(statistics: "Doubles", *, resamples: int, seed: int) -> "Doubles":
    """Return the statistics of bootstrap resamples, each as large as the set and drawn with replacement.

    Source: Koehn 2004 (https://aclanthology.org/W04-3250).

    Args:
        statistics: Shape (segments, columns), the columns of all systems beside each other.
        resamples: How many resamples.
        seed: Seed of the generator.

    Returns:
        Shape (resamples, columns).
    """
    segments = len(statistics)
    drawn = np.random.default_rng(seed).choice(segments, size=(resamples, segments), replace=True)
    blocks = [_counts(drawn[rows], segments) @ statistics for rows in _blocks(resamples, segments)]
    return np.concatenate(blocks)


def _counts(drawn: "NDArray[np.int64]", segments: int) -> "Doubles":
    """Return how often each row of `drawn` has each segment."""
    places = drawn + segments * np.arange(len(drawn))[:, None]
    counted = np.bincount(places.ravel(), minlength=len(drawn) * segments)
    return counted.reshape(len(drawn), segments).astype(np.float64)


def randomisation_shifts(differences: "Doubles", *, trials: int, seed: int) -> "Doubles":
    """Return what trials of an approximate randomisation move from one system's statistics to the other's.

    In each trial a coin is tossed for every segment; where it says so, two systems' outputs change places. If `first`
    and `second` are statistics of two systems, and `differences` is `first - second`, then the pseudo-systems of a
    trial have the totals `second.sum(0) + shift` and `first.sum(0) - shift`.

    Source: Riezler and Maxwell 2005 (https://aclanthology.org/W05-0908).

    Args:
        differences: Shape (segments, columns), the columns of all pairs of systems beside each other.
        trials: How many trials.
        seed: Seed of the generator.

    Returns:
        Shape (trials, columns).
    """
    segments = len(differences)
    tosses = np.random.default_rng(seed).integers(2, size=(trials, segments), dtype=bool)
    return np.concatenate([tosses[rows].astype(np.float64) @ differences for rows in _blocks(trials, segments)])


def _blocks(rows: int, width: int) -> Iterator[slice]:
    step = max(1, _BLOCK // max(1, width))
    return (slice(start, start + step) for start in range(0, rows, step))
