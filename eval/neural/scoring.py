"""Scores of neural metrics for translations with one reference or several."""

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from common.errors import OutputError, UsageError
from common.files import cache_dir, write_text
from common.progress import SILENT, Progress
from eval.neural.loading import load_neural_metric
from eval.neural.registry import NeuralMetric, NeuralMetricSpec, Samples, find_neural_metric
from eval.types import MetricScore, Segments

_BLOCK: Final = 256
"""Segments per cached block of scores."""


@dataclass(frozen=True, slots=True)
class NeuralScores:
    """The scores of all segments by one neural metric."""

    spec: NeuralMetricSpec
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


def neural_scores(
    name: str, hypotheses: Sequence[str], segments: Segments, *, progress: Progress = SILENT
) -> NeuralScores:
    """Score translations by a neural metric, averaging over the references of a segment.

    Segments are scored in cached blocks: after an interruption, scoring resumes after the last complete block.

    Raises:
        UsageError: There are no sources, or no references for a metric that needs them.
        TolmachError: The metric cannot be loaded; see `eval.neural.load_neural_metric`.
    """
    spec = find_neural_metric(name)
    if segments.sources is None:
        raise UsageError(f"{spec.title} reads the source", hint="Give it: one segment a line, as in the translation")
    model = load_neural_metric(name, progress=progress)
    columns: list[list[str | None]] = [list(each) for each in segments.references] or [[""] * len(hypotheses)]
    sums, counts = [0.0] * len(hypotheses), [0] * len(hypotheses)
    with progress.bar(f"Scoring by {spec.title}", len(columns) * len(hypotheses), unit="segments") as advance:
        for reference in columns:
            there = [at for at, text in enumerate(reference) if text is not None]
            for start in range(0, len(there), _BLOCK):
                part = there[start : start + _BLOCK]
                samples = Samples(
                    [segments.sources[at] for at in part],
                    [hypotheses[at] for at in part],
                    [reference[at] or "" for at in part] if segments.references else None,
                )
                for at, score in zip(part, _score_block(name, model, samples), strict=True):
                    sums[at] += score
                    counts[at] += 1
                advance(len(part))
    values = tuple(total / count for total, count in zip(sums, counts, strict=True))
    return NeuralScores(spec, values, f"nrefs:{len(segments.references)}|{model.signature}")


def _score_block(name: str, model: NeuralMetric, samples: Samples) -> list[float]:
    """Return the scores of a block, cached if possible."""
    asked = [model.signature, list(samples.sources), list(samples.hypotheses), samples.references]
    key = sha256(json.dumps(asked).encode("ascii")).hexdigest()
    place = cache_dir() / "metrics" / name / "scores" / f"{key}.json"
    try:
        known = json.loads(place.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        known = None  # missing or damaged: scored again
    if isinstance(known, list) and len(known) == len(samples) and all(type(score) is float for score in known):
        return known
    found = [float(score) for score in model.score(samples)]
    with suppress(OutputError):  # a cache owned by others has the weights, which suffices
        write_text(place, json.dumps(found))
    return found
