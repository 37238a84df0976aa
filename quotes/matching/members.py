"""The members of a group: its quotes, and where a version has none, what stands there instead."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from alignment.types import Alignment
from corpora.article import Article, Sentence
from corpora.offsets import Span
from quotes.facts.names import name_similarity
from quotes.facts.passages import Passage
from quotes.facts.vectors import Vectors
from quotes.findings.clauses import clause_spans, text_size, word_spans
from quotes.matching.links import GroupIndices, QuotedVersion
from quotes.options import PresenceOptions
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


AlignmentsByPair = Mapping[tuple[int, int], Alignment]


@dataclass(frozen=True, slots=True)
class Member:
    """A quote of a group.

    Attributes:
        quote: The quote, or one made from the words that answer the quotes of the other versions.
        spans: The words that are compared; those that another group holds as its share are left out.
        trace: How the words were found, None for a quote that the version marks.
    """

    quote: Quote
    spans: tuple[Span, ...]
    trace: Trace | None = None


_Quotes = tuple[tuple[Quote, ...], tuple[Quote, ...]]

Members = tuple[Member | None, ...]


@dataclass(frozen=True, slots=True)
class MemberFinder:
    """Fills groups.

    Attributes:
        versions: The articles and their quotes.
        alignments: How the sentences of every two versions correspond.
        vectors: Embeddings.
        options: How far and how strictly to search.
    """

    versions: Sequence[QuotedVersion]
    alignments: AlignmentsByPair
    vectors: Vectors
    options: PresenceOptions

    def fill(self, groups: Sequence[GroupIndices]) -> list[Members]:
        """Return the members of each group; None where a version says nothing of the kind.

        A quote that no group shares is put into the group whose quote it turns out to answer.
        """
        groups = self._joined(groups)
        taken = [self._split(groups, version) for version in range(len(self.versions))]
        filled = [
            tuple(self._member(group, version, taken[version]) for version in range(len(group))) for group in groups
        ]
        shares: dict[tuple[int, str], list[Span]] = {}
        for version, member in ((at, member) for members in filled for at, member in enumerate(members)):
            if member and member.trace and member.trace.inside:
                shares.setdefault((version, member.trace.inside.id), []).append(member.trace.span)
        return [
            tuple(
                _without(member, shares.get((version, member.quote.id), ())) if member else None
                for version, member in enumerate(members)
            )
            for members in filled
        ]

    def _split(self, groups: Sequence[GroupIndices], version: int) -> _Quotes:
        """Tell the quotes of a version that have a counterpart from those that have none."""
        quotes = self.versions[version].quotes
        shared = {group[version] for group in groups if sum(place is not None for place in group) > 1}
        return (
            tuple(quote for place, quote in enumerate(quotes) if place in shared),
            tuple(quote for place, quote in enumerate(quotes) if place not in shared),
        )

    def _member(self, group: GroupIndices, version: int, taken: _Quotes) -> Member | None:
        place = group[version]
        if place is not None:
            quote = self.versions[version].quotes[place]
            return Member(quote, quote.spans)
        found = self._best(group, version, taken)
        if found is None:
            return None
        trace, model = found
        return Member(self._quote(version, trace, model), (trace.span,), trace)

    def _best(self, group: GroupIndices, version: int, taken: _Quotes) -> tuple[Trace, Quote] | None:
        """Return the best passage that answers a quote of a group, and that quote."""
        found = [
            (trace, self.versions[other].quotes[counterpart])
            for other, counterpart in enumerate(group)
            if counterpart is not None
            for trace in [self._trace((other, counterpart), version, taken)]
            if trace
        ]
        return max(found, key=lambda pair: pair[0].cosine, default=None)

    def _joined(self, groups: Sequence[GroupIndices]) -> list[GroupIndices]:
        """Put quotes that stand alone into the groups that they answer."""
        split = [self._split(groups, version) for version in range(len(self.versions))]
        joined: dict[int, GroupIndices] = dict(enumerate(groups))
        for number, version in ((number, at) for number in range(len(groups)) for at in range(len(self.versions))):
            group = joined.get(number)
            if group is None or group[version] is not None:
                continue
            found = self._best(group, version, split[version])
            if found is None or found[0].answer is None:
                continue
            place = self.versions[version].quotes.index(found[0].answer)
            alone = next((at for at, other in joined.items() if other[version] == place), number)
            if alone != number and sum(member is not None for member in joined[alone]) == 1:
                del joined[alone]
                joined[number] = (*group[:version], place, *group[version + 1 :])
        return list(joined.values())

    def _trace(self, source: tuple[int, int], target: int, taken: _Quotes) -> Trace | None:
        version, place = source
        passage = Passage.of(self.versions[version].article, self.versions[version].quotes[place])
        if version < target:
            alignment = self.alignments[version, target]
        else:
            alignment = self.alignments[target, version].reversed()
        search = Search(self.versions[target].article, taken[0], alignment, taken[1])
        return find_trace(passage, search, vectors=self.vectors, options=self.options)

    def _quote(self, version: int, trace: Trace, model: Quote) -> Quote:
        article = self.versions[version].article
        start, end = trace.span
        words = article.text[start:end]
        sentences = tuple(s.index for s in article.sentences if s.start < end and start < s.end)
        if trace.inside:
            share = replace(trace.inside, id=f"{trace.inside.id}/{model.id}", marks="", sentences=sentences)
            return replace(share, text=words, parts=(words,), spans=(trace.span,))
        return Quote(f"i{start}", "indirect", words, (words,), (trace.span,), sentences=sentences)


def _without(member: Member, shares: Sequence[Span]) -> Member:
    """Leave the shares of other groups out of a marked quote, unless nothing would be left."""
    if member.trace or not shares:
        return member
    spans = list(member.spans)
    for start, end in shares:
        spans = [
            piece
            for low, high in spans
            for piece in ((low, min(high, start)), (max(low, end), high))
            if piece[0] < piece[1] and (piece != (low, high) or end <= low or high <= start)
        ]
    return replace(member, spans=tuple(dict.fromkeys(spans))) if spans else member
