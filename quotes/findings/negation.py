"""Findings about "not": said on one side only."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corpora.offsets import Span
from quotes.facts.negation import Denial, by_clause, find_denials, find_implying
from quotes.facts.passages import Passage, PassagePair
from quotes.facts.tokens import TokenLinks, linked, read_tokens, span_of, tokens_of
from quotes.facts.vectors import Vectors
from quotes.findings.evidence import Evidence
from quotes.findings.opposites import antonym_denied
from quotes.types import Finding, Severity

_BORDER = re.compile(
    '["«»「」『』\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}\N{DOUBLE LOW-9 QUOTATION MARK}]'
)

DenialClause = tuple[Denial, ...]
_SURELY = 0.4
_NEAR = 2
_NEXT = 3
_ALIKE = 1.1
"""Cosine of the denied words plus share of all words answered from which two sides differ in little but the denial."""
_TOLD: dict[str, Severity] = {
    "negation_flipped": "serious",
    "negation_loose": "warning",
    "negation_lone": "warning",
    "negation_doubtful": "warning",
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
    `negation_loose`: the same where the words are less alike, as in an honest rewording.
    `negation_lone`: nothing answers what it denies.
    `negation_doubtful`: what it denies is answered, but beside a word that may deny by what it means.
    `negation_doubled`: the other side denies too, but less often.
    `negation_excused`: the other side denies by meaning, by an antonym, by asking, or right outside the words found.
    """
    sides = [_clauses(side) for side in (pair.first, pair.second)]
    links = linked(pair)
    left = _left_over(links, sides)
    if len(left[0]) == len(left[1]):
        return
    more = 0 if len(left[0]) > len(left[1]) else 1
    if more == 0:
        turned = _Turned(pair.first, pair.second, pair.vectors, links)
    else:
        turned = _Turned(pair.second, pair.first, pair.vectors, {(j, i): score for (i, j), score in links.items()})
    feature = _grade(turned, left[more], both=bool(sides[1 - more]))
    yield Evidence(feature, 1.0, _finding(pair, more, left[more], feature))


def _clauses(passage: Passage) -> list[DenialClause]:
    """The denials of a passage, by clause; those by meaning alone are left out."""
    tokens = tokens_of(passage)
    return by_clause(tokens, [denial for denial in find_denials(tokens, passage.language) if not denial.soft])


def _left_over(links: TokenLinks, sides: Sequence[list[DenialClause]]) -> tuple[list[DenialClause], list[DenialClause]]:
    """Take away the denials that correspond."""
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


def _grade(pair: _Turned, left: Sequence[DenialClause], *, both: bool) -> str:
    lacks = pair.lacks
    soft = any(denial.soft for denial in find_denials(tokens_of(lacks), lacks.language))
    if soft or _denied_outside(lacks) or _asks(pair) or antonym_denied(pair.has, lacks):
        return "negation_excused"
    if both:
        return "negation_doubled"
    likeness = [cosine for clause in left for cosine in _answer_likeness(pair, clause)]
    implying = find_implying(lacks)
    if implying and any(_beside(pair.links, clause, implying) for clause in left):
        return "negation_doubtful" if likeness else "negation_excused"
    if not likeness:
        return "negation_excused" if implying else "negation_lone"
    return "negation_flipped" if max(likeness) + _share_answered(pair) >= _ALIKE else "negation_loose"


def _answer_likeness(pair: _Turned, clause: DenialClause) -> list[float]:
    """Cosines of words that are denied with what surely answers them on the other side."""
    reached = {index for denial in clause for index in denial.reach[:_NEXT]}
    has, lacks = tokens_of(pair.has), tokens_of(pair.lacks)
    return [
        pair.vectors.cosine(has[i].form, lacks[j].form)
        for (i, j), score in pair.links.items()
        if i in reached and score > _SURELY
    ]


def _share_answered(pair: _Turned) -> float:
    """Share of the words of the side that denies that the other surely answers, from 0 to 1."""
    tokens = tokens_of(pair.has)
    answered = {i for (i, _), score in pair.links.items() if score > _SURELY}
    return sum(index in answered for index, token in enumerate(tokens) if token.is_word) / max(
        1, sum(token.is_word for token in tokens)
    )


def _beside(links: TokenLinks, clause: DenialClause, implying: Sequence[int]) -> bool:
    """Return whether a word that may deny by what it means stands near what answers a denied clause."""
    inside = {index for denial in clause for index in (*range(denial.first, denial.last), *denial.reach)}
    answers = {j for i, j in links if i in inside}
    return any(abs(answer - word) <= _NEAR for answer in answers for word in implying)


def _finding(pair: PassagePair, more: int, left: Sequence[DenialClause], feature: str) -> Finding | None:
    if feature not in _TOLD:
        return None
    tokens = tokens_of(pair.second if more else pair.first)
    spans = tuple(span_of(tokens[denial.first : denial.last]) for clause in left for denial in clause)
    text = pair.lone_message("negation", more, spans)
    return Finding("negation", _TOLD[feature], text, *((spans, ()) if more == 0 else ((), spans)))


def _asks(pair: _Turned) -> bool:
    """Return whether only one side asks: a question may assert what it denies."""
    marks = [any(mark in side.text for mark in "?？") for side in (pair.has, pair.lacks)]
    return marks[0] != marks[1]


def _denied_outside(passage: Passage) -> bool:
    """Return whether the denial stands right outside the words found.

    Where a passage begins and ends is a guess where it has no marks, so its sentence is read, other quotes left out.
    """
    around = " ".join(_around(passage, span) for span in passage.spans)
    return bool(find_denials(read_tokens(around, passage.article.language), passage.language))


def _around(passage: Passage, span: Span) -> str:
    """What stands before and behind a span in its sentence, up to any quotation mark."""
    start, end = span
    for sentence in passage.article.sentences:
        if sentence.start < end and start < sentence.end:
            before = _BORDER.split(passage.article.text[sentence.start : max(sentence.start, start)])[-1]
            after = _BORDER.split(passage.article.text[end : max(end, sentence.end)])[0]
            return f"{before} {after} "
    return ""
