"""Scores of neural metrics for translations with one reference or several."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from corpora.errors import UsageError
from eval.learned.loading import load_learned
from eval.learned.registry import LearnedSpec, find_learned
from eval.learned.types import Samples
from eval.segments import Segments
from eval.types import MetricScore


@dataclass(frozen=True, slots=True)
class LearnedScores:
    """The scores of all segments by one neural metric.

    Attributes:
        spec: The metric.
        values: One a segment.
        signature: What decides them.
    """

    spec: LearnedSpec
    values: tuple[float, ...]
    signature: str

    def mean(self) -> MetricScore:
        """Return the corpus score, which is the mean."""
        return self._as_score(sum(self.values) / len(self.values))

    def sentences(self) -> list[MetricScore]:
        """Return the score of each segment."""
        return [self._as_score(value) for value in self.values]

    def _as_score(self, value: float) -> MetricScore:
        return MetricScore(self.spec.title, value, self.signature, self.spec.higher_is_better)


def learned_scores(name: str, hypotheses: Sequence[str], segments: Segments) -> LearnedScores:
    """Score translations by a neural metric; with several references, by the mean over those that a segment has.

    Args:
        name: Name out of `eval.learned.LEARNED`.
        hypotheses: One translation a segment, checked before.
        segments: Sources and references.

    Raises:
        UsageError: There are no sources.
        TolmachError: The metric cannot be loaded; see `eval.learned.load_learned`.
    """
    spec = find_learned(name)
    if segments.sources is None:
        raise UsageError(f"{spec.title} reads the source", hint="Give it: one segment a line, as in the translation")
    values = _scores(name, tuple(hypotheses), tuple(segments.sources), tuple(map(tuple, segments.references)))
    return LearnedScores(spec, values, f"nrefs:{len(segments.references)}|{load_learned(name).signature}")


@lru_cache(maxsize=16)
def _scores(
    name: str,
    hypotheses: tuple[str, ...],
    sources: tuple[str, ...],
    references: tuple[tuple[str | None, ...], ...],
) -> tuple[float, ...]:
    """Score translations once: a table, its comparisons and its sentences ask for the same numbers."""
    model = load_learned(name)
    sums, counts = [0.0] * len(hypotheses), [0] * len(hypotheses)
    for reference in references:
        there = [at for at, text in enumerate(reference) if text is not None]
        samples = Samples(
            [sources[at] for at in there], [hypotheses[at] for at in there], [reference[at] or "" for at in there]
        )
        for at, score in zip(there, model.score(samples), strict=True):
            sums[at] += score
            counts[at] += 1
    return tuple(total / count for total, count in zip(sums, counts, strict=True))
