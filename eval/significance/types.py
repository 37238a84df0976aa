"""Options and results of significance tests."""

from dataclasses import dataclass


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
