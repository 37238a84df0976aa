"""Web pages."""

import re
from collections.abc import Iterator, Sequence
from html import escape
from importlib import resources
from itertools import groupby
from typing import Final

from corpora.article import Article, Block, Inline
from corpora.blocks import clean_target, clean_title
from corpora.languages import base_language
from corpora.writers.markdown import TAGS
from corpora.writers.steps import contents, items, steps, tables

_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_ALLOWED: Final = frozenset({"http", "https", "mailto"})
# All our languages run from left to right; others need more than this.
_RIGHT_TO_LEFT: Final = frozenset({"ar", "fa", "he", "ur", "yi"})
_TITLE_LENGTH: Final = 80  # characters of the first block that name a page without a headline


def to_html(article: Article, *, title: str | None = None) -> str:
    """Render an article as a self-contained HTML 5 page, including its style sheet.

    The headline is the first heading, other headings are of the second to sixth level, items are nested by level, cells
    form tables whose first row is the header. Ends of lines within a block are kept. All text is escaped; links lead to
    `http`, `https` and `mailto` addresses, to relative ones, and to places on the page, others are left out.

    Args:
        article: The article.
        title: Name of the page; None for the headline, else the beginning of the text.
    """
    direction = "rtl" if base_language(article.language) in _RIGHT_TO_LEFT else "ltr"
    style = resources.files("corpora.writers").joinpath("article.css").read_text(encoding="utf-8")
    body = "\n".join(_body(article))
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(article.language)}" dir="{direction}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title or _name(article))}</title>\n<style>\n{style}</style>\n</head>\n"
        f"<body>\n<main>\n<article>\n{body}\n</article>\n</main>\n</body>\n</html>\n"
    )


def inline_html(text: str, inlines: Sequence[Inline] = ()) -> str:
    r"""Return a run of text as HTML: escaped, inlines as tags, ends of lines as `<br>`.

    Args:
        text: The text of one block or of a part of it.
        inlines: Its inlines, sorted and nested, counted from its start. Links to addresses that `to_html` does not
            allow are left out, their words stay.
    """
    out: list[str] = []
    for step in steps(len(text), inlines):
        if step.action == "text" or step.inline is None:
            out.append(escape(text[step.start : step.end], quote=False).replace("\n", "<br>"))
        else:
            out.append(_opening(step.inline) if step.action == "open" else _closing(step.inline))
    return "".join(out)


def _opening(inline: Inline) -> str:
    if inline.kind != "link":
        return f"<{TAGS[inline.kind]}>"
    address, title = allowed_address(inline), clean_title(inline.title)
    named = f' title="{escape(title)}"' if title else ""
    return f'<a href="{escape(address)}"{named}>' if address else ""


def _closing(inline: Inline) -> str:
    return "" if inline.kind == "link" and not allowed_address(inline) else f"</{TAGS[inline.kind]}>"


def allowed_address(inline: Inline) -> str | None:
    """Return the address of a link as pages have it, None if they leave it out."""
    target = clean_target(inline.target)
    scheme = _SCHEME.match(target) if target else None
    if target is None or (scheme and scheme[1].lower() not in _ALLOWED):
        return None
    return target.replace(" ", "%20")


def _name(article: Article) -> str:
    if article.title:
        return article.title
    words = " ".join(article.text.split())
    return words if len(words) <= _TITLE_LENGTH else words[:_TITLE_LENGTH].rstrip() + "\N{HORIZONTAL ELLIPSIS}"


def _body(article: Article) -> Iterator[str]:
    if not article.blocks:
        yield f"<p>{inline_html(article.text, article.inlines)}</p>"
    for kind, group in groupby(article.blocks, key=lambda block: block.kind):
        blocks = list(group)
        if kind == "list_item":
            yield _list(article, blocks)
        elif kind == "table_cell":
            yield from (_table(article, rows) for rows in tables(blocks))
        elif kind == "quote":
            quoted = "\n".join(f"<p>{_inside(article, block)}</p>" for block in blocks)
            yield f"<blockquote>\n{quoted}\n</blockquote>"
        else:
            yield from (_single(article, block) for block in blocks)


def _single(article: Article, block: Block) -> str:
    if block.kind == "code":
        return f"<pre><code>{escape(contents(article, block)[0], quote=False)}\n</code></pre>"
    tag = {"title": "h1", "heading": f"h{min(max(block.level, 2), 6)}"}.get(block.kind, "p")
    return f"<{tag}>{_inside(article, block)}</{tag}>"


def _inside(article: Article, block: Block) -> str:
    return inline_html(*contents(article, block))


def _list(article: Article, blocks: Sequence[Block]) -> str:
    """Write consecutive or nested list items."""
    out: list[str] = []
    tags: list[str] = []
    for block, depth, place in items(blocks):
        out += [f"</li>\n</{tags.pop()}>\n" for _ in tags[depth:]]
        inside = _inside(article, block)
        if place == "more":
            out.append(f"<p>{inside}</p>")
            continue
        if place == "next":
            out.append("</li>\n")
        elif out:
            out.append("\n" if place == "first" else f"</li>\n</{tags.pop()}>\n")
        if place != "next":
            tags.append("ul" if block.number is None else "ol")
            start = "" if block.number in {None, 1} else f' start="{block.number}"'
            out.append(f"<{tags[-1]}{start}>\n")
        out.append(f"<li>{inside}")
    return "".join(out) + "\n".join(f"</li>\n</{tag}>" for tag in reversed(tags))


def _table(article: Article, rows: Sequence[Sequence[Block]]) -> str:
    columns = max(len(row) for row in rows)
    lines = []
    for number, row in enumerate(rows):
        tag, scope = ("th", ' scope="col"') if number == 0 and len(rows) > 1 else ("td", "")
        cells = [f"<{tag}{scope}>{_inside(article, cell)}</{tag}>" for cell in row]
        lines.append(f"<tr>{''.join([*cells, *['<td></td>'] * (columns - len(row))])}</tr>")
    return "<table>\n{}\n</table>".format("\n".join(lines))
