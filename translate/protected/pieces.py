"""The last resort for literals: the text around them is translated piece by piece."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import regex

from common.errors import UsageError
from corpora.languages import CHINESE, base_language, parse_language
from corpora.offsets import Span
from translate.protected.continuing import begun_small, ends_in_stop, without_stop
from translate.protected.masking import check_spans

_WIDE: Final = regex.compile(r"[\p{Han}\u3000-\u303f\uff01-\uff60]")
_LETTER: Final = regex.compile(r"\p{L}")
_NO_SPACE_BEFORE: Final = regex.compile(r"[,.;:!?\p{Pe}\p{Pf}%…'’]")
_NO_SPACE_BEHIND: Final = regex.compile(r"[\p{Ps}\p{Pi}]")


@dataclass(frozen=True, slots=True)
class TextPiece:
    """A part of a text between literals, or a literal.

    Attributes:
        text: Its words, without the white space around them.
        literal: Whether it is one of the spans at which the text was cut.
        before: White space before it.
        behind: White space behind it, at the end of the text only.
        unspaced: Whether it follows the piece before it without white space in a script that has none between words.
    """

    text: str
    literal: bool
    before: str = ""
    behind: str = ""
    unspaced: bool = False

    @property
    def source(self) -> str:
        """The piece as the text has it; joined, those of all pieces are the text."""
        return f"{self.before}{self.text}{self.behind}"

    @property
    def worded(self) -> bool:
        """Whether there is anything to translate: it is no literal, and has a letter."""
        return not self.literal and bool(_LETTER.search(self.text))


def pieces_around(text: str, spans: Sequence[Span]) -> list[TextPiece]:
    """Cut a text at its literals.

    Args:
        text: Any text.
        spans: Spans of the literals: in order, not empty, without overlap.

    Returns:
        Pieces in order; a text of white space alone gives one piece without words, an empty one gives none.

    Raises:
        UsageError: The spans overlap, are out of order or out of the text.
    """
    check_spans(text, spans)
    pieces: list[TextPiece] = []
    space = ""
    for start, end, literal in _parts(text, spans):
        part = text[start:end]
        words = part if literal else part.strip()
        if not words:
            space += part
            continue
        lead = "" if literal else part[: len(part) - len(part.lstrip())]
        unspaced = not (space + lead) and bool(_WIDE.match(text[start]) or (start and _WIDE.match(text[start - 1])))
        pieces.append(TextPiece(words, literal, space + lead, "", unspaced))
        space = part[len(lead) + len(words) :]
    if space or not pieces:
        last = pieces.pop() if pieces else TextPiece("", literal=False)
        pieces.append(TextPiece(last.text, last.literal, last.before, space, last.unspaced))
    return pieces if text else []


def _parts(text: str, spans: Sequence[Span]) -> Iterator[tuple[int, int, bool]]:
    at = 0
    for start, end in spans:
        if at < start:
            yield at, start, False
        yield start, end, True
        at = end
    if at < len(text):
        yield at, len(text), False


def join_pieces(pieces: Sequence[TextPiece], texts: Sequence[str], language: str) -> str:
    """Put translated pieces and literals together.

    Args:
        pieces: What `pieces_around` gave.
        texts: The translation of each of them; for a piece that is neither worded nor a literal, its
            own text is taken all the same.
        language: BCP-47 tag of the translation.

    Returns:
        One text. A stop at the end of a piece that has none in the source goes, and so does the capital of a word that
        is no name at the beginning of one that is small there. Where the source had white space the translation has one
        space, unless it is in Chinese and a Chinese character is on either side; where the source is Chinese and the
        translation is not, words get a space between.

    Raises:
        UsageError: The language is not known, or there are more or fewer texts than pieces.
    """
    base = base_language(parse_language(language))
    if len(texts) != len(pieces):
        raise UsageError(f"{len(texts)} texts do not fit {len(pieces)} pieces")
    joined = ""
    spaced = False
    for place, (piece, text) in enumerate(zip(pieces, texts, strict=True)):
        words = _continued(piece, text.strip(), base, begins=place == 0, ends=place == len(pieces) - 1)
        spaced = spaced or bool(piece.before)
        if not words:
            continue
        around = (joined[-1:], words[0])
        if joined and _needs_space(around, spaced=spaced, unspaced=piece.unspaced, chinese=base == CHINESE):
            joined += " "
        joined += words
        spaced = False
    return joined


def _continued(piece: TextPiece, text: str, base: str, *, begins: bool, ends: bool) -> str:
    """Return the translation of a piece, without the stop and the capital that a model gives to every text."""
    if piece.literal:
        return text
    if not piece.worded:
        return piece.text
    if not begins and piece.text[0].islower():
        text = begun_small(text, base)
    return text if ends or ends_in_stop(piece.text) else without_stop(text, base)


def _needs_space(around: tuple[str, str], *, spaced: bool, unspaced: bool, chinese: bool) -> bool:
    left, right = around
    wide = bool(_WIDE.match(left) or _WIDE.match(right))
    if chinese:
        return spaced and not wide
    return spaced or (unspaced and not wide and not (_NO_SPACE_BEFORE.match(right) or _NO_SPACE_BEHIND.match(left)))
