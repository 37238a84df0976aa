"""Findings about where a quote begins and ends: words inside the marks of one version and outside the other's."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import regex

from common.data import load_table
from common.messages import message
from corpora.offsets import Span
from quotes.facts.passages import Passage, PassagePair, on_pieces, words_at
from quotes.findings.clauses import clause_fit, clause_spans
from quotes.findings.evidence import Evidence
from quotes.findings.wording import around
from quotes.types import Finding

_INSIDE = 0.45
"""Cosine with everything inside the other quote, below which words may have moved out."""
_OUTSIDE = 0.62
"""Cosine with words right outside the other quote, from which they are there."""
_GAIN = 0.2
"""How much better the words outside must answer than those inside."""
_WEIGHTY = regex.compile(r"\p{Han}{2}|[^\W\d_]{5}")
_MOST = 0.6
"""Where more of the quote than this seems to stand outside, the two are no two wordings of one fragment."""


def compare_boundary(pair: PassagePair) -> Iterator[Evidence]:
    """Give evidence, which weighs nothing, where words moved across the marks: their meaning is the same.

    Clauses are looked for among the clauses beside the other quote; in a fragment of one clause its words are.
    """
    if pair.same_language:
        return
    first, second = clause_fit(pair)
    for side, fits in enumerate((first, second)):
        turned = pair if side == 0 else replace(pair, first=pair.second, second=pair.first)
        outside = around(turned.second)
        if outside.spans:
            moved = _clauses(turned, outside, fits) if len(fits) > 1 else _words(turned, outside)
            if moved and _length(moved) <= _MOST * _length(turned.first.spans):
                yield Evidence("boundary", 1.0, _finding(turned, moved, side))


def _clauses(pair: PassagePair, outside: Passage, fits: Sequence[tuple[Span, float]]) -> list[Span]:
    text = pair.first.article.text
    lost = [(span, inside) for span, inside in fits if inside < _INSIDE and _WEIGHTY.search(text[span[0] : span[1]])]
    beside = [outside.article.text[start:end] for start, end in clause_spans(outside)]
    cosines = pair.vectors.cosines([text[start:end] for (start, end), _ in lost], beside)
    return [
        span
        for (span, inside), row in zip(lost, cosines, strict=True)
        if row.size and row.max() >= max(_OUTSIDE, inside + _GAIN)
    ]


def boundary_texts(pair: PassagePair) -> Iterator[str]:
    """Give what `compare_boundary` asks vectors of, where a side is a fragment of one clause."""
    for one, other in ((pair.first, pair.second), (pair.second, pair.first)):
        outside = around(other)
        if outside.spans and len(clause_spans(one)) == 1:
            yield from (one.article.text[start:end] for start, end in _weighty(one))
            yield from (*answers(other), *answers(outside))


def _weighty(passage: Passage) -> list[Span]:
    text, grammar = passage.article.text, set(load_table(__name__, "boundary.toml")["grammar"])
    return [
        (start, end)
        for start, end in units(passage)
        if _WEIGHTY.match(text, start, end) and grammar.isdisjoint(text[start:end])
    ]


def _words(pair: PassagePair, outside: Passage) -> list[Span]:
    text, own = pair.first.article.text, _weighty(pair.first)
    words = [text[start:end] for start, end in own]
    inside, beside = (pair.vectors.cosines(words, answers(passage)) for passage in (pair.second, outside))
    if not inside.size or not beside.size:
        return []
    moved = [
        span
        for span, within, without in zip(own, inside.max(axis=1), beside.max(axis=1), strict=True)
        if within < _INSIDE and without >= max(_OUTSIDE, within + _GAIN)
    ]
    return _merged(moved)


def _merged(spans: Sequence[Span]) -> list[Span]:
    """Join spans that touch or overlap, as the pairs of characters of a Chinese word do."""
    merged: list[Span] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return merged


def _length(spans: Sequence[Span]) -> int:
    return sum(end - start for start, end in spans)


def _finding(pair: PassagePair, moved: Sequence[Span], side: int) -> Finding:
    words, (has, lacks) = words_at(pair.first, moved), pair.names
    spans = (tuple(moved), ()) if side == 0 else ((), tuple(moved))
    return Finding("boundary", "note", message("finding.boundary", words=words, has=has, lacks=lacks), *spans)


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
