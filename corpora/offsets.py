"""Maps offsets of a cleaned or extracted text to its original."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

Span = tuple[int, int]


class OffsetPiece(NamedTuple):
    """A run of the new text and the run of the original that it was made from.

    Attributes:
        start: Offset of its first code point in the new text.
        end: Offset after its last code point.
        original_start: The same in the original text.
        original_end: The same in the original text.
        verbatim: Both runs are the same characters, so offsets inside are known one by one.
    """

    start: int
    end: int
    original_start: int
    original_end: int
    verbatim: bool = True


@dataclass(frozen=True)
class OffsetMap:
    """Maps offsets of a text to its original; pieces are ascending on both sides and cover the whole text.

    Attributes:
        pieces: The runs, none of them empty on the side of the new text.
    """

    pieces: tuple[OffsetPiece, ...]

    @classmethod
    def identity(cls, length: int) -> "OffsetMap":
        """Return the map of an unchanged text of `length` code points."""
        return cls((OffsetPiece(0, length, 0, length),) if length else ())

    @classmethod
    def keeping(cls, spans: Iterable[Span]) -> "OffsetMap":
        """Return the map of a text that is the given spans of the original, one after the other."""
        pieces: list[OffsetPiece] = []
        at = 0
        for start, end in spans:
            if end > start:
                pieces.append(OffsetPiece(at, at + end - start, start, end))
                at += end - start
        return cls(tuple(pieces))

    def original_span(self, start: int, end: int) -> Span:
        """Return the smallest known span of the original for `start` to `end`; empty for an empty span.

        Args:
            start: Offset of the first code point, from 0.
            end: Offset after the last one, at most the length of the text.
        """
        if not self.pieces:
            return 0, 0
        first = self._piece_at(start)
        if end <= start:
            at = first.original_start + start - first.start if first.verbatim else first.original_start
            return min(at, first.original_end), min(at, first.original_end)
        last = self._piece_at(end - 1)
        original_start = first.original_start + (start - first.start if first.verbatim else 0)
        original_end = last.original_start + end - last.start if last.verbatim else last.original_end
        return original_start, original_end

    def after(self, earlier: "OffsetMap") -> "OffsetMap":
        """Return the map to the original of `earlier`, whose new text is the original of this map."""
        return OffsetMap(tuple(joined for piece in self.pieces for joined in _through(piece, earlier)))

    @cached_property
    def _starts(self) -> list[int]:
        return [piece.start for piece in self.pieces]

    def _piece_at(self, offset: int) -> OffsetPiece:
        return self.pieces[max(bisect_right(self._starts, offset) - 1, 0)]

    def touching(self, start: int, end: int) -> Iterator[OffsetPiece]:
        """Yield the pieces that hold characters of the span."""
        number = max(bisect_right(self._starts, start) - 1, 0)
        while number < len(self.pieces) and self.pieces[number].start < end:
            yield self.pieces[number]
            number += 1


def _through(piece: OffsetPiece, earlier: OffsetMap) -> Iterator[OffsetPiece]:
    if not piece.verbatim:
        yield OffsetPiece(
            piece.start, piece.end, *earlier.original_span(piece.original_start, piece.original_end), verbatim=False
        )
        return
    shift = piece.start - piece.original_start
    for inner in earlier.touching(piece.original_start, piece.original_end):
        start, end = max(inner.start, piece.original_start), min(inner.end, piece.original_end)
        yield OffsetPiece(start + shift, end + shift, *earlier.original_span(start, end), verbatim=inner.verbatim)
