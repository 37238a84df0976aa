"""Segments: sentences with their glossary terms, markup, and untranslatable parts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import regex

from corpora.article import Article, Inline
from corpora.languages import Direction
from corpora.offsets import Span
from translate.glossary import Glossary, TermUse, find_uses
from translate.options import ArticleOptions
from translate.pipeline.assembly import InlineStyle, style_of
from translate.pipeline.directions import PromptExtras
from translate.protected import Literal, find_literals

_LETTER = regex.compile(r"\p{L}")
CODE = "code"


@dataclass(frozen=True, slots=True)
class SourceSegment:
    """A sentence being translated.

    Attributes:
        text: Its text, with white space collapsed.
        original: The sentence, verbatim.
        block: Number of its block; without an article, each sentence has its own.
        literals: Literals to be kept byte for byte, spans in `text`.
        terms: Words with prescribed translations, spans in `text`.
        inlines: Marked-up spans, in `text`.
        context: The text before it, for models that support context.
        untranslated: Whether it is left untranslated: code, a bare address, figures without words.
        continued: Styles of inlines that continue from a previous sentence.
    """

    text: str
    original: str
    block: int
    literals: tuple[Literal, ...] = ()
    terms: tuple[TermUse, ...] = ()
    inlines: tuple[Inline, ...] = ()
    context: str = ""
    untranslated: bool = False
    continued: frozenset[InlineStyle] = frozenset()

    def extras(self) -> PromptExtras:
        """Return the additional content of a chat model's prompt."""
        terms = {self.text[term.start : term.end]: term.targets[0] for term in self.terms}
        return PromptExtras(tuple(terms.items()), self.context)

    def fixed_spans(self) -> list[tuple[Span, str]]:
        """Return the spans with prescribed text, in order, each with that text."""
        spans = {one.span: one.text for one in self.literals}
        for term in self.terms:
            if all(term.end <= start or end <= term.start for start, end in spans):
                spans[term.start, term.end] = term.targets[0]
        return sorted(spans.items())


def segments_of_texts(texts: Sequence[str], direction: Direction, options: ArticleOptions) -> list[SourceSegment]:
    """Return a segment for each text, each in a separate block."""
    found = [_segment(text, (block, False), ()) for block, text in enumerate(texts)]
    return _with_terms(found, direction, options.glossary)


def segments_of_article(article: Article, direction: Direction, options: ArticleOptions) -> list[SourceSegment]:
    """Return a segment for each sentence of an article."""
    found = []
    for sentence in article.sentences:
        inlines = [one for one in article.inlines if one.start < sentence.end and sentence.start < one.end]
        code = article.blocks[sentence.block].kind == CODE
        moved = tuple(_within(one, sentence.start, sentence.end) for one in inlines)
        segment = _segment(sentence.text, (sentence.block, code), moved)
        continued = frozenset(style_of(one) for one in inlines if one.start < sentence.start)
        found.append(replace(segment, continued=continued))
    return _with_context(_with_terms(found, direction, options.glossary), options.context)


def merge_segments(segments: Sequence[SourceSegment]) -> SourceSegment:
    """Return consecutive segments of one block as one."""
    if len(segments) == 1:
        return segments[0]
    text, found = "", segments[0]
    literals: list[Literal] = []
    terms: list[TermUse] = []
    inlines: list[Inline] = []
    for segment in segments:
        offset = len(text) + (1 if text else 0)
        text = f"{text} {segment.text}" if text else segment.text
        literals += [replace(one, start=one.start + offset, end=one.end + offset) for one in segment.literals]
        terms += [replace(one, start=one.start + offset, end=one.end + offset) for one in segment.terms]
        inlines += [replace(one, start=one.start + offset, end=one.end + offset) for one in segment.inlines]
    original = " ".join(segment.original for segment in segments)
    return replace(
        found, text=text, original=original, literals=tuple(literals), terms=tuple(terms), inlines=tuple(inlines)
    )


def _segment(original: str, place: tuple[int, bool], inlines: tuple[Inline, ...]) -> SourceSegment:
    block, is_code = place
    text, moved = _single_spaced(original, inlines)
    literals = _with_code(find_literals(text), text, moved)
    rest = _without(text, literals)
    untranslated = is_code or not _LETTER.search(rest)
    return SourceSegment(text, original, block, literals, inlines=moved, untranslated=untranslated)


def _with_terms(segments: list[SourceSegment], direction: Direction, glossary: Glossary | None) -> list[SourceSegment]:
    if glossary is None:
        return segments
    return [replace(one, terms=find_uses(glossary, one.text, *direction)) for one in segments]


def _with_context(segments: list[SourceSegment], count: int) -> list[SourceSegment]:
    if not count:
        return segments
    return [
        replace(one, context=" ".join(each.text for each in segments[max(0, at - count) : at]))
        for at, one in enumerate(segments)
    ]


def _within(inline: Inline, start: int, end: int) -> Inline:
    """Return the part of an inline within a sentence, counted from the sentence's start."""
    return replace(inline, start=max(inline.start, start) - start, end=min(inline.end, end) - start)


def _single_spaced(original: str, inlines: Sequence[Inline]) -> tuple[str, tuple[Inline, ...]]:
    places: list[int] = []
    kept: list[str] = []
    for character in original:
        places.append(len(kept))
        if not character.isspace():
            kept.append(character)
        elif kept and kept[-1] != " ":
            kept.append(" ")
    text = "".join(kept).rstrip(" ")
    places.append(len(text))
    ends = [min(place, len(text)) for place in places]
    moved = (replace(one, start=ends[one.start], end=ends[one.end]) for one in inlines)
    return text, tuple(one for one in moved if one.start < one.end)


def _with_code(literals: Sequence[Literal], text: str, inlines: Sequence[Inline]) -> tuple[Literal, ...]:
    code = [Literal("code", one.start, one.end, text[one.start : one.end]) for one in inlines if one.kind == CODE]
    outside = [one for one in literals if all(one.end <= each.start or each.end <= one.start for each in code)]
    return tuple(sorted([*code, *outside], key=lambda one: one.start))


def _without(text: str, literals: Sequence[Literal]) -> str:
    kept, at = [], 0
    for literal in literals:
        kept.append(text[at : literal.start])
        at = literal.end
    return "".join([*kept, text[at:]])
