"""Inline markup as HTML and Markdown write it, and what of a page has to be looked up again."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter, itemgetter
from typing import Final

from corpora.article import Inline, InlineKind
from corpora.inlines import clean_target, clean_title, clip, is_visible, move, order
from corpora.readers.drafts import Draft

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
"""What the tags of HTML mean; tags that are not here mean nothing to us."""

_MIN_PASSAGE: Final = 20  # visible characters; a shorter text may stand anywhere by chance


@dataclass(frozen=True, slots=True)
class Mark:
    """A span before its end is known; attributes as in `Inline`."""

    kind: InlineKind
    target: str | None = None
    title: str | None = None


def mark_of(tag: str, attributes: Mapping[str, str | None]) -> Mark | None:
    """Return what an HTML tag opens, None if it is not kept: other tags, and links that lead nowhere or are unsafe."""
    kind = KINDS.get(tag)
    if kind != "link":
        return Mark(kind) if kind else None
    target = clean_target(attributes.get("href"))
    return Mark(kind, target, clean_title(attributes.get("title"))) if target else None


@dataclass
class Flow:
    """Text that is collected run by run, and the marks that open and close in it, in any order."""

    _parts: list[str] = field(default_factory=list)
    _open: list[tuple[str, int, Mark | None]] = field(default_factory=list)
    _spans: list[Inline] = field(default_factory=list)
    _length: int = 0

    def add(self, text: str) -> None:
        """Append text."""
        self._parts.append(text)
        self._length += len(text)

    def open(self, name: str, mark: Mark | None) -> None:
        """Open a mark here; None stands for a tag that has to be closed but means nothing."""
        self._open.append((name, self._length, mark))

    def close(self, name: str) -> None:
        """Close the last mark of that name; if there is none, nothing happens."""
        for number in reversed(range(len(self._open))):
            if self._open[number][0] == name:
                _, start, mark = self._open.pop(number)
                self._spans.extend(_span(mark, start, self._length))
                return

    def take(self) -> tuple[str, list[Inline]]:
        """Return the text and the spans that were closed, and begin anew; what is still open is forgotten."""
        taken = "".join(self._parts), self._spans
        self._parts, self._open, self._spans, self._length = [], [], [], 0
        return taken

    def cut(self) -> tuple[str, list[Inline]]:
        """Return the text and the spans, and begin anew; what is still open ends here and begins again."""
        running = [(name, 0, mark) for name, _, mark in self._open]
        self._spans.extend(span for _, start, mark in self._open for span in _span(mark, start, self._length))
        taken = self.take()
        self._open = running
        return taken


def _span(mark: Mark | None, start: int, end: int) -> list[Inline]:
    return [Inline(mark.kind, start, end, mark.target, mark.title)] if mark and start < end else []


def recover(drafts: Sequence[Draft], page: Sequence[Draft]) -> list[Draft]:
    """Give blocks the inlines, and items the numbers, that the same words have on the page they were taken from.

    What picks the article out of a page loses marks, or changes its choice when it is told to keep them. So it is run
    without them, and they are looked up afterwards: the text stays as it was found, and blocks whose words stand
    nowhere on the page have no inlines. It loses where lists start as well.

    Args:
        drafts: Blocks of the article in order.
        page: All blocks of the page in order, with their inlines.
    """
    words = _Words(page)
    return [words.recover(draft) for draft in drafts]


class _Words:
    """The visible characters of a page, and where its blocks and inlines stand among them."""

    def __init__(self, page: Sequence[Draft]) -> None:
        parts: list[str] = []
        self._inlines: list[Inline] = []
        self._blocks: dict[str, list[tuple[int, Draft]]] = {}
        self._starts: list[tuple[int, Draft]] = []
        at = self._reached = 0
        for draft in page:
            places = _places(draft.text)
            key = "".join(draft.text[place] for place in places)
            self._inlines.extend(move(draft.inlines, places, range(at, at + len(places))))
            self._blocks.setdefault(key, []).append((at, draft))
            self._starts.append((at, draft))
            parts.append(key)
            at += len(key)
        self._text = "".join(parts)
        self._inlines.sort(key=order)
        self._longest = max((inline.end - inline.start for inline in self._inlines), default=0)

    def recover(self, draft: Draft) -> Draft:
        if draft.kind == "code":
            return draft
        places = _places(draft.text)
        key = "".join(draft.text[place] for place in places)
        at = self._find(key, draft)
        if at is None:
            return replace(draft, inlines=())
        if draft.kind != "title":
            self._reached = at + len(key)
        first = bisect_left(self._inlines, at - self._longest, key=attrgetter("start"))
        last = bisect_left(self._inlines, at + len(key), key=attrgetter("start"))
        inlines = move(clip(self._inlines[first:last], at, at + len(key)), range(len(places)), places)
        block = self._starts[bisect_right(self._starts, at, key=itemgetter(0)) - 1][1]
        is_item = draft.kind == block.kind == "list_item"
        return replace(draft, inlines=inlines, number=block.number if is_item else draft.number)

    def _find(self, key: str, draft: Draft) -> int | None:
        # The headline also stands in links to the page itself; only a heading of it is the one that is meant.
        same = [
            at for at, block in self._blocks.get(key, ()) if draft.kind != "title" or block.kind in {"title", "heading"}
        ]
        if same:
            return next((at for at in same if at >= self._reached), same[0])
        if len(key) < _MIN_PASSAGE or draft.kind == "title":
            return None
        at = self._text.find(key, self._reached)
        at = at if at >= 0 else self._text.find(key)
        return at if at >= 0 else None


def _places(text: str) -> list[int]:
    # Whoever picks the article out of a page takes out the characters that cannot be printed.
    return [place for place, char in enumerate(text) if is_visible(char) and char.isprintable()]
