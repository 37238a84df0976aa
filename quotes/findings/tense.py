"""Findings about time: what happened on one side and will happen on the other."""

from collections.abc import Iterator, Sequence

from corpora.offsets import Span
from quotes.facts.passages import Passage, PassagePair
from quotes.facts.times import Marks, find_times
from quotes.facts.tokens import span_of, tokens_of
from quotes.findings.evidence import Evidence
from quotes.types import Finding, FindingValues


def compare_tense(pair: PassagePair) -> Iterator[Evidence]:
    """Give evidence, `tense_opposed`, where one side shows the past and no future, the other the future and no past.

    A word that may stand for several times leaves the matter open.
    """
    times = find_times(pair.first), find_times(pair.second)
    if any("any" in side for side in times):
        return
    for side, (one, other) in enumerate((times, times[::-1])):
        if "future" in one and "past" not in one and "past" in other and "future" not in other:
            yield Evidence("tense_opposed", 1.0, _finding(pair, times, side))


def _finding(pair: PassagePair, times: tuple[Marks, Marks], side: int) -> Finding:
    """Tell that the side with index `side` speaks of the future, the other of the past."""
    names = ("future", "past") if side == 0 else ("past", "future")
    spans = (
        tuple(_spans(pair.first, times[0][names[0]])),
        tuple(_spans(pair.second, times[1][names[1]])),
    )
    return pair.finding("tense", "warning", spans, f"{names[0]}_{names[1]}", values=FindingValues(*names))


def _spans(passage: Passage, runs: Sequence[range]) -> Iterator[Span]:
    tokens = tokens_of(passage)
    return (span_of(tokens[run.start : run.stop]) for run in runs)
