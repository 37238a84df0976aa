"""Results of a benchmark: all data of its reports."""

from dataclasses import dataclass, field
from typing import Literal

from eval.significance import Resampling, SystemComparison, SystemScore

LabelledValues = tuple[tuple[str, str], ...]
"""Names and values, as in signatures."""
Property = Literal["document", "length", "content", "origin"]
Kind = Literal["model", "outputs", "submitted", "reference"]


@dataclass(frozen=True, slots=True)
class ModelFigures:
    """One model on one machine.

    Attributes:
        licence: Its licence; empty if unknown.
        restriction: Restrictions of the licence; empty if none.
        size_bytes: Size of its weights on disk; None if unknown.
        parameters: Number of its parameters; None if unknown.
        start_seconds: From the start of a process to the first translated sentence, weights cached and converted:
            median over the processes that ran; None if none ran.
        peak_bytes: Peak memory of the whole process, including libraries; None if none ran.
        failed: Why it could not be run; empty if it could.
    """

    name: str
    licence: str = ""
    restriction: str = ""
    size_bytes: int | None = None
    parameters: int | None = None
    start_seconds: float | None = None
    peak_bytes: int | None = None
    failed: str = ""
    machine: LabelledValues = ()
    versions: LabelledValues = ()


@dataclass(frozen=True, slots=True)
class SystemFigures:
    """One system on one set in one direction.

    Attributes:
        name: The model, or the name of another program's outputs.
        kind: `model`; `outputs` of the user's; `submitted` with the set; `reference`, a human translation.
        adequacy: Mean adequacy of its bottom decile of segments, from 0 to 1, higher is better; see `eval.qe.adequacy`.
            None if not estimated.
        agreement: Agreement with the other systems, from -1 to 1, higher is better; see `eval.qe.segments`. None for
            fewer than three systems, or if not estimated.
        flagged: Share of the segments that fail a check of `translate.checks`, from 0 to 1, lower is better; None
            without checks.
        seconds: Wall-clock time of all chunks; None if it was not translated here.
    """

    name: str
    kind: Kind
    adequacy: float | None = None
    agreement: float | None = None
    flagged: float | None = None
    checks: dict[str, int] = field(default_factory=dict)
    seconds: float | None = None
    segments_per_second: float | None = None
    characters_per_second: float | None = None
    signature: LabelledValues = ()


@dataclass(frozen=True, slots=True)
class Part:
    """Scores on a subset of the segments.

    Attributes:
        scores: By system, its score by the table's breakdown metric.
    """

    name: str
    segments: int
    scores: dict[str, float]


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Scores on subsets of the segments, by one property.

    Attributes:
        property: `document`, `length`, `content` or `origin`.
    """

    property: Property
    metric: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class WorstSegment:
    """A segment with a low score of a system, or with one far above that of another.

    Attributes:
        system: The system with the low score, or the one ahead.
        number: The segment's number in the set, from 1.
        reference: First reference.
        outputs: The translation of every system.
        scores: Sentence score of every system by the table's breakdown metric.
    """

    system: str
    number: int
    source: str
    reference: str
    outputs: dict[str, str]
    scores: dict[str, float]
    checks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """All systems on one set in one direction.

    Attributes:
        documents: Number of documents; 0 if unknown.
        digest: Checksum of sources and references.
        origins: Languages that the texts were written in, by tag; none if unknown.
        baseline: Name of the baseline; empty without systems.
        systems: The baseline first.
        reference: Quality estimates of a reference, as a scale for those of systems; None if not estimated.
        scores: Scores of each system by each metric, with intervals.
        comparisons: Of each system with the baseline, and of the others with each other.
        missing: Why systems of the plan are missing, by name.
        contrasts: Segments in which some two systems differ most.
    """

    set: str
    pair: str
    segments: int
    documents: int
    references: tuple[str, ...]
    digest: str
    licence: str
    citation: str
    origins: tuple[str, ...]
    baseline: str
    systems: tuple[SystemFigures, ...]
    reference: SystemFigures | None
    scores: tuple[SystemScore, ...]
    comparisons: tuple[SystemComparison, ...]
    breakdowns: tuple[Breakdown, ...]
    worst: tuple[WorstSegment, ...]
    missing: dict[str, str]
    contrasts: tuple[WorstSegment, ...] = ()


@dataclass(frozen=True, slots=True)
class BenchResult:
    """A whole benchmark.

    Attributes:
        command: The command that repeats it; empty if it was not run from the command line.
        setting: Setting of the models, as in `BenchPlan.setting`.
        adequacy: Versions of the models of adequacy.
    """

    command: str
    setting: str
    metrics: tuple[str, ...]
    resampling: Resampling
    models: tuple[ModelFigures, ...]
    tables: tuple[Table, ...]
    adequacy: LabelledValues = ()

    @property
    def failures(self) -> dict[str, str]:
        """Why models could not be run, by name."""
        return {model.name: model.failed for model in self.models if model.failed}
