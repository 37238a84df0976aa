"""Plain text."""

from itertools import pairwise
from typing import Final

from corpora.article import Article, Block

_BULLET: Final = "\N{BULLET} "


def to_plain(article: Article) -> str:
    """Render an article as plain text: a blank line between blocks, bullets before list items, a table row on a line.

    Reading it back gives the same title, headings and paragraphs; cells and items come back as what they look like.
    """
    if not article.blocks:
        return article.text
    parts = [_render(article, article.blocks[0])]
    for before, block in pairwise(article.blocks):
        parts.extend((_between(before, block), _render(article, block)))
    return "".join(parts) + "\n"


def _render(article: Article, block: Block) -> str:
    text = article.text[block.start : block.end]
    if block.kind != "list_item" or text.startswith(_BULLET):
        return text
    return "  " * (block.level - 1) + _BULLET + text


def _between(before: Block, block: Block) -> str:
    if before.kind == block.kind == "list_item":
        return "\n"
    if before.kind == block.kind == "table_cell" and block.level >= before.level:
        return "\t" if block.level == before.level else "\n"
    return "\n\n"
