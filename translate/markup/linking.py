"""Links the words of sentences and translations: by word alignment, and names by sound."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, cast

import regex

from alignment import load_encoder
from alignment.words.segmentation import split_words
from corpora.article import Inline
from corpora.offsets import Span
from quotes.facts.names import name_similarity

if TYPE_CHECKING:
    from alignment import Encoder
    from alignment.encoders.base import WordEncoder, WordVectors


_WORDED: Final = regex.compile(r"[\p{L}\p{N}\p{S}%\u2030&@\u2116]")
_JOINED: Final = regex.compile(r"[[\p{L}\p{N}\p{M}_]--\p{Han}]", regex.VERSION1)
"""Characters that form words together; Chinese ones do not."""
_DOT: Final = frozenset("\N{MIDDLE DOT}\N{BULLET}\N{KATAKANA MIDDLE DOT}\N{HYPHENATION POINT}")


def cut(text: str, language: str, borders: Iterable[int] = ()) -> list[Span]:
    """Return the spans of the words of a text."""
    spans = []
    inner = sorted(set(borders))
    at = 0
    for word in split_words(text, language):
        at = text.index(word, at)
        end = at + len(word)
        for border in inner:
            if at < border < end:
                spans.append((at, border))
                at = border
        spans.append((at, end))
        at = end
    return spans


def is_worded(text: str) -> bool:
    """Return whether a text has a letter or a digit."""
    return bool(_WORDED.search(text))


def occurrences(text: str, part: str) -> Iterator[Span]:
    """Yield the spans of a substring that are not part of a longer word or number."""
    at = text.find(part) if part else -1
    while at >= 0:
        end = at + len(part)
        if not is_inside_word(text, at) and not is_inside_word(text, end):
            yield at, end
        at = text.find(part, end)


def is_inside_word(text: str, place: int) -> bool:
    """Return whether an offset is inside a word."""
    return 0 < place < len(text) and bool(_JOINED.match(text[place - 1]) and _JOINED.match(text[place]))


@dataclass(frozen=True)
class LinkedSentences:
    """A sentence and its translation in words, with the links between them.

    Attributes:
        links: Reliability of each link, from 0 to 1, by the indices of source word and translated word.
        frequent: Indices of the words of the source, and of the translation, that are too frequent to be informative.
    """

    source: str
    hypothesis: str
    source_words: Sequence[Span]
    words: Sequence[Span]
    links: dict[tuple[int, int], float]
    frequent: tuple[frozenset[int], frozenset[int]]

    @cached_property
    def marks(self) -> frozenset[int]:
        """Indices of the words of the translation that are punctuation."""
        return frozenset(at for at, (start, end) in enumerate(self.words) if not is_worded(self.hypothesis[start:end]))

    @cached_property
    def dots(self) -> frozenset[int]:
        """Indices of the words of the translation that are the dot in a foreign name in Chinese."""
        return frozenset(at for at, (start, end) in enumerate(self.words) if self.hypothesis[start:end] in _DOT)

    @cached_property
    def unlinked(self) -> tuple[frozenset[int], frozenset[int]]:
        """Indices of unlinked words of the source, and of the translation; punctuation is left out."""
        texts = (self.source, self.source_words), (self.hypothesis, self.words)
        first, second = (
            frozenset(
                at
                for at, (start, end) in enumerate(words)
                if is_worded(text[start:end]) and all(at != link[axis] for link in self.links)
            )
            for axis, (text, words) in enumerate(texts)
        )
        return first, second

    def source_word(self, index: int) -> str:
        """Return a word of the source in lower case."""
        start, end = self.source_words[index]
        return self.source[start:end].lower()

    def word(self, index: int) -> str:
        """Return a word of the translation in lower case."""
        start, end = self.words[index]
        return self.hypothesis[start:end].lower()

    def source_indices(self, span: Span) -> range:
        """Return the indices of the source words that begin in a span."""
        inside = [at for at, (start, _) in enumerate(self.source_words) if span[0] <= start < span[1]]
        return range(inside[0], inside[-1] + 1) if inside else range(0)

    def indices(self, span: Span) -> range:
        """Return the indices of the words of the translation that overlap a span."""
        inside = [at for at, (start, end) in enumerate(self.words) if start < span[1] and span[0] < end]
        return range(inside[0], inside[-1] + 1) if inside else range(0)


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
