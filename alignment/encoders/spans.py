"""Sums of token features over spans of a text, with each token's features computed once.

Only the features of the first and last four tokens of a span depend on its borders; all others are shared with every
enclosing span. At its beginning a mark precedes the first token, and all tokens to the left are cut off. Only the
values that change are computed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import numpy as np

from alignment.encoders.network import (
    BRANCH,
    BRANCHES,
    EMBEDDING,
    FEATURES,
    LEFT,
    OUTSIDE,
    REACH,
    SLOTS,
    Ids,
    Kinds,
    TokenNetwork,
    window_of,
)
from alignment.encoders.use_words import BEGIN, END
from common.arrays import Doubles, Floats

# Counting inwards from the border's mark, which is 0: tokens whose first layer changes, and whose features do.
_CHANGED: Final = LEFT + 1
_KEPT: Final = REACH + 1
_INWARDS: Final = REACH + LEFT
"""Tokens there that the second layer reads."""

_SEEN: Final = 2 * REACH
"""Tokens of a span that affect the features at its border."""

SHARED_FROM: Final = _SEEN
"""Tokens of the shortest span whose borders do not affect each other."""

_TOKENS_AT_ONCE: Final = 2_048
_SUMMED_AT_ONCE: Final = 512  # in single precision
_SPANS_AT_ONCE: Final = 128


@dataclass(frozen=True)
class _Stream:
    """The pieces of all parts, and the borders of each part."""

    ids: Ids
    starts: Ids
    ends: Ids

    @classmethod
    def of(cls, parts: Sequence[Ids]) -> "_Stream":
        """Join the pieces of all parts, and note where each begins and ends."""
        lengths = np.array([len(each) for each in parts])
        ends = np.cumsum(lengths)
        return cls(np.concatenate(parts), ends - lengths, ends)


class SpanSums:
    """Sums of features over spans of parts of a text: shared sums, plus the effect of the borders.

    Args:
        network: The forward pass.
        parts: Piece ids of each part; no part is empty.
    """

    def __init__(self, network: TokenNetwork, parts: Sequence[Ids]) -> None:
        stream = _Stream.of(parts)
        count, size = len(stream.starts), len(stream.ids)
        self._stream = stream
        self.features = np.empty((size, FEATURES), np.float32)
        borders = [_window(network, stream, begin, self.features) for begin in range(0, size, _TOKENS_AT_ONCE)]
        opening, closing = (np.concatenate(each) for each in zip(*borders, strict=True))
        # Inner sums run from REACH tokens after a beginning to REACH tokens before an end; where the stream is too
        # short for that, no sufficiently long run begins or ends.
        inner = np.concatenate([np.minimum(stream.starts + REACH, size), np.maximum(stream.ends - REACH, 0)])
        before = _sums_before(self.features, inner)
        self._upto = before[count:]
        self._upto += closing
        self._from = before[:count]
        self._from -= opening

    def lengths(self, first: Ids, last: Ids) -> Ids:
        """Return the number of pieces from part `first` to part `last`."""
        return np.asarray(self._stream.ends[last] - self._stream.starts[first])

    def of(self, first: Ids, last: Ids) -> Floats:
        """Return sums over the spans from part `first` to part `last`, including the marks of both ends."""
        out = np.empty((len(first), FEATURES), np.float32)
        # In small groups, as large arrays of doubles take longer to allocate than to fill.
        for start in range(0, len(first), _SPANS_AT_ONCE):
            mine = slice(start, start + _SPANS_AT_ONCE)
            np.subtract(self._upto[last[mine]], self._from[first[mine]], out=out[mine], casting="same_kind")
        return out


def _window(network: TokenNetwork, stream: _Stream, begin: int, features: Floats) -> tuple[Floats, Floats]:
    """Write features of the stream's tokens from `begin`; return sums at the beginnings and ends among them."""
    end = min(begin + _TOKENS_AT_ONCE, len(stream.ids))
    low = max(begin - _SEEN, 0)
    kinds = network.kinds(np.concatenate([stream.ids[low : end + _SEEN], [BEGIN, END]]))
    marks, kinds = kinds.places[-2:], replace(kinds, places=kinds.places[:-2])
    starts, lasts = (
        each[np.searchsorted(each, begin) : np.searchsorted(each, end)] - low
        for each in (stream.starts, stream.ends - 1)
    )
    passage = _Window(network, kinds, (_Borders(1, starts, int(marks[0])), _Borders(-1, lasts, int(marks[1]))))
    passage.features(begin - low, features[begin:end])
    return passage.border(0), passage.border(1)


def _sums_before(features: Floats, positions: Ids) -> Doubles:
    """Return sums of features before each position; double precision keeps differences exact."""
    size = len(features)
    edges = np.unique(np.concatenate([positions, np.arange(0, size, _SUMMED_AT_ONCE), [size]]))
    sums = np.zeros((len(edges), features.shape[1]))
    # One addition per window is ten times as fast as `np.add.reduceat` along the first axis.
    for at, (low, high) in enumerate(pairwise(edges.tolist())):
        np.add(sums[at], features[low:high].sum(axis=0), out=sums[at + 1])
    return np.asarray(sums[np.searchsorted(edges, positions)])


@dataclass(frozen=True)
class _Borders:
    """The borders of one side in a window.

    Attributes:
        step: 1 for beginnings, -1 for ends: the way from the border into the span.
        inner: Position of the first, or last, token of each span.
        kind: Row of the mark in the tables of `Kinds`.
    """

    step: int
    inner: Ids
    kind: int

    def tokens(self, count: int, size: int) -> Ids:
        """Return positions of the first `count` tokens inwards, in a window of `size`: shape (count, borders).

        Spans that end before are too short to be requested, so they may have any position.
        """
        inwards: Ids = self.inner + self.step * np.arange(count)[:, None]
        return np.clip(inwards, 0, size - 1)

    def windows(self, grid: Ids, count: int) -> Ids:
        """Return rows around the first `count` tokens of `grid`, including the mark: shape (count * borders, 5).

        Args:
            grid: Rows of the two places outside, of the mark and of the tokens inwards: shape (3 + tokens, borders).
            count: Number of tokens of each border.
        """
        slots = [grid[LEFT + self.step * offset :][:count] for offset in range(-LEFT, LEFT + 1)]
        return np.stack([each.ravel() for each in slots], axis=1)

    def changed(self, branch: int) -> int:
        """Return how many tokens, including the mark, of a branch's first layer the border changes."""
        width, left = BRANCHES[branch]
        return 1 + (left if self.step == 1 else width - 1 - left)


class _Window:
    """A window of a text: features of its tokens, and sums of features of the tokens at borders in it."""

    def __init__(self, network: TokenNetwork, kinds: Kinds, sides: tuple[_Borders, ...]) -> None:
        self._network, self._kinds, self._sides = network, kinds, sides
        size = len(kinds.places)
        self._size = size
        whole = np.zeros(size, np.int64)
        self._window = window_of(size, whole, whole + size)
        around = np.append(kinds.places, OUTSIDE)[self._window]
        self._grids = [self._kind_grid(side) for side in sides]
        # The stream's tokens and the changed ones go through the first layer together, in one table.
        borders = [side.windows(grid, _CHANGED) for side, grid in zip(sides, self._grids, strict=True)]
        rows = np.concatenate([kinds.places, *(grid[LEFT:][:_CHANGED].ravel() for grid in self._grids)])
        self._once = network.add_outputs(0, kinds.outputs, np.concatenate([around, *borders]), kinds.narrow[rows])
        self._outputs = self._slot_outputs()

    def features(self, start: int, out: Floats) -> None:
        """Write the features of tokens from `start` as in the whole stream: shape (tokens, 1280)."""
        mine = slice(start, start + len(out))
        window = np.where(self._window[mine] == self._size, len(self._once), self._window[mine])
        self._finish(self._kinds.places[mine], window, self._once[mine], out)

    def border(self, number: int) -> Floats:
        """Return the sum of the features of the mark and the four tokens next to it, for each border of a side."""
        side, at = self._sides[number], self._first(number)
        count = len(side.inner)
        changed = at + np.arange(_CHANGED * count).reshape(_CHANGED, count)
        outside = np.full((LEFT, count), len(self._once))
        unchanged = side.tokens(_INWARDS, self._size)[LEFT:]
        grid = np.concatenate([outside, changed, unchanged])
        places, rows = (each[LEFT:][:_KEPT].ravel() for each in (self._grids[number], grid))
        out = np.empty((_KEPT * count, FEATURES), np.float32)
        self._finish(places, side.windows(grid, _KEPT), self._once[rows], out)
        return np.asarray(out.reshape(_KEPT, count, out.shape[1]).sum(axis=0))

    def _finish(self, places: Ids, window: Ids, once: Floats, out: Floats) -> None:
        out[:, EMBEDDING:] = once
        self._network.finish(self._kinds.embedded[places], self._outputs, window, out)

    def _kind_grid(self, side: _Borders) -> Ids:
        """Return rows of `Kinds` outside, of the mark and inwards: shape (9, borders)."""
        count = len(side.inner)
        tokens = self._kinds.places[side.tokens(_INWARDS, self._size)]
        return np.concatenate([np.full((LEFT, count), OUTSIDE), np.full((1, count), side.kind), tokens])

    def _first(self, number: int) -> int:
        return self._size + _CHANGED * sum(len(side.inner) for side in self._sides[:number])

    def _slot_outputs(self) -> Floats:
        """Return the output of each slot of the second layer for all rows: shape (slots, rows + 1, 256)."""
        outputs = np.empty((len(SLOTS), len(self._once) + 1, BRANCH), np.float32)
        outputs[:, -1] = 0
        for at in range(len(SLOTS)):
            self._network.slot_output(at, self._once[: self._size], outputs[at, : self._size])
            for number in range(len(self._sides)):
                self._border_outputs(number, at, outputs[at])
        return outputs

    def _border_outputs(self, number: int, at: int, outputs: Floats) -> None:
        branch, _, offset = SLOTS[at]
        side, first = self._sides[number], self._first(number)
        count, changed = len(side.inner), side.changed(branch)
        # In this slot only tokens from here on are within a window that begins at or after the mark.
        low, high = first + max(0, side.step * offset) * count, first + changed * count
        if low < high:
            self._network.slot_output(at, self._once[low:high], outputs[low:high])
        same = side.tokens(LEFT, self._size)[changed - 1 :]
        outputs[high : first + _CHANGED * count] = outputs[same.ravel()]
