"""What `tolmach evaluate` does: files in, scores out."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpora.errors import InputError, UsageError
from corpora.progress import Progress
from corpora.readers.load import load_article
from eval import ReferenceFree, Scores, assess, evaluate, evaluate_articles, evaluate_sentences
from eval.learned.registry import LEARNED
from eval.metrics import parse_metrics
from eval.segments import Segments
from tolmach.inputs import STANDARD_INPUT

if TYPE_CHECKING:
    from eval.significance import Resampling, Significance


@dataclass(frozen=True, slots=True)
class EvaluationPlan:
    """How to score.

    Attributes:
        language: Language of hypothesis and reference; None detects it.
        metrics: Metrics against the reference.
        by_article: Whether the files are articles, to be aligned first, rather than lines that answer each other.
        systems: Other translations of the same source, by name; each is compared with the hypothesis.
        sentence_level: Whether each line is scored by itself, too.
        resampling: How systems are resampled; None takes the defaults.
    """

    language: str | None = None
    metrics: tuple[str, ...] = ("bleu", "chrf")
    by_article: bool = False
    systems: tuple[tuple[str, str], ...] = ()
    sentence_level: bool = False
    resampling: "Resampling | None" = None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Scores of one translation.

    Attributes:
        scores: Against the references, None where there are none.
        realigned: True where sentences had to be joined before they answered the reference's.
        reference_free: Against the source, None where none is given.
        significance: The hypothesis beside other systems, None where there are none.
        sentences: The scores of each line, none where they were not asked for.
    """

    scores: Scores | None = None
    realigned: bool = False
    reference_free: ReferenceFree | None = None
    significance: "Significance | None" = None
    sentences: tuple[Scores, ...] = ()

    def to_json(self) -> str:
        """Return the scores as JSON text."""
        data: dict[str, Any] = {
            "schema": "tolmach-scores/1",
            "scores": {name: asdict(metric) for name, metric in (self.scores or {}).items()},
            "segments": self.scores.segments if self.scores else None,
            "realigned": self.realigned,
            "reference_free": asdict(self.reference_free) if self.reference_free else None,
        }
        if self.significance:
            data["significance"] = asdict(self.significance)
        if self.sentences:
            data["sentences"] = [{name: metric.score for name, metric in one.items()} for one in self.sentences]
        return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def evaluate_files(
    hypothesis: str, references: Sequence[str], source: str | None, *, plan: EvaluationPlan, progress: Progress
) -> Evaluation:
    """Score the file `hypothesis` against `references`, against `source`, or both.

    Raises:
        UsageError: There is neither, a metric is not known, or options contradict each other.
        InputError: A file cannot be read, or lines do not answer each other.
    """
    if not references and source is None:
        raise UsageError("there is nothing to score against", hint="Name a reference, or the source with --source")
    named = [hypothesis, *references, source, *(path for _, path in plan.systems)]
    if named.count(STANDARD_INPUT) > 1:
        raise UsageError("standard input (-) can be read only once", hint="Save one of the texts in a file")
    if plan.by_article:
        _check_by_article(references, plan)
    if not references and (plan.systems or plan.sentence_level):
        raise UsageError("systems and sentences are scored against a reference", hint="Name one")
    free = _assess(hypothesis, source, plan, progress) if source else None
    if not references:
        return Evaluation(reference_free=free)
    if plan.by_article:
        pair = [load_article(path, plan.language, progress=progress) for path in (hypothesis, references[0])]
        against = evaluate_articles(*pair, metrics=plan.metrics)
        return Evaluation(against.scores, against.realigned, free)
    return _score_lines((hypothesis, source), references, plan, free)


def _check_by_article(references: Sequence[str], plan: EvaluationPlan) -> None:
    if plan.systems or plan.sentence_level or len(references) > 1:
        raise UsageError(
            "articles are scored one by one, against one reference", hint="Score lines, or leave the other options out"
        )


def _assess(hypothesis: str, source: str, plan: EvaluationPlan, progress: Progress) -> ReferenceFree:
    from alignment import align  # noqa: PLC0415 - loaded when used

    original = load_article(source, progress=progress)
    translation = load_article(hypothesis, plan.language, progress=progress)
    beads = [(bead.source, bead.target) for bead in align(original, translation).beads]
    return assess(original, translation, beads=beads)


def _score_lines(
    files: tuple[str, str | None], references: Sequence[str], plan: EvaluationPlan, free: ReferenceFree | None
) -> Evaluation:
    hypothesis, source = files
    sources = read_lines(source) if source and set(parse_metrics(plan.metrics)) & set(LEARNED) else None
    lists = [_read_reference(path) for path in references]
    named = [(_label(hypothesis), hypothesis), *plan.systems]
    if len({name for name, _ in named}) < len(named):
        raise UsageError("two systems have one name", hint="Name them, as in --system NAME=FILE")
    outputs = {name: read_lines(path) for name, path in named}
    for name, lines in outputs.items():
        for path, reference in zip(references, lists, strict=True):
            _check_length(hypothesis if name == _label(hypothesis) else name, lines, path, reference)
    language = plan.language or _language(lists[0])
    own = next(iter(outputs.values()))
    return Evaluation(
        evaluate(own, lists, sources=sources, target_language=language, metrics=plan.metrics),
        reference_free=free,
        significance=_compare(outputs, Segments(lists, language, sources), plan) if plan.systems else None,
        sentences=evaluate_sentences(own, lists, sources=sources, target_language=language, metrics=plan.metrics)
        if plan.sentence_level
        else (),
    )


def _compare(outputs: dict[str, list[str]], segments: Segments, plan: EvaluationPlan) -> "Significance":
    from eval.significance import compare_systems  # noqa: PLC0415 - loads numpy

    return compare_systems(
        outputs,
        segments.references,
        target_language=segments.language,
        sources=segments.sources,
        metrics=plan.metrics,
        baseline=next(iter(outputs)),
        options=plan.resampling,
    )


def _label(path: str) -> str:
    return Path(path).name


def _read_reference(path: str) -> list[str]:
    lines = read_lines(path)
    if not all(line.strip() for line in lines):
        raise InputError(
            f"{path} has empty lines, so its lines are no segments",
            hint="Score articles with --by article, or fill the lines",
        )
    return lines


def _check_length(name: str, lines: Sequence[str], path: str, reference: Sequence[str]) -> None:
    if len(lines) != len(reference):
        raise InputError(
            f"{name} has {len(lines)} lines and {path} {len(reference)}",
            hint="Lines must answer each other; score articles with --by article",
        )


def _language(lines: Sequence[str]) -> str:
    from corpora.identification import identify_language  # noqa: PLC0415 - loaded when used

    return identify_language("\n".join(lines))


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
