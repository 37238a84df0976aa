"""Findings about how many and how often, where no number says it: all for most, always for sometimes."""

from collections.abc import Iterator, Mapping

from corpora.offsets import Span
from quotes.facts.passages import PassagePair
from quotes.facts.shares import SaidShares, find_shares, lone_strength, opposed_shares
from quotes.findings.evidence import Evidence
from quotes.types import FindingValues

_HALF_SURE = 0.7
"""Strength where a word of many uses on one side may express what the other says."""
_TOLD = 0.5
"""Strength from which a quantifier that only one side has is worth a line."""


def compare_quantifiers(pair: PassagePair) -> Iterator[Evidence]:
    """Give evidence where one side says another share or frequency than the other.

    `quantifier_changed` has strength 0.7 to 1; `quantifier_lone`, for one that only one side has, at most 0.7.
    """
    first, second = find_shares(pair.first), find_shares(pair.second)
    lone = [own.said.keys() - other.possible for own, other in ((first, second), (second, first))]
    clash = _clash(first, second)
    if clash:
        one, other = first.said[clash[0]], second.said[clash[1]]
        sure = clash[0] in lone[0] and clash[1] in lone[1]
        finding = pair.finding("number", "warning", (one, other), "number_changed", values=FindingValues(*clash))
        yield Evidence("quantifier_changed", 1.0 if sure else _HALF_SURE, finding)
        return
    for side, categories in enumerate(lone):
        yield from _lone(pair, side, {name: (first, second)[side].said[name] for name in sorted(categories)})


def _clash(first: SaidShares, second: SaidShares) -> tuple[str, str] | None:
    """Find opposed words, neither of them said on the other side, and one of them not even possible there."""
    pairs = [
        (one, other)
        for one in sorted(first.said.keys() - second.said.keys())
        for other in opposed_shares().get(one, [])
        if other in second.said and other not in first.said
    ]
    sure = [pair for pair in pairs if pair[0] not in second.possible and pair[1] not in first.possible]
    likely = [pair for pair in pairs if pair[0] not in second.possible or pair[1] not in first.possible]
    return next(iter([*sure, *likely]), None)


def _lone(pair: PassagePair, side: int, said: Mapping[str, tuple[Span, ...]]) -> Iterator[Evidence]:
    for category, spans in said.items():
        strength = lone_strength(category)
        values = FindingValues(None, category) if side else FindingValues(category, None)
        where: tuple[tuple[Span, ...], tuple[Span, ...]] = ((), spans) if side else (spans, ())
        finding = pair.finding("number", "note", where, "quantifier_lone", values=values)
        yield Evidence("quantifier_lone", strength, finding if strength >= _TOLD else None)
