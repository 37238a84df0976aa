"""What can be said about translated segments without a reference: adequacy, failed checks, length."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from eval.qe.adequacy import sentence_adequacy, system_adequacy
from eval.qe.reference_free import usual_length_ratio
from translate.checks import Checker, SentencePair
from translate.types import Check


@dataclass(frozen=True, slots=True)
class SegmentSigns:
    """Signs of how well segments render their sources; warning lights, no ranking of good systems.

    Attributes:
        segments: Adequacy of each segment, from 0 to 1, higher is better; see `eval.qe.adequacy`.
        checks: What failed in each segment.
        length_ratio: Target length by source length, in code points without white space; neither direction is better.
        usual_length_ratio: What it is over a large news corpus.
    """

    segments: tuple[float, ...]
    checks: tuple[tuple[Check, ...], ...]
    length_ratio: float
    usual_length_ratio: float

    @property
    def worst_tenth(self) -> float:
        """Mean adequacy of the worst tenth of the segments, from 0 to 1, higher is better."""
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
        """How many segments fail each kind of check, by its name."""
        found = Counter(kind for each in self.checks for kind in sorted({check.kind for check in each}))
        return dict(sorted(found.items()))


def assess_segments(sources: Sequence[str], hypotheses: Sequence[str], direction: tuple[str, str]) -> SegmentSigns:
    """Return what can be said about translations without a reference, at about 20 ms a segment; nothing is downloaded.

    Args:
        sources: Source segments; at least one.
        hypotheses: One translation a segment.
        direction: Source and target language, BCP-47 tags.

    Raises:
        InputError: Lists of different length.
        UsageError: A language is not known.
    """
    source, target = direction
    adequacy = sentence_adequacy(sources, hypotheses, source_language=source, target_language=target)
    pairs = [SentencePair(*one, source, target) for one in zip(sources, hypotheses, strict=True)]
    return SegmentSigns(
        segments=tuple(adequacy),
        checks=tuple(Checker().check(pairs)),
        length_ratio=_length(hypotheses) / max(1, _length(sources)),
        usual_length_ratio=usual_length_ratio(source, target),
    )


def _length(texts: Sequence[str]) -> int:
    return sum(len("".join(text.split())) for text in texts)
