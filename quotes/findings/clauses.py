"""Findings about what was left out or put in: clauses without a counterpart, and lengths that do not fit."""

import math
from collections.abc import Iterator

from common.messages import message
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
    shorter = -length_gap(pair)
    sizes = [text_size(side.text, side.article) for side in (pair.first, pair.second)]
    told = abs(shorter) > _LARGE_GAP and min(sizes) >= _LONG_ENOUGH
    first, second = clause_fit(pair)
    weighty = [
        [fit for fit in fits if _size(side, fit[0]) >= _WEIGHTY]
        for side, fits in ((pair.first, first), (pair.second, second))
    ]
    for side, fits, missing in ((0, weighty[0], shorter), (1, weighty[1], -shorter)):
        if len(first) + len(second) <= _WHOLE:
            continue
        span, best = min(fits, key=lambda fit: fit[1], default=((0, 0), 1.0))
        if missing > _NOTABLE_GAP and best < _UNANSWERED:
            # Between two wordings in one language, what has no answer and leaves the quote shorter is gone.
            severity: Severity = "serious" if pair.same_language else "warning"
            strength = min(1.0, (_ANSWERED - best) / _ANSWERED)
            yield Evidence("clause_lost", strength, _clause_finding(pair, side, span, severity))
    yield Evidence("length", min(1.0, abs(shorter)), _length_finding(pair) if told else None)


def length_gap(pair: PassagePair) -> float:
    """Return the natural logarithm of how many times longer the second side is than expected; 0 is as expected."""
    sizes = [text_size(side.text, side.article) for side in (pair.first, pair.second)]
    return math.log(sizes[1] / sizes[0])


def _size(passage: Passage, span: Span) -> float:
    return text_size(passage.article.text[span[0] : span[1]], passage.article)


def _clause_finding(pair: PassagePair, side: int, span: Span, severity: Severity) -> Finding:
    spans = ([span], []) if side == 0 else ([], [span])
    return pair.finding("addition" if side else "omission", severity, spans, "omission")


def _length_finding(pair: PassagePair) -> Finding:
    times = f"{math.exp(abs(length_gap(pair))):.1f}"
    first, second = pair.names
    name = "finding.longer" if length_gap(pair) > 0 else "finding.shorter"
    text = message(name, times=times, first=first, second=second)
    return Finding("length", "note", text, pair.first.spans, pair.second.spans)


def clause_fit(pair: PassagePair) -> tuple[list[tuple[Span, float]], list[tuple[Span, float]]]:
    """Return the clauses of both sides with the best cosine that a run of clauses of the other side reaches."""
    sides = (pair.first, pair.second)
    spans = [clause_spans(side) for side in sides]
    runs = [clause_runs(side) for side in sides]
    fits = []
    for side, own, other in ((pair.first, spans[0], runs[1]), (pair.second, spans[1], runs[0])):
        clauses = [side.article.text[start:end] for start, end in own]
        cosines = pair.vectors.cosines(clauses, other)
        best = [float(row.max()) if other else 0.0 for row in cosines]
        fits.append(list(zip(own, best, strict=True)))
    return fits[0], fits[1]
