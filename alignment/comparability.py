"""Whether two documents are versions of one another, judged by the coarse pass.

Three features support it: mutually best sentences are more similar than others, most of them are in the same order, and
they cover much of the shorter document. A logistic model weighs them (`comparability.toml`).
"""

import math
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import cache
from typing import TYPE_CHECKING

from alignment.types import Relation
from common.data import load_table
from common.messages import decimal_text, message

if TYPE_CHECKING:
    from alignment.first_pass.anchors import Survey

_FEW = 3
_EVEN = 0.5


@dataclass(frozen=True, slots=True)
class RelationWeights:
    """The model, from `comparability.toml`.

    Attributes:
        bias: Log-odds without evidence; its prior is that two documents given to be aligned are versions of one another
            twice as often as not.
        likeness: Weight of the similarity of mutually best sentences, from unrelated (0) to identical (1).
        order: Weight of log(1 + `surprise`).
        share: Weight of the share of the shorter document in the longest chain in order.
    """

    bias: float
    likeness: float
    order: float
    share: float


@dataclass(frozen=True, slots=True)
class RelationFeatures:
    """Features of two documents after the coarse pass.

    Attributes:
        sentences: Sentences of the shorter document, at least 1.
        pairs: Pairs of mutually best sentences.
        chain: Pairs in the longest chain in the same order.
        related: Typical cosine of such a pair.
        unrelated: Typical cosine of two other sentences.
    """

    sentences: int
    pairs: int
    chain: int
    related: float
    unrelated: float

    @classmethod
    def of(cls, source: int, target: int, survey: "Survey") -> "RelationFeatures":
        """Return the features of a survey of two documents with these numbers of sentences, neither of them 0."""
        columns = [int(column) for _, column in survey.pairs]
        return cls(min(source, target), len(columns), longest_chain(columns), survey.related, survey.unrelated)

    @property
    def likeness(self) -> float:
        """Similarity of the pairs, from 0 (unrelated sentences) to 1 (identical)."""
        return (self.related - self.unrelated) / (1.0 - self.unrelated) if self.pairs else 0.0

    def features(self) -> tuple[float, float, float, float]:
        """Return the features in the order of the fields of `RelationWeights`."""
        return 1.0, self.likeness, math.log1p(surprise(self.pairs, self.chain)), self.chain / self.sentences


def judge_relation(
    source: int, target: int, survey: "Survey | None", weights: RelationWeights | None = None
) -> Relation:
    """Judge whether two documents are versions of one another.

    Up to three sentences are little evidence: the probability then stays near one half, and never falls below it. A
    document that covers only a part of the other, or more than it, is a version of it.

    Args:
        source: Number of sentences of one document.
        target: Of the other.
        survey: Result of the coarse pass; None if one of them is empty.
        weights: The model; None for the trained one.

    Returns:
        The relation; `related` is true from a probability of one half.

    Example:
        >>> judge_relation(0, 12, None)
        Relation(related=False, probability=0.0, reason='one of them is empty')
    """
    if survey is None or not (source and target):
        return Relation(related=False, probability=0.0, reason=message("relation.empty"))
    seen = RelationFeatures.of(source, target, survey)
    probability = _probability(seen, weights or load_relation())
    return Relation(probability >= _EVEN, probability, _reason(seen, probability))


def longest_chain(columns: Iterable[int]) -> int:
    """Return the length of the longest strictly ascending subsequence."""
    tails: list[int] = []
    for column in columns:
        place = bisect_left(tails, column)
        tails[place : place + 1] = [column]
    return len(tails)


def surprise(pairs: int, chain: int) -> float:
    """Return how surprising a chain is if the pairs are in random order, from 0.

    It is minus the logarithm of the number of chains of that length expected among as many pairs in random order,
    C(pairs, chain) / chain!, which bounds the probability that there is one.
    """
    expected = math.lgamma(pairs + 1) - math.lgamma(pairs - chain + 1) - 2 * math.lgamma(chain + 1)
    return max(-expected, 0.0)


def _probability(seen: RelationFeatures, weights: RelationWeights) -> float:
    values = [getattr(weights, field.name) for field in fields(weights)]
    odds = sum(value * feature for value, feature in zip(values, seen.features(), strict=True))
    if seen.sentences <= _FEW:
        odds = max(odds, 0.0) * seen.sentences / (_FEW + 1)
    return 1.0 / (1.0 + math.exp(-odds))


def _reason(seen: RelationFeatures, probability: float) -> str:
    name = "relation.pairs" if probability >= _EVEN else "relation.pairs_found"
    if probability < _EVEN and seen.sentences > _FEW and 2 * seen.pairs < seen.sentences:
        name = "relation.pairs_few"
    counted = message(name, seen.pairs, sentences=seen.sentences)
    alike = message("relation.alike", related=decimal_text(seen.related, 2), unrelated=decimal_text(seen.unrelated, 2))
    parts = (counted, _order(seen), alike)
    if seen.sentences <= _FEW:
        parts = (counted, alike, message("relation.little"))
    return message("list.comma").join(filter(None, parts))


def _order(seen: RelationFeatures) -> str:
    """Return a phrase on the order of the pairs; empty if none is visible."""
    if seen.pairs <= 1:
        return ""
    if seen.chain == seen.pairs:
        return message("relation.order")
    chance = surprise(seen.pairs, seen.chain) == 0
    return message("relation.order_chance" if chance else "relation.order_some", seen.chain)


@cache
def load_relation() -> RelationWeights:
    """Load the trained weights; `training.comparability` fits them."""
    return RelationWeights(**load_table(__name__, "comparability.toml"))
