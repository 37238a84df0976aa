"""Single words of a passage, and what of another passage may answer one by the cosine out of context."""

from collections.abc import Iterator
from itertools import pairwise

import regex

from corpora.offsets import Span
from quotes.facts.passages import Passage, on_pieces

_LONGEST_RUN = 4
_HAN_RUN = regex.compile(r"\p{Han}+")
_WORD = regex.compile(r"[^\W_]+")


def units(passage: Passage) -> Iterator[Span]:
    """Return where the words of a passage stand, in Chinese every two characters."""
    if passage.language != "zh":
        return on_pieces(passage, lambda text: (match.span() for match in _WORD.finditer(text)))
    return on_pieces(passage, _han_units)


def _han_units(text: str) -> Iterator[Span]:
    for match in _HAN_RUN.finditer(text):
        start, end = match.span()
        yield from ((at, at + 2) for at in range(start, end - 1)) if end - start > 1 else [(start, end)]


def answers(passage: Passage) -> list[str]:
    """Return what may answer a word of another passage: words and pairs of words, in Chinese runs of characters."""
    if passage.language != "zh":
        words = _WORD.findall(passage.text)
        return words + [" ".join(two) for two in pairwise(words)]
    return [
        run[at : at + size]
        for run in _HAN_RUN.findall(passage.text)
        for size in range(1, _LONGEST_RUN + 1)
        for at in range(len(run) - size + 1)
    ]
