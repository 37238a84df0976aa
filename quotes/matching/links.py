"""Which quotes of several versions are one passage: scores for pairs, then one-to-one links, then groups.

A quote's own words decide when they are many; a short one ("concern") repeats within an article and says little, so the
sentences it stands in and their alignment decide there.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from alignment.types import Alignment
from corpora.article import Article
from quotes.facts.names import name_similarity
from quotes.facts.vectors import Vectors
from quotes.matching.places import FAR, Counterparts, place_between
from quotes.types import MatchOptions, Quote

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from common.arrays import Doubles, Numbers

    Strings = NDArray[np.str_]

_NAME = "title"
_SPEECH = ("direct", "partial")
_HAN_LENGTH = 3
"""English or Russian characters that say what one Chinese character says, roughly."""
_ROWS_AT_ONCE = 64
_MOST_ASSIGNED = 400
"""Quotes on one side up to which the best sum is looked for, which takes the third power of their number."""
_NAMES_REMEMBERED = 65_536

Expected = Sequence[tuple[int, float]]
"""Sentences of the other version, each with how far from them the alignment knows of anything."""


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


class _Rows:
    """The quotes of one version as arrays, one entry a quote."""

    def __init__(self, version: QuotedVersion, vectors: Vectors) -> None:
        import numpy as np  # noqa: PLC0415 - heavy

        quotes = version.quotes
        self.quotes = quotes
        self.sentences = len(version.article.sentences)
        self.vectors = vectors.rows([quote.text for quote in quotes])
        self.lengths = np.array([max(1, weighted_length(quote.text)) for quote in quotes], np.float64)
        self.places = np.array([_relative_place(version.article, quote) for quote in quotes], np.float64)
        self.kinds = np.array([quote.kind for quote in quotes], np.str_)
        self.first = np.array([min(quote.sentences, default=0) for quote in quotes], np.int64)
        self.last = np.array([max(quote.sentences, default=0) for quote in quotes], np.int64)


def _relative_place(article: Article, quote: Quote) -> float:
    if not quote.sentences or not quote.spans:
        return 0.5
    sentence = article.sentences[quote.sentences[0]]
    middle = (quote.spans[0][0] + quote.spans[0][1]) / 2
    return min(1.0, max(0.0, (middle - sentence.start) / max(1, sentence.end - sentence.start)))


@dataclass(frozen=True)
class _Scorer:
    """Scores the quotes of one version (rows) with those of another (columns) that are not far from where expected."""

    first: _Rows
    second: _Rows
    counterparts: Counterparts
    options: MatchOptions

    def accepted(self) -> Iterator[tuple[int, int, float]]:
        """Yield row, column and score, from 0 to 1, of all pairs that score enough."""
        import numpy as np  # noqa: PLC0415 - heavy

        for start in range(0, len(self.first.quotes), _ROWS_AT_ONCE):
            rows = slice(start, start + _ROWS_AT_ONCE)
            expected = [self._expected(quote) for quote in self.first.quotes[rows]]
            places = [place for each in expected for place, _ in each]
            near = (self.second.last >= min(places) - FAR) & (self.second.first <= max(places) + FAR)
            columns = np.flatnonzero(near)
            if len(columns):
                scores = self._scores(rows, columns, self._nearness(expected, columns))
                for row, column in np.argwhere(scores >= self.options.accept):
                    yield start + int(row), int(columns[column]), float(scores[row, column])

    def _expected(self, quote: Quote) -> Expected:
        found = [one for source in quote.sentences for one in self.counterparts.expected(source)]
        guess = place_between(quote.sentences, (self.first.sentences, self.second.sentences))
        return found or [(guess, math.inf)]

    def _nearness(self, expected: Sequence[Expected], columns: "Numbers") -> "Doubles":
        """Return 1 where a quote stands in an expected sentence, less the farther away, 0 where nothing is expected."""
        import numpy as np  # noqa: PLC0415 - heavy

        sentences = [self.second.quotes[column].sentences or (math.inf,) for column in columns]
        flat = np.array([one for each in sentences for one in each], np.float64)
        starts = np.cumsum([0, *map(len, sentences)])[:-1]
        rows = []
        for places in expected:
            at, missing = np.array(places, np.float64).T[:, :, None]
            rows.append(np.minimum.reduceat((np.abs(flat - at) + missing).min(axis=0), starts))
        return np.asarray(1 / (1 + np.stack(rows)))

    def _scores(self, rows: slice, columns: "Numbers", nearness: "Doubles") -> "Doubles":
        """Return the weighted mean of all evidence; 0 where the speakers cannot make it enough."""
        import numpy as np  # noqa: PLC0415 - heavy

        first, second, options = self.first, self.second, self.options
        cosines = (first.vectors[rows] @ second.vectors[columns].T).astype(np.float64)
        lengths = np.broadcast_arrays(first.lengths[rows, None], second.lengths[columns])
        shorter, longer = np.minimum(*lengths), np.maximum(*lengths)
        trust = np.minimum(1.0, np.maximum(options.least_reliability, shorter / options.reliable_length))
        # Several short quotes of one sentence keep their order more often than not.
        order = 1 - 0.25 * np.abs(np.subtract.outer(first.places[rows], second.places[columns]))
        kinds = first.kinds[rows, None], second.kinds[columns]
        parts = (
            (options.text * trust, np.maximum(0.0, cosines)),
            (options.place + options.text * (1 - trust), nearness * order),
            (options.kind, _kind_fit(*kinds)),
            (options.length, np.sqrt(shorter / longer)),
        )
        told, total = np.zeros(cosines.shape), np.full(cosines.shape, options.speaker)
        for weight, value in parts:
            told += weight * value
            total += weight
        # An utterance is no name of a newspaper, however well the two stand in one place.
        direct, name = ([each == kind for each in kinds] for kind in ("direct", _NAME))
        refused = ((direct[0] & name[1]) | (name[0] & direct[1])) & (cosines < options.utterance_as_name)
        scores = np.zeros(cosines.shape)
        for at in np.argwhere(((told + options.speaker) / total >= options.accept) & ~refused):
            row, column = int(at[0]), int(at[1])
            fit = _speaker_fit(first.quotes[rows][row], second.quotes[columns[column]])
            scores[row, column] = (told[row, column] + options.speaker * fit) / total[row, column]
        return scores


def _kind_fit(one: "Strings", other: "Strings") -> "Doubles":
    import numpy as np  # noqa: PLC0415 - heavy

    speech = np.isin(one, _SPEECH) & np.isin(other, _SPEECH)
    # Extractors tell a scare quote from a partial one by the attribution alone, so the two are easily confused.
    return np.where(one == other, 1.0, np.where(speech, 0.9, 0.5))


def _speaker_fit(one: Quote, other: Quote) -> float:
    if one.speaker_name is None or other.speaker_name is None:
        return 0.5
    return _name_fit(one.speaker_name, other.speaker_name)


_name_fit = lru_cache(_NAMES_REMEMBERED)(name_similarity)


def assign(pairs: Iterable[tuple[int, int, float]], *, accept: float) -> list[tuple[int, int, float]]:
    """Choose pairs of rows and columns one to one so that the sum of the scores above `accept` is greatest.

    Rows and columns that no pair connects are none of each other's business, so each connected part is solved alone;
    a part of more than 400 quotes, as where all say much the same, by taking the best scores first.
    """
    found: list[tuple[int, int, float]] = []
    for part in _connected([pair for pair in pairs if pair[2] >= accept]):
        sizes = [len({pair[side] for pair in part}) for side in (0, 1)]
        found += _best_sum(part, accept) if max(sizes) <= _MOST_ASSIGNED else _best_first(part)
    return found


def _connected(pairs: Sequence[tuple[int, int, float]]) -> Iterable[list[tuple[int, int, float]]]:
    """Sort pairs into parts that have no row and no column in common."""
    head: dict[tuple[int, int], tuple[int, int]] = {}

    def root(node: tuple[int, int]) -> tuple[int, int]:
        """Return the node that represents a set, shortening the way to it."""
        while (above := head.setdefault(node, node)) != node:
            head[node] = head[above]
            node = head[node]
        return node

    for row, column, _ in pairs:
        head[root((0, row))] = root((1, column))
    parts: dict[tuple[int, int], list[tuple[int, int, float]]] = {}
    for pair in pairs:
        parts.setdefault(root((0, pair[0])), []).append(pair)
    return parts.values()


def _best_first(pairs: Sequence[tuple[int, int, float]]) -> Iterator[tuple[int, int, float]]:
    rows: set[int] = set()
    columns: set[int] = set()
    for row, column, score in sorted(pairs, key=lambda pair: (-pair[2], pair)):
        if row not in rows and column not in columns:
            rows.add(row)
            columns.add(column)
            yield row, column, score


def _best_sum(pairs: Sequence[tuple[int, int, float]], accept: float) -> Iterator[tuple[int, int, float]]:
    """Yield the best pairs.

    The Hungarian method with potentials, O(n³) (Kuhn 1955, doi:10.1002/nav.3800020109; the formulation with shortest
    augmenting paths is Jonker and Volgenant 1987, doi:10.1007/BF02278710).
    """
    import numpy as np  # noqa: PLC0415 - heavy

    rows, columns = (sorted({pair[side] for pair in pairs}) for side in (0, 1))
    size = max(len(rows), len(columns))
    place = [{name: at for at, name in enumerate(names)} for names in (rows, columns)]
    gains = np.zeros((size, size))
    scores = {(place[0][row], place[1][column]): (row, column, score) for row, column, score in pairs}
    for at, (_, _, score) in scores.items():
        gains[at] = score - accept
    yield from (scores[at] for at in _least_cost(-gains) if at in scores)


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
    rows = [_Rows(version, vectors) for version in versions]
    links = []
    for (one, other), alignment in sorted(alignments.items()):
        scorer = _Scorer(rows[one], rows[other], Counterparts(alignment), options)
        links += [
            QuoteLink((one, row), (other, column), score)
            for row, column, score in assign(scorer.accepted(), accept=options.accept)
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
