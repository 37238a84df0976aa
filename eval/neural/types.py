"""What a neural metric is given, and what it gives."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


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
