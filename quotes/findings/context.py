"""Findings about what stands around a quote: another number or another name in its sentence."""

from collections.abc import Iterator
from dataclasses import replace

from common.messages import message
from corpora.offsets import Span
from quotes.facts.passages import Passage, PassagePair
from quotes.findings.entities import compare_entities
from quotes.findings.evidence import Evidence
from quotes.findings.numbers import compare_numbers

_FEATURES = {"number_changed": "context_number", "entity_changed": "context_entity"}
_SURE = 0.95
"""Strength from which evidence about other words than the quote's is worth telling."""
_GAP = 2


def compare_context(pair: PassagePair) -> Iterator[Evidence]:
    """Give evidence where the sentences around the two passages disagree in a number or a name.

    Only two that stand against each other count: versions cut sentences differently, so that one of them lacks a number
    means nothing. The strength is that of the number or the name itself, from 0 to 1.
    """
    context = context_of(pair)
    if context is None:
        return
    for detect in (compare_numbers, compare_entities) if pair.complete else (compare_numbers,):
        for evidence in detect(context):
            feature = _FEATURES.get(evidence.feature)
            if feature and evidence.strength >= _SURE and evidence.finding:
                text = message("finding.nearby", message=evidence.finding.message)
                finding = replace(evidence.finding, severity="warning", message=text)
                yield Evidence(feature, evidence.strength, finding)


def context_of(pair: PassagePair) -> PassagePair | None:
    """Take the sentences around the two passages; None where either stands alone."""
    first, second = around(pair.first), around(pair.second)
    return replace(pair, first=first, second=second) if first.spans and second.spans else None


def around(passage: Passage) -> Passage:
    """Take the passage's sentences without its own words."""
    spans: list[Span] = [(sentence.start, sentence.end) for sentence in passage.sentences]
    for start, end in passage.spans:
        cut = ((low, min(high, start)) for low, high in spans), ((max(low, end), high) for low, high in spans)
        spans = sorted(piece for pieces in cut for piece in pieces if piece[1] - piece[0] > _GAP)
    return replace(passage, spans=tuple(dict.fromkeys(spans)))
