"""The words of a sentence and of its translation, and the links between them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import regex

from alignment.words.segmentation import split_words
from corpora.offsets import Span

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
