"""Evidence from single words: how well the words of either side are answered by words of the other."""

from collections.abc import Iterator
from itertools import pairwise

import regex

from quotes.findings.evidence import Evidence, Pair, Passage, on_pieces, words_at
from quotes.types import Finding, Span

_WORST = 3
_ANSWERED = 0.35
"""What the strength leaves out: words are never answered perfectly."""
_UNANSWERED = 0.3
"""Cosine below which a word is shown to the reader."""
_LONGEST_RUN = 4
_HAN_RUN = regex.compile(r"\p{Han}+")
_WORD = regex.compile(r"[^\W_]+")


def compare_coverage(pair: Pair) -> Iterator[Evidence]:
    """Give evidence as far as the three words that are answered worst are answered badly.

    A word's answer is the most similar word or pair of words (in Chinese: run of characters) of the other side, by the
    cosine of their embeddings out of context. Honest rewordings raise this evidence as well, so it weighs little.
    """
    if pair.same_language:
        return
    for feature, one, other in (("words_lost", pair.first, pair.second), ("words_added", pair.second, pair.first)):
        units = list(_units(one))
        cosines = pair.vectors.cosines([one.article.text[start:end] for start, end in units], _answers(other))
        if not cosines.size:
            continue
        best = sorted(zip((float(row.max()) for row in cosines), units, strict=True))[:_WORST]
        strength = 1 - sum(cosine for cosine, _ in best) / len(best) - _ANSWERED
        shown = sorted(span for cosine, span in best if cosine < _UNANSWERED)
        yield Evidence(feature, min(1.0, max(0.0, strength)), _finding(pair, feature, shown) if shown else None)


def _finding(pair: Pair, feature: str, spans: list[Span]) -> Finding:
    has, lacks = (pair.first, pair.second) if feature == "words_lost" else (pair.second, pair.first)
    message = f"No word of the {lacks.language_name} version plainly answers {words_at(has, spans)}."
    sides = (tuple(spans), ()) if feature == "words_lost" else ((), tuple(spans))
    return Finding("words", "note", message, *sides)


def _units(passage: Passage) -> Iterator[Span]:
    if passage.language != "zh":
        return on_pieces(passage, lambda text: (match.span() for match in _WORD.finditer(text)))
    return on_pieces(passage, _han_units)


def _han_units(text: str) -> Iterator[Span]:
    for match in _HAN_RUN.finditer(text):
        start, end = match.span()
        yield from ((at, at + 2) for at in range(start, end - 1)) if end - start > 1 else [(start, end)]


def _answers(passage: Passage) -> list[str]:
    if passage.language != "zh":
        words = _WORD.findall(passage.text)
        return words + [" ".join(two) for two in pairwise(words)]
    return [
        run[at : at + size]
        for run in _HAN_RUN.findall(passage.text)
        for size in range(1, _LONGEST_RUN + 1)
        for at in range(len(run) - size + 1)
    ]
