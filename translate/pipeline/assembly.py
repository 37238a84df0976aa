"""Assembles translated sentences to an article with the blocks and inline markup of its source."""

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from corpora.article import Article, ArticleMeta, Block, Inline, Sentence
from corpora.blocks import carry, clip, settle, shift
from corpora.languages import CHINESE, base_language
from corpora.offsets import Span

Beads = tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]
InlineStyle = tuple[str, str | None, str | None]
"""Kind, target and title of an inline."""

BLOCK_BREAK = "\n\n"
_CODE = "code"
_BREAKING = re.compile(r"[ \t\n\r\f\v\x1c-\x1f\x85\u1680\u2000-\u2006\u2008-\u200a\u2028\u2029\u205f\u3000]+")
"""White space except no-break spaces, which a house style uses on purpose."""


@dataclass(frozen=True, slots=True)
class TranslatedSentence:
    """The translation of one sentence.

    Attributes:
        text: Its translation; empty if there is none, or if it is part of the previous one.
        joined: Whether it is part of the translation of the previous sentence.
        continued: Styles of inlines that continue from a previous sentence.
    """

    text: str
    inlines: tuple[Inline, ...] = ()
    joined: bool = False
    continued: frozenset[InlineStyle] = frozenset()


def assemble_article(source: Article, pieces: Sequence[TranslatedSentence], language: str) -> tuple[Article, Beads]:
    """Build the translated article.

    Returns:
        The article, and its beads with the source. The translation is segmented again: a source sentence that became
        two corresponds to both, a dropped one to none.
    """
    layout = _Layout(source, _separator(language))
    for sentence, piece in zip(source.sentences, pieces, strict=True):
        layout.add(sentence, piece)
    text, blocks = "".join(layout.text), layout.blocks
    inlines = _settled(text, blocks, layout.inlines)
    title = text[blocks[0].start : blocks[0].end] if source.title and blocks and blocks[0].kind == "title" else None
    meta = ArticleMeta(
        source=source.meta.source,
        format=source.meta.format,
        date=source.meta.date,
        outlet=source.meta.outlet,
        front_matter=source.meta.front_matter,
    )
    article = Article(text, language, title, tuple(blocks), meta, inlines=inlines)
    joined = {at for at, piece in enumerate(pieces) if piece.joined and at}
    return article, _beads(layout.spans, article.sentences, joined)


def _settled(text: str, blocks: Sequence[Block], inlines: Sequence[Inline]) -> tuple[Inline, ...]:
    found: list[Inline] = []
    for block in blocks:
        inside = clip(inlines, block.start, block.end)
        found += shift(settle(text[block.start : block.end], inside), block.start)
    return tuple(found)


def _separator(language: str) -> str:
    return "" if base_language(language) == CHINESE else " "


class _Layout:
    """An article under construction."""

    def __init__(self, source: Article, separator: str) -> None:
        self._source, self._separator = source, separator
        self.text: list[str] = []
        self.spans: list[Span] = []
        self.blocks: list[Block] = []
        self.inlines: list[Inline] = []
        self._owner, self._length, self._last = -1, 0, 0

    def add(self, sentence: Sentence, piece: TranslatedSentence) -> None:
        """Append the translation of a sentence."""
        old = self._source.blocks[sentence.block]
        clean, inlines = (piece.text, piece.inlines) if old.kind == _CODE else _clean(piece)
        if not clean:  # it opens no block, and needs no separator
            self.spans.append((self._length, self._length))
            return
        opens = sentence.block != self._owner
        gap, lead = self._before(sentence, old, opens=opens)
        start = self._length + len(gap) + len(lead)
        self._owner, self._length, self._last = sentence.block, start + len(clean), sentence.end
        self.text += [gap, lead, clean]
        self.spans.append((start, self._length))
        self._mark(inlines, start, frozenset() if opens else piece.continued)
        first = start - len(lead) if opens else self.blocks.pop().start
        self.blocks.append(replace(old, start=first, end=self._length))

    def _before(self, sentence: Sentence, block: Block, *, opens: bool) -> tuple[str, str]:
        """Return the separator before a sentence, and the white space at the start of its block."""
        if not opens:
            return self._source.text[self._last : sentence.start] if block.kind == _CODE else self._separator, ""
        lead = self._source.text[block.start : sentence.start] if block.kind == _CODE else ""
        return BLOCK_BREAK if self.blocks else "", lead

    def _mark(self, inlines: Sequence[Inline], start: int, continued: Collection[InlineStyle]) -> None:
        for inline in inlines:
            moved = replace(inline, start=inline.start + start, end=inline.end + start)
            before = self._continued(moved) if style_of(inline) in continued else None
            if before is None:
                self.inlines.append(moved)
            else:
                self.inlines[before] = replace(self.inlines[before], end=moved.end)

    def _continued(self, inline: Inline) -> int | None:
        """Return the index of the earlier span that this one continues: markup around several sentences is one span."""
        at_start = inline.start == self.spans[-1][0]
        before = self.spans[-2][1] if len(self.spans) > 1 else -1
        for place in range(len(self.inlines) - 1, -1, -1):
            one = self.inlines[place]
            if at_start and style_of(one) == style_of(inline) and one.end == before:
                return place
        return None


def style_of(inline: Inline) -> InlineStyle:
    """Return the kind, target and title of an inline, without its position."""
    return inline.kind, inline.target, inline.title


def _clean(piece: TranslatedSentence) -> tuple[str, tuple[Inline, ...]]:
    """Return a translation in NFC with white space collapsed except no-break spaces, and its markup."""
    text = unicodedata.normalize("NFC", _BREAKING.sub(" ", piece.text).strip(" "))
    if text == piece.text or not piece.inlines:
        return text, piece.inlines
    return text, carry(piece.inlines, unicodedata.normalize("NFC", piece.text), text)


def _beads(spans: Sequence[Span], sentences: Sequence[Sentence], given: set[int]) -> Beads:
    touches = [
        [place for place, span in enumerate(spans) if span[0] < sentence.end and sentence.start < span[1]]
        for sentence in sentences
    ]
    # A target sentence across several translations joins them; otherwise each source sentence starts a bead.
    joined = given | {place for touched in touches if touched for place in range(touched[0] + 1, touched[-1] + 1)}
    beads: list[tuple[list[int], list[int]]] = []
    for place in range(len(spans)):
        if place not in joined:
            beads.append(([], []))
        beads[-1][0].append(place)
    owner = {place: bead for bead in beads for place in bead[0]}
    for sentence, touched in zip(sentences, touches, strict=True):
        owner[touched[0]][1].append(sentence.index)
    return tuple((tuple(sources), tuple(targets)) for sources, targets in beads)
