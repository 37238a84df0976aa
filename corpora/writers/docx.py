"""DOCX, by python-docx: the styles and lists of Word, so that outlines, numbers and links work there."""

import re
from collections.abc import Mapping, Sequence
from io import BytesIO
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from corpora.article import Article, Block, Inline
from corpora.blocks import InlineKind
from corpora.languages import CHINESE, base_language
from corpora.readers.docx import CODE_STYLE, INLINE_CODE_STYLE
from corpora.writers.html import allowed_address
from corpora.writers.steps import contents, items, steps, tables

if TYPE_CHECKING:
    from docx.document import Document
    from docx.oxml.text.hyperlink import CT_Hyperlink
    from docx.table import _Cell
    from docx.text.paragraph import Paragraph
    from docx.text.run import Run

_LINK_STYLE: Final = "Hyperlink"
_FONT: Final = "Consolas"
_BLUE: Final = (0x05, 0x63, 0xC1)  # of links in Word
_DEEPEST: Final = 9  # levels of a list, and of headings
_UNWRITABLE: Final = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_MORE: Final = "List Continue"
_BULLET: Final = '<w:numFmt w:val="bullet"/><w:lvlText w:val="&#8226;"/>'
_NUMBER: Final = '<w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%{}."/>'
_PROPERTIES: Final[Mapping[InlineKind, str]] = {
    "emphasis": "italic", "strong": "bold", "strike": "strike", "underline": "underline",
    "subscript": "subscript", "superscript": "superscript",
}  # fmt: skip
"""Properties of python-docx's fonts."""
_LONGEST: Final = 255  # characters of a title, by python-docx
_INDENT: Final = 360  # twentieths of a point


def to_docx(article: Article) -> bytes:
    """Render an article as a document of Word.

    Headline and headings have Word's styles, items belong to lists of any depth with the numbers that they have here,
    a table's first row is repeated on each page. Links lead where those of `to_html` do. Characters that XML forbids
    are left out.
    """
    return _Writer(article).write()


class _Writer:
    def __init__(self, article: Article) -> None:
        import docx  # noqa: PLC0415 - of an extra

        self._article = article
        self._document = docx.Document()
        self._lists = _Lists(self._document)
        _prepare(self._document, article)
        # To look a style up by name takes python-docx longer than to write a paragraph.
        self._styles = {style.name: style.style_id for style in self._document.styles}

    def write(self) -> bytes:
        """Return the file with all blocks of the article."""
        article = self._article
        if not article.blocks:
            self._fill(self._document.add_paragraph(), article.text, article.inlines)
        for kind, group in groupby(article.blocks, key=lambda block: block.kind):
            blocks = list(group)
            if kind == "list_item":
                self._list(blocks)
            elif kind == "table_cell":
                for rows in tables(blocks):
                    self._table(rows)
            else:
                for block in blocks:
                    self._block(self._paragraph(_style(block)), block)
        file = BytesIO()
        self._document.save(file)
        return file.getvalue()

    def _paragraph(self, style: str | None) -> "Paragraph":
        paragraph = self._document.add_paragraph()
        if style is not None:
            paragraph._p.style = self._styles[style]  # noqa: SLF001 - no other way
        return paragraph

    def _list(self, blocks: Sequence[Block]) -> None:
        for block, depth, place in items(blocks):
            paragraph = self._paragraph(_MORE if place == "more" else "List Paragraph")
            if place != "more":
                self._lists.put(paragraph, min(depth, _DEEPEST) - 1, block.number, goes_on=place == "next")
            self._block(paragraph, block)

    def _table(self, rows: Sequence[Sequence[Block]]) -> None:
        from docx.enum.text import WD_PARAGRAPH_ALIGNMENT  # noqa: PLC0415 - of an extra
        from docx.oxml import OxmlElement  # noqa: PLC0415 - of an extra

        table = self._document.add_table(len(rows), max(map(len, rows)), style="Table Grid")
        for line, row in zip(table.rows, rows, strict=True):
            cells: Sequence[_Cell] = line.cells[: len(row)]
            for cell, block in zip(cells, row, strict=True):
                self._block(cell.paragraphs[0], block)
                if block.info:
                    cell.paragraphs[0].alignment = WD_PARAGRAPH_ALIGNMENT[block.info.upper()]
        if len(rows) > 1:
            table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # noqa: SLF001 - no other way
        self._document.add_paragraph()  # Word joins tables that touch

    def _block(self, paragraph: "Paragraph", block: Block) -> None:
        self._fill(paragraph, *contents(self._article, block))

    def _fill(self, paragraph: "Paragraph", text: str, inlines: Sequence[Inline]) -> None:
        around: list[Inline] = []
        link: CT_Hyperlink | None = None
        for step in steps(len(text), inlines):
            if step.action == "text":
                run = paragraph.add_run(_UNWRITABLE.sub("", text[step.start : step.end]))
                for inline in around:
                    _mark(run, inline.kind, linked=link is not None)
                if link is not None:
                    link.append(run._r)  # noqa: SLF001 - no other way
            elif step.inline is not None:
                (around.append if step.action == "open" else around.remove)(step.inline)
                if step.inline.kind == "link":
                    link = _link(paragraph, step.inline) if step.action == "open" else None


def _link(paragraph: "Paragraph", inline: Inline) -> "CT_Hyperlink | None":
    """Append an empty link; None for an address that pages leave out, too."""
    from docx.opc.constants import RELATIONSHIP_TYPE  # noqa: PLC0415 - of an extra
    from docx.oxml import OxmlElement  # noqa: PLC0415 - of an extra
    from docx.oxml.ns import qn  # noqa: PLC0415 - of an extra

    address = allowed_address(inline)
    if address is None:
        return None
    link: CT_Hyperlink = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    if inline.title:
        link.set(qn("w:tooltip"), _UNWRITABLE.sub("", inline.title))
    paragraph._p.append(link)  # noqa: SLF001 - no other way
    return link


def _mark(run: "Run", kind: InlineKind, *, linked: bool) -> None:
    from docx.enum.text import WD_COLOR_INDEX  # noqa: PLC0415 - of an extra

    font = run.font
    if kind == "link":
        run.style = _LINK_STYLE if linked else None
    elif kind == "code":
        run.style = INLINE_CODE_STYLE
    elif kind == "highlight":
        font.highlight_color = WD_COLOR_INDEX.YELLOW
    else:
        setattr(font, _PROPERTIES[kind], True)


def _style(block: Block) -> str | None:
    if block.kind == "heading":
        return f"Heading {min(max(block.level, 2), _DEEPEST)}"
    return {"title": "Title", "quote": "Quote", "code": CODE_STYLE}.get(block.kind)


def _prepare(document: "Document", article: Article) -> None:
    """Make the styles that Word does not have, and name title and language, for which Word checks the spelling."""
    from docx.enum.style import WD_STYLE_TYPE  # noqa: PLC0415 - of an extra
    from docx.oxml import OxmlElement  # noqa: PLC0415 - of an extra
    from docx.oxml.ns import qn  # noqa: PLC0415 - of an extra
    from docx.shared import RGBColor  # noqa: PLC0415 - of an extra

    styles = document.styles
    styles.add_style(CODE_STYLE, WD_STYLE_TYPE.PARAGRAPH).font.name = _FONT
    styles.add_style(INLINE_CODE_STYLE, WD_STYLE_TYPE.CHARACTER).font.name = _FONT
    font = styles.add_style(_LINK_STYLE, WD_STYLE_TYPE.CHARACTER).font
    font.underline, font.color.rgb = True, RGBColor(*_BLUE)
    language = OxmlElement("w:lang")
    language.set(qn("w:eastAsia" if base_language(article.language) == CHINESE else "w:val"), article.language)
    styles["Normal"].element.get_or_add_rPr().append(language)
    properties = document.core_properties
    properties.author, properties.comments, properties.language = "", "", article.language
    properties.title = _UNWRITABLE.sub("", article.title or "")[:_LONGEST]


class _Lists:
    """The lists of a document: one definition for bullets and one for numbers, of nine levels each."""

    def __init__(self, document: "Document") -> None:
        from docx.oxml import parse_xml  # noqa: PLC0415 - of an extra

        self._numbering = document.part.numbering_part.element
        self._definitions: dict[bool, int] = {}
        self._open: dict[int, int] = {}
        self._last = max(map(int, self._numbering.xpath("w:num/@w:numId")), default=0)
        known = len(self._numbering.xpath("w:abstractNum"))
        for number, form in enumerate((_BULLET, _NUMBER), known + 1):
            self._definitions[form == _NUMBER] = number
            self._numbering.insert(0, parse_xml(_definition(number, form)))

    def _new(self, definition: int) -> Any:
        """Begin a list; python-docx would look through all lists for a free number."""
        from docx.oxml import parse_xml  # noqa: PLC0415 - of an extra
        from docx.oxml.ns import nsdecls  # noqa: PLC0415 - of an extra

        self._last += 1
        inside = f'<w:abstractNumId w:val="{definition}"/>'
        made = parse_xml(f'<w:num {nsdecls("w")} w:numId="{self._last}">{inside}</w:num>')
        self._numbering.append(made)
        return made

    def put(self, paragraph: "Paragraph", level: int, number: int | None, *, goes_on: bool) -> None:
        """Put a paragraph into the list last begun at a level, from 0, or into a new one; bullets have no number."""
        if not goes_on:
            made = self._new(self._definitions[number is not None])
            if number is not None:
                made.add_lvlOverride(ilvl=level).add_startOverride(number)
            self._open[level] = made.numId
        place = paragraph._p.get_or_add_pPr().get_or_add_numPr()  # noqa: SLF001 - no other way
        place.get_or_add_ilvl().val = level
        place.get_or_add_numId().val = self._open[level]


def _definition(number: int, form: str) -> str:
    from docx.oxml.ns import nsdecls  # noqa: PLC0415 - of an extra

    levels = "".join(
        f'<w:lvl w:ilvl="{level}">{form.format(level + 1)}<w:pPr><w:ind w:left="{_INDENT * (level + 1)}"'
        f' w:hanging="{_INDENT}"/></w:pPr></w:lvl>'
        for level in range(_DEEPEST)
    )
    return f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{number}">{levels}</w:abstractNum>'
