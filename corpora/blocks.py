"""Spans of an article given by its layout: blocks, and inline markup such as links."""

from dataclasses import dataclass, field
from typing import Final, Literal

BlockKind = Literal["title", "heading", "paragraph", "list_item", "quote", "code", "table_cell"]
InlineKind = Literal[
    "link", "emphasis", "strong", "strike", "underline", "subscript", "superscript", "highlight", "code"
]
FRONT_MATTER: Final = "front matter"
"""The `Block.info` of a title that the body of a text does not have."""


@dataclass(frozen=True, slots=True)
class Block:
    """A run of text that the layout separates from others; sentences never cross its borders.

    Attributes:
        kind: What the block is.
        start: Offset of its first code point in the article's text.
        end: Offset after its last code point.
        level: Depth of a heading or of a list item, row of a table cell within its table, from 1; 0 elsewhere.
        number: Of an item of an ordered list, not part of the text; None for bullets and elsewhere. Blocks of one level
            and number that follow each other, nested lists between them aside, are paragraphs of one item.
        info: Of code, the words behind its fence, such as its language; of a table cell, the alignment of its column:
            `left`, `center` or `right`; of a title, `front matter` where the text has it there only; None elsewhere.
    """

    kind: BlockKind
    start: int
    end: int
    level: int = 0
    number: int | None = field(default=None, metadata={"absent_when_none": True})
    info: str | None = field(default=None, metadata={"absent_when_none": True})


@dataclass(frozen=True, slots=True)
class Inline:
    """A run of text within a block with markup of its own: a link, or words in another style.

    Attributes:
        kind: Kind of markup. The words of `code` are never translated.
        start: Offset of its first code point in the article's text.
        end: Offset after its last code point.
        target: Address of a link, as written, see `corpora.inlines.clean_target`; None for other kinds.
        title: Title of a link, None if it has none.
    """

    kind: InlineKind
    start: int
    end: int
    target: str | None = None
    title: str | None = None
