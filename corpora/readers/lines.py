"""One sentence a line, as Vecalign and Bertalign read and write them."""

import re
from functools import cached_property
from typing import Final

from corpora.article import Article, ArticleMeta, Block, Sentence
from corpora.readers.plain import refuse_empty, tell_language

# What Python's text files end a line at. str.splitlines knows more ends, which would shift the numbers.
_LINE_END: Final = re.compile(r"\r\n|\r|\n")


class LineArticle(Article):
    """An article whose sentences are the lines of a file, each as it is; a blank line is a sentence without words."""

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """The lines in order: sentence `i` is line `i + 1`."""
        return tuple(
            Sentence(number, self.text[block.start : block.end], block.start, block.end, number)
            for number, block in enumerate(self.blocks)
        )


def read_lines(text: str, *, language: str | None = None, meta: ArticleMeta | None = None) -> LineArticle:
    r"""Take each line of a text for one sentence; nothing is cleaned, joined, split or left out.

    Line ends become `\n`; one at the end of the text opens no further line.

    Args:
        text: The text as it was read.
        language: BCP-47 tag; None detects it.
        meta: Where the text came from.

    Raises:
        InputError: The text is empty or its language cannot be told.
        UsageError: `language` is not known.
    """
    refuse_empty(text, meta)
    lines = _LINE_END.split(text)
    if not lines[-1]:
        lines.pop()
    known = tell_language(text, language)
    blocks, start = [], 0
    for line in lines:
        blocks.append(Block("paragraph", start, start + len(line)))
        start += len(line) + 1
    return LineArticle("\n".join(lines), known, None, tuple(blocks), meta or ArticleMeta(format="lines"))
