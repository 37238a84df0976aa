"""Gaps in an article that trafilatura extracted: text that the page has there is restored, the rest reported."""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, pairwise
from typing import Final

from corpora.offsets import Span
from corpora.plain.layout import ends_sentence, width
from corpora.plain.reading import find_boilerplate
from corpora.readers.drafts import BlockDraft

HIDDEN: Final = -1
"""Number of the box of hidden text."""

_BOX_WORDS: Final = (
    "ads?|adverts?|advertisement|advertising|apps?|appstores?|authors?|banner|bio|[a-z]*box|breadcrumbs?|byline|captions?|"
    "carousel|comments?|cookies?|credits?|embed[a-z]*|footer|gallery|image[a-z]*|img[a-z]*|legend|login|media|menu|modal|more|nav|"
    "navigation|news-?letter[a-z]*|outbrain|pagination|party|paywall|pdf|photos?|pictures?|popular|popup|print[a-z]*|promos?|"
    "promotion|readmore|recirc|recommended|recommendations?|related[a-z]*|rating|share|sharing|sidebar|slider|social|"
    "sponsor|sponsored|subscribe|subscription|swiper|taboola|tags?|teasers?|toc|tooltip|video[a-z]*|visual|widgets?"
)
_BOX: Final = re.compile(rf"(?:^|[\s_-])(?:{_BOX_WORDS})(?=$|[\s_-])", re.IGNORECASE)
_BOX_ALONE: Final = re.compile(rf"(?:^|\s)(?:{_BOX_WORDS})(?=$|\s)", re.IGNORECASE)
_UNSEEN: Final = re.compile(r"(?<![\w-])(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)

_EDGE: Final = 12  # characters by which a paragraph is recognised
_MOSTLY: Final = 0.5  # of a block in links: it leads elsewhere; of an article in a box: it is no box then
_WHOLE: Final = 0.9  # of a block found in parts: nothing of it is lost
_LINKED_WIDTH: Final = 60  # columns of a link that is a sentence, not a headline
_AHEAD: Final = 4  # blocks searched for the same one
_LONG: Final = 40  # characters that match no other text by chance
_MOST_COMPARED: Final = 20_000_000  # characters, all blocks of a gap together; a larger gap is left unchanged
_SHOWN: Final = 8  # words that were left out


def box_of(tag: str, attributes: "Iterable[tuple[str, str]]") -> int | None:
    """Return 1 for an element marked as outside the article, `HIDDEN` for a hidden one, else None."""
    values = dict(attributes)
    if "hidden" in values or _UNSEEN.search(values.get("style", "")):
        return HIDDEN
    if values.get("aria-hidden") == "true":  # browsers show it
        return 1
    # Paragraphs have names such as "share-price", too.
    pattern = _BOX_ALONE if tag == "p" else _BOX
    return 1 if any(pattern.search(values.get(name, "")) for name in ("class", "id")) else None


def complete(drafts: list[BlockDraft], page: Sequence[BlockDraft]) -> tuple[list[BlockDraft], list[BlockDraft]]:
    """Restore text that a page has between the blocks of its article.

    Sentences are restored, with their headings and lists. Links to elsewhere, labels and boxes stay out, unless a box
    contains most of the article.

    Returns:
        The article's blocks, and the blocks between them that are left out.
    """
    drafts = _without_gaps(drafts, page)
    keys, page_keys = [_key(draft) for draft in drafts], [_key(draft) for draft in page]
    anchors = _anchors(keys, page_keys)
    start = next((n for n, (mine, _) in enumerate(anchors) if _is_text(drafts[mine])), len(anchors))
    anchors = anchors[start:]
    if not anchors:
        return _with_headings(drafts, page), []
    matches = _matches(keys, page_keys, anchors)
    held = Counter(box for _, there in matches for box in page[there].boxes)
    used = {box for box, count in held.items() if count > _MOSTLY * len(matches)}
    (first, _), (last, _) = matches[0], matches[-1]
    elsewhere = _elsewhere(keys, matches, len(page))
    merged, left = drafts[: first + 1], []
    for (mine, there), (next_mine, next_there) in pairwise(matches):
        # If most of the article is hidden, a script shows it.
        seen = [block for block in page[there + 1 : next_there] if HIDDEN in used or HIDDEN not in block.boxes]
        gap = _Gap(elsewhere, used, merged[-1])
        gap.fill(drafts[mine + 1 : next_mine], seen)
        merged += [*gap.found, drafts[next_mine]]
        left += gap.left
    return _with_headings([*merged, *elsewhere.without_moved(drafts[last + 1 :])], page), left


def region_of(
    drafts: Sequence[BlockDraft], article: Sequence[BlockDraft], page: Sequence[BlockDraft]
) -> Sequence[BlockDraft]:
    """Return the blocks in which to look for gaps: the page's article, or the page if more than that was extracted."""
    there = {_key(draft) for draft in article}
    sizes = [(len(key), key in there) for key in map(_key, drafts)]
    return article if sum(size for size, is_in in sizes if is_in) >= _WHOLE * sum(size for size, _ in sizes) else page


def note_around(drafts: Sequence[BlockDraft], page: Sequence[BlockDraft]) -> str | None:
    """Return a note if much prose of a page precedes or follows the extracted text; else None."""
    kept = {_key(draft) for draft in drafts}
    places = [number for number, draft in enumerate(page) if _key(draft) in kept]
    if not places:
        return None
    around = [*page[: places[0]], *page[places[-1] + 1 :]]
    prose = [draft.text for draft in around if _is_text(draft) and not draft.boxes and not _leads_away(draft)]
    words = " ".join(text for text in prose if not find_boilerplate([text], None)[0]).split()
    if len(words) <= _MOSTLY * sum(len(draft.text.split()) for draft in drafts):
        return None
    shown = " ".join(words[:_SHOWN])[:_LINKED_WIDTH]
    return f"{len(words)} words of the page before or after the article were left out: “{shown} …”"


def note_of(left: Sequence[BlockDraft]) -> str | None:
    """Return a note about blocks that were left out; None if they are links and boilerplate."""
    telling = [draft for draft in left if not _leads_away(draft) and (_is_text(draft) or not draft.boxes)]
    texts = [draft.text for draft in telling if not find_boilerplate([draft.text], None)[0]]
    words = " ".join(texts).split()
    if not words:
        return None
    shown = " ".join(words[:_SHOWN])[:_LINKED_WIDTH]
    more = "" if shown == " ".join(words) else " …"
    count = f"{len(words)} words" if len(words) > 1 else "1 word"
    return f"{count} of the page between paragraphs of the article were left out: “{shown}{more}”"


def _key(draft: BlockDraft) -> str:
    return "".join(draft.text.split())


def _is_text(draft: BlockDraft) -> bool:
    return draft.kind not in {"title", "heading"} and ends_sentence(draft.text)


def _leads_away(draft: BlockDraft) -> bool:
    linked = sum(inline.end - inline.start for inline in draft.inlines if inline.kind == "link")
    is_sentence = draft.kind == "paragraph" and _is_text(draft) and width(draft.text) >= _LINKED_WIDTH
    return linked > _MOSTLY * len(draft.text) and not is_sentence


def _anchors(mine: Sequence[str], page: Sequence[str]) -> list[Span]:
    """Return the blocks that occur once in both, as far as they are in the same order: pairs of numbers."""
    once, once_there = Counter(mine), Counter(page)
    places = {key: number for number, key in enumerate(page) if once_there[key] == 1}
    pairs = [(number, places[key]) for number, key in enumerate(mine) if once[key] == 1 and key in places]
    return _longest_rising(pairs)


def _longest_rising(pairs: Sequence[Span]) -> list[Span]:
    tops: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for number, (_, there) in enumerate(pairs):
        at = bisect_left(tops, there)
        tops[at : at + 1] = [there]
        last[at : at + 1] = [number]
        before.append(last[at - 1] if at else -1)
    found = []
    number = last[-1] if last else -1
    while number >= 0:
        found.append(pairs[number])
        number = before[number]
    return found[::-1]


def _matches(mine: Sequence[str], page: Sequence[str], anchors: Sequence[Span]) -> list[Span]:
    """Return the anchors, with repeated blocks between each two of them."""
    places: dict[str, list[int]] = defaultdict(list)
    for number, key in enumerate(page):
        places[key].append(number)
    found = [anchors[0]]
    for (start, _), (end, end_there) in pairwise(anchors):
        for number in range(start + 1, end):
            some = places[mine[number]]
            at = bisect_left(some, found[-1][1] + 1)
            if at < len(some) and some[at] < end_there:
                found.append((number, some[at]))
        found.append((end, end_there))
    return found


def _elsewhere(keys: Sequence[str], matches: Sequence[Span], blocks: int) -> "_Elsewhere":
    matched = {mine for mine, _ in matches}
    last = matches[-1][0]
    rest = [key for number, key in enumerate(keys) if number not in matched and number < last]
    below = keys[last + 1 :]
    text = "\n".join((*rest, *below))
    return _Elsewhere(Counter(rest), Counter(below), text if len(text) * blocks <= _MOST_COMPARED else "")


@dataclass
class _Gap:
    """The gap between two blocks that article and page have in common.

    Attributes:
        elsewhere: The blocks that the article has in other places than the page.
        used: Boxes that hold most of the article.
        found: The article's blocks in the gap, with the restored ones.
        left: The page's blocks that stay out.
    """

    elsewhere: "_Elsewhere"
    used: set[int]
    above: BlockDraft
    found: list[BlockDraft] = field(default_factory=list)
    left: list[BlockDraft] = field(default_factory=list)

    def fill(self, own: list[BlockDraft], page: Sequence[BlockDraft]) -> None:
        """Merge the article's own blocks of the gap with the page's."""
        if max((len(one.text) for one in own), default=0) * len(page) > _MOST_COMPARED:
            self.found, self.left = own, list(page)
            return
        rest = _Rest(list(own))
        entries: list[_Entry] = []
        for block in page:
            known = rest.find(block)
            if known:
                entries += known
            elif self.elsewhere.moves(block):
                entries.append(_Entry(block))
            elif not self.elsewhere.has(block):
                entries.append(_Entry(block, is_lost=True))
        entries += [_Entry(one) for one in rest.blocks]
        self._choose(_rejoined(entries))
        there = "".join(map(_key, self.found))
        if any(_key(one) not in there for one in own if one not in rest.replaced):
            self.found, self.left = own, [entry.block for entry in entries if entry.is_lost]

    def _choose(self, entries: "Sequence[_Entry]") -> None:
        above, stays = self.above, []
        for entry in entries:
            stays.append(not entry.is_lost or self._belongs(entry.block, above))
            above = entry.block if stays[-1] else above
        is_below = True
        for number in range(len(entries) - 1, -1, -1):
            block = entries[number].block
            if block.kind == "heading" and is_below and not self._is_aside(block):
                stays[number] = True
            is_below = stays[number]
        for entry, is_in in zip(entries, stays, strict=True):
            (self.found if is_in else self.left).append(entry.block)

    def _belongs(self, block: BlockDraft, above: BlockDraft) -> bool:
        """Return whether a block of the page is a part of the article."""
        announced = above.kind == "list_item" or above.text.endswith((":", "\N{FULLWIDTH COLON}"))
        is_item = block.kind == "list_item" and (announced or len(block.text.split()) > 1)
        return not self._is_aside(block) and (_is_text(block) or is_item)

    def _is_aside(self, block: BlockDraft) -> bool:
        return _leads_away(block) or any(box not in self.used for box in block.boxes)


@dataclass(frozen=True, slots=True)
class _Entry:
    """A block in its place, whether the article lacks it, and the article's block that contains it."""

    block: BlockDraft
    is_lost: bool = False
    joined: BlockDraft | None = None


def _rejoined(entries: Iterable[_Entry]) -> list[_Entry]:
    """Replace the page's blocks by the article's block that joins them, if nothing is between them."""
    found: list[_Entry] = []
    for _, group in groupby(entries, key=lambda entry: id(entry.joined or entry)):
        parts = list(group)
        own = parts[0].joined
        # trafilatura forgets the space between the divisions of an item.
        words = [word for part in parts for word in part.block.text.split()]
        is_whole = own is not None and words == own.text.split()
        found += [_Entry(own)] if own is not None and is_whole else parts
    return found


@dataclass
class _Elsewhere:
    """Blocks of the article that are in other places than on the page.

    Attributes:
        spare: How often each text occurs above.
        below: The same for the blocks below all others, where trafilatura puts the cells of tables within others.
    """

    spare: Counter[str]
    below: Counter[str]
    text: str
    _moved: Counter[str] = field(default_factory=Counter)

    def moves(self, block: BlockDraft) -> bool:
        """Return whether a block is below, and remove it from there."""
        key = _key(block)
        if self._moved[key] >= self.below[key]:
            return False
        self._moved[key] += 1
        return True

    def without_moved(self, drafts: Sequence[BlockDraft]) -> list[BlockDraft]:
        """Return the blocks below all others that were not removed from there."""
        moved = self._moved.copy()
        kept = []
        for draft in drafts:
            moved[_key(draft)] -= 1
            if moved[_key(draft)] < 0:
                kept.append(draft)
        return kept

    def has(self, block: BlockDraft) -> bool:
        """Return whether a block is among them; each counts once."""
        key = _key(block)
        if self.spare[key] > 0:
            self.spare[key] -= 1
            return True
        return len(key) >= _LONG and key in self.text


@dataclass
class _Rest:
    """The article's blocks in a gap that differ from the page's: truncated, split or joined."""

    blocks: list[BlockDraft]
    replaced: list[BlockDraft] = field(default_factory=list)
    _opened: list[tuple[BlockDraft, int]] = field(default_factory=list)  # joined blocks, and how far they were found

    def find(self, block: BlockDraft) -> list[_Entry]:
        """Return a block of the page, or the article's blocks that it equals, after those that precede it."""
        key = _key(block)
        for number, (joined, start) in enumerate(self._opened[-_AHEAD:], max(0, len(self._opened) - _AHEAD)):
            at = _key(joined).find(key, start)
            if at >= 0:
                self._opened[number] = joined, at + len(key)
                return [_Entry(block, joined=joined)]
        for number, own in enumerate(self.blocks[:_AHEAD]):
            if key in _key(own) or _is_part(own, block):
                before = [_Entry(one) for one in self.blocks[:number]]
                del self.blocks[:number]
                return before + (self._open(key, block) if key in _key(own) else self._take_pieces(key, block))
        return []

    def _open(self, key: str, block: BlockDraft) -> list[_Entry]:
        own = self.blocks.pop(0)
        text = _key(own)
        if text == key:
            return [_Entry(own)]
        self._opened.append((own, text.find(key) + len(key)))
        return [_Entry(block, joined=own)]

    def _take_pieces(self, key: str, block: BlockDraft) -> list[_Entry]:
        pieces = [self.blocks.pop(0)]
        while self.blocks and _key(self.blocks[0]) in key:
            pieces.append(self.blocks.pop(0))
        is_whole = sum(len(_key(piece)) for piece in pieces) >= _WHOLE * len(key)
        self.replaced += [] if is_whole else pieces
        return [_Entry(piece) for piece in pieces] if is_whole else [_Entry(block)]


def _is_part(own: BlockDraft, block: BlockDraft) -> bool:
    """Return whether a block of the article is the page's without some of its words."""
    same_edge = any(mine == there for mine, there in zip(_edges(own.text), _edges(block.text), strict=True))
    return _key(own) in _key(block) or (same_edge and _lacks(own.text, block.text))


def _without_gaps(drafts: list[BlockDraft], page: Sequence[BlockDraft]) -> list[BlockDraft]:
    """Replace blocks that lack words between their first and last by the page's own."""
    there = {draft.text for draft in page}
    by_edges = {_edges(draft.text): draft for draft in page}
    return [
        replace(draft, text=full.text, inlines=full.inlines)
        if draft.text not in there and (full := by_edges.get(_edges(draft.text))) and _lacks(draft.text, full.text)
        else draft
        for draft in drafts
    ]


def _edges(text: str) -> tuple[str, str]:
    words = "".join(text.split())
    return words[:_EDGE], words[-_EDGE:]


def _lacks(text: str, full: str) -> bool:
    """Return whether a text is another with gaps."""
    words, left = "".join(text.split()), iter(full)
    return len(words) < len("".join(full.split())) and all(char in left for char in words)


def _with_headings(drafts: list[BlockDraft], page: Sequence[BlockDraft]) -> list[BlockDraft]:
    """Restore the headings right above a kept block; trafilatura drops them from plain pages."""
    kept = {draft.text for draft in drafts}
    above = {
        below.text: heading
        for heading, below in pairwise(page)
        if heading.kind == "heading" and heading.text not in kept and below.kind != "heading"
    }
    found: list[BlockDraft] = []
    for draft in drafts:
        heading = above.pop(draft.text, None)
        if heading and not (found and _key(heading) in _key(found[-1])):
            found.append(heading)
        found.append(draft)
    return found
