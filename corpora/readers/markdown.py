"""Markdown: CommonMark with tables, and front matter."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from html import unescape
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.common.utils import mdTrim
from markdown_it.rules_block.reference import reference
from markdown_it.rules_block.state_block import StateBlock
from markdown_it.rules_block.table import escapedSplit, getLine, table
from markdown_it.token import Token

from common.errors import InputError
from corpora.article import Article, ArticleMeta
from corpora.blocks import FRONT_MATTER, BlockKind, Inline, InlineKind
from corpora.normalization import normalize
from corpora.offsets import Span
from corpora.plain.reading import refuse_empty, refuse_many
from corpora.readers.drafts import BlockDraft, assemble
from corpora.readers.html import read_piece
from corpora.readers.inlines import Flow, InlineMark, mark_of

_FRONT_MATTER: Final = re.compile(r"---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_FIELD_LINE: Final = re.compile(r"[\"']?\w[\w.-]*+[\"']?[ \t]*+:(?:[ \t]|\Z)")
_FURTHER_LINE: Final = re.compile(r"\s|[#\]}]|-[ \t]|-?\Z")
"""Lines of front matter besides fields: blank, indented, closing brackets, comments, list items."""
_FIELD: Final = re.compile(r"^(\w[\w-]*+)[ \t]*+:[ \t]*+(.+)$", re.MULTILINE)
_BLOCK_VALUE: Final = re.compile(r"[|>][-+\d]*")
"""What stands for a value that is on the lines below."""
_ALIGNED: Final = re.compile(r"text-align:\s*(left|center|right)")
_MARKS: Final = "\n|*_`[<&\\~"
"""Characters that may open or end a line, a cell or a span; others occur in pairs with them."""
_DEEPEST: Final = 100
"""Most levels of nesting; a quote has one and a list two. The parser's own 20 are too few for real lists."""
_UNCLOSED: Final = tuple(
    (re.compile(start, re.IGNORECASE), re.compile(end, re.IGNORECASE))
    for start, end in (
        ("<!--", "-->"),
        (r"<\?", r"\?>"),
        (r"<!\[CDATA\[", r"\]\]>"),
        (r"<script\b", "</script"),
        (r"<style\b", "</style"),
    )
)
"""Constructs that contain no text; without an end, the rest of the document would be left out."""
_OUTLETS: Final = ("outlet", "publication", "publisher", "source", "site")
_CONTAINERS: Final = ("blockquote", "bullet_list", "ordered_list", "list_item", "table", "tr")

_OWN: Final[dict[str, InlineKind]] = {"em": "emphasis", "strong": "strong", "s": "strike"}
_TAG: Final = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]*)(.*?)(/?)>", re.DOTALL)
_ATTRIBUTE: Final = re.compile(
    r"""(?P<name>[^\s=/>"']+)\s*=\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^\s"'=<>`]+))"""
)


def read_markdown(text: str, *, language: str | None = None, meta: ArticleMeta | None = None) -> Article:
    """Build an article from Markdown: the text without marks and images.

    Links, emphasis, code and the like are the article's inlines, and so are the tags of HTML that mean the same. Of
    blocks of HTML the text is taken; comments, scripts and styles are left out. Front matter may give `title`, `date`,
    `author` and `outlet`; without it the first block is the title if it is a heading or reads like a headline.

    Raises:
        InputError: There is no text, its language cannot be detected, or a part of it would be left out.
        UsageError: `language` is not known.
    """
    name = meta.source if meta and meta.source else "the text"
    refuse_empty(text, name)
    normalized = normalize(text)
    refuse_many(normalized.text, _MARKS, "lines and marks", name)
    front = _front_matter(normalized.text)
    body_at = front.end() if front else 0
    # Blank lines instead of the front matter keep line numbers and offsets unchanged.
    body = "\n" * normalized.text.count("\n", 0, body_at) + normalized.text[body_at:]
    walk = _Walk(normalized.text, name)
    drafts = list(walk.blocks(_parse(body, name)))
    meta = _add_fields(meta or ArticleMeta(format="markdown"), front, walk.skipped)
    article = assemble(_titled(drafts, front), meta, language=language, markup=normalized.text)
    offsets = article.offsets.after(normalized.offsets) if article.offsets else None
    return replace(article, offsets=offsets)


class _Parser(MarkdownIt):
    """Keeps the addresses of links as written, without changing which links are recognised."""

    def normalizeLink(self, url: str) -> str:  # noqa: N802 - the parser's name
        """Keep an address as it is written."""
        return url

    def validateLink(self, url: str) -> bool:  # noqa: N802 - the parser's name
        """Return whether an address is harmless once it is normalised."""
        return super().validateLink(super().normalizeLink(url))


def _parse(body: str, name: str) -> list[Token]:
    parser = _Parser("commonmark", {"maxNesting": _DEEPEST}).enable(["table", "strikethrough"])
    parser.block.ruler.at("table", _table, {"alt": ["paragraph", "reference"]})
    parser.block.ruler.at("reference", _reference)
    tokens = parser.parse(body)
    deep = next((token for token in tokens if token.nesting > 0 and token.level >= _DEEPEST - 1), None)
    if deep is not None:  # the parser leaves out its content
        line = f" on line {deep.map[0] + 1}" if deep.map else ""
        raise InputError(f"{name} nests lists or quotes more than {_DEEPEST} levels deep{line}", hint=_HINT)
    return tokens


def _table(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001 - the parser's own call
    """Parse a table like the parser, plus the cells of a row beyond its columns, which the parser leaves out."""
    first = len(state.tokens)
    if not table(state, start, end, silent):
        return False
    tokens, state.tokens[first:] = state.tokens[first:], []
    row: list[Token] = []
    for token in tokens:
        row.append(token)
        if token.type == "tr_open":
            state.tokens += row[:-1]
            row = [token]
        elif token.type == "tr_close":
            cells = (len(row) - 2) // _CELL
            *written, close = row
            surplus = _cells(getLine(state, row[0].map[0]))[cells:] if row[0].map else []
            more = [cell for text in surplus for cell in _like(written[-_CELL:], mdTrim(text))]
            state.tokens += [*written, *more, close]
            row = []
    state.tokens += row
    return True


def _reference(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001 - the parser's own call
    """Parse the address of links like the parser, but leave footnotes, which look the same, to be paragraphs."""
    at = state.bMarks[start] + state.tShift[start]
    return not state.src.startswith("[^", at) and reference(state, start, end, silent)


_CELL: Final = 3  # tokens: what opens a cell, what is in it, what closes it


def _cells(line: str) -> list[str]:
    cells = escapedSplit(mdTrim(line))
    return cells[not cells[0] : len(cells) - (not cells[-1])]


def _like(cell: list[Token], text: str) -> list[Token]:
    opening, inside, closing = cell
    return [opening.copy(), inside.copy(content=text, children=[]), closing.copy()]


_HINT: Final = "Save the text of the article as a plain text file"


def _front_matter(text: str) -> re.Match[str] | None:
    """Return the front matter: lines between rules at the start, all of its form, a field first."""
    front = _FRONT_MATTER.match(text)
    lines = [line for line in front.group(1).split("\n") if line.strip() and line[0] != "#"] if front else []
    if not lines or not _FIELD_LINE.match(lines[0]):
        return None
    return front if all(_FIELD_LINE.match(line) or _FURTHER_LINE.match(line) for line in lines) else None


def _fields(front: re.Match[str] | None) -> dict[str, str]:
    if front is None:
        return {}
    found = [(name.lower(), value.rstrip(" \t").strip("\"'")) for name, value in _FIELD.findall(front.group(1))]
    return {name: value for name, value in found if value and not _BLOCK_VALUE.fullmatch(value)}


def _add_fields(meta: ArticleMeta, front: re.Match[str] | None, skipped: Sequence[str]) -> ArticleMeta:
    fields = _fields(front)
    outlet = next((fields[name] for name in _OUTLETS if name in fields), None)
    date = re.match(r"\d{4}-\d{2}-\d{2}", fields.get("date", ""))
    return replace(
        meta,
        date=meta.date or (date.group() if date else None),
        author=meta.author or fields.get("author"),
        front_matter=front.group(1) if front else None,
        outlet=meta.outlet or outlet,
        dropped=(*meta.dropped, *skipped),
    )


def _titled(drafts: list[BlockDraft], front: re.Match[str] | None) -> list[BlockDraft]:
    title = _fields(front).get("title")
    if not title or not front:
        return drafts
    if drafts and drafts[0].kind in {"heading", "paragraph"} and drafts[0].text.casefold() == title.casefold():
        return [replace(drafts[0], kind="title", level=0), *drafts[1:]]
    return [BlockDraft("title", title, source=front.span(1), tokens=(title,), info=FRONT_MATTER), *drafts]


@dataclass
class _Walk:
    """Walks the tokens of a document and tracks open containers and the last number of each list."""

    markup: str
    name: str
    skipped: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    numbers: list[int | None] = field(default_factory=list)
    row: int = 0

    def __post_init__(self) -> None:
        ends = [match.end() for match in re.finditer(r"\n|\Z", self.markup)]
        self._line_starts = [0, *ends]
        self._last_ends = [max((one.start() for one in end.finditer(self.markup)), default=-1) for _, end in _UNCLOSED]

    def blocks(self, tokens: Sequence[Token]) -> Iterator[BlockDraft]:
        """Yield the blocks of the document in order."""
        for number, token in enumerate(tokens):
            self._track(token)
            if token.type == "inline":
                yield self._inline(token, tokens[number - 1])
            elif token.type in {"fence", "code_block"}:
                content = token.content.rstrip("\n")
                info = token.info.strip() or None
                yield BlockDraft("code", content, source=self._span(token), tokens=(content,), info=info)
            elif token.type == "html_block":
                yield from self._html(token)

    def _html(self, token: Token) -> Iterator[BlockDraft]:
        source = self._span(token)
        line = token.map[0] + 1 if token.map else 1
        self._refuse_unclosed(token.content, source, line)
        drafts = read_piece(token.content, self.name, first_line=line)
        if not drafts:
            self.skipped.append(token.content.strip())
        kind, level = self._container()
        number = self.numbers[-1] if kind == "list_item" else None
        for draft in drafts:
            own = kind == "paragraph" or draft.kind == "code"
            placed = draft if own else replace(draft, kind=kind, level=level, number=number)
            yield replace(placed, source=source, tokens=tuple(run for run in draft.text.split("\n") if run.strip()))

    def _refuse_unclosed(self, html: str, source: Span | None, line: int) -> None:
        for (start, end), last in zip(_UNCLOSED, self._last_ends, strict=True):
            opening = next(reversed(list(start.finditer(html))), None)
            if opening and not end.search(html, opening.end()) and (source is None or last < source[1]):
                raise InputError(
                    f"{self.name} opens {opening[0]} on line {line} or below and never ends it", hint=_HINT
                )

    def _track(self, token: Token) -> None:
        name = token.type.removesuffix("_open").removesuffix("_close")
        if name not in _CONTAINERS:
            return
        if token.nesting > 0:
            self.open.append(name)
            self.row = self.row + 1 if name == "tr" else 0
            self._count(name, token)
        elif self.open:
            self.open.pop()
            del self.numbers[self.open.count("bullet_list") + self.open.count("ordered_list") :]

    def _count(self, name: str, token: Token) -> None:
        if name == "bullet_list":
            self.numbers.append(None)
        elif name == "ordered_list":
            self.numbers.append(int(token.attrs.get("start", 1)) - 1)
        elif name == "list_item" and self.numbers[-1] is not None:
            self.numbers[-1] += 1

    def _inline(self, token: Token, opening: Token) -> BlockDraft:
        runs, inlines = _collect(token.children or [])
        kind, level = self._kind(opening)
        # A cell of a table or a heading cannot contain a line end; elsewhere it is kept, as in plain text.
        tokens = tuple(run for run in runs if run.strip())
        number = self.numbers[-1] if kind == "list_item" else None
        aligned = _ALIGNED.match(str(opening.attrs.get("style", "")))
        info = aligned[1] if aligned else None
        return BlockDraft(kind, "".join(runs), level, self._span(token), tokens, inlines, number, info)

    def _kind(self, opening: Token) -> tuple[BlockKind, int]:
        if opening.type == "heading_open":
            return "heading", int(opening.tag[1:])
        if opening.type in {"td_open", "th_open"}:
            return "table_cell", self.row
        return self._container()

    def _container(self) -> tuple[BlockKind, int]:
        if "blockquote" in self.open:
            return "quote", 0
        depth = self.open.count("list_item")
        return ("list_item", depth) if depth else ("paragraph", 0)

    def _span(self, token: Token) -> Span | None:
        if token.map is None:
            return None
        first, last = token.map
        return self._line_starts[first], self._line_starts[min(last, len(self._line_starts) - 1)]


def _collect(children: Sequence[Token]) -> tuple[list[str], tuple[Inline, ...]]:
    """Return the runs of text of a block, and the spans of the text they make.

    HTML tags of inline markup count. Unbalanced tags are ignored.

    Returns:
        The runs in order, and spans in any order; they may cross where tags of HTML do.
    """
    flow = Flow()
    runs: list[str] = []
    for child in children:
        run = _run(child)
        if run is None:
            _mark_inside(child, flow)
        else:
            flow.open("`", InlineMark("code") if child.type == "code_inline" else None)
            flow.add(run)
            flow.close("`")
            runs.append(run)
    return runs, tuple(flow.take()[1])


def _run(child: Token) -> str | None:
    if child.type in {"text", "code_inline", "text_special"}:
        return child.content
    if child.type in {"softbreak", "hardbreak"} or child.content.lower().startswith("<br"):
        return "\n"
    return None


def _mark_inside(child: Token, flow: Flow) -> None:
    if child.type == "html_inline":
        _tag(child.content, flow)
    elif child.nesting > 0:
        flow.open(child.type, _own_mark(child))
    elif child.nesting < 0:
        flow.close(child.type.replace("_close", "_open"))


def _own_mark(child: Token) -> InlineMark | None:
    if child.type == "link_open":
        return mark_of("a", {name: str(value) for name, value in child.attrs.items()})
    kind = _OWN.get(child.tag)
    return InlineMark(kind) if kind else None


def _tag(content: str, flow: Flow) -> None:
    match = _TAG.fullmatch(content)
    if match is None or match[4]:
        return
    name = match[2].lower()
    if match[1]:
        flow.close(name)
    else:
        flow.open(name, mark_of(name, _attributes(match[3])))


def _attributes(text: str) -> dict[str, str | None]:
    # The first of two attributes of one name counts, as in browsers.
    found = reversed(list(_ATTRIBUTE.finditer(text)))
    return {
        match["name"].lower(): unescape(
            next(value for value in match.group("double", "single", "bare") if value is not None)
        )
        for match in found
    }
