"""Plain text."""

from dataclasses import replace

from common.errors import InputError
from corpora.article import Article, ArticleMeta
from corpora.identification import check_language, identify_language
from corpora.normalization import is_blank, normalize
from corpora.offsets import OffsetMap
from corpora.readers.crowded import refuse_many
from corpora.readers.boilerplate import kept_spans
from corpora.readers.layout import classify, split_chunks


def read_plain(text: str, *, language: str | None = None, meta: ArticleMeta | None = None) -> Article:
    """Build an article from plain text.

    Text that is NFC, has plain line ends and no boilerplate comes through unchanged, code point for code point.

    Args:
        text: The text as it was read.
        language: BCP-47 tag; None detects it.
        meta: Where the text came from.

    Raises:
        InputError: The text is empty or its language cannot be told.
        UsageError: `language` is not known.
    """
    refuse_empty(text, meta)
    normalized = normalize(text)
    refuse_many(normalized.text, "\n", "lines", meta.source if meta and meta.source else "the text")
    clean, offsets, dropped = _without_boilerplate(normalized.text)
    known = tell_language(clean, language)
    blocks = classify(clean, split_chunks(clean))
    title = clean[blocks[0].start : blocks[0].end].replace("\n", " ") if blocks[0].kind == "title" else None
    meta = meta or ArticleMeta(format="text")
    meta = replace(meta, dropped=(*meta.dropped, *dropped))
    return Article(clean, known, title, blocks, meta, offsets.after(normalized.offsets))


def refuse_empty(text: str, meta: ArticleMeta | None) -> None:
    """Raise the error for a text without a visible character.

    Raises:
        InputError: There is nothing to read.
    """
    if is_blank(text):
        name = meta.source if meta and meta.source else "the text"
        raise InputError(f"{name} is empty", hint="Give an article of at least one sentence")


def tell_language(text: str, asked: str | None) -> str:
    """Return the canonical tag of the language asked for if the text can be in it, else the one detected.

    Raises:
        InputError: The language cannot be told, or the text is not in the one asked for.
        UsageError: `asked` is not known.
    """
    return identify_language(text) if asked is None else check_language(text, asked)


def _without_boilerplate(text: str) -> tuple[str, OffsetMap, list[str]]:
    offsets = OffsetMap.identity(len(text))
    dropped: list[str] = []
    # Cutting can bring more to an edge; repeated until nothing changes, reading is idempotent.
    while spans := kept_spans(text, split_chunks(text)):
        dropped.extend(_between(text, spans))
        offsets = OffsetMap.keeping(spans).after(offsets)
        text = "".join(text[start:end] for start, end in spans)
    return text, offsets, dropped


def _between(text: str, spans: list[tuple[int, int]]) -> list[str]:
    ends = [0, *(end for _, end in spans)]
    starts = [*(start for start, _ in spans), len(text)]
    pieces = [text[end:start] for end, start in zip(ends, starts, strict=True)]
    return [line.strip() for piece in pieces for line in piece.split("\n") if not is_blank(line)]
