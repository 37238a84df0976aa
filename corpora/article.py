"""An article: its text, and where its blocks and sentences are in it."""

from dataclasses import dataclass, field, replace
from functools import cached_property

from corpora.blocks import Block, BlockKind, Inline, InlineKind
from corpora.identification import resolve_language
from corpora.offsets import OffsetMap, Span
from corpora.plain.reading import read_plain

__all__ = ["Article", "ArticleMeta", "Bitext", "Block", "BlockKind", "Inline", "InlineKind", "Sentence", "Suggestion"]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an article; `article.text[start:end] == text` always.

    Attributes:
        index: Position among the article's sentences, from 0.
        text: Its text, verbatim, without the white space around it.
        start: Offset of the first code point in the article's text.
        end: Offset after the last code point.
        block: Index into the article's blocks.
    """

    index: int
    text: str
    start: int
    end: int
    block: int


@dataclass(frozen=True, slots=True)
class ArticleMeta:
    """Metadata of an article; None where unknown.

    Attributes:
        source: Path or URL that was read, `-` for standard input.
        format: Reader used: `text`, `markdown`, `html` or `docx`.
        encoding: Python codec name that decoded the bytes.
        sha256: Digest of the bytes as they were read, hexadecimal.
        date: Date of publication, ISO 8601.
        outlet: Name of the publication.
        author: Author as printed.
        dropped: Boilerplate that was left out, verbatim.
        front_matter: Front matter of Markdown without its rules, verbatim.
    """

    source: str | None = None
    format: str | None = None
    encoding: str | None = None
    sha256: str | None = None
    date: str | None = None
    outlet: str | None = None
    author: str | None = None
    dropped: tuple[str, ...] = ()
    front_matter: str | None = field(default=None, metadata={"absent_when_none": True})


@dataclass(frozen=True)
class Article:
    """A news article in one language.

    Offsets are code points into `text`, end exclusive. `text` is NFC.

    Attributes:
        text: The whole text, blocks separated by blank lines.
        language: Canonical BCP-47 tag, see `corpora.languages`.
        title: The headline, None if there is none; it is also the first block.
        blocks: Title, headings, paragraphs, … in order; they do not overlap, white space lies between them.
        meta: Where the text came from.
        offsets: Maps `text` to the original text, None if unknown (HTML).
        inlines: Links and the like, by start and then the longest first. Any two are nested or disjoint; each is within
            one block, and begins and ends with a visible character; `corpora.blocks.settle` makes them so.
    """

    text: str
    language: str
    title: str | None = None
    blocks: tuple[Block, ...] = ()
    meta: ArticleMeta = field(default_factory=ArticleMeta)
    offsets: OffsetMap | None = field(default=None, repr=False, compare=False)
    inlines: tuple[Inline, ...] = ()

    @classmethod
    def from_text(cls, text: str, *, language: str | None = None, meta: ArticleMeta | None = None) -> "Article":
        r"""Build an article from plain text: blocks are separated by blank lines, a short first one is the title.

        Args:
            text: Any Unicode text; it is brought to NFC, line ends to `\n`.
            language: BCP-47 tag; None detects it.
            meta: Where the text came from.

        Raises:
            InputError: The text is empty, or its language cannot be detected.
            UsageError: `language` is not known.
        """
        meta = meta or ArticleMeta(format="text")
        plain = read_plain(text, name=meta.source or "the text", language=language)
        known = resolve_language(plain.text, language)
        meta = replace(meta, dropped=(*meta.dropped, *plain.dropped))
        return Article(plain.text, known, plain.title, plain.blocks, meta, plain.offsets)

    def original_span(self, start: int, end: int) -> Span | None:
        """Return the span of `text[start:end]` in the original text, which is decoded but not cleaned.

        Where cleaning changed characters (NFC, Markdown marks) the span is the smallest known one that contains them.
        None if the reader keeps no map.
        """
        return self.offsets.original_span(start, end) if self.offsets is not None else None

    def with_sentences(self, sentences: tuple[Sentence, ...]) -> "Article":
        """Return the article with known sentences, which are not segmented again."""
        article = Article(self.text, self.language, self.title, self.blocks, self.meta, self.offsets, self.inlines)
        article.__dict__["sentences"] = sentences
        return article

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """The sentences in order; every non-space character of a block lies in exactly one."""
        from corpora.segmentation import segment  # noqa: PLC0415 - loaded when used

        found: list[Sentence] = []
        for number, block in enumerate(self.blocks):
            for first, last in segment(self.text[block.start : block.end], self.language):
                start, end = block.start + first, block.start + last
                found.append(Sentence(len(found), self.text[start:end], start, end, number))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a memory offers for a sentence: the translation of one that is like it.

    Attributes:
        sentence: Index of the sentence in the first version.
        source: The sentence in the memory.
        target: Its translation.
        likeness: Of the two sentences, from 0 to 1.
    """

    sentence: int
    source: str
    target: str
    likeness: float


@dataclass(frozen=True, slots=True)
class Bitext:
    """Two versions of one text and their corresponding sentences.

    Attributes:
        source: Sentences of the first version.
        target: Sentences of the second.
        beads: Pairs of index tuples, source then target; an empty tuple means no counterpart.
        scores: Score of each bead, None for a bead without one; empty if no bead has one.
        confidences: Probability, from 0 to 1, that each bead is right; None and empty as above.
        source_language: BCP-47 tag of the first version, None where it is not known.
        target_language: BCP-47 tag of the second.
        source_name: Name of the first version, such as its file's; None if it has none.
        target_name: Name of the second.
        notes: Notes on what to check in each bead, one per line; None for a bead without notes, empty if no bead has
            any.
        candidates: What a memory offers for sentences of the first version, at most one each.
    """

    source: tuple[str, ...]
    target: tuple[str, ...]
    beads: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]
    scores: tuple[float | None, ...] = ()
    confidences: tuple[float | None, ...] = ()
    source_language: str | None = None
    target_language: str | None = None
    source_name: str | None = None
    target_name: str | None = None
    notes: tuple[str | None, ...] = ()
    candidates: tuple[Suggestion, ...] = ()
