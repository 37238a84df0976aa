"""How likely a pair's meanings differ, from all the evidence."""

import math
from collections.abc import Iterable
from dataclasses import replace

from common.data import load_table
from quotes.facts.clauses import clause_runs
from quotes.facts.passages import Passage, PassagePair
from quotes.facts.tokens import linked_texts
from quotes.findings.clauses import compare_clauses, is_uneven
from quotes.findings.context import compare_context, context_of
from quotes.findings.divergence.model import compare_answers, cut_words
from quotes.findings.entities import asked_texts, compare_entities
from quotes.findings.evidence import Detector, Evidence
from quotes.findings.modality import compare_modality
from quotes.findings.negation import compare_negation
from quotes.findings.numbers import compare_numbers
from quotes.findings.opposites import compare_opposites
from quotes.findings.quantifiers import compare_quantifiers
from quotes.findings.speakers import compare_speakers
from quotes.findings.wording import compare_wording
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
    compare_context,
    compare_answers,
)

_COMPLETE = frozenset((compare_modality, compare_entities, compare_quantifiers, compare_opposites, compare_answers))
"""Detectors that are silent where they lack the words of a language."""

_GRAVITY = {"serious": 0, "warning": 1, "note": 2}


def gather_evidence(pair: PassagePair) -> list[Evidence]:
    """Run every detector on `pair`; evidence without any strength is left out."""
    detectors = [detect for detect in DETECTORS if pair.complete or detect not in _COMPLETE]
    found = [evidence for detect in detectors for evidence in detect(pair) if evidence.strength > 0]
    # A word that is denied is told once, by the comparison of denials if that has it.
    denied = any(item.feature.startswith("negation_") for item in found)
    return [replace(item, finding=None) if denied and item.feature == "opposite_denied" else item for item in found]


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


def absent(closest: float, size: float) -> float:
    """Return how likely a quote that was not found in the other version is missing there, from 0 to 1.

    A logistic model with the weights of `absence.toml`: of a quote and its omission, equally likely before.

    Args:
        closest: Cosine of the closest words that were looked at.
        size: Characters that the quote takes in English.
    """
    table = load_table(__name__, "absence.toml")
    return 1 / (1 + math.exp(-(table["bias"] + table["closest"] * closest + table["size"] * math.log(size))))


def share_right(first: str, second: str) -> float | None:
    """Return how often `altered` was right on unseen text in two languages, from 0 to 1; None if it was not measured.

    The table is `calibration.toml`: for each pair of languages, in either order, `right`.
    """
    table = load_table(__name__, "calibration.toml")
    rows = (table.get(f"{one}-{other}") for one, other in ((first, second), (second, first)))
    return next((float(row["right"]) for row in rows if row), None)


def order_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Put the gravest first; findings of one severity keep their order."""
    return tuple(sorted(findings, key=lambda finding: _GRAVITY[finding.severity]))


def prepare(pairs: Iterable[PassagePair]) -> None:
    """Encode in one batch the texts of `pairs` that the detectors ask for one by one.

    Many small batches take several times as long; the result is the same.
    """
    listed = list(pairs)
    if not listed:
        return
    foreign = [pair for pair in listed if not pair.same_language]
    vectors = listed[0].vectors
    runs = [run for passage in _passages(filter(is_uneven, listed)) for run in clause_runs(passage)]
    contexts = [context for pair in listed if (context := context_of(pair))]
    asked = [text for pair in (*listed, *contexts) if pair.complete for text in asked_texts(pair)]
    vectors.add([*(passage.text for passage in _passages(listed)), *runs, *asked])
    vectors.add_links(map(linked_texts, foreign))
    known = _passages(pair for pair in foreign if pair.complete)
    vectors.word_features([words for passage in known if (words := cut_words(passage))])


def _passages(pairs: Iterable[PassagePair]) -> Iterable[Passage]:
    """Return every passage of some pairs once."""
    sides = [passage for pair in pairs for passage in (pair.first, pair.second)]
    return {(id(passage.article), *passage.spans): passage for passage in sides}.values()
