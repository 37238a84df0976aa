"""Plain text: its blocks, without the boilerplate around them."""

from dataclasses import dataclass
from typing import Final

from common.errors import InputError
from corpora.blocks import Block
from corpora.normalization import is_blank, normalize
from corpora.offsets import OffsetMap
from corpora.plain.boilerplate import kept_spans, likely_language
from corpora.plain.layout import classify, split_chunks

MOST_PARTS: Final = 300_000
"""Most parts of a text: tags, marks or lines. Each takes up to two kilobytes; books have fewer."""
HINT: Final = "Save the text of the article as a plain text file"


def refuse_empty(text: str, name: str) -> None:
    """Raise the error for a text without a visible character.

    Raises:
        InputError: There is nothing to read.
    """
    if is_blank(text):
        raise InputError(f"{name} is empty", hint="Give an article of at least one sentence")


def refuse_many(text: str, signs: str, what: str, name: str) -> None:
    """Raise the error for a text of more than `MOST_PARTS` parts.

    Raises:
        InputError: There are too many.
    """
    count = sum(map(text.count, signs))
    if count > MOST_PARTS:
        raise InputError(f"{name} has {count:,} {what}, more than the limit of {MOST_PARTS:,}", hint=HINT)


@dataclass(frozen=True, slots=True)
class PlainText:
    """A parsed plain text.

    Attributes:
        text: NFC, with plain line ends, without boilerplate.
        offsets: Maps `text` to the original text.
        dropped: The lines of boilerplate that were left out.
    """

    text: str
    blocks: tuple[Block, ...]
    offsets: OffsetMap
    dropped: tuple[str, ...]

    @property
    def title(self) -> str | None:
        """The headline on one line, None if there is none."""
        first = self.blocks[0]
        return self.text[first.start : first.end].replace("\n", " ") if first.kind == "title" else None


def read_plain(text: str, *, name: str = "the text", language: str | None = None) -> PlainText:
    """Find the blocks of a plain text.

    Text in NFC with plain line ends and no boilerplate is returned unchanged.
    """
    refuse_empty(text, name)
    normalized = normalize(text)
    refuse_many(normalized.text, "\n", "lines", name)
    clean, offsets, dropped = _without_boilerplate(normalized.text, likely_language(normalized.text, language))
    return PlainText(clean, classify(clean, split_chunks(clean)), offsets.after(normalized.offsets), tuple(dropped))


def _without_boilerplate(text: str, language: str | None) -> tuple[str, OffsetMap, list[str]]:
    offsets = OffsetMap.identity(len(text))
    dropped: list[str] = []
    # Cutting can move more to an edge; repeating until nothing changes makes reading idempotent.
    while spans := kept_spans(text, split_chunks(text), language):
        dropped.extend(_between(text, spans))
        offsets = OffsetMap.keeping(spans).after(offsets)
        text = "".join(text[start:end] for start, end in spans)
    return text, offsets, dropped


def _between(text: str, spans: list[tuple[int, int]]) -> list[str]:
    ends = [0, *(end for _, end in spans)]
    starts = [*(start for start, _ in spans), len(text)]
    pieces = [text[end:start] for end, start in zip(ends, starts, strict=True)]
    return [line.strip() for piece in pieces for line in piece.split("\n") if not is_blank(line)]
