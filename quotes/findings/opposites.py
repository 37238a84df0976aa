"""Findings about words that exclude each other: "rise" and "fall", "killed" and "injured"."""

from collections.abc import Iterator, Sequence
from itertools import product

from corpora.offsets import Span
from quotes.facts.negation import by_clause, find_denials, find_implying
from quotes.facts.passages import Passage, PassagePair
from quotes.facts.scales import ScaleWord, correspond, find_poles, is_set
from quotes.facts.tokens import TokenLinks, linked, tokens_of
from quotes.findings.evidence import Evidence
from quotes.types import Finding

_SURELY = 0.5


def compare_opposites(pair: PassagePair) -> Iterator[Evidence]:
    """Give evidence for every concept whose one end only the first side has, and the other end only the second.

    `contrast`: words of a set, such as killed and injured. `opposite`: opposed words that correspond.
    `opposite_alone`: nothing corresponds to either of them.
    `opposite_denied`: the same end, denied on one side only while nothing on the other side denies.
    """
    poles = find_poles(pair.first), find_poles(pair.second)
    links = linked(pair)
    told: set[Span] = set()
    for concept in sorted({pole.concept for pole in poles[0]} & {pole.concept for pole in poles[1]}):
        first, second = ([pole for pole in side if pole.concept == concept] for side in poles)
        if is_set(concept):
            yield from _contrast(pair, links, first, second)
        elif feature := _grade(pair, links, first, second):
            # Words of several concepts are told once.
            fresh = first[0].span not in told
            told |= {pole.span for pole in first} if fresh else set()
            yield Evidence(feature, 1.0, _finding(pair, feature, first, second) if fresh else None)


def _contrast(
    pair: PassagePair, links: TokenLinks, first: Sequence[ScaleWord], second: Sequence[ScaleWord]
) -> Iterator[Evidence]:
    """Give evidence where either side has a word of a set that the other lacks, and the two may correspond."""
    ends = [{pole.place for pole in side} for side in (first, second)]
    left = [pole for pole in first if pole.place not in ends[1]], [pole for pole in second if pole.place not in ends[0]]
    found = [
        (one, other)
        for one in left[0]
        for other in left[1]
        if correspond(links, one, other) or _both_alone(links, one, other)
    ]
    if found:
        spans = [found[0][0].span], [found[0][1].span]
        yield Evidence("contrast", 1.0, pair.finding("contrast", "serious", spans, "words_differ"))


def antonym_denied(one_side: Passage, other_side: Passage) -> bool:
    """Return whether one side denies the opposite of what the other says: "not bad" and "good"."""
    first, second = find_poles(one_side), find_poles(other_side)
    return any(
        one.concept == other.concept and one.place != other.place and one.denied != other.denied
        for one in first
        for other in second
    )


def _grade(pair: PassagePair, links: TokenLinks, first: list[ScaleWord], second: list[ScaleWord]) -> str | None:
    ends = [{pole.holds for pole in side} for side in (first, second)]
    if len(ends[0]) != 1 or len(ends[1]) != 1 or ends[0] == ends[1]:
        return None
    counts = [_denying(side, poles) for side, poles in ((pair.first, first), (pair.second, second))]
    if any(pole.denied for pole in (*first, *second)):
        clear = len({pole.place for pole in (*first, *second)}) == 1 and not all(counts)
        quiet = pair.second if any(pole.denied for pole in first) else pair.first
        return "opposite_denied" if clear and not find_implying(quiet) else None
    if counts[0] != counts[1]:  # then a word may be an antonym that is denied
        return None
    if any(correspond(links, one, other) for one in first for other in second):
        return "opposite"
    return "opposite_alone" if any(_both_alone(links, *two) for two in product(first, second)) else None


def _both_alone(links: TokenLinks, one: ScaleWord, other: ScaleWord) -> bool:
    """Return whether nothing corresponds to either of two words, so that one may stand for the other."""
    return not any(
        score > _SURELY and (one.first <= i < one.last or other.first <= j < other.last)
        for (i, j), score in links.items()
    )


def _denying(passage: Passage, poles: list[ScaleWord]) -> int:
    """How many clauses of a passage are denied, by words that are not themselves one of some poles."""
    inside = {index for pole in poles for index in range(pole.first, pole.last)}
    tokens = tokens_of(passage)
    return len(
        by_clause(tokens, [d for d in find_denials(tokens, passage.language) if not d.soft and d.first not in inside])
    )


def _finding(pair: PassagePair, feature: str, first: list[ScaleWord], second: list[ScaleWord]) -> Finding:
    spans = tuple(pole.span for pole in first), tuple(pole.span for pole in second)
    if feature == "opposite_denied":
        denied = (spans[0], ()) if any(pole.denied for pole in first) else ((), spans[1])
        return pair.finding("negation", "warning", denied, "negation")
    return pair.finding("opposite", "warning" if feature == "opposite_alone" else "serious", spans, "opposite")
