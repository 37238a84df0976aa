"""Findings about certainty, obligation and degree, from ordered scales: "ask" against "demand"."""

from collections.abc import Iterator, Sequence
from itertools import product

from quotes.facts.passages import PassagePair
from quotes.facts.scales import ANY, ScaleWord, correspond, find_degrees, group_labels, scale_length
from quotes.facts.tokens import TokenLinks, linked
from quotes.findings.evidence import Evidence

_SURELY = 0.5
_ANSWERED_STRENGTH = 0.4
"""Strength of a word that only one side has where a word of the other side, of an unknown level, answers it."""


def compare_modality(pair: PassagePair) -> Iterator[Evidence]:
    """Give evidence for words of one scale that stand at different levels, or that only one side has.

    `degree_clash`: words that correspond; the strength is their distance over the length of the scale.
    `lone_hedge`, `lone_boost`: a careful, a strong word, and nothing of the scale on the other side.
    """
    sides = find_degrees(pair.first), find_degrees(pair.second)
    links = linked(pair)
    alone: tuple[list[ScaleWord], list[ScaleWord]] = ([], [])
    for scale in sorted({degree.concept for side in sides for degree in side}):
        first, second = ([degree for degree in side if degree.concept == scale] for side in sides)
        if not first or not second:
            alone[0].extend(first)
            alone[1].extend(second)
        elif (known := _apart(first, second)) and (clash := _clash(pair, links, *known)):
            yield clash
    yield from _lone(pair, links, alone)


def _apart(first: Sequence[ScaleWord], second: Sequence[ScaleWord]) -> tuple[list[ScaleWord], list[ScaleWord]] | None:
    """Return the words of known levels where both sides have such words and no level in common."""
    known = [[degree for degree in side if degree.place != ANY] for side in (first, second)]
    common = {degree.place for degree in known[0]} & {degree.place for degree in known[1]}
    return (known[0], known[1]) if all(known) and not common else None


def _clash(
    pair: PassagePair, links: TokenLinks, first: Sequence[ScaleWord], second: Sequence[ScaleWord]
) -> Evidence | None:
    if not any(correspond(links, *two) for two in product(first, second)):
        return None
    one, other = min(product(first, second), key=lambda two: abs(two[0].place - two[1].place))
    strength = abs(one.place - other.place) / scale_length(one.concept)
    finding = pair.finding("degree", "warning", ([one.span], [other.span]), "degree_changed")
    return Evidence("degree_clash", strength, finding)


def _lone(pair: PassagePair, links: TokenLinks, alone: tuple[list[ScaleWord], list[ScaleWord]]) -> Iterator[Evidence]:
    for group, labels in group_labels().items():
        first, second = ([d for d in side if f"{d.concept}.{d.place}" in labels] for side in alone)
        if bool(first) == bool(second):
            continue
        side, found = (0, first) if first else (1, second)
        strength = max(_ANSWERED_STRENGTH if _answered(links, side, degree) else 1.0 for degree in found)
        spans = tuple(dict.fromkeys(degree.span for degree in found))
        finding = pair.finding("degree", "note", ((), spans) if side else (spans, ()), "degree_lone")
        yield Evidence(f"lone_{group}", strength, finding if strength == 1 else None)


def _answered(links: TokenLinks, side: int, degree: ScaleWord) -> bool:
    inside = range(degree.first, degree.last)
    return any(words[side] in inside and score > _SURELY for words, score in links.items())
