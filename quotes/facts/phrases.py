"""Finding the words and phrases of a lexicon among the words of a passage."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import regex

from corpora.languages import CHINESE
from quotes.facts.passages import Passage
from quotes.facts.tokens import Token
from quotes.lexicon import load_lexicon

_HAN = regex.compile(r"\p{Han}")


@cache
def transcription_characters() -> frozenset[str]:
    """Return the characters that transcriptions of foreign names are written with."""
    return frozenset(load_lexicon(CHINESE).listed_text("transcription"))


def is_han(text: str) -> bool:
    """Return whether `text` has a Chinese character."""
    return _HAN.search(text) is not None


def surroundings(passage: Passage) -> str:
    """Return the whole sentences that the words of `passage` stand in, joined by spaces.

    Where a quote begins and ends differs between versions; a name or a number right outside it is no change.
    """
    return " ".join(sentence.text for sentence in passage.sentences) or passage.text


_SHORTEST_STEM = 2


@dataclass(frozen=True, slots=True)
class Hit:
    """Words that a lexicon knows.

    Attributes:
        labels: What they stand for; empty for words that only hide others.
        last: Index after the last.
    """

    labels: tuple[str, ...]
    first: int
    last: int


class Phrases:
    """Words and phrases, each standing for one or more labels.

    Args:
        entries: For every label its entries: dictionary forms or forms, `_` between the words of a phrase, `*` for any
            ending; in Chinese runs of characters.
        hidden: Phrases that stand for nothing, whose words are not looked at.
    """

    def __init__(self, language: str, entries: Mapping[str, Sequence[str]], hidden: Sequence[str] = ()) -> None:
        self._chinese = language == "zh"
        self._labels: dict[str, tuple[str, ...]] = dict.fromkeys(hidden, ())
        for label, words in entries.items():
            for word in words:
                self._labels[word] = (*self._labels.get(word, ()), label)
        self._by_word: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        self._longest = max(map(len, self._labels), default=0)
        if not self._chinese:
            for entry in self._labels:
                parts = tuple(entry.split("_"))
                self._by_word.setdefault(parts[0], []).append((parts, entry))
        self._stem_sizes = sorted({len(word) - 1 for word in self._by_word if word.endswith("*")})

    def find(self, tokens: Sequence[Token]) -> list[Hit]:
        """Return what stands among some words, from left to right, of overlapping entries the longest."""
        return list(self._in_chinese(tokens) if self._chinese else self._in_words(tokens))

    def _in_words(self, tokens: Sequence[Token]) -> Iterator[Hit]:
        at = 0
        while at < len(tokens):
            matches = [
                (len(parts), entry)
                for parts, entry in self._starting(tokens[at])
                if len(parts) <= len(tokens) - at and all(map(_fits, parts[1:], tokens[at + 1 : at + len(parts)]))
            ]
            size = max((size for size, _ in matches), default=1)
            longest = [self._labels[entry] for length, entry in matches if length == size]
            labels = dict.fromkeys(label for found in longest for label in found)
            if labels and all(longest):
                yield Hit(tuple(labels), at, at + size)
            at += size

    def _starting(self, token: Token) -> Iterator[tuple[tuple[str, ...], str]]:
        for name in token.names:
            yield from self._by_word.get(name, ())
        for size in self._stem_sizes:
            if _SHORTEST_STEM <= size <= len(token.form):
                yield from self._by_word.get(token.form[:size] + "*", ())

    def _in_chinese(self, tokens: Sequence[Token]) -> Iterator[Hit]:
        text = "".join(token.form for token in tokens)
        owner = [index for index, token in enumerate(tokens) for _ in token.form]
        borders = {at for at in range(1, len(owner)) if owner[at] != owner[at - 1]} | {0, len(owner)}
        at = 0
        while at < len(text):
            size = self._size_at(text, at, borders)
            if size and (labels := self._labels[text[at : at + size]]):
                yield Hit(labels, owner[at], owner[at + size - 1] + 1)
            at += max(1, size)

    def _size_at(self, text: str, at: int, borders: set[int]) -> int:
        """How many characters the longest entry at a place has; a run must be whole words or stand inside one."""
        for size in range(min(self._longest, len(text) - at), 0, -1):
            if text[at : at + size] not in self._labels:
                continue
            inside = size > 1 and not any(at < border < at + size for border in borders)
            if inside or {at, at + size} <= borders:
                return size
        return 0


def _fits(part: str, token: Token) -> bool:
    return token.form.startswith(part[:-1]) if part.endswith("*") else part in token.names
