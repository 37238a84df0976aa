"""Puts translated sentences together to an article that keeps the blocks of its source."""

import unicodedata
from collections.abc import Sequence
from itertools import pairwise

from corpora.article import Article, ArticleMeta, Block, Sentence
from corpora.languages import CHINESE, base_language

Beads = tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]
Span = tuple[int, int]

BLOCK_BREAK = "\n\n"


def assemble_article(source: Article, texts: Sequence[str], language: str) -> tuple[Article, Beads]:
    """Build the translated article.

    Args:
        source: The article that was translated.
        texts: Translation of each of its sentences, in order.
        language: Tag of the translations' language.

    Returns:
        The article, and its beads with the source. The translation is segmented afresh, so a source sentence that
        became two answers both; a source sentence that became nothing answers none.
    """
    text, spans, blocks = _lay_out(source, texts, _separator(language))
    title = text[blocks[0].start : blocks[0].end] if source.title and blocks and blocks[0].kind == "title" else None
    meta = ArticleMeta(
        source=source.meta.source, format=source.meta.format, date=source.meta.date, outlet=source.meta.outlet
    )
    article = Article(text, language, title, tuple(blocks), meta)
    return article, _beads(spans, article.sentences)


def _separator(language: str) -> str:
    return "" if base_language(language) == CHINESE else " "


def _lay_out(source: Article, texts: Sequence[str], separator: str) -> tuple[str, list[Span], list[Block]]:
    pieces: list[str] = []
    spans: list[Span] = []
    blocks: list[Block] = []
    owner, length = -1, 0
    for sentence, text in zip(source.sentences, texts, strict=True):
        clean = unicodedata.normalize("NFC", " ".join(text.split()))
        if not clean:  # it opens no block, and takes no separator
            spans.append((length, length))
            continue
        opens = sentence.block != owner
        gap = "" if not blocks else BLOCK_BREAK if opens else separator
        start, owner = length + len(gap), sentence.block
        length = start + len(clean)
        pieces += [gap, clean]
        spans.append((start, length))
        old = source.blocks[owner]
        first = start if opens else blocks.pop().start
        blocks.append(Block(old.kind, first, length, old.level))
    return "".join(pieces), spans, blocks


def _beads(spans: Sequence[Span], sentences: Sequence[Sentence]) -> Beads:
    touches = [
        [place for place, span in enumerate(spans) if span[0] < sentence.end and sentence.start < span[1]]
        for sentence in sentences
    ]
    # A target sentence that runs over several translations joins them; each source sentence starts a bead otherwise.
    joined = {second for touched in touches for _, second in pairwise(touched)}
    beads: list[tuple[list[int], list[int]]] = []
    for place in range(len(spans)):
        if place not in joined:
            beads.append(([], []))
        beads[-1][0].append(place)
    owner = {place: bead for bead in beads for place in bead[0]}
    for sentence, touched in zip(sentences, touches, strict=True):
        owner[touched[0]][1].append(sentence.index)
    return tuple((tuple(sources), tuple(targets)) for sources, targets in beads)
