"""Words and links of many sentences at once."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final, cast

from alignment import load_encoder
from translate.markup.guesses import Texts, frequent_words, guess_links, link_qualities, name_links
from translate.markup.parts import is_part, part_place
from translate.markup.types import Job, ProjectionOptions, Span
from translate.markup.words import Linked, cut

if TYPE_CHECKING:
    from alignment import Encoder
    from alignment.encoders.base import WordEncoder, WordVectors

_PAIRS_AT_ONCE: Final = 32

_Cut = tuple[list[Span], list[Span]]


def link_all(
    jobs: Sequence[Job], languages: tuple[str, str], encoder: "Encoder | None", options: ProjectionOptions
) -> Iterator[Linked]:
    """Yield the words of each sentence and of its translation, and how they answer each other.

    Args:
        jobs: Sentences, translations and spans; words end where spans do.
        languages: BCP-47 tags of sentences and translations.
        encoder: An encoder that gives vectors of words; None loads the embedded one.
        options: When words that the alignment does not link are linked.

    Raises:
        UsageError: A language is not known, or the encoder gives no vectors of words.
    """
    from alignment.words.align import align_word_pairs  # noqa: PLC0415 - loads numpy

    encoder = encoder or load_encoder()
    cuts = [_cut(job, languages) for job in jobs]
    texts = [_texts(job, spans) for job, spans in zip(jobs, cuts, strict=True)]
    links = align_word_pairs(texts, source_language=languages[0], target_language=languages[1], encoder=encoder)
    # That the encoder knows words, `align_word_pairs` has made sure of.
    vectors = _vectors(texts, cast("WordEncoder", encoder))
    for job, spans, pair, found, both in zip(jobs, cuts, texts, links, vectors, strict=True):
        named = name_links(pair, found, options)
        known = [*named, *guess_links(pair, both, named, options)]
        yield Linked(
            job.source,
            job.hypothesis,
            *spans,
            known,
            link_qualities(pair, both, known, options),
            (frequent_words(pair[0], both[0], options), frequent_words(pair[1], both[1], options)),
        )


def parts_of(job: Job) -> dict[Span, Span | None]:
    """Return the spans that begin or end inside a word, each with its place in the translation."""
    spans = ((inline.start, inline.end) for inline in job.inlines)
    return {span: part_place(job.source, span, job.hypothesis) for span in spans if is_part(job.source, span)}


def _cut(job: Job, languages: tuple[str, str]) -> _Cut:
    """Return the words of both sides; none goes on where a span or the place of a part of a word begins or ends."""
    borders = [edge for inline in job.inlines for edge in (inline.start, inline.end)]
    edges = [edge for found in parts_of(job).values() if found for edge in found]
    return cut(job.source, languages[0], borders), cut(job.hypothesis, languages[1], edges)


def _texts(job: Job, spans: _Cut) -> Texts:
    first, second = (
        [text[start:end] for start, end in words]
        for text, words in zip((job.source, job.hypothesis), spans, strict=True)
    )
    return first, second


def _vectors(texts: Sequence[Texts], encoder: "WordEncoder") -> Iterator[tuple["WordVectors", "WordVectors"]]:
    for start in range(0, len(texts), _PAIRS_AT_ONCE):
        found = iter(encoder.encode_words([words for pair in texts[start : start + _PAIRS_AT_ONCE] for words in pair]))
        yield from zip(found, found, strict=True)
