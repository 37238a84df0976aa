"""The members of a group: its quotes, and where a version has none, what stands there instead."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from alignment.types import Alignment
from corpora.offsets import Span
from quotes.compare_options import PresenceOptions
from quotes.facts.passages import Passage
from quotes.facts.vectors import Vectors
from quotes.matching.links import GroupIndices, QuotedVersion
from quotes.matching.presence import Search, Trace, find_trace
from quotes.types import Quote

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
