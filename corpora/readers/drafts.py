"""Assembles articles from the blocks that a markup reader found."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from common.errors import InputError
from corpora.article import Article, ArticleMeta
from corpora.blocks import Block, BlockKind, Inline, carry, settle, shift
from corpora.identification import resolve_language
from corpora.normalization import strip_span
from corpora.offsets import OffsetMap, OffsetPiece, Span
from corpora.plain.layout import find_headings, is_title_like
from corpora.plain.reading import find_boilerplate, likely_language

SEPARATOR: Final = "\n\n"

_MOST_SEARCHED: Final = 100_000_000
"""Most characters, all runs of a block together: a tenth of a second. No article has a hundredth of it."""

_SPACES: Final = re.compile(r"[ \t\r\n\f]+")
# CJK Symbols and Punctuation, CJK Unified Ideographs, Halfwidth and Fullwidth Forms.
_WIDE: Final = r"[\u3000-\u303F\u4E00-\u9FFF\uFF00-\uFFEF]"
_CHINESE_LINE_END: Final = re.compile(rf"(?<={_WIDE})[ \t\r\f]*\n[ \t\r\n\f]*(?={_WIDE})")


@dataclass(frozen=True, slots=True)
class BlockDraft:
    """A block without a position in an article yet.

    Attributes:
        level: Depth or row, see `Block`.
        source: Its span in the markup, None if unknown.
        tokens: Runs of `text` that occur verbatim in the markup, in order.
        inlines: Spans of `text` in any order; they may cross and include white space; `assemble` normalises them.
        number: Of an item of an ordered list, see `Block`.
        info: Language of code, alignment of a cell, place of a title, see `Block`.
        boxes: Numbers of the page's boxes around it, see `corpora.readers.gaps`.
    """

    kind: BlockKind
    text: str
    level: int = 0
    source: Span | None = None
    tokens: tuple[str, ...] = ()
    inlines: tuple[Inline, ...] = ()
    number: int | None = None
    info: str | None = None
    boxes: tuple[int, ...] = ()


def assemble(
    drafts: Sequence[BlockDraft],
    meta: ArticleMeta,
    *,
    language: str | None,
    markup: str | None = None,
    declared: str = "",
) -> Article:
    """Assemble blocks to an article: boilerplate is removed, the headline comes first.

    Args:
        drafts: The blocks in order.
        meta: Where the text came from.
        language: BCP-47 tag; None detects it.
        markup: The text that `BlockDraft.source` refers to, None for an article without an offset map.
        declared: BCP-47 tag in the page, which is followed where the words leave a doubt.

    Raises:
        InputError: No text is left, or its language cannot be detected.
    """
    drafts = [stripped for draft in drafts if (stripped := _strip(draft)).text]
    words = "\n".join(draft.text for draft in drafts)
    drop = find_boilerplate([draft.text for draft in drafts], likely_language(words, language))
    # A headline may have any wording.
    drop[:1] = [found and drafts[0].kind not in {"title", "heading"} for found in drop[:1]]
    if all(drop):
        drop = [False] * len(drafts)
    kept = [draft for draft, is_boilerplate in zip(drafts, drop, strict=True) if not is_boilerplate]
    if not kept:
        name = meta.source or "the text"
        raise InputError(f"{name} has no article text", hint="Save the text of the article as a plain text file")
    dropped = [draft.text for draft, is_boilerplate in zip(drafts, drop, strict=True) if is_boilerplate]
    kept = _with_headings(_with_title(kept))
    text = SEPARATOR.join(draft.text for draft in kept)
    title = kept[0].text.replace("\n", " ") if kept[0].kind == "title" else None
    meta = replace(meta, dropped=(*meta.dropped, *dropped))
    offsets = _map(kept, markup) if markup is not None else None
    blocks = tuple(_blocks(kept))
    inlines = [
        inline for draft, block in zip(kept, blocks, strict=True) for inline in shift(draft.inlines, block.start)
    ]
    return Article(text, resolve_language(text, language, declared), title, blocks, meta, offsets, tuple(inlines))


def _strip(draft: BlockDraft) -> BlockDraft:
    start, end = strip_span(draft.text, 0, len(draft.text))
    if draft.kind == "code":
        # The first line is indented as the others are.
        start = draft.text.rfind("\n", 0, start) + 1
    text = draft.text[start:end]
    if draft.kind != "code":
        # A blank line within a block would look like the end of it.
        text = re.sub(r"\n\s*\n", "\n", text)
    return replace(draft, text=text, inlines=settle(text, carry(draft.inlines, draft.text, text)))


def _with_title(drafts: list[BlockDraft]) -> list[BlockDraft]:
    """Make the first block the title if it is a heading or reads like a headline, unless there is a title."""
    first = drafts[0]
    named = first.kind == "title" or len(drafts) == 1
    headline = first.kind == "heading" or (first.kind == "paragraph" and is_title_like(first.text))
    return drafts if named or not headline else [replace(first, kind="title", level=0), *drafts[1:]]


def _with_headings(drafts: list[BlockDraft]) -> list[BlockDraft]:
    """Make headings of paragraphs that look like one: many pages only set them in bold."""
    # Other kinds count as text, so that a list after a short line does not make it part of a table.
    texts = [draft.text if draft.kind in {"paragraph", "title"} else "." for draft in drafts]
    return [
        replace(draft, kind="heading", level=1) if is_heading and draft.kind == "paragraph" else draft
        for draft, is_heading in zip(drafts, find_headings(texts), strict=True)
    ]


def _blocks(drafts: Iterable[BlockDraft]) -> Iterable[Block]:
    at = 0
    for draft in drafts:
        yield Block(draft.kind, at, at + len(draft.text), draft.level, draft.number, draft.info)
        at += len(draft.text) + len(SEPARATOR)


def _map(drafts: Sequence[BlockDraft], markup: str) -> OffsetMap:
    pieces: list[OffsetPiece] = []
    at = reached = 0
    for number, draft in enumerate(drafts):
        source = draft.source or (reached, reached)
        source = (max(source[0], reached), max(source[1], reached))
        if number:
            pieces.append(OffsetPiece(at, at + len(SEPARATOR), reached, source[0], verbatim=False))
            at += len(SEPARATOR)
        pieces.extend(_pieces(draft, source, markup, at))
        at += len(draft.text)
        reached = pieces[-1].original_end
    return OffsetMap(tuple(pieces))


def _pieces(draft: BlockDraft, source: Span, markup: str, at: int) -> Iterable[OffsetPiece]:
    """Map the runs of a block that occur exactly once in its markup; text between them only as a whole.

    A block that is too large to look for each of its runs is mapped as a whole.
    """
    original = markup[slice(*source)]
    done = reached = 0
    searched = len(draft.tokens) * len(original)
    for token in draft.tokens if searched <= _MOST_SEARCHED else ():
        start = draft.text.find(token, done)
        found = original.find(token, reached)
        if start < 0 or found < 0 or original.count(token) != 1:
            continue
        if start > done:
            yield OffsetPiece(at + done, at + start, source[0] + reached, source[0] + found, verbatim=False)
        done, reached = start + len(token), found + len(token)
        yield OffsetPiece(at + start, at + done, source[0] + found, source[0] + reached)
    if done < len(draft.text):
        yield OffsetPiece(at + done, at + len(draft.text), source[0] + reached, source[1], verbatim=False)


def tidy(text: str) -> str:
    """Collapse runs of white space as a browser does; a line end between two Chinese characters leaves no space."""
    return _SPACES.sub(" ", _CHINESE_LINE_END.sub("", text)).strip(" ")
