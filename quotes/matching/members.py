"""The members of a group: its quotes, and where a version has none, what stands there instead."""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import permutations, takewhile

from alignment.types import Alignment
from common.progress import SILENT, Progress
from corpora.offsets import Span
from quotes.facts.clauses import is_statement
from quotes.facts.passages import Passage
from quotes.facts.vectors import Vectors
from quotes.matching.links import GroupIndices, QuotedVersion
from quotes.matching.places import Counterparts
from quotes.matching.search import MarkedArticle, Query, SearchedArticle, Trace, find_traces, without_marks
from quotes.types import PresenceOptions, Quote

_AT_ONCE = 64
"""Quotes that are looked for together: enough for whole batches of the encoder, few enough for a bar that moves."""

_SPOKEN = frozenset({"direct", "partial"})

AlignmentsByPair = Mapping[tuple[int, int], Alignment]


@dataclass(frozen=True, slots=True)
class Member:
    """A quote of a group.

    Attributes:
        quote: The quote, or one made from the words that answer the quotes of the other versions.
        spans: The words that are compared; those that another group holds as its share are left out.
        trace: How the words were found, None for a quote that the version marks.
        closest: For each version that has nothing close enough, the cosine of what comes closest to a marked quote.
        rest: Those of `spans` that lie beyond the marks, and answer what another version has within them.
    """

    quote: Quote
    spans: tuple[Span, ...]
    trace: Trace | None = None
    closest: Mapping[int, float] = field(default_factory=dict)
    rest: tuple[Span, ...] = ()


Members = tuple[Member | None, ...]

_Place = tuple[int, int]
"""Index of a version, and of a quote or a sentence in it."""


class MemberFinder:
    """Fills groups."""

    def __init__(
        self,
        versions: Sequence[QuotedVersion],
        alignments: AlignmentsByPair,
        *,
        vectors: Vectors,
        options: PresenceOptions,
        progress: Progress = SILENT,
    ) -> None:
        self._versions = versions
        self._vectors, self._options, self._progress = vectors, options, progress
        self._searched = [SearchedArticle(version.article, vectors) for version in versions]
        self._spoken = [
            {at for quote in version.quotes if quote.kind in _SPOKEN for at in quote.sentences} for version in versions
        ]
        self._counterparts = {
            (one, other): Counterparts(alignments[one, other] if one < other else alignments[other, one].reversed())
            for one, other in permutations(range(len(versions)), 2)
        }

    def fill(self, groups: Sequence[GroupIndices]) -> list[Members]:
        """Return the members of each group; None where a version says nothing of the kind.

        A quote that no group shares is put into the group whose quote it turns out to answer.
        """
        search = self._search(groups, self._progress)
        if (joined := self._joined(groups, search)) != groups:
            # Where a quote has joined others, its words may no longer answer another quote.
            groups, search = joined, self._search(joined, SILENT)
        filled = [tuple(self._member(group, version, search) for version in range(len(group))) for group in groups]
        shares: dict[tuple[int, str], list[Span]] = {}
        # Where a few words stand within a quote is a guess.
        for members in filter(self._state, filled):
            for version, member in enumerate(members):
                if member and member.trace and member.trace.inside:
                    shares.setdefault((version, member.trace.inside.id), []).append(member.trace.span)
        return [
            tuple(
                _without(member, shares.get((version, member.quote.id), ())) if member else None
                for version, member in enumerate(members)
            )
            for members in map(self._continued, filled)
        ]

    def _state(self, members: Members) -> bool:
        """Return whether a quote of a group states something."""
        return any(
            is_statement(Passage.of(version.article, member.quote))
            for member, version in zip(members, self._versions, strict=True)
            if member and not member.trace
        )

    def _continued(self, members: Members) -> Members:
        """Let each quote go on beyond its marks where the other versions mark what follows, or what precedes."""
        marked = [at for at, member in enumerate(members) if member and not member.trace]
        rests = {at: self._rest(members, at, [other for other in marked if other != at]) for at in marked}
        return tuple(
            replace(member, spans=tuple(sorted((*member.spans, *rest))), rest=rest)
            if member and (rest := rests.get(at, ()))
            else member
            for at, member in enumerate(members)
        )

    def _rest(self, members: Members, version: int, others: Sequence[int]) -> tuple[Span, ...]:
        """Return the sentences next to a quote that stand in no marks, and answer whole sentences of the others'."""
        member = members[version]
        own = member.quote.sentences if member else ()
        if not member or not own:
            return ()
        sentences = self._versions[version].article.sentences
        wanted = {
            other: self._unanswered(version, own, (other, quote.quote)) for other in others if (quote := members[other])
        }

        def goes_on(at: int) -> bool:
            """Return whether a sentence belongs to the quote."""
            return at not in self._spoken[version] and any(
                self._answer((version, at), other, left) for other, left in wanted.items()
            )

        behind = takewhile(goes_on, range(max(own) + 1, len(sentences)))
        before = takewhile(goes_on, range(min(own) - 1, -1, -1))
        return tuple((sentences[at].start, sentences[at].end) for at in sorted((*before, *behind)))

    def _answer(self, place: _Place, other: int, left: Container[int]) -> bool:
        """Return whether a sentence says what some sentences of another version do, all of which are `left`."""
        version, at = place
        answers = self._counterparts[version, other].answers(at)
        if not answers or not all(answer in left for answer in answers):
            return False
        # The alignment also pairs what is only left over on both sides.
        said = " ".join(self._versions[other].article.sentences[answer].text for answer in answers)
        own = self._versions[version].article.sentences[at].text
        return self._vectors.cosine(own, said) >= self._options.indirect

    def _unanswered(self, version: int, own: Sequence[int], other: tuple[int, Quote]) -> set[int]:
        """Return the sentences that are wholly within another version's quote, and that none of some answers."""
        place, quote = other
        answered = {at for sentence in own for at in self._counterparts[version, place].answers(sentence)}
        return self._whole(place, quote) - answered

    def _whole(self, version: int, quote: Quote) -> set[int]:
        """Return the sentences of which all words are within a quote."""
        article = self._versions[version].article
        spans = [
            without_marks(article.text, (article.sentences[at].start, article.sentences[at].end))
            for at in quote.sentences
        ]
        return {
            at
            for at, (low, high) in zip(quote.sentences, spans, strict=True)
            if any(start <= low and high <= end for start, end in quote.spans)
        }

    def _joined(self, groups: Sequence[GroupIndices], search: "_Search") -> list[GroupIndices]:
        """Put quotes that stand alone into the groups that they answer."""
        joined: dict[int, GroupIndices] = dict(enumerate(groups))
        holder = {place: number for number, group in joined.items() for place in _places(group)}
        indices = [{id(quote): at for at, quote in enumerate(version.quotes)} for version in self._versions]
        for number, version in ((number, at) for number in range(len(groups)) for at in range(len(self._versions))):
            group = joined.get(number)
            if group is None or group[version] is not None:
                continue
            found = self._best(group, version, search)
            if found is None or found[0].answer is None:
                continue
            place = indices[version][id(found[0].answer)]
            alone = holder[version, place]
            if alone != number and sum(member is not None for member in joined[alone]) == 1:
                del joined[alone]
                joined[number] = (*group[:version], place, *group[version + 1 :])
                holder[version, place] = number
        return list(joined.values())

    def _search(self, groups: Sequence[GroupIndices], progress: Progress) -> "_Search":
        """Look for every quote in the versions that its group lacks."""
        search = _Search([self._marked(groups, version) for version in range(len(self._versions))], {})
        wanted = [
            (place, version)
            for group in groups
            for version, held in enumerate(group)
            if held is None
            for place in _places(group)
        ]
        with progress.bar("Looking for quotes without marks", len(wanted), unit="quotes") as advance:
            for start in range(0, len(wanted), _AT_ONCE):
                self._look(wanted[start : start + _AT_ONCE], search)
                advance(len(wanted[start : start + _AT_ONCE]))
        return search

    def _marked(self, groups: Sequence[GroupIndices], version: int) -> MarkedArticle:
        """Tell the quotes of a version that have a counterpart from those that have none."""
        quotes = self._versions[version].quotes
        shared = {group[version] for group in groups if sum(place is not None for place in group) > 1}
        taken = [quote for place, quote in enumerate(quotes) if place in shared]
        lone = [quote for place, quote in enumerate(quotes) if place not in shared]
        return MarkedArticle(self._searched[version], taken, lone)

    def _look(self, wanted: Sequence[tuple[_Place, int]], search: "_Search") -> None:
        queries = [
            Query(
                Passage.of(self._versions[version].article, self._versions[version].quotes[place]),
                search.marked[target],
                self._counterparts[version, target],
            )
            for (version, place), target in wanted
        ]
        search.found.update(zip(wanted, find_traces(queries, self._vectors, self._options), strict=True))

    def _best(self, group: GroupIndices, version: int, search: "_Search") -> tuple[Trace, Quote] | None:
        """Return the best passage that answers a quote of a group, and that quote."""
        wanted = [(place, version) for place in _places(group)]
        # A quote that has just joined the group was not asked for with the others.
        self._look([one for one in wanted if one not in search.found], search)
        found = [
            (trace, self._versions[place[0]].quotes[place[1]])
            for place, _ in wanted
            if (trace := search.found[place, version]) and trace.enough
        ]
        return max(found, key=lambda pair: pair[0].cosine, default=None)

    def _member(self, group: GroupIndices, version: int, search: "_Search") -> Member | None:
        place = group[version]
        if place is not None:
            quote = self._versions[version].quotes[place]
            looked = {other: search.found.get(((version, place), other)) for other in range(len(group))}
            closest = {other: trace.cosine for other, trace in looked.items() if trace and not trace.enough}
            return Member(quote, quote.spans, closest=closest)
        found = self._best(group, version, search)
        if found is None:
            return None
        trace, model = found
        return Member(self._quote(version, trace, model), (trace.span,), trace)

    def _quote(self, version: int, trace: Trace, model: Quote) -> Quote:
        article = self._versions[version].article
        start, end = trace.span
        words = article.text[start:end]
        sentences = tuple(self._searched[version].sentences_at(trace.span))
        if trace.inside:
            share = replace(trace.inside, id=f"{trace.inside.id}/{model.id}", marks="", sentences=sentences)
            return replace(share, text=words, parts=(words,), spans=(trace.span,))
        return Quote(f"i{start}", "indirect", words, (words,), (trace.span,), sentences=sentences)


@dataclass(frozen=True, slots=True)
class _Search:
    """What was found for the quotes that some version lacks.

    Attributes:
        found: By quote and the version where it was looked for.
    """

    marked: Sequence[MarkedArticle]
    found: dict[tuple[_Place, int], Trace | None]


def _places(group: GroupIndices) -> Iterator[_Place]:
    return ((version, place) for version, place in enumerate(group) if place is not None)


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
