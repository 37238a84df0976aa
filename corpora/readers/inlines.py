"""Inline markup of HTML and Markdown, and how it is recovered from a page."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from corpora.blocks import Inline, InlineKind, clean_target, clean_title, clip, is_visible, move, order
from corpora.readers.drafts import BlockDraft

KINDS: Final[Mapping[str, InlineKind]] = {
    "a": "link",
    "em": "emphasis", "i": "emphasis",
    "strong": "strong", "b": "strong",
    "del": "strike", "s": "strike", "strike": "strike",
    "u": "underline", "ins": "underline",
    "sub": "subscript",
    "sup": "superscript",
    "mark": "highlight",
    "code": "code", "kbd": "code", "samp": "code", "tt": "code",
}  # fmt: skip
"""The kinds of inline for HTML tags; all other tags are ignored."""

_MIN_PASSAGE: Final = 20  # visible characters; a shorter text may occur by chance


@dataclass(frozen=True, slots=True)
class InlineMark:
    """A span whose end is not known yet; attributes as in `Inline`."""

    kind: InlineKind
    target: str | None = None
    title: str | None = None


def mark_of(tag: str, attributes: Mapping[str, str | None]) -> InlineMark | None:
    """Return the inline that an HTML tag opens, None for other tags and links that are empty or unsafe."""
    kind = KINDS.get(tag)
    if kind != "link":
        return InlineMark(kind) if kind else None
    target = clean_target(attributes.get("href"))
    return InlineMark(kind, target, clean_title(attributes.get("title"))) if target else None


@dataclass
class Flow:
    """Text collected run by run, with marks that open and close in it, in any order."""

    _parts: list[str] = field(default_factory=list)
    _open: dict[str, list[tuple[int, InlineMark | None]]] = field(default_factory=dict)
    _spans: list[Inline] = field(default_factory=list)
    _length: int = 0

    def add(self, text: str) -> None:
        """Append text."""
        self._parts.append(text)
        self._length += len(text)

    def open(self, name: str, mark: InlineMark | None) -> None:
        """Open a mark here; None for a tag that must be closed but is ignored."""
        self._open.setdefault(name, []).append((self._length, mark))

    def close(self, name: str) -> None:
        """Close the last mark of that name, if any."""
        if self._open.get(name):
            start, mark = self._open[name].pop()
            self._spans.extend(_span(mark, start, self._length))

    def take(self) -> tuple[str, list[Inline]]:
        """Return the text and the closed spans, and start again; open spans are dropped."""
        taken = "".join(self._parts), self._spans
        self._parts, self._open, self._spans, self._length = [], {}, [], 0
        return taken

    def cut(self) -> tuple[str, list[Inline]]:
        """Return the text and the spans, and start again; open spans end here and start again."""
        running = {name: [(0, mark) for _, mark in marks] for name, marks in self._open.items()}
        self._spans.extend(
            span for marks in self._open.values() for start, mark in marks for span in _span(mark, start, self._length)
        )
        taken = self.take()
        self._open = running
        return taken


def _span(mark: InlineMark | None, start: int, end: int) -> list[Inline]:
    return [Inline(mark.kind, start, end, mark.target, mark.title)] if mark and start < end else []


def recover(drafts: Sequence[BlockDraft], page: Sequence[BlockDraft]) -> list[BlockDraft]:
    """Give blocks the inlines, and items the numbers, that the same words have on the page.

    The extractor loses marks and the starts of lists, or extracts other text when it has to keep them. So it runs
    without them, and they are looked up afterwards: the text does not change, and blocks whose words are nowhere on the
    page have no inlines.
    """
    words = _Words(page)
    return [words.recover(draft) for draft in drafts]


class _Words:
    """The visible characters of a page, with the positions of its blocks and inlines."""

    def __init__(self, page: Sequence[BlockDraft]) -> None:
        parts: list[str] = []
        self._places: dict[str, list[int]] = {}
        self._headings: dict[str, list[int]] = {}
        self._starts: list[int] = []
        self._page: list[tuple[BlockDraft, tuple[Inline, ...]]] = []
        at = self._reached = 0
        for draft in page:
            places = _places(draft.text)
            key = "".join(draft.text[place] for place in places)
            self._places.setdefault(key, []).append(at)
            if draft.kind in {"title", "heading"}:
                self._headings.setdefault(key, []).append(at)
            self._starts.append(at)
            self._page.append((draft, move(draft.inlines, places, range(at, at + len(places)))))
            parts.append(key)
            at += len(key)
        self._text = "".join(parts)

    def recover(self, draft: BlockDraft) -> BlockDraft:
        """Return a block with the markup that its words have on the page."""
        if draft.kind == "code":
            return draft
        places = _places(draft.text)
        key = "".join(draft.text[place] for place in places)
        at = self._find(key, draft)
        if at is None:
            return replace(draft, inlines=())
        if draft.kind != "title":
            self._reached = at + len(key)
        first, last = bisect_right(self._starts, at) - 1, bisect_left(self._starts, at + len(key))
        found = sorted((inline for _, inlines in self._page[first:last] for inline in inlines), key=order)
        inlines = move(clip(found, at, at + len(key)), range(len(places)), places)
        block = self._page[first][0]
        is_item = draft.kind == block.kind == "list_item"
        return replace(draft, inlines=inlines, number=block.number if is_item else draft.number)

    def _find(self, key: str, draft: BlockDraft) -> int | None:
        # The headline is also in links to the page itself; only a heading of it is meant.
        same = (self._headings if draft.kind == "title" else self._places).get(key)
        if same:
            following = bisect_left(same, self._reached)
            return same[following] if following < len(same) else same[0]
        if len(key) < _MIN_PASSAGE or draft.kind == "title":
            return None
        at = self._text.find(key, self._reached)
        at = at if at >= 0 else self._text.find(key)
        return at if at >= 0 else None


def _places(text: str) -> list[int]:
    # Extraction removes unprintable characters.
    return [place for place, char in enumerate(text) if is_visible(char) and char.isprintable()]
