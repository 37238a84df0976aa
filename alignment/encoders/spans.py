"""Sums of token features over spans of a text, each token's features computed once.

Only the first and last four tokens of a span have features that depend on where it begins and ends; all others are
shared with every span around them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import numpy as np

from alignment.arrays import Doubles, Floats
from alignment.encoders.borders import SEEN, Marks, Passage
from alignment.encoders.network import FEATURES, REACH, Ids, Network
from alignment.encoders.use_words import BEGIN, END

SHARED_FROM: Final = SEEN
"""Tokens of the shortest span whose borders do not see one another."""

_TOKENS_AT_ONCE: Final = 2_048
_SUMMED_AT_ONCE: Final = 512  # in single precision
_SPANS_AT_ONCE: Final = 128


@dataclass(frozen=True)
class _Stream:
    """Parts' pieces one after the other, and where each part begins and ends."""

    ids: Ids
    starts: Ids
    ends: Ids

    @classmethod
    def of(cls, parts: Sequence[Ids]) -> "_Stream":
        lengths = np.array([len(each) for each in parts])
        ends = np.cumsum(lengths)
        return cls(np.concatenate(parts), ends - lengths, ends)


class SpanSums:
    """Sums of features over spans of parts of a text: what all spans share, plus what depends on the borders.

    Args:
        network: The forward pass.
        parts: Ids of the pieces of each part, none of which is empty.
    """

    def __init__(self, network: Network, parts: Sequence[Ids]) -> None:
        stream = _Stream.of(parts)
        count, size = len(stream.starts), len(stream.ids)
        self._stream = stream
        self.features = np.empty((size, FEATURES), np.float32)
        borders = [_stretch(network, stream, begin, self.features) for begin in range(0, size, _TOKENS_AT_ONCE)]
        opening, closing = (np.concatenate(each) for each in zip(*borders, strict=True))
        # Inner sums run from REACH tokens after a beginning to REACH tokens before an end; where the stream is too
        # short for that, no run long enough to be asked for begins or ends there.
        inner = np.concatenate([np.minimum(stream.starts + REACH, size), np.maximum(stream.ends - REACH, 0)])
        before = _sums_before(self.features, inner)
        self._upto = before[count:]
        self._upto += closing
        self._from = before[:count]
        self._from -= opening

    def lengths(self, first: Ids, last: Ids) -> Ids:
        """Number of pieces from part `first` to part `last`."""
        return np.asarray(self._stream.ends[last] - self._stream.starts[first])

    def of(self, first: Ids, last: Ids) -> Floats:
        """Sums over the spans from part `first` to part `last`, marks of beginning and end included."""
        out = np.empty((len(first), FEATURES), np.float32)
        # In small groups, as large arrays of doubles cost more to come by than to fill.
        for start in range(0, len(first), _SPANS_AT_ONCE):
            mine = slice(start, start + _SPANS_AT_ONCE)
            np.subtract(self._upto[last[mine]], self._from[first[mine]], out=out[mine], casting="same_kind")
        return out


def _stretch(network: Network, stream: _Stream, begin: int, features: Floats) -> tuple[Floats, Floats]:
    """Write features of the stream's tokens from `begin`; return sums at the beginnings and the ends among them."""
    end = min(begin + _TOKENS_AT_ONCE, len(stream.ids))
    low = max(begin - SEEN, 0)
    kinds = network.kinds(np.concatenate([stream.ids[low : end + SEEN], [BEGIN, END]]))
    marks, kinds = kinds.places[-2:], replace(kinds, places=kinds.places[:-2])
    starts, lasts = (
        each[np.searchsorted(each, begin) : np.searchsorted(each, end)] - low
        for each in (stream.starts, stream.ends - 1)
    )
    passage = Passage(network, kinds, (Marks(1, starts, int(marks[0])), Marks(-1, lasts, int(marks[1]))))
    passage.features(begin - low, features[begin:end])
    return passage.border(0), passage.border(1)


def _sums_before(features: Floats, positions: Ids) -> Doubles:
    """Sums of the features of all tokens before each position; sums in double precision keep differences exact."""
    size = len(features)
    edges = np.unique(np.concatenate([positions, np.arange(0, size, _SUMMED_AT_ONCE), [size]]))
    sums = np.zeros((len(edges), features.shape[1]))
    # One addition a stretch is ten times as quick as `np.add.reduceat` along the first axis.
    for at, (low, high) in enumerate(pairwise(edges.tolist())):
        np.add(sums[at], features[low:high].sum(axis=0), out=sums[at + 1])
    return np.asarray(sums[np.searchsorted(edges, positions)])
