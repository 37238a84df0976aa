"""The table of neural metrics."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal, Protocol

from common.data import load_table
from common.errors import UsageError


@dataclass(frozen=True, slots=True)
class Samples:
    """Segments to score.

    Attributes:
        references: One reference per segment; None to score without references.
    """

    sources: Sequence[str]
    hypotheses: Sequence[str]
    references: Sequence[str] | None = None

    def __len__(self) -> int:
        return len(self.hypotheses)


class NeuralMetric(Protocol):
    """A loaded metric."""

    @property
    def signature(self) -> str:
        """Identifier of all that affects the scores: name, weights, library."""
        ...

    def score(self, samples: Samples) -> list[float]:
        """Return a score for each segment.

        Raises:
            UsageError: The metric needs references, and there are none.
        """
        ...


@dataclass(frozen=True, slots=True)
class NeuralMetricSpec:
    """A neural metric.

    Attributes:
        encoder_repo_id: Repository of its tokenizer, and for COMET of the encoder's configuration.
        higher_is_better: False for a metric that predicts errors.
        files: Files needed from `repo_id`; none for configuration and safetensors.
    """

    name: str
    kind: Literal["comet", "metricx"]
    title: str
    repo_id: str
    encoder_repo_id: str
    encoder_files: tuple[str, ...]
    licence: str
    size: int
    higher_is_better: bool
    needs_reference: bool
    citation: str
    url: str
    files: tuple[str, ...] = ()


@cache
def known_neural_metrics() -> tuple[NeuralMetricSpec, ...]:
    """Return all neural metrics, in the order of the table."""
    rows = load_table(__name__, "registry.toml")["metrics"]
    return tuple(
        NeuralMetricSpec(**row | {key: tuple(row.get(key, ())) for key in ("files", "encoder_files")}) for row in rows
    )


NEURAL_METRICS: Final = ("comet-22", "metricx-24-large", "metricx-24-xl")
"""Names of the neural metrics; see `known_neural_metrics` for their descriptions."""


def find_neural_metric(name: str) -> NeuralMetricSpec:
    """Return the neural metric of a name.

    Raises:
        UsageError: There is none.
    """
    for spec in known_neural_metrics():
        if spec.name == name:
            return spec
    raise UsageError(f"unknown neural metric {name!r}", hint=f"Known: {', '.join(NEURAL_METRICS)}")
