"""Web pages: trafilatura extracts the article, its headings, lists and tables, and its metadata."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from common.errors import InputError
from common.progress import SILENT, Progress
from corpora.article import Article, ArticleMeta
from corpora.blocks import BlockKind, carry, clip
from corpora.normalization import normalize
from corpora.plain.reading import HINT, refuse_empty, refuse_many
from corpora.readers.drafts import BlockDraft, assemble, tidy
from corpora.readers.gaps import HIDDEN, box_of, complete, note_around, note_of, region_of
from corpora.readers.inlines import Flow, mark_of, recover
from corpora.readers.sentences import keep_sentences

if TYPE_CHECKING:
    from lxml.html import HtmlElement  # type: ignore[import-untyped]

_HEADINGS: Final = {f"h{level}": level for level in range(1, 7)}
_INLINE: Final = frozenset({
    "a", "abbr", "b", "bdi", "bdo", "cite", "del", "dfn", "em", "font", "hi", "i", "ins", "kbd", "label", "mark", "q",
    "ref", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
})  # fmt: skip
_SKIPPED: Final = frozenset({
    "aside", "audio", "button", "canvas", "dialog", "figcaption", "figure", "footer", "form", "graphic", "iframe",
    "input", "menu", "nav", "noscript", "object", "option", "rp", "rt", "script", "select", "style", "svg", "template",
    "textarea", "video",
})  # fmt: skip
_TEXT_TAGS: Final = frozenset({
    "body", "main", "article", "section", "h1", "h2", "h3", "h4", "h5", "h6", "p", "ul", "ol", "li", "dl", "dt", "dd",
    "blockquote", "pre", "table", "caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "th", "td", "figure",
    "figcaption", "img", "hr", "br", "a", "abbr", "b", "bdi", "bdo", "cite", "code", "del", "dfn", "em", "i", "ins",
    "kbd", "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
})  # fmt: skip
"""Elements of text; a page with menus, boxes or forms also has others."""
_NO_TEXT: Final = frozenset({"rp", "rt", "script", "style", "template"})
_BARE: Final = re.compile(r"<!--.*?(?:-->|\Z)|<(?=[^<>]*+(?:<|\Z))", re.DOTALL)
"""Comments, and unclosed tags: the parser would take the words after them for attributes."""
_LINE_BREAK: Final = "\N{LINE SEPARATOR}"
# Two line breaks separate paragraphs, and so does one before the indentation of Chinese paragraphs.
_PARAGRAPH_BREAK: Final = re.compile(
    "\N{LINE SEPARATOR}\\s*\N{LINE SEPARATOR}\\s*|\N{LINE SEPARATOR}(?=\\s*\N{IDEOGRAPHIC SPACE})"
)
_NUMBER: Final = re.compile(r"\s*\+?(\d{1,9})(?!\d)", re.ASCII)  # as many digits as Markdown allows
_DECLARATION: Final = re.compile(r"\s*<\?xml[^>]*>?")
_LANGUAGE: Final = re.compile(r"<html\b[^<>]{0,300}?\blang\s*=\s*[\"']?([\w-]{2,12})", re.IGNORECASE)
_SPANS: Final = re.compile(r"<t[dh]\b[^<>]{0,300}?\b(?:row|col)span\s*=\s*[\"']?\s*(?:[2-9]|1\d)", re.IGNORECASE)
_MIN_KEPT: Final = 0.5  # of the words in paragraphs that trafilatura must keep; else the plain reading is used
_CUT_TITLE: Final = 70  # least code points of a title that is truncated
_TITLE_PLACES: Final = 4  # blocks at the top where the headline is searched


def read_html(
    text: str, *, language: str | None = None, meta: ArticleMeta | None = None, progress: Progress = SILENT
) -> Article:
    """Build an article from a web page: headline, headings, paragraphs, quotes, lists and tables of its main text.

    Links, emphasis, code and the like are the article's inlines where the page has the same words with them. Items of
    ordered lists have the numbers that the page shows, though always upwards. Offsets are not mapped back to the page.

    Raises:
        InputError: The page holds no text, or its language cannot be detected.
        UsageError: `language` is not known.
    """
    name = meta.source if meta and meta.source else "the page"
    refuse_empty(text, name)
    page = normalize(text).text
    declared = _DECLARATION.match(page)
    page = page[declared.end() :] if declared else page
    refuse_many(page, "<", "tags", name)
    refuse_crowded_tags(page, name)
    page = drop_frame_tags(page)
    whole, everything = _read_whole(page, name)
    drafts, title, meta = _extract(page, whole, meta or ArticleMeta(format="html"))
    if drafts is whole or is_plain_html(page):
        # No inference is needed, and lists and code are easily mistaken for non-text.
        drafts = whole
    else:
        around = note_around(drafts, everything)
        drafts, left = complete(drafts, region_of(drafts, whole, everything))
        meta = replace(meta, dropped=(*meta.dropped, *(draft.text for draft in left)))
        for note in filter(None, (note_of(left), around)):
            progress.note(f"{name}: {note}")
    if _SPANS.search(page) and any(draft.kind == "table_cell" for draft in drafts):
        progress.note(
            f"{name}: a cell over several rows or columns is read as one cell; others of its rows may be shifted"
        )
    tag = _LANGUAGE.search(page)
    drafts = recover(_titled(drafts, title), everything)
    return assemble(drafts, meta, language=language, declared=tag[1] if tag else "")


def is_plain_html(page: str) -> bool:
    """Return whether a page shows only text: paragraphs, no boxes, no forms, and no mere lists of links."""
    from lxml.etree import ParserError  # type: ignore[import-untyped]  # noqa: PLC0415 - heavy
    from lxml.html import document_fromstring  # noqa: PLC0415 - heavy

    try:
        body = document_fromstring(page).find("body")
    except ParserError:
        return False
    if body is None or body.find(".//p") is None:
        return False
    return all(element.tag in _TEXT_TAGS for element in body.iter("*")) and not any(map(_is_link, body.iter("li")))


def _is_link(item: "HtmlElement") -> bool:
    words = "".join(item.itertext()).split()
    return any("".join(link.itertext()).split() == words for link in item.iter("a"))


def read_piece(html: str, name: str, *, first_line: int) -> list[BlockDraft]:
    """Return the blocks of HTML embedded in another format, where nothing is page layout."""
    closed = _BARE.sub(lambda match: "&lt;" if match[0] == "<" else match[0], html)
    refuse_crowded_tags(closed, name, first_line=first_line)
    root = _parse(drop_frame_tags(closed), name)
    return [] if root is None else [_as_paragraph(draft) for draft in _Walk(_NO_TEXT).drafts(root)]


def _as_paragraph(draft: BlockDraft) -> BlockDraft:
    """Turn an item without a list, or a cell without a table, into a paragraph."""
    alone = draft.kind in {"list_item", "table_cell"} and not draft.level
    return replace(draft, kind="paragraph") if alone else draft


def _extract(page: str, whole: list[BlockDraft], meta: ArticleMeta) -> tuple[list[BlockDraft], str | None, ArticleMeta]:
    from trafilatura import bare_extraction, load_html  # noqa: PLC0415 - loads lxml and its tables
    from trafilatura.settings import Document  # noqa: PLC0415 - the same

    tree = load_html(page)
    if tree is None:
        return whole, None, meta
    keep_sentences(tree)
    found = bare_extraction(tree, with_metadata=True, include_comments=False, date_extraction_params=_DATES)
    if not isinstance(found, Document):
        return whole, None, meta
    drafts = _Walk().drafts(found.body)
    meta = replace(
        meta,
        date=meta.date or found.date,
        outlet=meta.outlet or found.sitename,
        author=meta.author or found.author,
    )
    lost = _length(drafts) < _MIN_KEPT * _length(whole)
    return whole if lost else drafts, found.title, meta


_DATES: Final = {"original_date": True, "extensive_search": False}  # a guessed date helps nobody


def _parse(page: str, name: str) -> Any:
    """Return the root of a page, None if it has no element.

    Raises:
        InputError: The page is nested too deeply or too long, so that the parser would leave out the rest.
    """
    from lxml.etree import ErrorTypes, ParserError  # noqa: PLC0415 - heavy
    from lxml.html import HTMLParser, document_fromstring  # noqa: PLC0415 - heavy

    # Without `huge_tree`, like trafilatura's parser: its failures must be noticed here.
    parser = HTMLParser()
    try:
        root = document_fromstring(page, parser=parser)
    except ParserError:
        root = None
    if any(entry.type == ErrorTypes.ERR_RESOURCE_LIMIT for entry in parser.error_log):
        raise InputError(
            f"{name} has tags nested more than {_DEEPEST} deep, or a text or comment of more than 10 MB without a tag",
            hint="Save the text of the article as a plain text file",
        )
    return root


_DEEPEST: Final = 256
"""The parser's limit, with <html> and <body>; pages of outlets reach some 60."""


def _read_whole(page: str, name: str) -> tuple[list[BlockDraft], list[BlockDraft]]:
    """Return the blocks of the page's own article, and all its blocks."""
    root = _parse(page, name)
    if root is None:
        return [], []
    keep_sentences(root)
    body = root.find("body")
    article = max(root.iter("article"), key=lambda one: len(one.text_content()), default=None)
    everything = _Walk().drafts(body) if body is not None else []
    if article is None or len(article.text_content().split()) < _SHORT_ARTICLE:
        return everything, everything
    return _Walk().drafts(article), everything


_SHORT_ARTICLE: Final = 30  # words; a page whose largest <article> is shorter has only teasers


def _length(drafts: Sequence[BlockDraft]) -> int:
    return sum(len(draft.text) for draft in drafts if draft.kind == "paragraph")


def _titled(drafts: list[BlockDraft], title: str | None) -> list[BlockDraft]:
    """Put the headline first: the page's title, or the heading at the top from which the title is made."""
    first = [draft for draft in drafts[:_TITLE_PLACES] if draft.kind in {"heading", "paragraph"}]
    if title is None:
        heading = next((draft for draft in first if draft.kind == "heading" and draft.level == 1), None)
        title = heading.text if heading else None
    if title is None:
        return drafts
    title = tidy(title)
    same = next((draft for draft in first if _is_title(draft.text, title)), None)
    if same is None and _begins_with(drafts, title):
        return drafts
    rest = [draft for draft in drafts if draft is not same]
    return [BlockDraft("title", same.text if same else title), *rest]


def _begins_with(drafts: Sequence[BlockDraft], title: str) -> bool:
    """Return whether a title is only the text or its beginning, as of pages without a headline."""
    words = " ".join(word for draft in drafts for word in draft.text.split())
    cut = title.rstrip("\N{HORIZONTAL ELLIPSIS}")
    # Headlines may end in an ellipsis, too, but are shorter.
    return words == title or (cut != title and len(cut) >= _CUT_TITLE and words.startswith(cut.rstrip()))


def _is_title(text: str, title: str) -> bool:
    # Pages append their own name ("Ferry back - The Herald"); trafilatura removes it, and sometimes too much.
    # It also turns all spaces into plain ones.
    shorter, longer = sorted((" ".join(one.casefold().split()) for one in (text, title)), key=len)
    return shorter == longer or bool(re.match(re.escape(shorter) + r"\s+[|\u2013\u2014-]\s", longer))


@dataclass
class _Walk:
    """Turns a tree of HTML, or of trafilatura's elements, into blocks."""

    skipped: frozenset[str] = _SKIPPED
    _found: list[BlockDraft] = field(default_factory=list)
    _flow: Flow = field(default_factory=Flow)
    _kind: BlockKind = "paragraph"
    _level: int = 0
    _row: int = 0
    _numbers: list[int | None] = field(default_factory=list)
    _boxes: tuple[int, ...] = ()
    _all_boxes: int = 0

    def drafts(self, root: Any) -> list[BlockDraft]:
        """Return the blocks below `root` in order."""
        self._children(root)
        self._flush()
        return self._found

    def _children(self, element: Any) -> None:
        self._flow.add(element.text or "")
        for child in element:
            if isinstance(child.tag, str) and child.tag not in self.skipped:
                self._element(child)
            elif child.tag not in _INLINE:
                self._flow.add(" ")
            self._flow.add(child.tail or "")

    def _element(self, element: Any) -> None:
        tag = element.tag
        if tag in {"lb", "br"}:
            self._flow.add(_LINE_BREAK)
        elif tag in _INLINE or (tag == "code" and "\n" not in "".join(element.itertext())):
            self._flow.open(tag, mark_of(tag, element.attrib))
            self._children(element)
            self._flow.close(tag)
        elif tag in {"code", "pre"}:
            self._flush()
            self._found.append(BlockDraft("code", "".join(element.itertext()).strip("\n")))
        else:
            self._block(element)

    def _block(self, element: Any) -> None:
        self._flush()
        saved, boxes = (self._kind, self._level, len(self._numbers)), self._boxes
        self._open_box(element)
        self._row = 0 if element.tag == "table" else self._row + (element.tag in {"row", "tr"})
        self._count(element)
        self._kind, self._level = self._kind_of(element)
        self._children(element)
        self._flush()
        self._kind, self._level, depth = saved
        self._boxes = boxes
        del self._numbers[depth:]

    def _open_box(self, element: Any) -> None:
        box = box_of(element.tag, element.items())
        if box is not None:
            self._all_boxes += 1
            self._boxes = (*self._boxes, HIDDEN if box == HIDDEN else self._all_boxes)

    def _count(self, element: Any) -> None:
        """Track the last number of each open list."""
        if element.tag in {"list", "ul", "ol"}:
            is_ordered = "ol" in {element.tag, element.get("rend")}
            self._numbers.append(_number(element.get("start"), 1) - 1 if is_ordered else None)
        elif element.tag in {"item", "li"} and self._numbers and self._numbers[-1] is not None:
            self._numbers[-1] = _number(element.get("value"), self._numbers[-1] + 1)

    def _kind_of(self, element: Any) -> tuple[BlockKind, int]:
        tag = element.get("rend") if element.tag == "head" else element.tag
        if tag in _HEADINGS:
            return "heading", _HEADINGS[tag]
        if element.tag in {"quote", "blockquote"}:
            return "quote", 0
        if element.tag in {"item", "li"}:
            return "list_item", len(self._numbers)
        if element.tag in {"cell", "td", "th"}:
            return "table_cell", self._row
        return self._kind, self._level

    def _flush(self) -> None:
        text, inlines = self._flow.cut()
        borders = [0, *(at for match in _PARAGRAPH_BREAK.finditer(text) for at in match.span()), len(text)]
        parts = [
            (start, end) for start, end in zip(borders[::2], borders[1::2], strict=True) if text[start:end].strip()
        ]
        # Old pages put whole articles in one cell.
        layout = self._kind == "table_cell" and len(parts) > 1
        kind: BlockKind = "paragraph" if layout else self._kind
        level = 0 if layout else self._level
        number = self._numbers[-1] if kind == "list_item" and self._numbers else None
        for start, end in parts:
            lines = [tidy(line) for line in text[start:end].split(_LINE_BREAK)]
            joined = "\n".join(line for line in lines if line)
            spans = carry(clip(inlines, start, end), text[start:end], joined)
            if joined:
                self._found.append(BlockDraft(kind, joined, level, inlines=spans, number=number, boxes=self._boxes))


def _number(written: str | None, default: int) -> int:
    found = _NUMBER.match(written or "")
    return int(found[1]) if found else default


def looks_like_html(text: str) -> bool:
    """Return whether a text of unknown kind is a web page or a part of one."""
    start = text[:_SNIFFED].lstrip("\N{ZERO WIDTH NO-BREAK SPACE} \t\r\n").lower()
    # Atomic, else the end of a comment could be matched in exponentially many ways.
    if re.match(r"(?>(?:<\?xml[^>]*>|<!--.*?-->)\s*)*+<(!doctype html|html|head|body|article)\b", start, re.DOTALL):
        return True
    return len(re.findall(r"<(?:p|div|h[1-6]|br|article|section|span|a)\b[^<>]*>", start)) >= _MIN_TAGS


_SNIFFED: Final = 4096
_MIN_TAGS: Final = 3


MOST_ATTRIBUTES: Final = 1000
"""Most attributes of one tag. Pages of outlets have at most some forty; the parser compares each with all before it."""

PARSED: Final = r"""[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|[^\s>]*+))?+"""
# As browsers read them: https://html.spec.whatwg.org/multipage/parsing.html#tokenization
_TOKEN: Final = re.compile(
    rf"<!--(?:-?>|.*?(?:--!?>|\Z))|<(?:[!?]|/[^a-z>])[^>]*+"
    rf"|</?(?P<name>[a-z][^\s/>]*+)(?:{PARSED}){{0,{MOST_ATTRIBUTES}}}+",
    re.IGNORECASE | re.DOTALL,
)
_RAW_ENDS: Final = {
    name: re.compile(f"</{name}", re.IGNORECASE) for name in ("script", "style", "textarea", "title", "xmp", "iframe")
}
"""Ends of elements that contain no tags."""
_TAG_END: Final = re.compile(r"[\s/]*+>?")
_OPENED_ONCE: Final = frozenset({"html", "head", "body"})
_LITERAL: Final = frozenset({"noembed", "noframes", "plaintext"})
"""Elements whose tags the parser would turn into words."""
_ATTRIBUTE: Final = re.compile(PARSED)


def tags(page: str) -> Iterator[re.Match[str]]:
    """Yield the tags of a page, each up to its last attribute or the first above `MOST_ATTRIBUTES`."""
    at = 0
    while token := _TOKEN.search(page, at):
        at = token.end()
        if not token["name"]:
            continue
        yield token
        closing = _RAW_ENDS.get(token["name"].lower())
        if closing and not token[0].startswith("</"):
            end = closing.search(page, at)
            at = end.start() if end else len(page)


def drop_frame_tags(page: str) -> str:
    """Remove the closing tags of a page, and repeated opening ones: the parser drops all text after them."""
    kept: list[str] = []
    opened: set[str] = set()
    at = 0
    for token in tags(page):
        name, ends = token["name"].lower(), token[0].startswith("</")
        if name in _LITERAL or (name in {"html", "body"} and ends) or (name in opened and not ends):
            kept.append(page[at : token.start()])
            found = _TAG_END.match(page, token.end())
            at = found.end() if found else token.end()
        elif name in _OPENED_ONCE:
            opened.add(name)
    return "".join((*kept, page[at:]))


def refuse_crowded_tags(page: str, name: str, *, first_line: int = 1) -> None:
    """Raise the error for a page with a tag of too many attributes.

    Raises:
        InputError: There is one.
    """
    for tag in tags(page):
        if _ATTRIBUTE.match(page, tag.end()):
            line = page.count("\n", 0, tag.start()) + first_line
            raise InputError(f"{name} has a tag of more than {MOST_ATTRIBUTES} attributes on line {line}", hint=HINT)
