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
        sources: Source segments.
        hypotheses: One translation a segment.
        references: One reference a segment; None where the metric is to do without.
    """

    sources: Sequence[str]
    hypotheses: Sequence[str]
    references: Sequence[str] | None = None

    def __len__(self) -> int:
        return len(self.hypotheses)


class LearnedMetric(Protocol):
    """A loaded metric."""

    @property
    def signature(self) -> str:
        """What decides the numbers: name, weights, library."""
        ...

    def score(self, samples: Samples) -> list[float]:
        """Return a score for each segment.

        Raises:
            UsageError: The metric needs references, and there are none.
        """
        ...


@dataclass(frozen=True, slots=True)
class LearnedSpec:
    """A neural metric.

    Attributes:
        name: Name on the command line.
        kind: How it is computed.
        title: Its name in papers.
        repo_id: Where its weights are on the hub.
        encoder_repo_id: Where its tokenizer is, and for COMET the encoder's configuration.
        encoder_files: Which files of that are needed.
        licence: SPDX identifier.
        size: Bytes to fetch, about.
        higher_is_better: False for a metric that predicts errors.
        needs_reference: Whether it cannot do without references.
        citation: Its paper.
        url: Its card.
        files: Which files of `repo_id` are needed; none stands for configuration and safetensors.
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
def known_learned() -> tuple[LearnedSpec, ...]:
    """Return all neural metrics, in the order of the table."""
    rows = load_table(__name__, "registry.toml")["metrics"]
    return tuple(
        LearnedSpec(**row | {key: tuple(row.get(key, ())) for key in ("files", "encoder_files")}) for row in rows
    )


LEARNED: Final = ("comet-22", "metricx-24-large", "metricx-24-xl")
"""Names of the neural metrics; `known_learned` reads the rest."""


def find_learned(name: str) -> LearnedSpec:
    """Return the neural metric of a name.

    Raises:
        UsageError: There is none.
    """
    for spec in known_learned():
        if spec.name == name:
            return spec
    raise UsageError(f"unknown neural metric {name!r}", hint=f"Known: {', '.join(LEARNED)}")
