"""Findings about what was left out or put in: clauses without a counterpart, and lengths that do not fit."""

import math
from collections.abc import Iterator

from common.messages import decimal_text, message
from corpora.offsets import Span
from quotes.facts.clauses import clause_runs, clause_spans, text_size
from quotes.facts.passages import Passage, PassagePair
from quotes.findings.evidence import Evidence
from quotes.types import Finding, Severity

_ANSWERED = 0.5
"""Cosine from which a clause surely has its equivalent; below it the strength of the evidence grows."""
_UNANSWERED = 0.3
_NOTABLE_GAP = 0.25
"""A clause whose cosine is below the one, in a quote longer by the other (a logarithm), is lost."""
_LARGE_GAP = 0.6
"""The same for the length of the whole quote, which is told only where the shorter side is long enough to judge."""
_LONG_ENOUGH = 40
_WEIGHTY = 14
"""English characters, or what they come to, from which a clause is more than "however" or "of course"."""
_WHOLE = 2
"""Clauses of both sides together when neither side has more than one: then there is nothing to leave out."""


def compare_clauses(pair: PassagePair) -> Iterator[Evidence]:
    """Give evidence for a clause that the other, shorter side does not have, and for lengths that do not fit."""
    gap = length_gap(pair)
    if is_uneven(pair) and (lost := _least_answered(pair, 1 if gap > 0 else 0)):
        yield lost
    sizes = [text_size(side.text, side.article) for side in (pair.first, pair.second)]
    told = abs(gap) > _LARGE_GAP and min(sizes) >= _LONG_ENOUGH
    yield Evidence("length", min(1.0, abs(gap)), _length_finding(pair) if told else None)


def is_uneven(pair: PassagePair) -> bool:
    """Return whether one side is so much longer than the other that it may have a clause more."""
    return abs(length_gap(pair)) > _NOTABLE_GAP


def _least_answered(pair: PassagePair, side: int) -> Evidence | None:
    """Return evidence for the clause of a side that is least like any run of clauses of the other; None without one."""
    own, other = (pair.second, pair.first) if side else (pair.first, pair.second)
    spans = clause_spans(own)
    weighty = [span for span in spans if _size(own, span) >= _WEIGHTY]
    if not weighty or len(spans) + len(clause_spans(other)) <= _WHOLE:
        return None
    cosines = pair.vectors.cosines([own.article.text[start:end] for start, end in weighty], clause_runs(other))
    best = cosines.max(axis=1, initial=0.0)
    if best.min() >= _UNANSWERED:
        return None
    # Between two wordings in one language, what has no answer and leaves the quote shorter is gone.
    severity: Severity = "serious" if pair.same_language else "warning"
    lost = [weighty[int(best.argmin())]]
    finding = pair.finding("addition" if side else "omission", severity, ([], lost) if side else (lost, []), "omission")
    return Evidence("clause_lost", float((_ANSWERED - best.min()) / _ANSWERED), finding)


def length_gap(pair: PassagePair) -> float:
    """Return the natural logarithm of how many times longer the second side is than expected; 0 is as expected."""
    sizes = [text_size(side.text, side.article) for side in (pair.first, pair.second)]
    return math.log(sizes[1] / sizes[0])


def _size(passage: Passage, span: Span) -> float:
    return text_size(passage.article.text[span[0] : span[1]], passage.article)


def _length_finding(pair: PassagePair) -> Finding:
    times = decimal_text(math.exp(abs(length_gap(pair))), 1)
    first, second = pair.names
    name = "finding.longer" if length_gap(pair) > 0 else "finding.shorter"
    text = message(name, times=times, first=first, second=second)
    return Finding("length", "note", text, pair.first.spans, pair.second.spans)
