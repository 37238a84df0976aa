"""Where a quote may stand in a version that has no such quote, with or without marks."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING

from corpora.article import Article
from corpora.languages import CHINESE
from corpora.offsets import Span
from quotes.facts.clauses import clause_spans, text_size, word_spans
from quotes.facts.names import name_similarity
from quotes.facts.passages import Passage
from quotes.facts.tokens import tokens_of
from quotes.facts.vectors import Vectors
from quotes.matching.places import FAR, Counterparts, place_between
from quotes.types import PresenceOptions, Quote

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from common.arrays import Doubles, Floats

    Places = NDArray[np.int64]

_SHORT_QUOTE = 4
"""Words up to which a quote is looked for in runs of words rather than in clauses."""
_MOST_CLAUSES = 4
_LONGEST_RUN = 6
_MOST_TRIED = 24
"""Runs of words that are encoded for a short quote: of 172 best runs in English and Russian all but one were among
the 24 that their words' vectors say are closest."""
_MOST = 0.5
_LENGTH_PRICE = 0.1
"""Cosine that a run loses for each factor of e by which its length is off."""
_MARKS = '"\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}\N{DOUBLE LOW-9 QUOTATION MARK}«»「」『』'
_NOBODY = Quote("", "indirect", "", (), ())


@dataclass(frozen=True, slots=True)
class Trace:
    """A passage that answers a quote without being marked as one.

    Attributes:
        span: Where it stands: code points into the article's text.
        cosine: Similarity to the quote, from -1 to 1.
        inside: The quote of that version that holds it, None where no marks are around it.
        answer: A quote without a counterpart of its own that these words are the most of, None where there is none.
        enough: Whether it is close enough; where nothing is, it is the closest that was looked at.
    """

    span: Span
    cosine: float
    inside: Quote | None = None
    answer: Quote | None = None
    enough: bool = True


class SearchedArticle:
    """An article, cut into what may answer a quote."""

    def __init__(self, article: Article, vectors: Vectors) -> None:
        self.article = article
        self.vectors = vectors
        self._starts = [sentence.start for sentence in article.sentences]
        self._ends = [sentence.end for sentence in article.sentences]
        self._clauses: dict[int, list[Span]] = {}
        self._words: dict[int, list[Span]] = {}
        self._word_runs: dict[int, WordRuns] = {}

    def sentences_at(self, span: Span) -> range:
        """Return the places of the sentences that share a character with `span`."""
        return range(bisect_right(self._ends, span[0]), bisect_left(self._starts, span[1]))

    def candidates(self, sentence: int) -> Sequence[Span]:
        """Return every run of clauses of a sentence."""
        if sentence not in self._clauses:
            clauses = [without_marks(self.article.text, span) for span in clause_spans(self._whole(sentence))]
            self._clauses[sentence] = list(_runs(clauses, _MOST_CLAUSES))
        return self._clauses[sentence]

    def words(self, sentence: int) -> Sequence[Span]:
        """Return the words of a sentence, in Chinese those of a dictionary."""
        if sentence not in self._words:
            whole = self._whole(sentence)
            if whole.language == CHINESE:
                found = [(token.start, token.end) for token in tokens_of(whole) if token.is_word]
            else:
                found = word_spans(whole)
            self._words[sentence] = found
        return self._words[sentence]

    def word_runs(self, sentence: int) -> "WordRuns":
        """Return every run of clauses or words of a sentence: what may answer a short quote."""
        import numpy as np  # noqa: PLC0415 - heavy

        if sentence not in self._word_runs:
            text, words = self.article.text, self.words(sentence)
            spans = list(dict.fromkeys([*self.candidates(sentence), *_runs(words, _LONGEST_RUN)])) if words else []
            starts, ends = [start for start, _ in words], [end for _, end in words]
            first = np.array([bisect_right(ends, start) for start, _ in spans], np.int64)
            last = np.array([bisect_left(starts, end) for _, end in spans], np.int64)
            sizes = np.array([text_size(text[start:end], self.article) for start, end in spans])
            vectors = self.vectors.rows([text[start:end] for start, end in words])
            vectors = vectors * np.array([end - start for start, end in words], np.float32)[:, None]
            sums = _upto(vectors)[last] - _upto(vectors)[first]
            norms = np.maximum(np.linalg.norm(sums, axis=1), np.float32(1e-9))
            self._word_runs[sentence] = WordRuns(spans, sizes, vectors, (first, last), norms)
        return self._word_runs[sentence]

    def _whole(self, sentence: int) -> Passage:
        return Passage(self.article, ((self._starts[sentence], self._ends[sentence]),), _NOBODY)

    def runs_across(self, sentences: range, most: int) -> dict[Span, int]:
        """Return the runs that begin in one of some sentences and end in a later one, `most` in all, and where."""
        clauses = {at: self.candidates(at) for at in sentences}
        return {
            (first[0], last[1]): start
            for start in sentences
            for end in sentences[start - sentences.start + 1 : start - sentences.start + most]
            for first in clauses[start]
            if first[1] == clauses[start][-1][1]
            for last in clauses[end]
            if last[0] == clauses[end][0][0]
        }

    def runs_around(self, sentences: range) -> "ClauseRuns":
        """Return the runs of clauses of all sentences that are not far from some."""
        runs = self._all_runs
        low, high = bisect_left(runs.owners, sentences.start - FAR), bisect_left(runs.owners, sentences.stop + FAR)
        return ClauseRuns(runs.spans[low:high], runs.owners[low:high], runs.sizes[low:high], runs.vectors[low:high])

    @cached_property
    def _all_runs(self) -> "ClauseRuns":
        import numpy as np  # noqa: PLC0415 - heavy

        found = [(span, at) for at in range(len(self._starts)) for span in self.candidates(at)]
        texts = [self.article.text[start:end] for (start, end), _ in found]
        sizes = np.array([text_size(text, self.article) for text in texts])
        return ClauseRuns([span for span, _ in found], [at for _, at in found], sizes, self.vectors.rows(texts))


@dataclass(frozen=True, slots=True)
class ClauseRuns:
    """Runs of clauses of an article.

    Attributes:
        owners: The sentence of each.
        sizes: The characters that each would take in English.
    """

    spans: Sequence[Span]
    owners: Sequence[int]
    sizes: "Doubles"
    vectors: "Floats"


@dataclass(frozen=True, slots=True)
class WordRuns:
    """Runs of clauses or words of a sentence, and what is known of them by their words.

    Attributes:
        sizes: The characters that each would take in English.
        words: The vector of each word of the sentence, times its length.
        ends: Place of the first word of each run, and of the one after its last.
        norms: Norm of the sum of the words of each.
    """

    spans: Sequence[Span]
    sizes: "Doubles"
    words: "Floats"
    ends: "tuple[Places, Places]"
    norms: "Floats"

    def cosines(self, vector: "Floats") -> "Floats":
        """Return about the cosine of each run with a vector: that of the mean of its words."""
        first, last = self.ends
        upto = _upto(self.words @ vector)
        found: Floats = (upto[last] - upto[first]) / self.norms
        return found


def _upto(rows: "Floats") -> "Floats":
    """Return the sum of the rows before each, and of all."""
    import numpy as np  # noqa: PLC0415 - heavy

    return np.concatenate([np.zeros_like(rows[:1]), np.cumsum(rows, axis=0)])


def without_marks(text: str, span: Span) -> Span:
    """Leave the quotation marks around words out: what stands within marks must not reach beyond them."""
    start, end = span
    words = text[start:end]
    return start + len(words) - len(words.lstrip(_MARKS)), end - len(words) + len(words.rstrip(_MARKS))


def _runs(spans: Sequence[Span], longest: int) -> Iterator[Span]:
    """Yield all runs of up to so many neighbours."""
    for at, (start, _) in enumerate(spans):
        for last in spans[at : at + longest]:
            yield start, last[1]


class MarkedArticle:
    """An article with the quotes that are marked in it.

    Args:
        taken: Its quotes that have a counterpart of their own.
        lone: Its other quotes.
    """

    def __init__(self, searched: SearchedArticle, taken: Sequence[Quote], lone: Sequence[Quote]) -> None:
        self.searched = searched
        self._taken, self._lone = self._by_sentence(taken), self._by_sentence(lone)

    def _by_sentence(self, quotes: Sequence[Quote]) -> dict[int, list[Quote]]:
        found: dict[int, list[Quote]] = {}
        for quote in quotes:
            for sentence in dict.fromkeys(at for span in quote.spans for at in self.searched.sentences_at(span)):
                found.setdefault(sentence, []).append(quote)
        return found

    def holder(self, span: Span, sentence: int) -> tuple[bool, Quote | None]:
        """Tell whether words of a sentence may answer a quote, and which taken quote holds them.

        A run may lie within one quote that has its counterpart, or outside all of them, but not across a border.
        """
        near = self._taken.get(sentence, ())
        touching = [quote for quote in near if any(a < span[1] and span[0] < b for a, b in quote.spans)]
        holders = [quote for quote in touching if any(a <= span[0] and span[1] <= b for a, b in quote.spans)]
        proper = [quote for quote in holders if span not in _whole(self.searched.article, quote)]
        return len(touching) == len(proper), proper[-1] if proper else None

    def answer(self, span: Span, sentence: int) -> Quote | None:
        """Return the quote without a counterpart that the words of a sentence are the most of."""
        return next((quote for quote in self._lone.get(sentence, ()) if _is_most_of(span, quote)), None)


def _is_most_of(span: Span, quote: Quote) -> bool:
    common = sum(max(0, min(span[1], end) - max(span[0], start)) for start, end in quote.spans)
    return common >= _MOST * max(span[1] - span[0], sum(end - start for start, end in quote.spans))


def _whole(article: Article, quote: Quote) -> list[Span]:
    """Return what all of a quote may be cut to; one part of several is no more than a share."""
    if len(quote.spans) > 1:
        return []
    return [
        (start, start + len(article.text[start:end].rstrip(".,;!?。，；！？ "))) for start, end in quote.spans
    ] + list(quote.spans)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """Words that may answer a quote: where they stand, their sentence, and the taken quote that holds them."""

    span: Span
    sentence: int
    holder: Quote | None


@dataclass(frozen=True, slots=True)
class Query:
    """A quote that is looked for.

    Attributes:
        target: The version that lacks it.
        counterparts: How the sentences of the quote's version answer those of `target`.
    """

    source: Passage
    target: MarkedArticle
    counterparts: Counterparts

    @property
    def is_short(self) -> bool:
        """Tell whether the quote is looked for in runs of words."""
        return len(word_spans(self.source)) <= _SHORT_QUOTE * (2 if self.source.language == CHINESE else 1)

    @property
    def is_name(self) -> bool:
        """Tell whether it is the name of a newspaper or a ship: any words near it would do otherwise."""
        return self.source.quote.kind == "title"

    def expected(self, reach: int) -> range:
        """Return the sentences that answer those of the quote, and `reach` more on either side."""
        found = [self.counterparts.nearest(source, 1) for source in self.source.quote.sentences]
        targets = [target for each in found for _, answers in each for target in answers]
        if not targets:
            return range(0)
        count = len(self.target.searched.article.sentences)
        return range(max(0, min(targets) - reach), min(count, max(targets) + reach + 1))

    def words(self, reach: int) -> Iterator[str]:
        """Yield the words by which the runs that may answer a short quote are chosen; none for another."""
        searched = self.target.searched
        for sentence in self.expected(reach) if self.is_short else ():
            yield from (searched.article.text[slice(*span)] for span in searched.words(sentence))

    def near(self, reach: int) -> list[_Candidate]:
        """Return what may answer the quote where it is expected."""
        searched, expected = self.target.searched, self.expected(reach)
        spans = searched.runs_across(expected, len(self.source.sentences))
        if self.is_short:
            return [*self._likeliest(expected), *self._free(spans.items())]
        clauses = {span: at for at in expected for span in searched.candidates(at)}
        return list(self._free((clauses | spans).items()))

    def _likeliest(self, sentences: range) -> list[_Candidate]:
        """Return the runs of clauses or words that answer the quote best by the vectors of their words, in order."""
        searched = self.target.searched
        vector = searched.vectors.rows([self.source.text])[0]
        found: list[tuple[float, Span, int]] = []
        for at in sentences:
            runs = searched.word_runs(at)
            fits = self._fits(runs.cosines(vector), runs.sizes) if runs.spans else ()
            found += ((float(fit), span, at) for fit, span in zip(fits, runs.spans, strict=True))
        free = self._free((span, at) for _, span, at in sorted(found, reverse=True))
        return sorted(islice(free, _MOST_TRIED), key=lambda candidate: candidate.span)

    def far(self) -> list[_Candidate]:
        """Return the run of clauses that answers the quote best of all that are not far from its place."""
        import numpy as np  # noqa: PLC0415 - heavy

        searched = self.target.searched
        counts = len(self.source.article.sentences), len(searched.article.sentences)
        guess = place_between(self.source.quote.sentences, counts)
        runs = searched.runs_around(self.expected(0) or range(guess, guess + 1))
        cosines = runs.vectors @ searched.vectors.rows([self.source.text])[0]
        best = np.argsort(-self._fits(cosines, runs.sizes), kind="stable")
        found = self._free((runs.spans[at], runs.owners[at]) for at in best)
        return list(islice(found, 1))

    def best(self, candidates: Sequence[_Candidate]) -> Trace | None:
        """Return the words that answer the quote best; None where there are none."""
        import numpy as np  # noqa: PLC0415 - heavy

        if not candidates:
            return None
        article, vectors = self.target.searched.article, self.target.searched.vectors
        texts = [article.text[slice(*candidate.span)] for candidate in candidates]
        cosines = vectors.cosines([self.source.text], texts)[0]
        sizes = np.array([text_size(text, article) for text in texts])
        at = int(np.argmax(self._fits(cosines, sizes)))
        span, sentence, holder = candidates[at].span, candidates[at].sentence, candidates[at].holder
        inside = holder if self._is_speech() else None
        return Trace(span, float(cosines[at]), inside, self.target.answer(span, sentence))

    def _free(self, spans: Iterable[tuple[Span, int]]) -> Iterator[_Candidate]:
        for span, sentence in spans:
            free, holder = self.target.holder(span, sentence)
            if free:
                yield _Candidate(span, sentence, holder)

    def _fits(self, cosines: "Floats", sizes: "Doubles") -> "Doubles":
        """Return the cosines less what a length costs: of two alike the one of the expected length is meant."""
        import numpy as np  # noqa: PLC0415 - heavy

        own = text_size(self.source.text, self.source.article)
        return np.asarray(cosines.astype(np.float64) - _LENGTH_PRICE * np.abs(np.log(sizes / own)))

    def _is_speech(self) -> bool:
        # Only speech shares a quote with other speech: a term in marks within a quote is a part of it that lost its
        # marks.
        return self.source.quote.nested_in is None and self.source.quote.kind in ("direct", "partial")


def find_traces(queries: Sequence[Query], vectors: Vectors, options: PresenceOptions) -> list[Trace | None]:
    """Find for each quote the closest passage, which may not be close enough; None where there are no words.

    Looked at are the clauses (for a short quote: the likeliest runs of clauses or words) of the sentences that the
    alignment expects and of their neighbours, then the clauses of the whole article, where the words must be closer.
    """
    vectors.add(word for query in queries for word in query.words(options.reach))
    near = _best_of(queries, [query.near(options.reach) for query in queries], vectors)
    found = [
        replace(trace, enough=_is_enough(query, trace, options)) if trace else None
        for query, trace in zip(queries, near, strict=True)
    ]
    open_ones = [
        at
        for at, (query, trace) in enumerate(zip(queries, found, strict=True))
        if not (trace and trace.enough) and not query.is_name and not query.is_short
    ]
    asked = [queries[at] for at in open_ones]
    for at, trace in zip(open_ones, _best_of(asked, [query.far() for query in asked], vectors), strict=True):
        traces = [one for one in (found[at], trace) if one]
        best = max(traces, key=lambda one: one.cosine, default=None)
        found[at] = replace(best, enough=best is trace and best.cosine >= options.elsewhere) if best else None
    return found


def _best_of(
    queries: Sequence[Query], candidates: Sequence[Sequence[_Candidate]], vectors: Vectors
) -> list[Trace | None]:
    """Return the best candidate of each quote; all of them are encoded together."""
    vectors.add(
        query.target.searched.article.text[slice(*candidate.span)]
        for query, mine in zip(queries, candidates, strict=True)
        for candidate in mine
    )
    return [query.best(mine) for query, mine in zip(queries, candidates, strict=True)]


def _is_enough(query: Query, trace: Trace, options: PresenceOptions) -> bool:
    if not query.is_name:
        return trace.cosine >= options.indirect
    words = query.target.searched.article.text[slice(*trace.span)]
    return trace.cosine >= options.elsewhere or name_similarity(query.source.text, words) >= options.name
