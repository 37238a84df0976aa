"""What `tolmach evaluate` is asked, and what it finds."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from common.errors import InputError
from common.names import printable
from corpora.languages import base_language
from eval import ReferenceFree, Scores

if TYPE_CHECKING:
    from eval.qe.segments import SegmentSigns
    from eval.significance import Resampling, Significance


@dataclass(frozen=True, slots=True)
class EvaluationPlan:
    """How to score.

    Attributes:
        language: Language of hypothesis and reference; None detects it.
        source_language: Language of the source; None detects it.
        metrics: Metrics; none are computed without a reference unless they need none.
        by_article: Whether the files are articles, to be aligned first, rather than lines that correspond.
        systems: Other translations of the same source, by name; each is compared with the hypothesis.
        sentence_level: Whether each line is scored by itself, too.
        resampling: How systems are resampled; None takes the defaults.
    """

    language: str | None = None
    source_language: str | None = None
    metrics: tuple[str, ...] = ("bleu", "chrf")
    by_article: bool = False
    systems: tuple[tuple[str, str], ...] = ()
    sentence_level: bool = False
    resampling: "Resampling | None" = None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Scores of one translation, or of several.

    Attributes:
        language: Language of the translation.
        scores: Of the hypothesis; None where no metric was computed.
        realigned: True where sentences had to be joined before they answered the reference's.
        reference_free: The article against its source; None for lines, or where no source is given.
        signs: Each system's segments against their sources, by its name; none where no source is given.
        agreement: How far each system agrees with the others, by its name, see `eval.qe.segments`; none for fewer than
            three systems, or where no source is given.
        significance: The hypothesis beside other systems, None where there are none.
        sentences: The scores of each line, none where they were not asked for.
    """

    language: str
    scores: Scores | None = None
    realigned: bool = False
    reference_free: ReferenceFree | None = None
    signs: "Mapping[str, SegmentSigns]" = field(default_factory=dict)
    agreement: Mapping[str, float] = field(default_factory=dict)
    significance: "Significance | None" = None
    sentences: tuple[Scores, ...] = ()

    def to_json(self) -> str:
        """Return the scores as JSON text."""
        data: dict[str, Any] = {
            "schema": "tolmach-scores/1",
            "language": self.language,
            "scores": {name: asdict(metric) for name, metric in (self.scores or {}).items()},
            "segments": self.scores.segments if self.scores else None,
            "realigned": self.realigned,
            "reference_free": asdict(self.reference_free) if self.reference_free else None,
            "signs": {name: _describe(signs) | self._agreed(name) for name, signs in self.signs.items()},
        }
        if self.significance:
            data["significance"] = asdict(self.significance)
        if self.sentences:
            data["sentences"] = [{name: metric.score for name, metric in one.items()} for one in self.sentences]
            for signs in list(self.signs.values())[:1]:
                for row, adequacy in zip(data["sentences"], signs.segments, strict=True):
                    row["adequacy"] = adequacy
        return json.dumps(data, ensure_ascii=False, indent=2) + "\n"

    def _agreed(self, name: str) -> dict[str, float]:
        return {"agreement": self.agreement[name]} if name in self.agreement else {}


def _describe(signs: "SegmentSigns") -> dict[str, Any]:
    return {
        "worst_tenth": signs.worst_tenth,
        "mean": signs.mean,
        "flagged": signs.flagged,
        "checks": signs.kinds,
        "length_ratio": signs.length_ratio,
        "usual_length_ratio": signs.usual_length_ratio,
        "segments": [
            {"adequacy": adequacy, "checks": [check.message for check in checks]}
            for adequacy, checks in zip(signs.segments, signs.checks, strict=True)
        ],
    }


def check_direction(source: str, target: str) -> None:
    """Refuse a source in the language of its translation.

    Raises:
        InputError: They are in the same language.
    """
    if base_language(source) == base_language(target):
        raise InputError(
            f"the source and the translation are both in {target}",
            hint="Give the original; if a language was told wrong, name it with --language or --source-language",
        )


def label_of(path: str) -> str:
    """Return what the system in a file is called."""
    return printable(Path(path).name)
