"""Markdown."""

import json
import re
from collections.abc import Collection, Iterator, Sequence
from itertools import groupby, pairwise
from typing import Final

from corpora.article import Article, Block
from corpora.blocks import FRONT_MATTER
from corpora.writers.inline_markdown import spell
from corpora.writers.steps import contents, continuations, items, tables

_TITLE: Final = re.compile(r"^(title[ \t]*:[ \t]*)([^\s|>].*)$", re.MULTILINE | re.IGNORECASE)
_RULES: Final = {None: "---", "left": ":---", "center": ":---:", "right": "---:"}
_LARGEST = 999_999_999  # https://spec.commonmark.org/0.31.2/#ordered-list-marker


def to_markdown(article: Article) -> str:
    """Render an article as Markdown: title and headings, quotes, lists, tables and code by the kind of each block.

    Inlines become links, emphasis and so on, or HTML tags if Markdown has no mark or it would not be recognised.
    `read_markdown` restores the same blocks and inlines, except white space at line ends and blank lines within blocks;
    headings and cells become one line.
    """
    if not article.blocks:
        return article.text
    parts = [
        part
        for kind, blocks in groupby(article.blocks, key=lambda block: block.kind)
        for part in _group(article, kind, [block for block in blocks if block.info != FRONT_MATTER])
    ]
    return _front_matter(article) + "\n\n".join(parts) + "\n"


def _front_matter(article: Article) -> str:
    """Return the front matter between its rules, with the title that the article has now."""
    front = article.meta.front_matter
    if front is None:
        return ""
    line = _TITLE.search(front)
    if line and article.title and line[2].strip(" \t\"'").casefold() != article.title.casefold():
        front = f"{front[: line.start(2)]}{json.dumps(article.title, ensure_ascii=False)}{front[line.end(2) :]}"
    return f"---\n{front}\n---\n\n"


def _group(article: Article, kind: str, blocks: Sequence[Block]) -> Iterator[str]:
    if kind == "list_item":
        yield "\n".join(_items(article, blocks))
    elif kind == "table_cell":
        yield from (_table(article, rows) for rows in tables(blocks))
    elif kind == "quote":
        yield "\n>\n".join(_indented(spell(*contents(article, block)), "> ", "> ") for block in blocks)
    else:
        yield from (_single(article, block) for block in blocks)


def _single(article: Article, block: Block) -> str:
    if block.kind == "code":
        text, _ = contents(article, block)
        fence = "`" * max(3, *(len(run) + 1 for run in re.findall(r"`+", text)), 3)
        return f"{fence}{_info(block)}\n{text}\n{fence}"
    if block.kind == "title":
        return f"# {_heading(article, block)}"
    if block.kind == "heading":
        least = 1 if article.blocks[0].info == FRONT_MATTER else 2
        return f"{'#' * min(max(block.level, least), 6)} {_heading(article, block)}"
    return spell(*contents(article, block))


def _info(block: Block) -> str:
    """Return what may stand behind a fence of backticks."""
    return "" if block.info is None or re.search(r"[`\n]", block.info) else block.info


def _heading(article: Article, block: Block) -> str:
    line = _one_line(article, block)
    # Number signs at the end would count as the closing ones of the heading.
    return f"{line[:-1]}\\#" if line.endswith("#") and not line.endswith("\\#") else line


def _items(article: Article, blocks: Sequence[Block]) -> Iterator[str]:
    """Yield the items of consecutive or nested lists, indented to the text around them."""
    levels, columns, signs = [0], [0], [""]
    for block, depth, place in items(blocks):
        text = spell(*contents(article, block))
        if place == "more":
            del levels[depth + 1 :], columns[depth + 1 :], signs[depth + 1 :]
            yield "\n" + _indented(text, " " * columns[depth], " " * columns[depth])
            continue
        # Another bullet begins another list.
        sign = signs[depth] if place == "next" else "-" if block.number is None else "."
        if place == "other" and sign == signs[depth]:
            sign = ")"
        del levels[depth:], columns[depth:], signs[depth:]
        mark = "- " if block.number is None else f"{min(block.number, _LARGEST)}{sign} "
        level = max(block.level, 1)
        indent = " " * (columns[-1] + 2 * (level - levels[-1] - 1))
        # A number other than one cannot begin a list right below a paragraph.
        gap = "\n" if place == "first" and depth > 1 and block.number not in {None, 1} else ""
        yield gap + _indented(text, f"{indent}{mark}", " " * len(f"{indent}{mark}"))
        levels.append(level)
        columns.append(len(f"{indent}{mark}"))
        signs.append(sign)


def _table(article: Article, rows: Sequence[Sequence[Block]]) -> str:
    columns = max(len(row) for row in rows)
    filled = [[*(_one_line(article, cell) for cell in row), *[""] * (columns - len(row))] for row in rows]
    lines = ["| " + " | ".join(row) + " |" for row in filled]
    aligned = [next((row[at].info for row in rows if at < len(row)), None) for at in range(columns)]
    rules = [_RULES.get(info, "---") for info in aligned]
    return "\n".join([lines[0], f"| {' | '.join(rules)} |", *lines[1:]])


def _one_line(article: Article, block: Block) -> str:
    text, inlines = contents(article, block)
    return spell(text.replace("\n", " "), inlines, in_table=block.kind == "table_cell")


def _indented(text: str, first: str, rest: str) -> str:
    return first + text.replace("\n", f"\n{rest}")


_BULLET: Final = "\N{BULLET} "


def to_plain(article: Article) -> str:
    """Render an article as plain text: a blank line between blocks, bullets or numbers before items, a row on a line.

    Reading it back restores the title, headings and paragraphs; cells and items become what they look like.
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
