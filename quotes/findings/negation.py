"""Findings about "not": said on one side only."""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass

from quotes.facts.negation import Denial, by_clause, crosses_border, find_denials, find_implying, in_force
from quotes.facts.passages import Passage, PassagePair
from quotes.facts.tokens import TokenLinks, linked, span_of, tokens_of
from quotes.facts.vectors import Vectors
from quotes.findings.evidence import Evidence
from quotes.findings.opposites import antonym_denied
from quotes.types import Finding, Severity

DenialClause = tuple[Denial, ...]
_SURELY = 0.4
_NEAR = 2
_CLAUSE = 4
"""Words within which it may deny where both sides deny something, so that there is more to mistake."""
_NEXT = 3
_PREFIXES = ("un", "in", "im", "dis", "не", "без")
_ALIKE = 1.1
"""Cosine of the denied words plus share of all words answered from which two sides differ in little but the denial."""
_TOLD: dict[str, Severity] = {
    "negation_flipped": "serious",
    "negation_lone": "warning",
    "negation_doubled": "note",
}


@dataclass(frozen=True, slots=True)
class _Turned:
    """A pair with the side that denies more, `has`, in front of the other; `links` are turned likewise."""

    has: Passage
    lacks: Passage
    vectors: Vectors
    links: TokenLinks


def compare_negation(pair: PassagePair) -> Iterator[Evidence]:
    """Give evidence for every clause that is denied on one side only.

    Denials are matched through the words that correspond; Russian denies twice what English denies once, so the
    words of one clause count as one denial. What is left over is graded:

    `negation_flipped`: what it denies is answered on the other side by like words that nothing denies.
    `negation_lone`: nothing answers what it denies.
    `negation_doubled`: the other side denies too, but less often.

    Nothing is said where the words that answer are less alike, as in an honest rewording, or where the other side
    denies by what a word means or by an antonym.
    """
    sides = [_clauses(side, soft=pair.same_language) for side in (pair.first, pair.second)]
    links = linked(pair)
    left = _left_over(links, sides)
    if len(left[0]) == len(left[1]):
        return
    more = 0 if len(left[0]) > len(left[1]) else 1
    if more == 0:
        turned = _Turned(pair.first, pair.second, pair.vectors, links)
    else:
        turned = _Turned(pair.second, pair.first, pair.vectors, {(j, i): score for (i, j), score in links.items()})
    if feature := _grade(turned, left[more], both=bool(sides[1 - more])):
        yield Evidence(feature, 1.0, _finding(pair, more, left[more], feature))


def _clauses(passage: Passage, *, soft: bool) -> list[DenialClause]:
    """The denials of a passage, by clause; those by meaning alone only where the other side has the same words."""
    tokens = tokens_of(passage)
    found = in_force(find_denials(tokens, passage.language))
    return by_clause(tokens, [denial for denial in found if soft or not denial.soft])


def _left_over(links: TokenLinks, sides: Sequence[list[DenialClause]]) -> tuple[list[DenialClause], list[DenialClause]]:
    first, second = list(sides[0]), list(sides[1])
    scored = sorted(
        ((_shared(links, one, other), i, j) for i, one in enumerate(first) for j, other in enumerate(second)),
        reverse=True,
    )
    gone: tuple[set[int], set[int]] = (set(), set())
    for _, i, j in scored:
        if i not in gone[0] and j not in gone[1]:
            gone[0].add(i)
            gone[1].add(j)
    return (
        [one for i, one in enumerate(first) if i not in gone[0]],
        [other for j, other in enumerate(second) if j not in gone[1]],
    )


def _shared(links: TokenLinks, one: Sequence[Denial], other: Sequence[Denial]) -> float:
    rows = {index for denial in one for index in (*range(denial.first, denial.last), *denial.reach)}
    columns = {index for denial in other for index in (*range(denial.first, denial.last), *denial.reach)}
    return sum(score for (i, j), score in links.items() if i in rows and j in columns)


def _grade(pair: _Turned, left: Sequence[DenialClause], *, both: bool) -> str | None:
    lacks = pair.lacks
    denials = in_force(find_denials(tokens_of(lacks), lacks.language))
    same = lacks.language == pair.has.language
    soft = not same and any(denial.soft for denial in denials)
    if soft or antonym_denied(pair.has, lacks) or (same and _prefixed(pair)):
        return None
    reached = {index for denial in denials for index in denial.reach}
    likeness = [cosine for clause in left for cosine in _answer_likeness(pair, clause, reached)]
    implying = _implying(pair, same=same)
    if both and (not likeness or _beside(pair, left, implying, _CLAUSE)):
        return "negation_doubled"
    if _beside(pair, left, implying, _NEAR):
        return None
    if not likeness:
        return None if implying else "negation_lone"
    return "negation_flipped" if max(likeness) + _share_answered(pair) >= _ALIKE else None


def _implying(pair: _Turned, *, same: bool) -> list[int]:
    """Return the words of the side that denies less which may deny by what they mean.

    In one language a word that both sides have, as "stop" in "will not stop" and "will stop", denies nothing more here.
    """
    there = set(find_implying(pair.has)) if same else set()
    shared = {j for (i, j), score in pair.links.items() if i in there and score > _SURELY}
    return [index for index in find_implying(pair.lacks) if index not in shared]


def _prefixed(pair: _Turned) -> bool:
    """Return whether a side denies with a prefix what the other says without: unanswered for not answered."""
    sides = [{token.form for token in tokens_of(side)} for side in (pair.has, pair.lacks)]
    return any(prefix + form in other for own, other in (sides, sides[::-1]) for form in own for prefix in _PREFIXES)


def _answer_likeness(pair: _Turned, clause: DenialClause, denied: Container[int]) -> list[float]:
    """Cosines of words that are denied with what surely answers them on the other side and is not denied there."""
    reached = {index for denial in clause for index in denial.reach[:_NEXT]}
    has, lacks = tokens_of(pair.has), tokens_of(pair.lacks)
    return [
        pair.vectors.cosine(has[i].form, lacks[j].form)
        for (i, j), score in pair.links.items()
        if i in reached and score > _SURELY and j not in denied
    ]


def _share_answered(pair: _Turned) -> float:
    """Share of the words of the side that denies that the other surely answers, from 0 to 1."""
    tokens = tokens_of(pair.has)
    answered = {i for (i, _), score in pair.links.items() if score > _SURELY}
    return sum(index in answered for index, token in enumerate(tokens) if token.is_word) / max(
        1, sum(token.is_word for token in tokens)
    )


def _beside(pair: _Turned, left: Sequence[DenialClause], implying: Sequence[int], near: int) -> bool:
    """Return whether a word that may deny by what it means stands in a clause near what answers a denied one."""
    tokens = tokens_of(pair.lacks)
    inside = {index for clause in left for one in clause for index in (*range(one.first, one.last), *one.reach)}
    return any(
        abs(answer - word) <= near and not crosses_border(tokens, *sorted((answer, word)))
        for index, answer in pair.links
        if index in inside
        for word in implying
    )


def _finding(pair: PassagePair, more: int, left: Sequence[DenialClause], feature: str) -> Finding:
    tokens = tokens_of(pair.second if more else pair.first)
    spans = tuple(span_of(tokens[denial.first : denial.last]) for clause in left for denial in clause)
    return pair.finding("negation", _TOLD[feature], (spans, ()) if more == 0 else ((), spans), "negation")
