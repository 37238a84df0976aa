"""Markdown."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from corpora.article import Article, Block

# What would be read as a mark anywhere, and what only at the start of a line.
_ANYWHERE: Final = re.compile(r"[\\`*_\[\]<>~|&]")
_AT_START: Final = re.compile(r"^([ \t]*)(?:([-+#=:])|(\d+)([.)]))", re.MULTILINE)
_HARD_BREAK: Final = re.compile(r"[ \t]+$", re.MULTILINE)


def to_markdown(article: Article) -> str:
    """Render an article as Markdown: title and headings, quotes, lists, tables and code by the kind of each block.

    `read_markdown` gives the same blocks back, white space at the ends of lines and blank lines within blocks aside.
    """
    if not article.blocks:
        return article.text
    parts = [
        part
        for kind, blocks in groupby(article.blocks, key=lambda block: block.kind)
        for part in _group(article, kind, [*blocks])
    ]
    return "\n\n".join(parts) + "\n"


def _group(article: Article, kind: str, blocks: Sequence[Block]) -> Iterator[str]:
    texts = [article.text[block.start : block.end] for block in blocks]
    if kind == "list_item":
        yield "\n".join(_item(block, text) for block, text in zip(blocks, texts, strict=True))
    elif kind == "table_cell":
        yield from _tables(blocks, texts)
    elif kind == "quote":
        yield "\n>\n".join(_indented(_escape(text), "> ", "> ") for text in texts)
    else:
        for block, text in zip(blocks, texts, strict=True):
            yield _single(block, text)


def _single(block: Block, text: str) -> str:
    if block.kind == "code":
        fence = "`" * max(3, *(len(run) + 1 for run in re.findall(r"`+", text)), 3)
        return f"{fence}\n{text}\n{fence}"
    if block.kind == "title":
        return f"# {_one_line(text)}"
    if block.kind == "heading":
        return f"{'#' * min(max(block.level, 2), 6)} {_one_line(text)}"
    return _escape(text)


def _item(block: Block, text: str) -> str:
    indent = "  " * (block.level - 1)
    return _indented(_escape(text), f"{indent}- ", f"{indent}  ")


def _tables(blocks: Sequence[Block], texts: Sequence[str]) -> Iterator[str]:
    rows: list[list[str]] = []
    level = 0
    for block, text in zip(blocks, texts, strict=True):
        if block.level < level:
            yield _table(rows)
            rows = []
        if block.level != level or not rows:
            rows.append([])
        level = block.level
        rows[-1].append(_one_line(text))
    yield _table(rows)


def _table(rows: Sequence[Sequence[str]]) -> str:
    columns = max(len(row) for row in rows)
    lines = ["| " + " | ".join([*row, *[""] * (columns - len(row))]) + " |" for row in rows]
    return "\n".join([lines[0], "|" + " --- |" * columns, *lines[1:]])


def _one_line(text: str) -> str:
    return _escape(" ".join(text.split("\n")))


def _escape(text: str) -> str:
    text = _HARD_BREAK.sub("", _ANYWHERE.sub(r"\\\g<0>", text))
    return _AT_START.sub(lambda match: f"{match[1]}{match[3] or ''}\\{match[2] or match[4]}", text)


def _indented(text: str, first: str, rest: str) -> str:
    return first + text.replace("\n", f"\n{rest}")
