"""What every kind of finding is made from: evidence that the meanings of two passages differ."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from quotes.facts.passages import PassagePair
from quotes.types import Finding


@dataclass(frozen=True, slots=True)
class Evidence:
    """One sign that the meanings differ.

    Attributes:
        feature: Name of its weight in `weights.toml`.
        strength: From 0 (says nothing) to 1 (as strong as this kind gets).
        finding: What to tell the reader, None where the sign alone is not worth a line.
    """

    feature: str
    strength: float
    finding: Finding | None = None


Detector = Callable[[PassagePair], Iterable[Evidence]]
