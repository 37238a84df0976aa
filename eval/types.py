"""Scores with their signatures."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MetricScore:
    """One score and its signature.

    Attributes:
        name: The metric's name as sacrebleu prints it: `BLEU`, `chrF2`, `chrF2++`, `TER`.
        score: The value; BLEU and chrF run from 0 to 100, TER from 0 up, above 100 if there are more edits than
            reference words.
        signature: sacrebleu's signature: every setting that affects the score.
        higher_is_better: False for TER, which counts edits.
    """

    name: str
    score: float
    signature: str
    higher_is_better: bool

    def __str__(self) -> str:
        return f"{self.name}|{self.signature} = {self.score:.1f}"


@dataclass(frozen=True)
class Scores(Mapping[str, MetricScore]):
    """Scores of one set of hypotheses, by metric name (`bleu`, `chrf`, `chrf++`, `ter`).

    Attributes:
        metrics: The scores in the requested order.
        segments: Number of scored segments.
        target_language: Canonical tag of the language of hypotheses and references.
    """

    metrics: dict[str, MetricScore]
    segments: int
    target_language: str

    def __getitem__(self, name: str) -> MetricScore:
        return self.metrics[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.metrics)

    def __len__(self) -> int:
        return len(self.metrics)
