"""Quality estimates of translated segments: adequacy, failed checks, length."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from common.errors import InputError, UsageError
from eval.qe.adequacy import sentence_adequacy, system_adequacy
from eval.qe.reference_free import embedded_encoder, usual_length_ratio
from translate.checks import Checker, SentencePair
from translate.types import Check


@dataclass(frozen=True, slots=True)
class SegmentEstimates:
    """Quality estimates of segments: warnings, not a ranking of good systems.

    Attributes:
        segments: Adequacy of each segment, from 0 to 1, higher is better; see `eval.qe.adequacy`.
        checks: Failed checks of each segment; none if it was not checked.
        length_ratio: Target length by source length, in code points without white space; neither direction is better.
        usual_length_ratio: Usual ratio in a large news corpus.
    """

    segments: tuple[float, ...]
    checks: tuple[tuple[Check, ...], ...]
    length_ratio: float
    usual_length_ratio: float

    @property
    def bottom_decile(self) -> float:
        """Mean adequacy of the bottom decile of the segments, from 0 to 1, higher is better."""
        return system_adequacy(self.segments)

    @property
    def mean(self) -> float:
        """Mean adequacy of the segments, from 0 to 1, higher is better."""
        return sum(self.segments) / len(self.segments)

    @property
    def flagged(self) -> float:
        """Share of the segments that fail a check, from 0 to 1, lower is better."""
        return sum(map(bool, self.checks)) / len(self.checks)

    @property
    def kinds(self) -> dict[str, int]:
        """Number of segments that fail each kind of check, by name."""
        found = Counter(kind for each in self.checks for kind in sorted({check.kind for check in each}))
        return dict(sorted(found.items()))


_AT_ONCE: Final = 64
"""Segments assessed together: about a second of work, so that progress is seen."""


def assess_segments(
    sources: Sequence[str],
    hypotheses: Sequence[str],
    direction: tuple[str, str],
    *,
    checked: bool = True,
    advance: Callable[[float], None] = lambda _segments: None,
) -> SegmentEstimates:
    """Return quality estimates of translations, at about 20 ms a segment, without downloads.

    Args:
        sources: Source segments; at least one.
        hypotheses: One translation per segment.
        direction: Source and target language, BCP-47 tags.
        checked: Whether to check each segment, which takes most of the time.
        advance: Called with the number of segments after each part of the work.
    """
    source, target = direction
    adequacy: list[float] = []
    checks: list[tuple[Check, ...]] = []
    for start in range(0, max(len(sources), len(hypotheses)), _AT_ONCE):
        part = sources[start : start + _AT_ONCE], hypotheses[start : start + _AT_ONCE]
        adequacy += sentence_adequacy(*part, source_language=source, target_language=target)
        pairs = [SentencePair(*one, source, target) for one in zip(*part, strict=True)]
        checks += Checker().check(pairs) if checked else [()] * len(pairs)
        advance(len(pairs))
    return SegmentEstimates(
        segments=tuple(adequacy),
        checks=tuple(checks),
        length_ratio=_length(hypotheses) / max(1, _length(sources)),
        usual_length_ratio=usual_length_ratio(source, target),
    )


def _length(texts: Sequence[str]) -> int:
    return sum(len("".join(text.split())) for text in texts)


LEAST_SYSTEMS: Final = 3
"""Agreement is symmetric between two systems, so there must be three."""


def agreement(outputs: Mapping[str, Sequence[str]]) -> dict[str, float]:
    """Return each system's agreement with the others: the mean cosine of a segment with their sum.

    It ranks independent systems. Copies of one system agree regardless of quality; a system that is better than all
    others in its own way is ranked too low.

    Args:
        outputs: The translations of each system, by its name; at least three systems.

    Returns:
        By system, from -1 to 1, higher is better. A segment counts 0 if a system or all others are empty.

    Raises:
        InputError: Lists differ in length, or are empty.
        UsageError: There are fewer than three systems.
    """
    if len(outputs) < LEAST_SYSTEMS:
        raise UsageError("agreement needs at least three systems", hint="Name more")
    lengths = {len(lines) for lines in outputs.values()}
    if len(lengths) > 1 or not all(lengths):
        raise InputError("the systems do not have the same segments", hint="Give one translation a segment")
    vectors = {name: _encode(lines) for name, lines in outputs.items()}
    total = sum(vectors.values())
    return {name: _mean_cosine(own, total - own) for name, own in vectors.items()}


def _encode(lines: Sequence[str]) -> "np.typing.NDArray[np.float64]":
    """Return a vector for each line, zeros for empty ones."""
    vectors = np.asarray(embedded_encoder().encode([line if line.strip() else "." for line in lines]), dtype=np.float64)
    vectors[[not line.strip() for line in lines]] = 0.0
    return vectors


def _mean_cosine(own: "np.typing.NDArray[np.float64]", others: "np.typing.NDArray[np.float64]") -> float:
    lengths = np.linalg.norm(own, axis=1) * np.linalg.norm(others, axis=1)
    dots = (own * others).sum(axis=1)
    return float(np.divide(dots, lengths, out=np.zeros_like(dots), where=lengths > 0).mean())
