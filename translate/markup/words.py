"""Words of the two sentences, and which of one answer which of the other."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import regex

from alignment.words.segmentation import split_words
from translate.markup.types import Span

Link = tuple[int, int, float]

_WORDED: Final = regex.compile(r"[\p{L}\p{N}\p{S}%\u2030&@\u2116]")
_DOT: Final = frozenset("\N{MIDDLE DOT}\N{BULLET}\N{KATAKANA MIDDLE DOT}\N{HYPHENATION POINT}")


def cut(text: str, language: str, borders: Iterable[int] = ()) -> list[Span]:
    """Return where the words of a text stand.

    Args:
        text: Any text.
        language: BCP-47 tag.
        borders: Offsets at which words are cut in two besides.

    Raises:
        UsageError: The language is not known.
    """
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
    """Tell whether a text has a letter or a digit."""
    return bool(_WORDED.search(text))


@dataclass(frozen=True)
class Linked:
    """Two sentences in words, and the links between them.

    Attributes:
        source: The sentence.
        hypothesis: Its translation.
        source_words: Where its words stand.
        words: Where the words of the translation stand.
        links: Index of a source word, index of a word of the translation, strength from 0 to 1.
        qualities: How far each link can be trusted, from 0 to 1, by its two indices.
        frequent: Indices of the words of the source, and of the translation, that are too frequent to tell much.
    """

    source: str
    hypothesis: str
    source_words: Sequence[Span]
    words: Sequence[Span]
    links: Sequence[Link]
    qualities: Mapping[tuple[int, int], float]
    frequent: tuple[frozenset[int], frozenset[int]]

    @cached_property
    def marks(self) -> frozenset[int]:
        """Indices of words of the translation that are punctuation."""
        return frozenset(at for at, (start, end) in enumerate(self.words) if not is_worded(self.hypothesis[start:end]))

    @cached_property
    def dots(self) -> frozenset[int]:
        """Indices of words of the translation that are the dot in a foreign name in Chinese."""
        return frozenset(at for at, (start, end) in enumerate(self.words) if self.hypothesis[start:end] in _DOT)

    @cached_property
    def left_over(self) -> tuple[frozenset[int], frozenset[int]]:
        """Indices of the words of the source, and of the translation, without a link that are no punctuation."""
        linked = {i for i, _, _ in self.links}, {j for _, j, _ in self.links}
        texts = (self.source, self.source_words), (self.hypothesis, self.words)
        first, second = (
            frozenset(at for at, (start, end) in enumerate(words) if at not in taken and is_worded(text[start:end]))
            for taken, (text, words) in zip(linked, texts, strict=True)
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
        """Return the indices of the words of the translation that lie in a span, whole or in part."""
        inside = [at for at, (start, end) in enumerate(self.words) if start < span[1] and span[0] < end]
        return range(inside[0], inside[-1] + 1) if inside else range(0)
