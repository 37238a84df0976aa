"""What `tolmach evaluate` does: files in, scores out."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from corpora.errors import InputError, UsageError
from corpora.progress import Progress
from corpora.readers.load import load_article
from eval import ReferenceFree, Scores, assess, evaluate, evaluate_articles
from tolmach.inputs import STANDARD_INPUT


@dataclass(frozen=True, slots=True)
class EvaluationPlan:
    """How to score.

    Attributes:
        language: Language of hypothesis and reference; None detects it.
        metrics: Metrics against the reference.
        by_article: Whether the files are articles, to be aligned first, rather than lines that answer each other.
    """

    language: str | None = None
    metrics: tuple[str, ...] = ("bleu", "chrf")
    by_article: bool = False


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Scores of one translation.

    Attributes:
        scores: Against the reference, None where there is none.
        realigned: True where sentences had to be joined before they answered the reference's.
        reference_free: Against the source, None where none is given.
    """

    scores: Scores | None = None
    realigned: bool = False
    reference_free: ReferenceFree | None = None

    def to_json(self) -> str:
        """Return the scores as JSON text."""
        data = {
            "schema": "tolmach-scores/1",
            "scores": {name: asdict(metric) for name, metric in (self.scores or {}).items()},
            "segments": self.scores.segments if self.scores else None,
            "realigned": self.realigned,
            "reference_free": asdict(self.reference_free) if self.reference_free else None,
        }
        return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def evaluate_files(
    hypothesis: str, reference: str | None, source: str | None, *, plan: EvaluationPlan, progress: Progress
) -> Evaluation:
    """Score the file `hypothesis` against `reference`, against `source`, or both.

    Raises:
        UsageError: There is neither, or a metric is not known.
        InputError: A file cannot be read, or lines do not answer each other.
    """
    if reference is None and source is None:
        raise UsageError("there is nothing to score against", hint="Name a reference, or the source with --source")
    if [hypothesis, reference, source].count(STANDARD_INPUT) > 1:
        raise UsageError("standard input (-) can be read only once", hint="Save one of the texts in a file")
    free = _assess(hypothesis, source, plan, progress) if source else None
    if reference is None:
        return Evaluation(reference_free=free)
    if plan.by_article:
        pair = [load_article(path, plan.language, progress=progress) for path in (hypothesis, reference)]
        against = evaluate_articles(*pair, metrics=plan.metrics)
        return Evaluation(against.scores, against.realigned, free)
    return Evaluation(_score_lines(hypothesis, reference, plan), reference_free=free)


def _assess(hypothesis: str, source: str, plan: EvaluationPlan, progress: Progress) -> ReferenceFree:
    from alignment import align  # noqa: PLC0415 - loaded when used

    original = load_article(source, progress=progress)
    translation = load_article(hypothesis, plan.language, progress=progress)
    beads = [(bead.source, bead.target) for bead in align(original, translation).beads]
    return assess(original, translation, beads=beads)


def _score_lines(hypothesis: str, reference: str, plan: EvaluationPlan) -> Scores:
    lines = read_lines(hypothesis), read_lines(reference)
    if not all(line.strip() for line in lines[1]):
        raise InputError(
            f"{reference} has empty lines, so its lines are no segments",
            hint="Score articles with --by article, or fill the lines",
        )
    if len(lines[0]) != len(lines[1]):
        raise InputError(
            f"{hypothesis} has {len(lines[0])} lines and {reference} {len(lines[1])}",
            hint="Lines must answer each other; score articles with --by article",
        )
    language = plan.language
    if language is None:
        from corpora.identification import identify_language  # noqa: PLC0415 - loaded when used

        language = identify_language("\n".join(lines[1]))
    return evaluate(lines[0], [lines[1]], target_language=language, metrics=plan.metrics)


def read_lines(path: str) -> list[str]:
    """Return the lines of a UTF-8 text file (or of standard input, `-`), a line break at the end ignored.

    Raises:
        InputError: The file cannot be read, or is not UTF-8.
    """
    try:
        text = Path("/dev/stdin" if path == STANDARD_INPUT else path).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}", hint="Name a file that exists") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 text", hint="Convert it, one segment a line") from error
    return text.removesuffix("\n").split("\n")
