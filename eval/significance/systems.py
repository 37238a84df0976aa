"""Comparison of systems: scores with intervals, and significance tests."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
from math import sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING, Final

import numpy as np

from common.errors import UsageError
from corpora.languages import parse_language
from eval.counts import formulas
from eval.counts.statistics import extract_statistics
from eval.metrics import DEFAULT_METRICS, METRICS, metrics_without_reference, parse_metrics
from eval.neural.registry import NEURAL_METRICS
from eval.significance.types import Interval, Resampling, Significance, SystemComparison, SystemScore
from eval.types import Segments, check_segments

if TYPE_CHECKING:
    from numpy.typing import NDArray

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


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p-values adjusted for multiple tests, keeping the family-wise error rate at alpha.

    Holm's step-down procedure (1979, https://www.jstor.org/stable/4615733): the smallest p-value is multiplied by the
    number of tests, the next by one less, and so on; none may fall below the one before it. It assumes nothing about
    how the tests depend on each other, and never rejects less than Bonferroni's correction.

    Returns:
        One per value, in the same order, at most 1.
    """
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    corrected = [0.0] * len(p_values)
    least = 0.0
    for rank, at in enumerate(order):
        least = max(least, min(1.0, p_values[at] * (len(p_values) - rank)))
        corrected[at] = least
    return corrected


_ROUNDING: Final = 1e-9
"""Relative rounding error of a difference."""
_LEAST_RESAMPLES: Final = 40
"""Least number of resamples: fewer have nothing in the tails of a 95 % interval."""


def compare_systems(  # noqa: PLR0913 - those of `evaluate`, and two keyword arguments
    outputs: Mapping[str, Sequence[str]],
    references: Sequence[Sequence[str | None]],
    *,
    target_language: str,
    sources: Sequence[str] | None = None,
    metrics: Sequence[str] = DEFAULT_METRICS,
    baseline: str | None = None,
    options: Resampling | None = None,
) -> Significance:
    """Score systems on the same segments, and test the significance of their differences.

    Args:
        outputs: The translations of each system, by its name; at least two systems.
        references: Reference lists as for `eval.evaluate`; none for metrics that do not need them.
        target_language: BCP-47 tag.
        sources: Source segments, for neural metrics.
        metrics: Names as for `eval.evaluate`; all see the same resamples.
        baseline: The baseline; None compares every two systems.
        options: Options of resampling.

    Raises:
        InputError: Lists differ in length, or there is nothing to score.
        UsageError: A metric, a language, the baseline or an option is invalid, or there are fewer than two systems.
    """
    segments = Segments(references, parse_language(target_language), sources)
    names = parse_metrics(metrics) if references else metrics_without_reference(metrics)
    for texts in outputs.values():
        check_segments(texts, references, sources, referenceless=not references)
    _check_systems(list(outputs), baseline)
    measured = [measure_texts(name, outputs, segments) for name in names]
    return compare_measured(measured, baseline=baseline, options=options)


def compare_measured(
    measured: Sequence[MeasuredMetric],
    *,
    baseline: str | None = None,
    rest: bool = False,
    options: Resampling | None = None,
) -> Significance:
    """Test systems by existing statistics; see `compare_systems`.

    Args:
        measured: The statistics of all systems, by each metric.
        baseline: The baseline; None compares every two systems.
        rest: Whether to compare the other systems with each other too. These p-values are corrected for the number of
            all pairs, those of the baseline for the number of its own pairs.
        options: Options of resampling.
    """
    options = options or Resampling()
    _check_options(options)
    systems = list(measured[0].statistics) if measured else []
    _check_systems(systems, baseline)
    _check_same(measured)
    every = [(second, first) for first, second in combinations(systems, 2)]
    pairs = [(one, baseline) for one in systems if one != baseline] if baseline else every
    found = [_Tests(one, options) for one in measured]
    comparisons = [comparison for one in found for comparison in one.comparisons(pairs)]
    if baseline and rest:
        others = (comparison for one in found for comparison in one.comparisons(every))
        comparisons += [one for one in others if baseline not in (one.system, one.baseline)]
    return Significance(
        scores=tuple(score for one in found for score in one.scores()),
        comparisons=tuple(comparisons),
        segments=len(measured[0].statistics[systems[0]]),
        options=options,
    )


def score_measured(measured: Sequence[MeasuredMetric], *, options: Resampling | None = None) -> tuple[SystemScore, ...]:
    """Return the scores of one or more systems with their intervals."""
    options = options or Resampling()
    _check_options(options)
    _check_same(measured)
    return tuple(score for one in measured for score in _Tests(one, options).scores())


class _Tests:
    """All resamples of all systems by one metric."""

    def __init__(self, measured: MeasuredMetric, options: Resampling) -> None:
        self._measured = measured
        self._options = options
        statistics = np.stack(list(measured.statistics.values()), axis=1)  # segments, systems, columns
        self._segments, self._systems, self._columns = statistics.shape
        totals = statistics.sum(axis=0)
        self._scores = dict(zip(measured.statistics, measured.formula(totals), strict=True))
        self._totals = dict(zip(measured.statistics, totals, strict=True))
        flat = statistics.reshape(self._segments, -1)
        drawn = bootstrap_totals(flat, resamples=options.resamples, seed=options.seed)
        resampled = measured.formula(drawn.reshape(options.resamples, self._systems, self._columns))
        self._resampled = dict(zip(measured.statistics, resampled.T, strict=True))

    def scores(self) -> Iterator[SystemScore]:
        """Yield each system's score."""
        counts = f"bs:{self._options.resamples}|ar:{self._options.trials}|seed:{self._options.seed}"
        for system, resampled in self._resampled.items():
            yield SystemScore(
                system=system,
                metric=self._measured.metric,
                score=float(self._scores[system]),
                mean=float(resampled.mean()),
                interval=self._interval(resampled),
                signature=f"{self._measured.signature}|{counts}",
                higher_is_better=self._measured.higher_is_better,
            )

    def comparisons(self, pairs: Sequence[tuple[str, str]]) -> list[SystemComparison]:
        """Return each pair's comparison, with p-values corrected for the number of pairs."""
        found = [self._compare(pair, len(pairs)) for pair in pairs]
        corrected = holm([one.p_value for one in found])
        return [
            replace(one, p_holm=value, significant=value < self._options.alpha)
            for one, value in zip(found, corrected, strict=True)
        ]

    @cached_property
    def _drawn(self) -> "dict[str, Doubles]":
        """The totals of each system's swapped segments in each trial of the randomisation."""
        flat = np.concatenate(list(self._measured.statistics.values()), axis=1)
        totals = randomisation_totals(flat, trials=self._options.trials, seed=self._options.seed)
        return dict(zip(self._measured.statistics, np.split(totals, self._systems, axis=1), strict=True))

    def _distances(self, system: str, baseline: str) -> "Doubles":
        """Return the absolute differences between the pseudo-systems of the trials."""
        # sacrebleu tosses for the baseline's segments first; the order does not affect the distances.
        shift = self._drawn[baseline] - self._drawn[system]
        one = self._measured.formula(self._totals[system] + shift)
        other = self._measured.formula(self._totals[baseline] - shift)
        return np.abs(one - other)

    def _compare(self, pair: tuple[str, str], tests: int) -> SystemComparison:
        system, baseline = pair
        trials = self._distances(system, baseline)
        difference = float(self._scores[system] - self._scores[baseline])
        resampled = self._resampled[system] - self._resampled[baseline]
        sign = 1.0 if self._measured.higher_is_better else -1.0
        # Rounding must not produce a deviation from resamples that are all equal.
        tolerance = _ROUNDING * max(1.0, abs(difference))
        error = float(resampled.std(ddof=1)) if np.ptp(resampled) > tolerance else 0.0
        # sacrebleu's bootstrap test, which follows Moses' script, centres the absolute differences.
        distances = np.abs(resampled)
        p_value = _p_value(trials, abs(difference) - tolerance)
        return SystemComparison(
            system=system,
            baseline=baseline,
            metric=self._measured.metric,
            difference=difference,
            interval=self._interval(resampled),
            better=float(np.mean(sign * resampled > 0) + np.mean(resampled == 0) / 2),
            effect_size=sign * difference / (error * sqrt(self._segments)) if error else None,
            detectable=self._detectable(error, tests) if error else None,
            p_bootstrap=_p_value(distances - distances.mean(), abs(difference)),
            p_randomisation=_p_value(trials, abs(difference)),
            p_value=p_value,
            p_holm=p_value,
            significant=False,
        )

    def _detectable(self, error: float, tests: int) -> float:
        """Return the smallest difference that the test detects with the requested power.

        Holm's correction compares the smallest p-value with alpha over the number of comparisons; a difference that
        passes there passes whatever the others are.

        Source: Card et al. 2020 (https://aclanthology.org/2020.emnlp-main.745).
        """
        normal, options = NormalDist(), self._options
        level = options.alpha / tests
        return (normal.inv_cdf(1.0 - level / 2) + normal.inv_cdf(options.power)) * error

    def _interval(self, resampled: "Doubles") -> Interval:
        ordered = np.sort(resampled)
        # The rounding error of 1 - .95 must not move a bound to the next resample.
        low = int(len(ordered) * (1.0 - self._options.confidence) / 2 + 1e-9)
        return Interval(float(ordered[low]), float(ordered[len(ordered) - low - 1]))


def _p_value(resampled: "Doubles", observed: float) -> float:
    """Return the share of resamples beyond the observed value, with 1 added to both counts so that it is never 0.

    Source: Clark et al. 2011 (https://aclanthology.org/P11-2031), whose multeval sacrebleu follows.
    """
    return float((np.sum(resampled > observed) + 1) / (len(resampled) + 1))


def _check_systems(systems: Sequence[str], baseline: str | None) -> None:
    if len(systems) < 2:  # noqa: PLR2004 - a comparison has two sides
        raise UsageError("there is nothing to compare", hint="Name at least two systems")
    if baseline is not None and baseline not in systems:
        raise UsageError(f"no system is called {baseline!r}", hint=f"There are: {', '.join(systems)}")


def _check_same(measured: Sequence[MeasuredMetric]) -> None:
    first = {system: len(each) for system, each in measured[0].statistics.items()}
    for one in measured:
        if {system: len(each) for system, each in one.statistics.items()} != first or len(set(first.values())) > 1:
            raise UsageError(
                f"{one.metric} was measured on other systems or segments than {measured[0].metric}",
                hint="Measure all systems by all metrics on the same segments",
            )


def _check_options(options: Resampling) -> None:
    if options.resamples < _LEAST_RESAMPLES:
        raise UsageError(f"{options.resamples} resamples are too few", hint=f"Take at least {_LEAST_RESAMPLES}")
    if options.trials < 1:
        raise UsageError("there must be at least one trial of the randomisation")
    if options.seed < 0:
        raise UsageError("a seed cannot be negative")
    for name in ("confidence", "alpha", "power"):
        if not 0.0 < getattr(options, name) < 1.0:
            raise UsageError(f"{name} must lie between 0 and 1")


_BLOCK: Final = 4_000_000
"""Most numbers in one block of counts or coin tosses: 32 MB."""


def bootstrap_totals(statistics: "Doubles", *, resamples: int, seed: int) -> "Doubles":
    """Return the statistics of bootstrap resamples, each as large as the set and drawn with replacement.

    Source: Koehn 2004 (https://aclanthology.org/W04-3250).

    Args:
        statistics: Shape (segments, columns), the columns of all systems side by side.
        resamples: Number of resamples.
        seed: Seed of the generator.

    Returns:
        Shape (resamples, columns).
    """
    segments = len(statistics)
    drawn = np.random.default_rng(seed).choice(segments, size=(resamples, segments), replace=True)
    blocks = [_counts(drawn[rows], segments) @ statistics for rows in _blocks(resamples, segments)]
    return np.concatenate(blocks)


def _counts(drawn: "NDArray[np.int64]", segments: int) -> "Doubles":
    """Return the frequency of each segment in each row of `drawn`."""
    places = drawn + segments * np.arange(len(drawn))[:, None]
    counted = np.bincount(places.ravel(), minlength=len(drawn) * segments)
    return counted.reshape(len(drawn), segments).astype(np.float64)


def randomisation_totals(statistics: "Doubles", *, trials: int, seed: int) -> "Doubles":
    """Return the statistics of those segments that are swapped in trials of approximate randomisation.

    In each trial a coin toss for every segment decides whether two systems' outputs are swapped. The pseudo-systems of
    a trial have the totals `first.sum(0) + shift` and `second.sum(0) - shift`. `shift` is what this returns for the
    second system minus what it returns for the first.

    Source: Riezler and Maxwell 2005 (https://aclanthology.org/W05-0908).

    Args:
        statistics: Shape (segments, columns), the columns of all systems side by side.
        trials: Number of trials.
        seed: Seed of the generator.

    Returns:
        Shape (trials, columns).
    """
    segments = len(statistics)
    tosses = np.random.default_rng(seed).integers(2, size=(trials, segments), dtype=bool)
    return np.concatenate([tosses[rows].astype(np.float64) @ statistics for rows in _blocks(trials, segments)])


def _blocks(rows: int, width: int) -> Iterator[slice]:
    step = max(1, _BLOCK // max(1, width))
    return (slice(start, start + step) for start in range(0, rows, step))
