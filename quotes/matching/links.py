"""Which quotes of several versions are one passage: scores for every pair, then one-to-one links, then groups.

A quote's own words decide when they are many; a short one ("concern") repeats within an article and says little, so the
sentences it stands in and their alignment decide there.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from alignment.types import Alignment
from corpora.article import Article
from quotes.facts.names import name_similarity
from quotes.facts.vectors import Vectors
from quotes.options import MatchOptions
from quotes.types import Quote

if TYPE_CHECKING:
    from common.arrays import Doubles

_NAMES = frozenset({"title"})
_SPEECH = frozenset({"direct", "partial"})
_HAN_LENGTH = 3
"""English or Russian characters that say what one Chinese character says, roughly."""


@dataclass(frozen=True, slots=True)
class QuotedVersion:
    """One article and its quotes."""

    article: Article
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class QuoteLink:
    """Two quotes taken for one passage.

    Attributes:
        first: Index of the version and of the quote in it.
        second: The same on the other side; its version comes later.
        score: From 0 (nothing in common) to 1.
    """

    first: tuple[int, int]
    second: tuple[int, int]
    score: float


GroupIndices = tuple[int | None, ...]
"""For each version the index of its quote, None where it has none."""


def weighted_length(text: str) -> int:
    """Count characters so that a text and its translation come out about equal: a Han character counts as three."""
    han = sum("\N{CJK UNIFIED IDEOGRAPH-4E00}" <= character <= "\N{CJK UNIFIED IDEOGRAPH-9FFF}" for character in text)
    return len(text) + (_HAN_LENGTH - 1) * han


def score_quotes(
    first: QuotedVersion, second: QuotedVersion, alignment: Alignment, *, vectors: Vectors, options: MatchOptions
) -> "Doubles":
    """Score every quote of `first` (rows) against every quote of `second` (columns), from 0 to 1.

    Args:
        first: A version.
        second: Another version.
        alignment: How the sentences of `first` answer those of `second`.
        vectors: Embeddings.
        options: Weights.
    """
    import numpy as np  # noqa: PLC0415 - heavy

    cosines = vectors.cosines([q.text for q in first.quotes], [q.text for q in second.quotes])
    scores = np.zeros(cosines.shape)
    answers = _Answers(alignment)
    for row, one in enumerate(first.quotes):
        for column, other in enumerate(second.quotes):
            place = answers.nearness(one.sentences, other.sentences) * _order_fit(
                (first.article, one), (second.article, other)
            )
            scores[row, column] = _combine(one, other, (float(cosines[row, column]), place), options)
    return scores


def _combine(one: Quote, other: Quote, evidence: tuple[float, float], options: MatchOptions) -> float:
    cosine, place = evidence
    kinds = {one.kind, other.kind}
    if "direct" in kinds and _NAMES & kinds and cosine < options.utterance_as_name:
        return 0.0  # an utterance is no name of a newspaper, however well the two stand in one place
    lengths = sorted((max(1, weighted_length(one.text)), max(1, weighted_length(other.text))))
    trust = min(1.0, max(options.least_reliability, lengths[0] / options.reliable_length))
    parts = (
        (options.text * trust, max(0.0, cosine)),
        (options.place + options.text * (1 - trust), place),
        (options.kind, _kind_fit(one.kind, other.kind)),
        (options.length, math.sqrt(lengths[0] / lengths[1])),
        (options.speaker, _speaker_fit(one, other)),
    )
    return sum(weight * value for weight, value in parts) / sum(weight for weight, _ in parts)


def _kind_fit(one: str, other: str) -> float:
    if one == other:
        return 1.0
    if one in _SPEECH and other in _SPEECH:
        return 0.9
    # Extractors tell a scare quote from a partial one by the attribution alone, so the two are easily confused.
    return 0.5


def _speaker_fit(one: Quote, other: Quote) -> float:
    names = one.speaker_name, other.speaker_name
    if names[0] is None or names[1] is None:
        return 0.5
    return name_similarity(names[0], names[1])


def _order_fit(first: tuple[Article, Quote], second: tuple[Article, Quote]) -> float:
    # Several short quotes of one sentence keep their order more often than not.
    return 1 - 0.25 * abs(_relative_place(*first) - _relative_place(*second))


def _relative_place(article: Article, quote: Quote) -> float:
    if not quote.sentences or not quote.spans:
        return 0.5
    sentence = article.sentences[quote.sentences[0]]
    middle = (quote.spans[0][0] + quote.spans[0][1]) / 2
    return min(1.0, max(0.0, (middle - sentence.start) / max(1, sentence.end - sentence.start)))


class _Answers:
    """Where the sentences of the first version have their counterparts, also those that the alignment leaves alone."""

    def __init__(self, alignment: Alignment) -> None:
        self._targets = {source: bead.target for bead in alignment.beads if bead.target for source in bead.source}

    def nearness(self, sources: Sequence[int], targets: Sequence[int]) -> float:
        """Return 1 where a target answers a source, less the farther they are apart, 0 where nothing is known."""
        gaps = [
            abs(expected - target) + missing
            for source in sources
            for expected, missing in self._expected(source)
            for target in targets
        ]
        return 1 / (1 + min(gaps)) if gaps else 0.0

    def _expected(self, source: int) -> Iterable[tuple[int, int]]:
        if source in self._targets:
            return [(target, 0) for target in self._targets[source]]
        known = sorted(self._targets, key=lambda other: abs(other - source))[:2]
        return [(target, abs(other - source)) for other in known for target in self._targets[other]]


def assign(scores: "Doubles", *, accept: float) -> list[tuple[int, int]]:
    """Pair rows with columns one to one so that the sum of the scores above `accept` is greatest.

    The Hungarian method with potentials, O(n³) (Kuhn 1955, doi:10.1002/nav.3800020109; the formulation with shortest
    augmenting paths is Jonker and Volgenant 1987, doi:10.1007/BF02278710).

    Args:
        scores: Higher is better.
        accept: Pairs that score less are never made.
    """
    import numpy as np  # noqa: PLC0415 - heavy

    rows, columns = scores.shape
    size = max(rows, columns)
    if not rows or not columns:
        return []
    gains = np.zeros((size, size))
    gains[:rows, :columns] = np.maximum(0.0, scores - accept)
    chosen = _least_cost(-gains)
    return [
        (row, column) for row, column in chosen if row < rows and column < columns and scores[row, column] >= accept
    ]


def _least_cost(costs: "Doubles") -> list[tuple[int, int]]:
    import numpy as np  # noqa: PLC0415 - heavy

    size = len(costs)
    row_price, column_price = np.zeros(size + 1), np.zeros(size + 1)
    owner = np.zeros(size + 1, dtype=int)
    for row in range(1, size + 1):
        owner[0] = row
        column, slack = 0, np.full(size + 1, np.inf)
        came_from, seen = np.zeros(size + 1, dtype=int), np.zeros(size + 1, dtype=bool)
        while owner[column]:
            seen[column] = True
            reduced = costs[owner[column] - 1] - row_price[owner[column]] - column_price[1:]
            better = ~seen[1:] & (reduced < slack[1:])
            slack[1:][better], came_from[1:][better] = reduced[better], column
            nearest = int(np.argmin(np.where(seen[1:], np.inf, slack[1:]))) + 1
            step = slack[nearest]
            row_price[owner[seen]] += step
            column_price[seen] -= step
            slack[~seen] -= step
            column = nearest
        while column:
            owner[column] = owner[came_from[column]]
            column = int(came_from[column])
    return [(int(owner[column]) - 1, column - 1) for column in range(1, size + 1)]


def link_versions(
    versions: Sequence[QuotedVersion],
    alignments: Mapping[tuple[int, int], Alignment],
    *,
    vectors: Vectors,
    options: MatchOptions,
) -> list[QuoteLink]:
    """Link the quotes of every two versions, each quote with at most one of each other version."""
    vectors.add(quote.text for version in versions for quote in version.quotes)
    links = []
    for (one, other), alignment in sorted(alignments.items()):
        scores = score_quotes(versions[one], versions[other], alignment, vectors=vectors, options=options)
        links += [
            QuoteLink((one, row), (other, column), float(scores[row, column]))
            for row, column in assign(scores, accept=options.accept)
        ]
    return links


def group_quotes(versions: Sequence[QuotedVersion], links: Sequence[QuoteLink]) -> list[GroupIndices]:
    """Join links into groups of at most one quote a version; where links contradict each other the better score wins.

    Returns:
        Every quote of every version in exactly one group, in order of appearance.
    """
    group_of = {
        (version, quote): {version: quote}
        for version, content in enumerate(versions)
        for quote in range(len(content.quotes))
    }
    for link in sorted(links, key=lambda link: (-link.score, link.first, link.second)):
        one, other = group_of[link.first], group_of[link.second]
        if one is other or one.keys() & other.keys():
            continue
        one.update(other)
        for member in other.items():
            group_of[member] = one
    distinct = {id(group): group for group in group_of.values()}.values()
    ordered = sorted(distinct, key=lambda group: _first_appearance(versions, group))
    return [tuple(group.get(version) for version in range(len(versions))) for group in ordered]


def _first_appearance(versions: Sequence[QuotedVersion], group: Mapping[int, int]) -> tuple[float, int]:
    version = min(group)
    content = versions[version]
    spans = content.quotes[group[version]].spans
    return (spans[0][0] / max(1, len(content.article.text)) if spans else 0.0, version)
