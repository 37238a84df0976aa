"""Markdown of an article: its blocks, and the inline markup in them, so that it reads back the same.

Markdown's own delimiters are used if CommonMark's rules are unambiguous, else equivalent HTML tags. Next to Chinese
punctuation, for example, an asterisk is often not a delimiter:
https://spec.commonmark.org/0.31.2/#left-flanking-delimiter-run
"""

import json
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import groupby, pairwise
from typing import Final, NamedTuple

from corpora.article import Article, Block
from corpora.blocks import FRONT_MATTER, Inline, InlineKind, clean_target, clean_title
from corpora.writers.steps import Step, contents, continuations, items, steps, tables

TAGS: Final[Mapping[InlineKind, str]] = {
    "link": "a", "emphasis": "em", "strong": "strong", "strike": "del", "underline": "u", "subscript": "sub",
    "superscript": "sup", "highlight": "mark", "code": "code",
}  # fmt: skip
"""The HTML tag for each kind of inline."""

_DELIMITER: Final = "*"
_DELIMITERS: Final[Mapping[InlineKind, str]] = {"emphasis": "*", "strong": "**", "strike": "~~"}
# Characters that could be read as a mark: anywhere, or only at the start of a line.
_ANYWHERE: Final = re.compile(r"[\\`*_\[\]<>~|&]")
_AT_START: Final = re.compile(r"^[ \t]*(?:([-+#=:])|\d+([.)])(?!\S))", re.MULTILINE)
_FOOTNOTE: Final = re.compile(r"\[\^[\w-]+\]")
_HARD_BREAK: Final = re.compile(r"[ \t]+$", re.MULTILINE)
_IN_TARGET: Final = re.compile(r"[\\<>|]|&(?=#?\w+;)")
_IN_TITLE: Final = re.compile(r"[\\\"`*_\[\]<>~|&]")
# Addresses that every parser shows unchanged; others may be decoded.
_PLAIN_ADDRESS: Final = re.compile(r"https?://(?!.*xn--)[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:/[A-Za-z0-9._~/-]*)?")
_BARE_TARGET: Final = re.compile(r"[^\s()<>]+")


class _Affixes(NamedTuple):
    """The opening and closing text of an inline.

    Attributes:
        delimiter: Affixes with the same delimiter must not be adjacent, as parsers would misread them; empty for those
            that may be adjacent to any.
        verbatim: Whether the text between them is written without escapes.
    """

    before: str
    after: str
    delimiter: str = ""
    verbatim: bool = False


def spell(text: str, inlines: Sequence[Inline] = (), *, in_table: bool = False) -> str:
    """Return the text of a block as Markdown: special characters are escaped, inlines become marks.

    Args:
        text: The text; white space at the ends of its lines is lost.
        inlines: Its inlines, sorted and nested. Links that `clean_target` refuses are left out.
        in_table: Whether the text is a cell, in which a bar ends the cell even within code.
    """
    inlines = [inline for inline in inlines if inline.kind != "link" or clean_target(inline.target)]
    chosen = _choose(text, inlines)
    escaped = _escaped(text)
    out: list[str] = []
    for step in steps(len(text), inlines):
        affixes = chosen[step.inline] if step.inline else None
        if step.action == "text" or affixes is None:
            run = _run(text, step, escaped if not affixes or not affixes.verbatim else frozenset())
            out.append(run.replace("|", "\\|") if in_table and affixes and affixes.verbatim else run)
            continue
        # An exclamation mark before a link would make it an image.
        if step.action == "open" and affixes.before == "[" and out and out[-1].endswith("!"):
            out[-1] = f"{out[-1][:-1]}\\!"
        out.append(affixes.before if step.action == "open" else affixes.after)
    return _HARD_BREAK.sub("", "".join(out))


def _run(text: str, step: Step, escaped: frozenset[int]) -> str:
    return "".join(f"\\{text[at]}" if at in escaped else text[at] for at in range(step.start, step.end))


def _escaped(text: str) -> frozenset[int]:
    """Return the offsets of the characters that need a backslash."""
    footnotes = {at for match in _FOOTNOTE.finditer(text) for at in range(*match.span())}
    anywhere = [match.start() for match in _ANYWHERE.finditer(text) if match.start() not in footnotes]
    return frozenset([*anywhere, *(match.start(match.lastindex or 0) for match in _AT_START.finditer(text))])


def _choose(text: str, inlines: Sequence[Inline]) -> dict[Inline, _Affixes]:
    """Choose delimiters or tags for each inline, outer ones first; the later of two adjacent ones gets tags."""
    chosen: dict[Inline, _Affixes] = {}
    taken: set[tuple[str, int]] = set()
    for number, inline in enumerate(inlines):
        affixes = _affixes(text, number, inlines)
        ends = {(affixes.delimiter, inline.start), (affixes.delimiter, inline.end)}
        if affixes.delimiter and ends & taken:
            affixes = _tags(inline.kind)
        elif affixes.delimiter:
            taken |= ends
        chosen[inline] = affixes
    return chosen


def _affixes(text: str, number: int, inlines: Sequence[Inline]) -> _Affixes:
    inline = inlines[number]
    # Inner ones start right after the outer one.
    alone = number + 1 == len(inlines) or inlines[number + 1].start >= inline.end
    if inline.kind == "link":
        return _link(text, inline, alone=alone)
    if inline.kind == "code" and alone and "\n" not in text[inline.start : inline.end]:
        return _code(text[inline.start : inline.end])
    if inline.kind in _DELIMITERS and _flanks(text, number, inlines):
        delimiter = _DELIMITERS[inline.kind]
        return _Affixes(delimiter, delimiter, _DELIMITER)
    return _tags(inline.kind)


def _tags(kind: InlineKind) -> _Affixes:
    return _Affixes(f"<{TAGS[kind]}>", f"</{TAGS[kind]}>")


def _code(words: str) -> _Affixes:
    fence = "`"
    while fence in re.findall("`+", words):
        fence += "`"
    pad = " " if words.startswith(("`", " ")) or words.endswith(("`", " ")) else ""
    return _Affixes(fence + pad, pad + fence, "`", verbatim=True)


def _link(text: str, inline: Inline, *, alone: bool) -> _Affixes:
    target, title = clean_target(inline.target) or "", clean_title(inline.title)
    plain = alone and title is None and _PLAIN_ADDRESS.fullmatch(target)
    if plain and text[inline.start : inline.end] == target:
        return _Affixes("<", ">", verbatim=True)
    bare = bool(_BARE_TARGET.fullmatch(target))
    address, named = (
        pattern.sub(r"\\\g<0>", part) for pattern, part in ((_IN_TARGET, target), (_IN_TITLE, title or ""))
    )
    address = address if bare else f"<{address}>"
    return _Affixes("[", f']({address} "{named}")' if title else f"]({address})")


def _flanks(text: str, number: int, inlines: Sequence[Inline]) -> bool:
    """Return whether delimiters open and close at the ends of an inline in every parser."""
    start, end = inlines[number].start, inlines[number].end
    before, first = text[start - 1 : start] or "\n", text[start]
    last, after = text[end - 1], text[end : end + 1] or "\n"
    for other, inline in enumerate(inlines):
        # All other affixes here open or close with punctuation.
        if inline.end == start or (inline.start == start and other < number):
            before = "."
        elif inline.start == start and other > number:
            first = "."
        if inline.start == end or (inline.end == end and other < number):
            after = "."
        elif inline.end == end and other > number:
            last = "."
    return _leans(first, before) and _leans(last, after)


def _leans(inner: str, outer: str) -> bool:
    # Parsers differ on whether symbols are punctuation: inside they count as such, outside they don't.
    if inner.isspace():
        return False
    return unicodedata.category(inner)[0] not in "PS" or outer in "\t\n " or unicodedata.category(outer)[0] in "PZ"


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
