"""Looking for the words of a quote in a version that has no such quote."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from alignment.types import Alignment
from corpora.article import Article, Sentence
from corpora.offsets import Span
from quotes.compare_options import PresenceOptions
from quotes.facts.names import name_similarity
from quotes.facts.passages import Passage
from quotes.facts.vectors import Vectors
from quotes.findings.clauses import clause_spans, text_size, word_spans
from quotes.types import Quote

_SHORT_QUOTE = 4
"""Words up to which a quote is looked for in runs of words rather than in clauses."""
_LONGEST_RUN = 6
_HAN_RUN = 10
_STATEMENT = 25
"""Length, in English characters, from which a fragment can be one of two that another version quotes in one go."""
_MOST = 0.5
_LENGTH_PRICE = 0.1
"""Cosine that a run loses for each factor of e by which its length is off."""


@dataclass(frozen=True, slots=True)
class Trace:
    """A passage that answers a quote without being marked as one.

    Attributes:
        span: Where it stands: code points into the article's text.
        cosine: Similarity to the quote, from -1 to 1.
        inside: The quote of that version that holds it, None where no marks are around it.
        answer: A quote without a counterpart of its own that these words are the most of, None where there is none.
    """

    span: Span
    cosine: float
    inside: Quote | None = None
    answer: Quote | None = None


@dataclass(frozen=True, slots=True)
class Search:
    """Where to look for a quote.

    Attributes:
        article: The version that lacks it.
        taken: The quotes of that version that have a counterpart of their own.
        lone: Its other quotes.
        alignment: How the sentences of the quote's version answer those of `article`.
    """

    article: Article
    taken: tuple[Quote, ...]
    alignment: Alignment
    lone: tuple[Quote, ...] = ()


def find_trace(source: Passage, search: Search, *, vectors: Vectors, options: PresenceOptions) -> Trace | None:
    """Find the passage that says what `source` says; None where there is none.

    The name of a newspaper or a ship must sound or mean the same; any words near it would do otherwise.

    Looked at are the clauses (for a short quote: the runs of words, too) of the sentences that the alignment expects
    and of their neighbours, then the clauses of the whole article, where the words must be closer.
    """
    expected = expected_sentences(source.quote.sentences, search, reach=options.reach)
    short = len(word_spans(source)) <= _SHORT_QUOTE * (2 if source.language == "zh" else 1)
    near = [span for sentence in expected for span in _candidates(search.article, sentence, short=short)]
    best = _best(source, near, search, vectors)
    if source.quote.kind == "title":
        return best if best and _is_same_name(source, best, search, options) else None
    if best and best.cosine >= options.indirect:
        return best
    if short:
        return None
    everywhere = [
        span for sentence in search.article.sentences for span in _candidates(search.article, sentence, short=False)
    ]
    best = _best(source, everywhere, search, vectors)
    return best if best and best.cosine >= options.elsewhere else None


def _is_same_name(source: Passage, trace: Trace, search: Search, options: PresenceOptions) -> bool:
    words = search.article.text[slice(*trace.span)]
    return trace.cosine >= options.elsewhere or name_similarity(source.text, words) >= options.name


def expected_sentences(sources: Sequence[int], search: Search, *, reach: int) -> list[Sentence]:
    """Return the sentences of the search's article that answer `sources`, and `reach` more on either side."""
    targets = [target for source in sources for target in _targets(search.alignment, source)]
    if not targets:
        return []
    low, high = max(0, min(targets) - reach), max(targets) + reach + 1
    return list(search.article.sentences[low:high])


def _targets(alignment: Alignment, source: int) -> Iterable[int]:
    answered = sorted(
        (abs(other - source), bead.target) for bead in alignment.beads if bead.target for other in bead.source
    )
    return answered[0][1] if answered else ()


def _candidates(article: Article, sentence: Sentence, *, short: bool) -> Iterator[Span]:
    whole = Passage(article, ((sentence.start, sentence.end),), _NOBODY)
    clauses = clause_spans(whole)
    for at, (start, _) in enumerate(clauses):
        for last in clauses[at : at + 4]:
            yield start, last[1]
    if short:
        words = word_spans(whole)
        longest = _HAN_RUN if whole.language == "zh" else _LONGEST_RUN
        for at, (start, _) in enumerate(words):
            for last in words[at : at + longest]:
                yield start, last[1]


def _best(source: Passage, spans: Sequence[Span], search: Search, vectors: Vectors) -> Trace | None:
    # A run may lie within one quote that has its counterpart, or outside all of them, but not across a border.
    kept: list[tuple[Span, Quote | None]] = []
    for span in dict.fromkeys(spans):
        touching = [quote for quote in search.taken if any(a < span[1] and span[0] < b for a, b in quote.spans)]
        holders = [quote for quote in touching if any(a <= span[0] and span[1] <= b for a, b in quote.spans)]
        proper = [quote for quote in holders if (span[0], span[1]) not in _whole(search.article, quote)]
        if not touching or (len(touching) == len(proper) and proper):
            kept.append((span, proper[-1] if proper else None))
    if not kept:
        return None
    texts = [search.article.text[start:end] for (start, end), _ in kept]
    cosines = vectors.cosines([source.text], texts)[0]
    # Of two runs that are about as similar, the one of the expected length is meant.
    sizes = [abs(math.log(text_size(text, search.article) / text_size(source.text, source.article))) for text in texts]
    place = max(range(len(kept)), key=lambda at: float(cosines[at]) - _LENGTH_PRICE * sizes[at])
    span, holder = kept[place]
    answer = next((quote for quote in search.lone if _is_most_of(span, quote)), None)
    return Trace(span, float(cosines[place]), holder if _is_statement(source) else None, answer)


def _is_most_of(span: Span, quote: Quote) -> bool:
    common = sum(max(0, min(span[1], end) - max(span[0], start)) for start, end in quote.spans)
    return common >= _MOST * max(span[1] - span[0], sum(end - start for start, end in quote.spans))


def _is_statement(source: Passage) -> bool:
    # Only speech shares a quote with other speech: a term in marks within a quote is a part of it that lost its marks.
    quote = source.quote
    long = text_size(source.text, source.article) >= _STATEMENT
    return quote.nested_in is None and (quote.kind == "direct" or (quote.kind == "partial" and long))


def _whole(article: Article, quote: Quote) -> list[Span]:
    return [
        (start, start + len(article.text[start:end].rstrip(".,;!?。，；！？ "))) for start, end in quote.spans
    ] + list(quote.spans)


_NOBODY = Quote("", "indirect", "", (), ())
