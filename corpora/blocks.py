"""Spans of an article given by its layout: blocks, and inline markup such as links and styles.

Readers find spans, writers write them, and a new article made from an old one takes them over. All need the same: spans
never cross, they hold visible text, and a link leads nowhere harmful.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from heapq import heapify, heappop, heappush
from typing import Final, Literal
from urllib.parse import quote

from corpora.normalization import INVISIBLE

BlockKind = Literal["title", "heading", "paragraph", "list_item", "quote", "code", "table_cell"]
InlineKind = Literal[
    "link", "emphasis", "strong", "strike", "underline", "subscript", "superscript", "highlight", "code"
]
FRONT_MATTER: Final = "front matter"
"""The `Block.info` of a title that the body of a text does not have."""


@dataclass(frozen=True, slots=True)
class Block:
    """A run of text that the layout separates from others; sentences never cross its borders.

    Attributes:
        kind: What the block is.
        start: Offset of its first code point in the article's text.
        end: Offset after its last code point.
        level: Depth of a heading or of a list item, row of a table cell within its table, from 1; 0 elsewhere.
        number: Of an item of an ordered list, not part of the text; None for bullets and elsewhere. Blocks of one level
            and number that follow each other, nested lists between them aside, are paragraphs of one item.
        info: Of code, the words behind its fence, such as its language; of a table cell, the alignment of its column:
            `left`, `center` or `right`; of a title, `front matter` where the text has it there only; None elsewhere.
    """

    kind: BlockKind
    start: int
    end: int
    level: int = 0
    number: int | None = field(default=None, metadata={"absent_when_none": True})
    info: str | None = field(default=None, metadata={"absent_when_none": True})


@dataclass(frozen=True, slots=True)
class Inline:
    """A run of text within a block with markup of its own: a link, or words in another style.

    Attributes:
        kind: Kind of markup. The words of `code` are never translated.
        start: Offset of its first code point in the article's text.
        end: Offset after its last code point.
        target: Address of a link, as written, see `corpora.blocks.clean_target`; None for other kinds.
        title: Title of a link, None if it has none.
    """

    kind: InlineKind
    start: int
    end: int
    target: str | None = None
    title: str | None = None


RANKS: Final = {
    kind: rank
    for rank, kind in enumerate((
        "link", "highlight", "strike", "underline", "emphasis", "strong", "superscript", "subscript", "code",
    ))
}  # fmt: skip
"""Order of nesting of two kinds that contain the same text: the lower is outer. Code is innermost."""

_UNSAFE: Final = frozenset({"data", "file", "javascript", "vbscript"})
_SCHEME: Final = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
# Characters that browsers ignore in an address: https://url.spec.whatwg.org/#concept-basic-url-parser
_OVERLOOKED: Final = re.compile(r"[\t\n\r]")
_CONTROLS: Final = "".join(map(chr, range(0x21)))

_Key = tuple[int, int, int, str, str]


def is_visible(char: str) -> bool:
    """Return whether a character is visible: not white space, and not without width."""
    return not char.isspace() and char not in INVISIBLE


def order(inline: Inline) -> _Key:
    """Return the sort key of inlines."""
    return inline.start, -inline.end, RANKS[inline.kind], inline.target or "", inline.title or ""


def settle(text: str, inlines: Iterable[Inline]) -> tuple[Inline, ...]:
    """Normalise spans to the form that articles keep.

    They are trimmed to visible characters, and empty ones removed. Of two that cross, the later one is cut in two where
    the earlier one ends, as browsers do with overlapping tags. A span within another of the same kind is removed, as it
    has no effect. The result is sorted, and normalising it again changes nothing.

    Args:
        text: The text of one block, or of one article if no span reaches over the border of a block.
        inlines: Spans of `text` in any order.
    """
    found = list(inlines)
    return tuple(sorted(carry(_uncross(found), text, text), key=order)) if found else ()


def carry(inlines: Sequence[Inline], before: str, after: str) -> tuple[Inline, ...]:
    """Move spans of one text to another that differs from it in white space only.

    The spans are trimmed to visible characters; those without any are left out. If more than white space differs, none
    is returned.
    """
    if not inlines:
        return ()
    old, new = visible_places(before), visible_places(after)
    if [before[place] for place in old] != [after[place] for place in new]:
        return ()
    return move(inlines, old, new)


def visible_places(text: str) -> list[int]:
    """Return the offsets of the visible characters."""
    return [place for place, char in enumerate(text) if is_visible(char)]


def move(inlines: Iterable[Inline], old: Sequence[int], new: Sequence[int]) -> tuple[Inline, ...]:
    """Move spans by their characters: the one at `old[n]` now is at `new[n]`.

    Args:
        inlines: Spans in the text that `old` counts in.
        old: Offsets in rising order; a span that holds none of them is left out.
        new: As many offsets, rising too.
    """
    moved = []
    for inline in inlines:
        first, last = bisect_left(old, inline.start), bisect_left(old, inline.end)
        if first < last:
            moved.append(replace(inline, start=new[first], end=new[last - 1] + 1))
    return tuple(moved)


def clip(inlines: Iterable[Inline], start: int, end: int) -> tuple[Inline, ...]:
    """Return the parts of spans within a range, counted from its start."""
    return tuple(
        replace(inline, start=max(inline.start, start) - start, end=min(inline.end, end) - start)
        for inline in inlines
        if inline.start < end and inline.end > start
    )


def shift(inlines: Iterable[Inline], by: int) -> tuple[Inline, ...]:
    """Return the spans moved to the right by so many code points."""
    return tuple(replace(inline, start=inline.start + by, end=inline.end + by) for inline in inlines)


def clean_target(target: str | None) -> str | None:
    """Return a link's address in normal form, None if it leads nowhere or is unsafe.

    Addresses are kept as written, even relative ones. Only characters that browsers ignore are removed, and invisible
    characters are percent-encoded. The schemes `data`, `file`, `javascript` and `vbscript` are refused, and backslashes
    at the beginning, by which a page on disk would name a computer in a Windows network.
    """
    bare = _OVERLOOKED.sub("", target or "").strip(_CONTROLS)
    # The text that will contain the address is brought to NFC.
    composed = unicodedata.is_normalized("NFC", bare)
    bare = "".join(char if _stays(char, composed=composed) else quote(char, errors="replace") for char in bare)
    scheme = _SCHEME.match(bare)
    unsafe = "\\" in bare[:2] or (scheme and scheme[1].lower() in _UNSAFE)
    return None if not bare or unsafe else bare


def clean_title(title: str | None) -> str | None:
    """Return the title of a link on one line, None if it is blank."""
    words = "".join(char if char.isprintable() else " " for char in unicodedata.normalize("NFC", title or "")).split()
    return " ".join(words) or None


def _stays(char: str, *, composed: bool) -> bool:
    return char.isprintable() and (composed or char.isascii())


def _uncross(inlines: list[Inline]) -> list[Inline]:
    pending = [(order(inline), inline) for inline in inlines]
    heapify(pending)
    done: list[Inline] = []
    around: list[Inline] = []
    while pending:
        _, inline = heappop(pending)
        while around and around[-1].end <= inline.start:
            around.pop()
        if around and inline.end > around[-1].end:
            rest = replace(inline, start=around[-1].end)
            heappush(pending, (order(rest), rest))
            inline = replace(inline, end=around[-1].end)
        if not any(outer.kind == inline.kind for outer in around):
            done.append(inline)
            around.append(inline)
    return done
