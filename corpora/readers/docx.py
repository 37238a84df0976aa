"""DOCX: mammoth makes HTML of the document, whose blocks are then read as those of HTML within Markdown."""

import re
from io import BytesIO
from typing import Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from common.errors import InputError
from corpora.article import Article, ArticleMeta
from corpora.limits import ARTICLE_BYTES, input_limit, too_large
from corpora.normalization import normalize
from corpora.plain.reading import refuse_empty, refuse_many
from corpora.readers.drafts import assemble
from corpora.readers.html import read_piece

CODE_STYLE: Final = "Code"
INLINE_CODE_STYLE: Final = "Inline Code"
"""Names of styles that Word does not have; the writer makes them."""

_STYLES: Final = f"""
p[style-name='Title'] => h1:fresh
p[style-name='Quote'] => blockquote > p:fresh
p[style-name='Intense Quote'] => blockquote > p:fresh
p[style-name='{CODE_STYLE}'] => pre:separator('\\n')
r[style-name='{INLINE_CODE_STYLE}'] => code
u => u
highlight => mark
br[type='page'] => br
br[type='column'] => br
"""
_DEEP_LISTS: Final = "\n".join(
    f"p:{name}-list({level}) => {'ul|ol > li > ' * (level - 1)}{tag} > li:fresh"
    for level in range(6, 10)  # mammoth knows five levels, Word nine
    for name, tag in (("unordered", "ul"), ("ordered", "ol"))
)
_MAGIC: Final = b"PK\x03\x04"
_PARTS: Final = (".xml", ".rels")
# All that the format allows; for others, zipfile cannot stop at a size.
_METHODS: Final = frozenset({ZIP_STORED, ZIP_DEFLATED})
# A format of documents that forbids it, in UTF-8 or UTF-16: ECMA-376, part 2, 9.1.4.
_DOCUMENT_TYPE: Final = re.compile(rb"<\0?!\0?D")
_CELL: Final = re.compile(r"<t[dh]\b.*?</t[dh]>", re.DOTALL)
_CODE: Final = re.compile("<pre>.*?</pre>", re.DOTALL)
_NOTE_LINK: Final = re.compile(r'<a href="#[^"]*note-\d+" id="[^"]*">(\[\d+\])</a>| <a href="#[^"]*note-ref-\d+">↑</a>')
"""Links between notes and their numbers in the text; the numbers stay."""


def is_docx(data: bytes) -> bool:
    """Return whether a file is a document of Word, by the names of its parts, which are not compressed."""
    return data.startswith(_MAGIC) and b"word/" in data


def read_docx(data: bytes, *, language: str | None = None, meta: ArticleMeta | None = None) -> Article:
    """Build an article from a document: headings, paragraphs, quotes, lists, tables and notes, with their inlines.

    Tracked changes are read as accepted. Pictures, comments, headers and footers are left out. An ordered list starts
    at 1, whatever the document shows.

    Raises:
        InputError: The file is damaged or too large, holds no text, or its language cannot be detected.
        UsageError: `language` is not known.
    """
    name = meta.source if meta and meta.source else "the document"
    page = normalize(_convert(data, name)).text
    refuse_empty(re.sub("<[^>]*>", "", page), name)
    return assemble(read_piece(page, name, first_line=1), meta or ArticleMeta(format="docx"), language=language)


def _convert(data: bytes, name: str) -> str:
    from mammoth import convert_to_html  # type: ignore[import-untyped]  # noqa: PLC0415 - of an extra

    try:
        html = convert_to_html(
            BytesIO(_text_parts(data, name)),
            style_map=_STYLES + _DEEP_LISTS,
            include_embedded_style_map=False,
            convert_image=lambda _: [],
        ).value
    except InputError:
        raise
    except Exception as error:  # an error of any class: the library looks at nothing before it uses it
        raise InputError(
            f"{name} is a damaged document: {error}", hint="Open it in a word processor and save it again"
        ) from error
    joined = _CELL.sub(lambda cell: cell[0].replace("</p><p>", "<br>"), html)
    joined = _CODE.sub(lambda code: code[0].replace("<br />", "\n"), joined)
    return _NOTE_LINK.sub(lambda link: link[1] or "", joined)


def _text_parts(data: bytes, name: str) -> bytes:
    """Return the document without what is not XML, uncompressed, or refuse what could grow."""
    limit, kept = input_limit(ARTICLE_BYTES), BytesIO()
    with ZipFile(BytesIO(data)) as packed, ZipFile(kept, "w") as parts:
        wanted = [part for part in packed.infolist() if part.filename.endswith(_PARTS)]
        if any(part.compress_type not in _METHODS for part in wanted):
            raise InputError(f"{name} is no document of a word processor: it is compressed in another way")
        size = sum(part.file_size for part in wanted)
        if size > limit:
            raise too_large(f"the text in {name}", limit, size)
        contents = {part.filename: _content(packed, part) for part in wanted}
        if any(map(_DOCUMENT_TYPE.search, contents.values())):
            raise InputError(f"{name} is no document of a word processor: it has a document type")
        refuse_many("".join(text.decode("latin-1") for text in contents.values()), "<", "tags", name)
        for part, text in contents.items():
            parts.writestr(part, text)
    return kept.getvalue()


def _content(packed: ZipFile, part: ZipInfo) -> bytes:
    """Return a part; one that is larger than it declares is found damaged by its checksum."""
    with packed.open(part) as file:
        return file.read(part.file_size)
