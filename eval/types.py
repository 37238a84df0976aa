"""Scores, and what is needed to read and to reproduce them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MetricScore:
    """One number and how it came about.

    Attributes:
        name: The metric's name as sacrebleu prints it: `BLEU`, `chrF2`, `chrF2++`, `TER`.
        score: The value; BLEU and chrF run from 0 to 100, TER from 0 up,
            past 100 where there is more to edit than to keep.
        signature: sacrebleu's own signature: every choice that moves the number.
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
    """Scores of one set of hypotheses, by the name they were asked for (`bleu`, `chrf`, `chrf++`, `ter`).

    Attributes:
        metrics: The scores in the order asked for.
        segments: How many segments were scored.
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
