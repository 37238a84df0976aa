"""Findings about opposite words: "rise" on one side, "fall" on the other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from common.data import load_table
from corpora.offsets import Span
from quotes.facts.negation import Denial, by_clause, denied, find_denials, find_implying
from quotes.facts.passages import Passage, PassagePair
from quotes.facts.phrases import Hit, Phrases
from quotes.facts.tokens import Token, TokenLinks, linked, span_of, tokens_of
from quotes.findings.evidence import Evidence
from quotes.types import Finding

_LANGUAGES = ("en", "ru", "zh")
_TOLD = frozenset({"opposite", "opposite_swapped"})
"""A word that is only denied on one side is told by the comparison of denials."""


@dataclass(frozen=True, slots=True)
class Pole:
    """Words that stand at one end of a pair of opposites.

    Attributes:
        concept: Name of the pair.
        end: True for the first end of the two.
        denied: Whether something turns them into the other end.
        first: Index of the first word.
        last: Index after the last.
        span: Code points into the article's text.
    """

    concept: str
    end: bool
    denied: bool
    first: int
    last: int
    span: Span

    @property
    def holds(self) -> bool:
        """Tell which end is meant when what denies the words is taken into account."""
        return self.end != self.denied


def find_poles(passage: Passage) -> list[Pole]:
    """Return every word of a passage that is an end of a pair of opposites, in order."""
    tokens = tokens_of(passage)
    denials = find_denials(tokens, passage.language)
    found = []
    for hit in _phrases(passage.language).find(tokens):
        near = [denial for denial in denials if _beside(tokens, denial, hit, passage.language)]
        span = span_of(tokens[hit.first : hit.last])
        for label in hit.labels:
            concept, end = label.rsplit(".", 1)
            turned = denied(near if concept in _nouns() else denials, hit.first, hit.last)
            found.append(Pole(concept, end == "0", turned, hit.first, hit.last, span))
    return found


def _beside(tokens: Sequence[Token], denial: Denial, hit: Hit, language: str) -> bool:
    """Return whether only words such as articles stand between a denial and some words: "not in the city"."""
    glue: str = load_table(__name__, "opposites.toml")["noun"]["glue"][language]
    first, last = (hit.last, denial.first) if hit.last <= denial.first else (denial.last, hit.first)
    return all(token.form in glue.split() for token in tokens[first:last])


@cache
def _nouns() -> frozenset[str]:
    """Concepts of things: "not leave the city" denies the leaving, not the city."""
    return frozenset(load_table(__name__, "opposites.toml")["noun"]["concepts"].split())


def compare_opposites(pair: PassagePair) -> Iterator[Evidence]:
    """Give evidence for every concept whose one end only the first side has, and the other end only the second.

    `opposite`: opposed words that correspond. `opposite_apart`: they stand in places that do not.
    `opposite_unclear`: one side denies more often, so that its word may be an antonym that was denied.
    `opposite_denied`: the same end, denied on one side only while nothing on the other side denies.
    `opposite_swapped`: both sides have both ends, but words of opposite ends correspond.
    """
    poles = find_poles(pair.first), find_poles(pair.second)
    links = linked(pair)
    told: set[Span] = set()
    for concept in sorted({pole.concept for pole in poles[0]} & {pole.concept for pole in poles[1]}):
        first, second = ([pole for pole in side if pole.concept == concept] for side in poles)
        feature = _grade(pair, links, first, second) if _disjoint(first, second) else None
        if feature is None and (swapped := _swapped(links, first, second)):
            feature, first, second = "opposite_swapped", [swapped[0]], [swapped[1]]
        if feature is None:
            continue
        # Words of several concepts are told once.
        fresh = feature in _TOLD and first[0].span not in told
        told |= {pole.span for pole in first} if fresh else set()
        yield Evidence(feature, 1.0, _finding(pair, first, second) if fresh else None)


def antonym_denied(one_side: Passage, other_side: Passage) -> bool:
    """Return whether one side denies the opposite of what the other says: "not bad" and "good"."""
    first, second = find_poles(one_side), find_poles(other_side)
    return any(
        one.concept == other.concept and one.end != other.end and one.denied != other.denied
        for one in first
        for other in second
    )


def _disjoint(first: list[Pole], second: list[Pole]) -> bool:
    ends = [{pole.holds for pole in side} for side in (first, second)]
    return len(ends[0]) == len(ends[1]) == 1 and ends[0] != ends[1]


def _swapped(links: TokenLinks, first: list[Pole], second: list[Pole]) -> tuple[Pole, Pole] | None:
    """Find words of opposite ends that correspond where neither answers a word of its own end."""
    pairs = [(one, other) for one in first for other in second if _answer(links, one, other, near=0)]
    same = {pole for two in pairs if two[0].holds == two[1].holds for pole in two}
    for one, other in pairs:
        if one not in same and other not in same and not one.denied and not other.denied:
            return one, other
    return None


def _grade(pair: PassagePair, links: TokenLinks, first: list[Pole], second: list[Pole]) -> str:
    counts = [_denying(side, poles) for side, poles in ((pair.first, first), (pair.second, second))]
    if any(pole.denied for pole in (*first, *second)):
        clear = len({pole.end for pole in (*first, *second)}) == 1 and not all(counts)
        quiet = pair.second if any(pole.denied for pole in first) else pair.first
        return "opposite_denied" if clear and not find_implying(quiet) else "opposite_unclear"
    if counts[0] != counts[1]:
        return "opposite_unclear"
    answer = any(_answer(links, one, other, near=1) for one in first for other in second)
    return "opposite" if answer else "opposite_apart"


def _answer(links: TokenLinks, one: Pole, other: Pole, *, near: int) -> bool:
    """Return whether two words correspond, or words up to `near` places off them do."""
    return any(
        (i, j) in links
        for i in range(one.first - near, one.last + near)
        for j in range(other.first - near, other.last + near)
    )


def _denying(passage: Passage, poles: list[Pole]) -> int:
    """How many clauses of a passage are denied, by words that are not themselves one of some poles."""
    inside = {index for pole in poles for index in range(pole.first, pole.last)}
    tokens = tokens_of(passage)
    return len(
        by_clause(tokens, [d for d in find_denials(tokens, passage.language) if not d.soft and d.first not in inside])
    )


def _finding(pair: PassagePair, first: list[Pole], second: list[Pole]) -> Finding:
    spans = tuple(pole.span for pole in first), tuple(pole.span for pole in second)
    return Finding("opposite", "serious", pair.message("opposite", spans), *spans)


@cache
def _phrases(language: str) -> Phrases:
    place = _LANGUAGES.index(language)
    data = load_table(__name__, "opposites.toml")
    entries = {
        f"{name}.{end}": pole.split(";")[place].split()
        for name, poles in data["pair"].items()
        for end, pole in enumerate(poles)
    }
    return Phrases(language, entries, data["not"][language].split())
