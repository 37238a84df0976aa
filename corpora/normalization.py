"""Brings text to NFC and plain line ends, keeping a map to the original offsets."""

import unicodedata
from dataclasses import dataclass
from typing import Final

import regex

from corpora.offsets import OffsetMap, OffsetPiece, Span

BYTE_ORDER_MARK: Final = "\N{ZERO WIDTH NO-BREAK SPACE}"

INVISIBLE: Final = frozenset(
    "\N{SOFT HYPHEN}\N{ZERO WIDTH SPACE}\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"
    "\N{LEFT-TO-RIGHT MARK}\N{RIGHT-TO-LEFT MARK}\N{WORD JOINER}\N{ZERO WIDTH NO-BREAK SPACE}"
)
"""Zero-width characters that `str.isspace` does not know; layout treats them as white space."""

LINE_ENDS: Final = frozenset(("\r\n", "\r", "\N{NEXT LINE}", "\N{LINE SEPARATOR}", "\N{PARAGRAPH SEPARATOR}"))
"""Line ends that a line feed replaces."""

# Canonical composition never crosses the border of an extended grapheme cluster (UAX #29, section 4).
_CLUSTER = regex.compile(r"\X")
_FINE = regex.compile(r"[^\r\N{NEXT LINE}\N{LINE SEPARATOR}\N{PARAGRAPH SEPARATOR}]*")


@dataclass(frozen=True, slots=True)
class Normalized:
    r"""A normalised text and its map to the original offsets.

    Attributes:
        text: NFC, line ends `\n`, without a byte order mark.
        offsets: Maps `text` to the text before.
    """

    text: str
    offsets: OffsetMap


def normalize(text: str) -> Normalized:
    r"""Bring `text` to NFC with `\n` line ends and drop leading byte order marks; odd spaces stay as they are.

    A text in that form is returned unchanged.
    """
    skipped = len(text) - len(text.lstrip(BYTE_ORDER_MARK))
    body = text[skipped:]
    if _FINE.fullmatch(body) and unicodedata.is_normalized("NFC", body):
        pieces = [OffsetPiece(0, len(body), skipped, len(text))] if body else []
        return Normalized(body, OffsetMap(tuple(pieces)))
    return _by_cluster(text, skipped)


def is_blank(text: str) -> bool:
    """Return whether `text` has no visible character."""
    return all(char.isspace() or char in INVISIBLE for char in text)


def strip_span(text: str, start: int, end: int) -> Span:
    """Return the span without the blanks at its ends; an all-blank one is returned empty, at `start`."""
    first, last = start, end
    while first < end and is_blank(text[first]):
        first += 1
    while last > first and is_blank(text[last - 1]):
        last -= 1
    return (first, last) if first < last else (start, start)


def _by_cluster(text: str, skipped: int) -> Normalized:
    parts: list[str] = []
    pieces: list[OffsetPiece] = []
    at = 0
    for match in _CLUSTER.finditer(text, skipped):
        before = match.group()
        after = "\n" if before in LINE_ENDS else unicodedata.normalize("NFC", before)
        parts.append(after)
        _extend(pieces, OffsetPiece(at, at + len(after), match.start(), match.end(), before == after))
        at += len(after)
    return Normalized("".join(parts), OffsetMap(tuple(pieces)))


def _extend(pieces: list[OffsetPiece], piece: OffsetPiece) -> None:
    # Runs of unchanged clusters become one piece; the map stays small for ordinary text.
    if pieces and pieces[-1].verbatim and piece.verbatim:
        pieces[-1] = pieces[-1]._replace(end=piece.end, original_end=piece.original_end)
    else:
        pieces.append(piece)
