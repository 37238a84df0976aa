"""Finds which articles are versions of one story: of about the same days, and each other's likest elsewhere.

Names in common were tried beside the encoder and left out: `benchmarks.corpora.story_versions` found no more with them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Final

import numpy as np

from alignment import load_encoder
from common.arrays import Floats
from common.errors import TolmachError
from corpora.article import Article
from corpora.languages import base_language
from tolmach.corpus.records import CorpusRecord, Source

DAYS: Final = 2
"""Most days between two versions of a story: a translation appears the next day, over a weekend the one after."""
LEAD: Final = 1_000
"""Characters of an article that are compared: headline and first paragraphs, which all versions have."""
LEAST: Final = 0.55
"""Least cosine of two versions, chosen on half of the documents of `benchmarks.corpora.story_versions`."""
_AT_ONCE: Final = 256
"""Articles whose vectors are computed, and compared with others, at once."""


@dataclass(frozen=True, slots=True)
class Traits:
    """What of an article is compared.

    Attributes:
        id: The record.
        day: Day of publication, as a number; 0 if not known.
        kind: Language and outlet: two articles that share both are no versions of one another.
    """

    id: str
    day: int
    kind: tuple[str, str | None]


def find_stories(entries: Iterable[CorpusRecord], source: Source) -> dict[str, str]:
    """Return the story of each record that has versions, by its id; articles that cannot be read are left out.

    Args:
        entries: The records.
        source: Reads them.
    """
    articles = _articles(entries, source)
    traits: list[Traits] = []
    vectors: list[Floats] = []
    while part := list(islice(articles, _AT_ONCE)):
        traits += [traits_of(name, article) for name, article in part]
        vectors.append(load_encoder().encode([article.text[:LEAD] for _, article in part]).astype(np.float16))
    if not traits:
        return {}
    return name_stories(traits, link_versions(traits, np.concatenate(vectors)))


def traits_of(name: str, article: Article) -> Traits:
    """Return what of an article is compared beside its vector."""
    return Traits(name, _day(article.meta.date), (base_language(article.language), article.meta.outlet))


def link_versions(traits: Sequence[Traits], vectors: Floats, least: float = LEAST) -> list[tuple[int, int]]:
    """Return the pairs of articles that are each other's likest in a language and outlet.

    Args:
        traits: The articles.
        vectors: Their unit vectors, which may be in half precision.
        least: Least cosine of a pair.
    """
    best: dict[tuple[int, tuple[str, str | None]], tuple[float, int]] = {}
    for first, second, cosine in _candidates(traits, vectors, least):
        for one, other in ((first, second), (second, first)):
            place = (one, traits[other].kind)
            best[place] = max(best.get(place, (least, -len(traits))), (cosine, -other))
    chosen = {(one, kind): -other for (one, kind), (_, other) in best.items()}  # the first of equally alike ones
    return [
        (one, other)
        for (one, _), other in sorted(chosen.items(), key=lambda item: item[0][0])
        if one < other and chosen[other, traits[one].kind] == one
    ]


def name_stories(traits: Sequence[Traits], links: Iterable[tuple[int, int]]) -> dict[str, str]:
    """Return the story of each linked article: a tilde and the id of its first version."""
    parent = list(range(len(traits)))

    def first_of(at: int) -> int:
        """Return the record that represents a set, shortening the way to it."""
        while parent[at] != at:
            parent[at] = at = parent[parent[at]]
        return at

    linked: set[int] = set()
    for pair in links:
        linked.update(pair)
        one, other = sorted(map(first_of, pair))
        parent[other] = one
    return {traits[at].id: f"~{traits[first_of(at)].id}" for at in sorted(linked)}


def _candidates(traits: Sequence[Traits], vectors: Floats, least: float) -> Iterator[tuple[int, int, float]]:
    """Yield the pairs of different kinds, of about the same days, that are alike enough."""
    order = sorted(range(len(traits)), key=lambda at: traits[at].day)
    days = np.array([traits[at].day for at in order])
    for start in range(0, len(order), _AT_ONCE):
        mine = order[start : start + _AT_ONCE]
        # Nothing before the chunk: those pairs were compared with the earlier one.
        stop = int(np.searchsorted(days, days[start + len(mine) - 1] + DAYS, side="right"))
        others = order[start:stop]
        cosines = vectors[mine].astype(np.float32) @ vectors[others].astype(np.float32).T
        for row, column in zip(*np.nonzero(cosines >= least), strict=True):
            one, other = mine[row], others[column]
            near = abs(traits[one].day - traits[other].day) <= DAYS
            if row < column and near and traits[one].kind != traits[other].kind:
                yield min(one, other), max(one, other), float(cosines[row, column])


def _articles(entries: Iterable[CorpusRecord], source: Source) -> Iterator[tuple[str, Article]]:
    for entry in entries:
        try:
            if not entry.error:
                yield entry.id, source.load(entry)
        except TolmachError:  # it goes to the quarantine when its block is done
            continue


def _day(text: str | None) -> int:
    try:
        return date.fromisoformat((text or "")[:10]).toordinal()
    except ValueError:
        return 0
