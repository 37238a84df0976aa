"""Segment statistics of systems by one metric, in the form that resampling needs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from eval.counts import formulas
from eval.counts.statistics import extract_statistics
from eval.metrics import METRICS
from eval.neural.registry import NEURAL_METRICS
from eval.types import Segments

if TYPE_CHECKING:
    from common.arrays import Doubles

    Formula = Callable[[Doubles], Doubles]

FORMULAS: "Final[dict[str, Formula]]" = {
    "bleu": formulas.bleu,
    "spbleu": formulas.bleu,
    "chrf": formulas.chrf,
    "chrf++": formulas.chrf,
    "ter": formulas.ter,
}
"""Formulas of scores from summed statistics, by metric; all others are means of segments."""


@dataclass(frozen=True, slots=True)
class MeasuredMetric:
    """Statistics of all systems by one metric.

    Attributes:
        higher_is_better: False for metrics that count errors.
        statistics: By system an array of shape (segments, columns), in the order of `formula`.
        formula: From summed statistics, shape (..., columns), to scores, shape (...).
    """

    metric: str
    signature: str
    higher_is_better: bool
    statistics: "Mapping[str, Doubles]"
    formula: "Formula"


def measure_texts(metric: str, outputs: Mapping[str, Sequence[str]], segments: Segments) -> MeasuredMetric:
    """Return the statistics of systems by one metric."""
    if metric in NEURAL_METRICS:
        from eval.neural.scoring import neural_scores  # noqa: PLC0415 - loads torch

        scored = {system: neural_scores(metric, texts, segments) for system, texts in outputs.items()}
        first = next(iter(scored.values()))
        return measure_means(
            metric,
            {system: each.values for system, each in scored.items()},
            signature=first.signature,
            higher_is_better=first.spec.higher_is_better,
        )
    found = extract_statistics(metric, list(outputs.values()), segments)
    return MeasuredMetric(
        metric=metric,
        signature=found.signature,
        higher_is_better=METRICS[metric].higher_is_better,
        statistics=dict(zip(outputs, found.statistics, strict=True)),
        formula=FORMULAS[metric],
    )


def measure_means(
    metric: str, scores: Mapping[str, Sequence[float]], *, signature: str, higher_is_better: bool = True
) -> MeasuredMetric:
    """Return the statistics of a metric that is the mean of segment scores, such as COMET."""
    statistics = {
        system: np.column_stack([np.asarray(each, dtype=np.float64), np.ones(len(each))])
        for system, each in scores.items()
    }
    return MeasuredMetric(metric, signature, higher_is_better, statistics, formulas.mean)
