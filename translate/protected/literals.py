"""Finds literals by `protected.toml`, and those that a translation lost."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from html.entities import html5
from typing import Any, Final
from typing import Literal as OneOf

import regex

from common.data import load_table
from common.errors import UsageError
from corpora.languages import CHINESE, base_language, parse_language
from corpora.offsets import Span
from translate.protected.masking import begun_small, check_spans, ends_in_stop, without_stop

LiteralKind = OneOf["url", "email", "placeholder", "code", "tag", "handle"]

KINDS: Final[tuple[LiteralKind, ...]] = ("url", "email", "placeholder", "tag", "code", "handle")
"""All kinds; of two literals of the same span the first kind in this list counts."""

_TRAILING: Final = frozenset(".,;:!?*_~'\N{HORIZONTAL ELLIPSIS}")
_BRACKETS: Final = {")": "(", "]": "["}
_DOTTED_NAME: Final = regex.compile(r"\p{L}{2,}\.\p{L}{2,}")
_BARE_DOMAIN: Final = regex.compile(r"(?!www\.)[\p{L}\p{N}.-]+")
_WORD: Final = regex.compile(r"[a-zA-Z0-9_]")


@dataclass(frozen=True, slots=True)
class Literal:
    """A span of text that is the same in all languages.

    Attributes:
        kind: `url` (with or without scheme), `email`, `placeholder` (of a format string or template), `tag` (of XML or
            HTML, entities too), `code` (back-ticked text, paths, names of files and of program parts, versions) or
            `handle` (`@name`, `#tag`).
        start: Offset of its first code point.
        end: Offset after its last code point.
    """

    kind: LiteralKind
    start: int
    end: int
    text: str

    @property
    def span(self) -> Span:
        """Its offsets in code points, end exclusive."""
        return self.start, self.end


@dataclass(frozen=True, slots=True)
class _Pattern:
    """One entry of `protected.toml`."""

    kind: LiteralKind
    regex: regex.Pattern[str]
    trim: bool
    entity: bool


def find_literals(text: str) -> tuple[Literal, ...]:
    """Find the spans that a translation of `text` must repeat byte for byte.

    Returns:
        Disjoint literals in order. Of two that overlap, the longer one counts, then the earlier one.

    Example:
        >>> [(found.kind, found.text) for found in find_literals("Ask {name} at a@b.org or see example.com/faq.")]
        [('placeholder', '{name}'), ('email', 'a@b.org'), ('url', 'example.com/faq')]
    """
    found: list[Literal] = []
    taken = bytearray(len(text))
    for literal in sorted(_candidates(text), key=_precedence):
        if not any(taken[literal.start : literal.end]):
            taken[literal.start : literal.end] = b"\1" * len(literal.text)
            found.append(literal)
    return tuple(sorted(found, key=lambda literal: literal.start))


def missing_literals(source: str, hypothesis: str, *, literals: Sequence[Literal] | None = None) -> tuple[Literal, ...]:
    """Return the literals of a source that are missing or less frequent in its translation, byte for byte.

    Args:
        source: The source text.
        hypothesis: Its translation.
        literals: Literals of `source`; None finds them.

    Returns:
        Literals of `source` in order. Of repeated ones the last count as missing.
    """
    wanted = find_literals(source) if literals is None else tuple(literals)
    if not wanted:
        return ()
    found = _counted(hypothesis, {literal.text for literal in wanted})
    missing = []
    for literal in wanted:
        found[literal.text] -= 1
        if found[literal.text] < 0:
            missing.append(literal)
    return tuple(missing)


def surplus_literals(source: str, hypothesis: str) -> tuple[Literal, ...]:
    """Return the literals of a translation that are missing or less frequent in its source.

    Returns:
        Literals of `hypothesis` in order. A bare domain, as Gazeta.ru for Газета.Ru, does not count if the source has a
        name with a dot: it is a translation.
    """
    found = missing_literals(hypothesis, source)
    dotted = _DOTTED_NAME.search(source)
    return tuple(literal for literal in found if not (dotted and _BARE_DOMAIN.fullmatch(literal.text)))


def _precedence(literal: Literal) -> tuple[int, int, int]:
    return literal.start - literal.end, literal.start, KINDS.index(literal.kind)


def _candidates(text: str) -> Iterator[Literal]:
    for pattern in _patterns():
        for match in pattern.regex.finditer(text):
            start, end = match.span()
            if pattern.trim:
                end = _trimmed(text, (start, end))
            if start < end and not (pattern.entity and not _is_entity(match.group())):
                yield Literal(pattern.kind, start, end, text[start:end])


def _trimmed(text: str, span: Span) -> int:
    """Return the end of an address without the punctuation of the sentence around it."""
    start, end = span
    while start < end:
        last = text[end - 1]
        opening = _BRACKETS.get(last, "")
        if last not in _TRAILING and not (opening and text.count(last, start, end) > text.count(opening, start, end)):
            return end
        end -= 1
    return end


def _is_entity(text: str) -> bool:
    return text[1] == "#" or text[1:] in html5


@cache
def _patterns() -> tuple[_Pattern, ...]:
    data = load_table(__name__, "protected.toml")
    lists = {name: words.split() for name, words in data["lists"].items()}
    return tuple(
        _Pattern(
            entry["kind"],
            compile_with_lists(entry["regex"], lists, regex.VERBOSE | regex.VERSION0),
            entry.get("trim", False),
            entry.get("entity", False),
        )
        for entry in data["pattern"]
    )


def compile_with_lists(source: str, lists: dict[str, list[str]], flags: int) -> regex.Pattern[str]:
    r"""Compile a pattern that names lists of words.

    Args:
        source: A pattern of the `regex` module in which `\L<name>` matches any word of a list.
        lists: Words by the name of their list; lists that the pattern does not name are ignored.
        flags: Flags of the `regex` module.
    """
    named: dict[str, Any] = {name: words for name, words in lists.items() if f"<{name}>" in source}
    return regex.compile(source, flags, **named)


def _counted(text: str, wanted: set[str]) -> Counter[str]:
    """Count given strings in a text, without overlaps and without parts of longer literals."""
    there = find_literals(text)
    counts = Counter(literal.text for literal in there if literal.text in wanted)
    taken = [literal.span for literal in there]
    # A suffix of the language, or a symbol that no source has there, may hide a literal from `find_literals`.
    for literal in sorted(wanted, key=len, reverse=True):
        at = text.find(literal)
        while at >= 0:
            span = at, at + len(literal)
            if _stands_alone(text, span) and not any(first < span[1] and span[0] < last for first, last in taken):
                counts[literal] += 1
                taken.append(span)
            at = text.find(literal, at + 1)
    return counts


def _stands_alone(text: str, span: Span) -> bool:
    """Return whether the literal is not part of a longer run of Latin letters or digits."""
    start, end = span
    before = start > 0 and _WORD.match(text[start - 1]) and _WORD.match(text[start])
    behind = end < len(text) and _WORD.match(text[end]) and _WORD.match(text[end - 1])
    return not before and not behind


_WIDE: Final = regex.compile(r"[\p{Han}\u3000-\u303f\uff01-\uff60]")
_LETTER: Final = regex.compile(r"\p{L}")
_NO_SPACE_BEFORE: Final = regex.compile(r"[,.;:!?\p{Pe}\p{Pf}%…'’]")
_NO_SPACE_BEHIND: Final = regex.compile(r"[\p{Ps}\p{Pi}]")


@dataclass(frozen=True, slots=True)
class TextPiece:
    """A part of a text between literals, or a literal.

    Attributes:
        text: Its text, without the white space around it.
        literal: Whether it is one of the given spans.
        behind: White space after it, at the end of the text only.
        unspaced: Whether it follows the previous piece directly in a script without spaces.
    """

    text: str
    literal: bool
    before: str = ""
    behind: str = ""
    unspaced: bool = False

    @property
    def source(self) -> str:
        """The piece with its white space; joined, those of all pieces are the text."""
        return f"{self.before}{self.text}{self.behind}"

    @property
    def worded(self) -> bool:
        """Whether it needs translation: it is not a literal, and has a letter."""
        return not self.literal and bool(_LETTER.search(self.text))


def pieces_around(text: str, spans: Sequence[Span]) -> list[TextPiece]:
    """Split a text at its literals.

    Args:
        text: Any text.
        spans: Spans of the literals: in order, not empty, without overlap.

    Returns:
        Pieces in order; a text of only white space has one piece without words, an empty one none.

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
    """Join translated pieces and literals.

    Args:
        pieces: The pieces from `pieces_around`.
        texts: The translation of each of them; a piece that is neither worded nor a literal keeps its own text.
        language: BCP-47 tag of the translation.

    Returns:
        One text. A stop at the end of a piece that has none in the source is removed, and the first word gets a small
        letter if it has one there and is not a name. White space of the source becomes one space, except next to a
        Chinese character in Chinese; between Chinese source words a space is added in other languages.

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
    """Return the translation of a piece without the stop and the capital that a model adds to every text."""
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
