"""Tests of significance: options, results, and the statistics of segments in the form that resampling needs."""

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


@dataclass(frozen=True, slots=True)
class Resampling:
    """Options of resampling.

    Attributes:
        resamples: Bootstrap resamples, each as large as the set; at least 40, so that an interval has tails.
        trials: Trials of the approximate randomisation, at least 1.
        seed: Seed of numpy's default generator, 0 or more; the default and the order of draws are sacrebleu's, so that
            both see the same resamples.
        confidence: Share of the resamples inside an interval, between 0 and 1.
        alpha: Level at which a difference counts as significant, between 0 and 1.
        power: Probability of detecting the smallest detectable difference, between 0 and 1.
    """

    resamples: int = 1000
    trials: int = 10_000
    seed: int = 12345
    confidence: float = 0.95
    alpha: float = 0.05
    power: float = 0.8


@dataclass(frozen=True, slots=True)
class Interval:
    """A percentile interval over bootstrap resamples, in the metric's points."""

    low: float
    high: float

    @property
    def half_width(self) -> float:
        """Half the distance of the bounds: the number after `±` in sacrebleu."""
        return (self.high - self.low) / 2


@dataclass(frozen=True, slots=True)
class SystemScore:
    """A score of one system by one metric.

    Attributes:
        score: The score over all segments, in the metric's points.
        signature: The metric's signature, with seed and number of resamples.
        higher_is_better: False for metrics that count errors.
    """

    system: str
    metric: str
    score: float
    mean: float
    interval: Interval
    signature: str
    higher_is_better: bool


@dataclass(frozen=True, slots=True)
class SystemComparison:
    """The comparison of a system with a baseline by one metric.

    Attributes:
        difference: Score of the system minus the baseline's, in the metric's points.
        interval: Interval of that difference over the bootstrap resamples.
        better: Share of the resamples with the system better than the baseline, from 0 to 1; ties count half.
        effect_size: The difference by its standard deviation for one segment (Cohen's d for paired samples, estimated
            from the bootstrap's standard error); positive if the system is better. Unlike a p-value it does not depend
            on the size of the set; None if all resamples have the same difference.
        detectable: Smallest difference, in absolute points, that is significant on a set of this size with the given
            power, for systems as different as these; None if all resamples are equal.
        p_bootstrap: sacrebleu's two-sided p-value of the paired bootstrap, above 0, at most 1.
        p_randomisation: sacrebleu's two-sided p-value of the paired approximate randomisation: the share of trials with
            a larger difference than the systems. It is small for systems that never differ.
        p_value: Share of the trials with at least the systems' difference, after Riezler and Maxwell (2005): 1 for
            systems that never differ.
        p_holm: `p_value` after Holm's correction over all comparisons by this metric.
        significant: Whether `p_holm` is below alpha.
    """

    system: str
    baseline: str
    metric: str
    difference: float
    interval: Interval
    better: float
    effect_size: float | None
    detectable: float | None
    p_bootstrap: float
    p_randomisation: float
    p_value: float
    p_holm: float
    significant: bool


@dataclass(frozen=True, slots=True)
class Significance:
    """Scores of all systems by all metrics, and their comparisons.

    Attributes:
        scores: One per system and metric, systems in the given order.
        comparisons: One per pair and metric.
    """

    scores: tuple[SystemScore, ...]
    comparisons: tuple[SystemComparison, ...]
    segments: int
    options: Resampling


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
