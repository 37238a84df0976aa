"""What a benchmark found: everything that its reports show, with what produced it."""

from dataclasses import dataclass, field
from typing import Literal

from eval.significance import Resampling, SystemComparison, SystemScore

LabelledValues = tuple[tuple[str, str], ...]
"""Names and values: how signatures are kept."""
Property = Literal["document", "length", "content", "origin"]
Kind = Literal["model", "outputs", "submitted", "reference"]


@dataclass(frozen=True, slots=True)
class ModelFigures:
    """One model on one machine.

    Attributes:
        name: The model.
        licence: Its licence; empty where it is not known.
        restriction: What the licence forbids; empty where nothing.
        size_bytes: What its weights take on disk; None where it is not known.
        parameters: Number of its parameters; None where it is not known.
        start_seconds: From the start of a process to the first translated sentence, weights cached and converted:
            median over the processes that ran; None where none did.
        peak_bytes: Most memory of the whole process, libraries included; None where none ran.
        failed: Why it could not be run; empty where it could.
        machine: Where it ran.
        versions: With which libraries.
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
        name: The model, or the name of outputs that another program made.
        kind: `model`; `outputs` of the user's; `submitted` with the set; `reference`, a human translation.
        adequacy: Adequacy of its worst tenth of segments, from 0 to 1, higher is better; see `eval.qe.adequacy`. None
            where no signs were looked for.
        agreement: With the other systems, from -1 to 1, higher is better; see `eval.qe.segments`. None where there are
            fewer than three systems, or no signs were looked for.
        flagged: Share of the segments that fail a check of `translate.checks`, from 0 to 1, lower is better; None
            where no checks were made.
        checks: How many segments fail each kind of check.
        seconds: Wall-clock time of all chunks; None where it was not translated here.
        segments_per_second: Segments by that time.
        characters_per_second: Source characters by that time.
        signature: What produced the translations.
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
    """Scores on a part of the segments.

    Attributes:
        name: Which part.
        segments: Its number of segments.
        scores: By system, its score by the table's breakdown metric.
    """

    name: str
    segments: int
    scores: dict[str, float]


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Scores on parts of the segments, by one property.

    Attributes:
        property: `document`, `length`, `content` or `origin`.
        metric: The metric.
        parts: In the order to show.
    """

    property: Property
    metric: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class WorstSegment:
    """A segment on which a system does badly.

    Attributes:
        system: The system.
        number: The segment's number in the set, from 1.
        source: Source.
        reference: First reference.
        outputs: The translation of every system.
        scores: Sentence score of every system by the table's breakdown metric.
        checks: What looks wrong with this system's translation.
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
        set: Name of the set.
        pair: Direction, as `en-ru`.
        segments: Number of segments.
        documents: Number of documents; 0 where the set does not tell.
        references: Names of the references.
        digest: Checksum of sources and references.
        licence: Licence of the set.
        citation: Its paper.
        origins: Languages that the texts were written in, by tag; none where the set does not tell.
        baseline: Name of the system that the others are compared with; empty where there are no systems.
        systems: The baseline first.
        reference: Signs of a reference, as a scale for the systems' own; None where there are none.
        scores: Each system by each metric, with its interval.
        comparisons: Each other system beside the baseline.
        breakdowns: Scores on parts.
        worst: Worst segments of each system.
        missing: Why systems of the plan are not here, by name.
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


@dataclass(frozen=True, slots=True)
class BenchResult:
    """A whole benchmark.

    Attributes:
        command: The command that repeats it; empty where it was not run from the command line.
        setting: How models were asked, as `BenchPlan.setting`.
        metrics: Names of the metrics, in order.
        resampling: How systems were resampled.
        models: One a model.
        tables: One a set and direction.
        adequacy: What the adequacy was measured with.
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
