"""Links the words of sentences and translations: by word alignment, and names by sound."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

import regex

from alignment import load_encoder
from corpora.article import Inline
from corpora.offsets import Span
from quotes.facts.names import name_similarity
from translate.markup.words import LinkedSentences, cut, is_inside_word

if TYPE_CHECKING:
    from alignment import Encoder
    from alignment.encoders.base import WordEncoder, WordVectors


@dataclass(frozen=True, slots=True)
class MarkupJob:
    """A sentence and its translation.

    Attributes:
        inlines: Marked-up spans of `source`: sorted by start, longer ones first; nested or disjoint.
    """

    source: str
    hypothesis: str
    inlines: tuple[Inline, ...] = ()


@dataclass(frozen=True, slots=True)
class Projection:
    """The places of marked-up spans in a translation.

    Attributes:
        inlines: The placed spans, in the hypothesis, in order, nested or disjoint as in the source.
        lost: The others, as in the source; each inline is in one of the two.
    """

    inlines: tuple[Inline, ...]
    lost: tuple[Inline, ...] = ()


_PAIRS_AT_ONCE: Final = 32
_PRIOR: Final = 20
"""Weight of a zero vector in the mean that is subtracted from all words, as in `alignment.words.align`."""
_FULL_LIKENESS: Final = 0.4
"""Cosine of two words from which their link is fully trusted."""
_STRONG: Final = 0.6
"""Words without a link of this strength may be linked by sound instead."""
_LEAST_SOUND: Final = 0.7
"""Least similarity of the sounds of two names, from 0 to 1."""
_LEAST_RARITY: Final = 8.5
"""Rarity, in nats, below which a word is too frequent to be informative."""
_ONE_CHARACTER: Final = 3.0
"""Additional rarity required of a single Chinese character: many are particles."""
_NAME: Final = regex.compile(r"\p{Lu}[\p{L}'’-]{2,}")
_HAN: Final = regex.compile(r"\p{Han}")
_HAN_NAME: Final = regex.compile(r"\p{Han}{2,8}")
_MOST_PARTS: Final = 4

_Link = tuple[int, int, float]
_Texts = tuple[Sequence[str], Sequence[str]]


def link_all(
    jobs: Sequence[MarkupJob], languages: tuple[str, str], encoder: "Encoder | None"
) -> Iterator[LinkedSentences]:
    """Yield the words of each sentence and of its translation with the links between them."""
    from alignment.words.align import align_word_pairs  # noqa: PLC0415 - loads numpy

    encoder = encoder or load_encoder()
    cuts = [_cut(job, languages) for job in jobs]
    texts = [_texts(job, spans) for job, spans in zip(jobs, cuts, strict=True)]
    aligned = align_word_pairs(texts, source_language=languages[0], target_language=languages[1], encoder=encoder)
    # `align_word_pairs` has checked that the encoder supports words.
    vectors = _vectors(texts, cast("WordEncoder", encoder))
    for job, spans, pair, links, both in zip(jobs, cuts, texts, aligned, vectors, strict=True):
        frequent = _frequent(pair[0], both[0]), _frequent(pair[1], both[1])
        yield LinkedSentences(job.source, job.hypothesis, *spans, _trusted(pair, both, links), frequent)


def parts_of_words(job: MarkupJob) -> dict[Span, Span | None]:
    """Return the spans that begin or end inside a word (the 2 of CO2), with their places in the translation."""
    spans = ((inline.start, inline.end) for inline in job.inlines)
    return {span: _same_part(job, span) for span in spans if any(is_inside_word(job.source, edge) for edge in span)}


def _same_part(job: MarkupJob, span: Span) -> Span | None:
    """Return the same part of a word in the translation; None if it is not in exactly one word there."""
    part = job.source[span[0] : span[1]]
    sides = [is_inside_word(job.source, edge) for edge in span]
    before, there = (
        [
            match.span()
            for match in regex.finditer(regex.escape(part), text)
            if [is_inside_word(text, edge) for edge in match.span()] == sides
        ]
        for text in (job.source, job.hypothesis)
    )
    return there[before.index(span)] if span in before and len(there) == len(before) else None


def _cut(job: MarkupJob, languages: tuple[str, str]) -> tuple[list[Span], list[Span]]:
    """Return the words of both sides, split where a span or a part of a word begins or ends."""
    borders = [edge for inline in job.inlines for edge in (inline.start, inline.end)]
    edges = [edge for found in parts_of_words(job).values() if found for edge in found]
    return cut(job.source, languages[0], borders), cut(job.hypothesis, languages[1], edges)


def _texts(job: MarkupJob, spans: tuple[list[Span], list[Span]]) -> _Texts:
    first, second = (
        [text[start:end] for start, end in words]
        for text, words in zip((job.source, job.hypothesis), spans, strict=True)
    )
    return first, second


def _vectors(texts: Sequence[_Texts], encoder: "WordEncoder") -> Iterator[tuple["WordVectors", "WordVectors"]]:
    for start in range(0, len(texts), _PAIRS_AT_ONCE):
        found = iter(encoder.encode_words([words for pair in texts[start : start + _PAIRS_AT_ONCE] for words in pair]))
        yield from zip(found, found, strict=True)


def _frequent(words: Sequence[str], vectors: "WordVectors") -> frozenset[int]:
    """Return the indices of frequent words."""
    return frozenset(
        at
        for at, (word, rarity) in enumerate(zip(words, vectors.rarity, strict=True))
        if rarity < _LEAST_RARITY + (_ONE_CHARACTER if _HAN.fullmatch(word) else 0.0)
    )


def _trusted(
    texts: _Texts, vectors: "tuple[WordVectors, WordVectors]", links: Sequence[_Link]
) -> dict[tuple[int, int], float]:
    """Return all links with their reliability.

    The word alignment also links words of unrelated sentences; the similarity of the words is the criterion. Names that
    sound alike and identical words are fully trusted.
    """
    import numpy as np  # noqa: PLC0415 - loaded when used

    if not links:
        return dict.fromkeys(_name_links(texts, links), 1.0)
    first, second = (each.vectors for each in vectors)
    mean = (first.sum(axis=0) + second.sum(axis=0)) / (len(first) + len(second) + _PRIOR)
    rows, columns = (
        (side - mean) / np.maximum(np.linalg.norm(side - mean, axis=1, keepdims=True), 1e-9) for side in (first, second)
    )
    names = _name_links(texts, links)
    taken = {i for i, _ in names}, {j for _, j in names}
    found = dict.fromkeys(names, 1.0)
    for i, j, _ in links:
        if i not in taken[0] and j not in taken[1]:
            same = texts[0][i].casefold() == texts[1][j].casefold()
            found[i, j] = 1.0 if same else min(1.0, max(0.0, float(rows[i] @ columns[j]) / _FULL_LIKENESS))
    return dict(sorted(found.items()))


def _name_links(texts: _Texts, links: Sequence[_Link]) -> list[tuple[int, int]]:
    """Return links between names that sound alike and have no strong link."""
    names = [_names(side, links, axis) for axis, side in enumerate(texts)]
    taken: tuple[set[int], set[int]] = set(), set()
    found = []
    for _, _, first, second in sorted(_sounding(texts, names), reverse=True):
        if taken[0].isdisjoint(first) and taken[1].isdisjoint(second):
            taken[0].update(first)
            taken[1].update(second)
            found += [(i, j) for i in first for j in second]
    return found


def _names(words: Sequence[str], links: Sequence[_Link], axis: int) -> list[tuple[int, ...]]:
    """Return possible names: capitalised words, or consecutive Chinese words that no dictionary has as one."""
    strong = {link[axis] for link in links if link[2] >= _STRONG}
    found = []
    for at in range(len(words)):
        for end in range(at + 1, min(at + _MOST_PARTS, len(words)) + 1):
            if end - 1 in strong:
                break
            text = "".join(words[at:end])
            if (end == at + 1 and _NAME.fullmatch(text)) or _HAN_NAME.fullmatch(text):
                found.append(tuple(range(at, end)))
    return found


def _sounding(
    texts: _Texts, names: Sequence[Sequence[tuple[int, ...]]]
) -> Iterator[tuple[float, int, tuple[int, ...], tuple[int, ...]]]:
    """Yield pairs of names that sound alike: similarity, length in letters, and the indices of their words."""
    for first in names[0]:
        for second in names[1]:
            one, other = "".join(texts[0][at] for at in first), "".join(texts[1][at] for at in second)
            if _NAME.fullmatch(one) or _NAME.fullmatch(other):
                likeness = name_similarity(one, other)
                if likeness >= _LEAST_SOUND:
                    yield likeness, len(one) + len(other), first, second
