"""Sums of token features over spans of a text, each token's features computed once.

Only the first and last four tokens of a span have features that depend on where it begins and ends; all others are
shared with every span around them. A beginning puts a mark before the span's first token and cuts off what lies left of
it. The narrowest convolutions do not look that far, the widest two tokens: only what changes is computed.
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

# Counting from the mark of the border, which is 0, inwards: tokens whose first layer changes, and whose features do.
_CHANGED: Final = LEFT + 1
_KEPT: Final = REACH + 1
_INWARDS: Final = REACH + LEFT
"""Tokens that the second layer reads there."""

_SEEN: Final = 2 * REACH
"""Tokens of a span that its border's features depend on."""

SHARED_FROM: Final = _SEEN
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

    def __init__(self, network: TokenNetwork, parts: Sequence[Ids]) -> None:
        stream = _Stream.of(parts)
        count, size = len(stream.starts), len(stream.ids)
        self._stream = stream
        self.features = np.empty((size, FEATURES), np.float32)
        borders = [_window(network, stream, begin, self.features) for begin in range(0, size, _TOKENS_AT_ONCE)]
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


def _window(network: TokenNetwork, stream: _Stream, begin: int, features: Floats) -> tuple[Floats, Floats]:
    """Write features of the stream's tokens from `begin`; return sums at the beginnings and the ends among them."""
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
    """Sums of the features of all tokens before each position; sums in double precision keep differences exact."""
    size = len(features)
    edges = np.unique(np.concatenate([positions, np.arange(0, size, _SUMMED_AT_ONCE), [size]]))
    sums = np.zeros((len(edges), features.shape[1]))
    # One addition a window is ten times as quick as `np.add.reduceat` along the first axis.
    for at, (low, high) in enumerate(pairwise(edges.tolist())):
        np.add(sums[at], features[low:high].sum(axis=0), out=sums[at + 1])
    return np.asarray(sums[np.searchsorted(edges, positions)])


@dataclass(frozen=True)
class _Borders:
    """One side's borders in a window.

    Attributes:
        step: 1 for beginnings, -1 for ends: the way from the border into the span.
        inner: Position of the first, or last, token of each span.
        kind: Row of the mark in the tables of `Kinds`.
    """

    step: int
    inner: Ids
    kind: int

    def tokens(self, count: int, size: int) -> Ids:
        """Positions of the first `count` tokens inwards, in a window of `size`: shape (count, borders).

        Spans that end before are too short to be asked for, so any position does for them.
        """
        inwards: Ids = self.inner + self.step * np.arange(count)[:, None]
        return np.clip(inwards, 0, size - 1)

    def windows(self, grid: Ids, count: int) -> Ids:
        """Rows around the first `count` tokens of `grid`, the mark included: shape (count * borders, 5).

        Args:
            grid: Rows of the two places outside, of the mark and of the tokens inwards: shape (3 + tokens, borders).
            count: How many tokens of each border.
        """
        slots = [grid[LEFT + self.step * offset :][:count] for offset in range(-LEFT, LEFT + 1)]
        return np.stack([each.ravel() for each in slots], axis=1)

    def changed(self, branch: int) -> int:
        """How many tokens, the mark included, of a branch's first layer the border changes."""
        width, left = BRANCHES[branch]
        return 1 + (left if self.step == 1 else width - 1 - left)


class _Window:
    """A window of a text: features of its tokens, and sums of features of the tokens at borders in it.

    Args:
        network: The forward pass.
        kinds: What the first convolutions make of the window's pieces.
        sides: The borders.
    """

    def __init__(self, network: TokenNetwork, kinds: Kinds, sides: tuple[_Borders, ...]) -> None:
        self._network, self._kinds, self._sides = network, kinds, sides
        size = len(kinds.places)
        self._size = size
        whole = np.zeros(size, np.int64)
        self._window = window_of(size, whole, whole + size)
        around = np.append(kinds.places, OUTSIDE)[self._window]
        self._grids = [self._kind_grid(side) for side in sides]
        # The stream's tokens and the changed ones go through the first layer together, and stay in one table.
        borders = [side.windows(grid, _CHANGED) for side, grid in zip(sides, self._grids, strict=True)]
        rows = np.concatenate([kinds.places, *(grid[LEFT:][:_CHANGED].ravel() for grid in self._grids)])
        self._once = network.hear(0, kinds.said, np.concatenate([around, *borders]), kinds.narrow[rows])
        self._said = self._say()

    def features(self, start: int, out: Floats) -> None:
        """Write the features of tokens from `start` as the stream has them: shape (tokens, 1280)."""
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
        self._network.finish(self._kinds.embedded[places], self._said, window, out)

    def _kind_grid(self, side: _Borders) -> Ids:
        """Rows of `Kinds` outside, of the mark and inwards: shape (9, borders)."""
        count = len(side.inner)
        tokens = self._kinds.places[side.tokens(_INWARDS, self._size)]
        return np.concatenate([np.full((LEFT, count), OUTSIDE), np.full((1, count), side.kind), tokens])

    def _first(self, number: int) -> int:
        return self._size + _CHANGED * sum(len(side.inner) for side in self._sides[:number])

    def _say(self) -> Floats:
        """What each slot of the second layer makes of all rows: shape (slots, rows + 1, 256)."""
        said = np.empty((len(SLOTS), len(self._once) + 1, BRANCH), np.float32)
        said[:, -1] = 0
        for at in range(len(SLOTS)):
            self._network.say(at, self._once[: self._size], said[at, : self._size])
            for number in range(len(self._sides)):
                self._say_border(number, at, said[at])
        return said

    def _say_border(self, number: int, at: int, said: Floats) -> None:
        branch, _, offset = SLOTS[at]
        side, first = self._sides[number], self._first(number)
        count, changed = len(side.inner), side.changed(branch)
        # In this slot only tokens from here on are within a window that begins at the mark or inside of it.
        low, high = first + max(0, side.step * offset) * count, first + changed * count
        if low < high:
            self._network.say(at, self._once[low:high], said[low:high])
        same = side.tokens(LEFT, self._size)[changed - 1 :]
        said[high : first + _CHANGED * count] = said[same.ravel()]
