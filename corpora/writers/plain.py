"""Plain text."""

from collections.abc import Collection
from itertools import pairwise
from typing import Final

from corpora.article import Article, Block
from corpora.writers.steps import continuations

_BULLET: Final = "\N{BULLET} "


def to_plain(article: Article) -> str:
    """Render an article as plain text: a blank line between blocks, bullets or numbers before items, a row on a line.

    Reading it back gives the same title, headings and paragraphs; cells and items come back as what they look like.
    """
    if not article.blocks:
        return article.text
    more = continuations(article.blocks)
    first, *rest = (_render(article, block, more) for block in article.blocks)
    gaps = (_between(before, block) for before, block in pairwise(article.blocks))
    return "".join([first, *(part for pair in zip(gaps, rest, strict=True) for part in pair)]) + "\n"


def _render(article: Article, block: Block, more: Collection[int]) -> str:
    text = article.text[block.start : block.end]
    if block.kind != "list_item" or text.startswith(_BULLET):
        return text
    mark = _BULLET if block.number is None else f"{block.number}. "
    return "  " * (block.level - 1) + (" " * len(mark) if block.start in more else mark) + text


def _between(before: Block, block: Block) -> str:
    if before.kind == block.kind == "list_item":
        return "\n"
    if before.kind == block.kind == "table_cell" and block.level >= before.level:
        return "\t" if block.level == before.level else "\n"
    return "\n\n"
