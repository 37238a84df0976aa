"""How likely a pair's meanings differ, from all the evidence."""

import math
from collections.abc import Iterable

from common.data import load_table
from quotes.facts.passages import Passage, PassagePair
from quotes.findings.boundary import boundary_texts, compare_boundary
from quotes.findings.clauses import clause_runs, compare_clauses
from quotes.findings.divergence.model import compare_answers, cut_words
from quotes.findings.entities import compare_entities
from quotes.findings.evidence import Detector, Evidence
from quotes.findings.modality import compare_modality
from quotes.findings.negation import compare_negation
from quotes.findings.numbers import compare_numbers
from quotes.findings.opposites import compare_opposites
from quotes.findings.quantifiers import compare_quantifiers
from quotes.findings.tense import compare_tense
from quotes.findings.wording import compare_context, compare_speakers, compare_wording
from quotes.types import Finding

DETECTORS: tuple[Detector, ...] = (
    compare_numbers,
    compare_negation,
    compare_speakers,
    compare_modality,
    compare_clauses,
    compare_wording,
    compare_entities,
    compare_quantifiers,
    compare_opposites,
    compare_tense,
    compare_context,
    compare_boundary,
    compare_answers,
)

_GRAVITY = {"serious": 0, "warning": 1, "note": 2}


def gather_evidence(pair: PassagePair) -> list[Evidence]:
    """Run every detector on `pair`; evidence without any strength is left out."""
    return [evidence for detect in DETECTORS for evidence in detect(pair) if evidence.strength > 0]


def strengths(evidence: Iterable[Evidence]) -> dict[str, float]:
    """Return the greatest strength of every feature, from 0 to 1; features without evidence are left out."""
    found: dict[str, float] = {}
    for item in evidence:
        found[item.feature] = max(found.get(item.feature, 0.0), item.strength)
    return found


def altered(features: dict[str, float]) -> float:
    """Return how likely the meaning differs, from 0 to 1.

    A logistic model, 1 / (1 + exp(-(bias + sum of weight times strength))): bias and weights in `weights.toml`, which
    also says how they were fitted. No weight is negative: evidence never makes a pair look safer. Evidence that every
    pair should have, and this one could not be asked for, counts as that of a usual faithful pair (`neutral`).
    """
    table = load_table(__name__, "weights.toml")
    known = {**table["neutral"], **features}
    total = table["bias"] + sum(table["weights"].get(name, 0.0) * value for name, value in known.items())
    return 1 / (1 + math.exp(-total))


def order_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Put the gravest first; findings of one severity keep their order."""
    return tuple(sorted(findings, key=lambda finding: _GRAVITY[finding.severity]))


def prepare(pairs: Iterable[PassagePair]) -> None:
    """Encode in one batch the texts of `pairs` that the detectors ask for one by one.

    Many small batches take several times as long; the result is the same.
    """
    listed = [pair for pair in pairs if not pair.same_language]
    if not listed:
        return
    passages: dict[tuple[str, ...], Passage] = {}
    for pair in listed:
        for passage in (pair.first, pair.second):
            passages[passage.article.language, *map(str, passage.spans)] = passage
    vectors = listed[0].vectors
    texts = [text for passage in passages.values() for text in (passage.text, *clause_runs(passage))]
    vectors.add([*texts, *(text for pair in listed for text in boundary_texts(pair))])
    vectors.word_features([words for passage in passages.values() if (words := cut_words(passage))])
