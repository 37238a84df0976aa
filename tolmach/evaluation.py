"""Evaluation of `tolmach evaluate`: files in, scores out."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alignment import align
from common.errors import InputError, UsageError
from common.progress import Progress
from corpora.encoding import decode_data
from corpora.identification import check_language, identify_language
from corpora.languages import base_language, require_translated
from corpora.limits import read_standard_input
from corpora.readers.load import load_article
from corpora.testsets.loading import read_lines, split_lines
from eval import ReferenceFree, Scores, assess, evaluate_articles
from eval.articles import join_sentences
from eval.metrics import metrics_without_reference, parse_metrics, score_segments, score_sentences
from eval.qe.segments import LEAST_SYSTEMS, agreement, assess_segments
from eval.significance.systems import compare_measured, measure_texts
from eval.types import Segments, check_segments
from tolmach.workflow.gold_files import STANDARD_INPUT

if TYPE_CHECKING:
    from corpora.article import Article
    from eval.qe.segments import SegmentEstimates
    from eval.significance import Resampling, Significance


@dataclass(frozen=True, slots=True)
class EvaluationPlan:
    """Options of an evaluation.

    Attributes:
        language: Language of hypothesis and reference; None detects it.
        source_language: Language of the source; None detects it.
        metrics: Metrics; only reference-free ones are computed without a reference.
        by_article: Whether the files are articles, to be aligned first, rather than lines that correspond.
        systems: Other translations of the same source, by name; all pairs are compared.
        sentence_level: Whether to score each line of each system, too.
        checked: Whether to check each segment against the source, which takes most of the time.
        resampling: Options of resampling; None for the defaults.
    """

    language: str | None = None
    source_language: str | None = None
    metrics: tuple[str, ...] = ("bleu", "chrf")
    by_article: bool = False
    systems: tuple[tuple[str, str], ...] = ()
    sentence_level: bool = False
    checked: bool = True
    resampling: "Resampling | None" = None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Scores of one translation, or of several.

    Attributes:
        language: Language of the translation.
        system: Name of the hypothesis.
        scores: Scores of the hypothesis; None without metrics.
        realigned: Whether sentences were joined to match the reference's.
        reference_free: Quality estimates of the article; None for lines, or without a source.
        estimates: Quality estimates of each system's segments, by name; none without a source.
        agreement: Agreement of each system with the others, by name, see `eval.qe.segments`; none for fewer than three
            systems, or without a source.
        significance: Comparison of every two systems, None for a single one.
        sentences: The scores of each line of each system, by its name and that of the metric, where `adequacy` is one
            if there is a source; none if not requested.
        checked: Whether `estimates` have failed checks.
    """

    language: str
    system: str
    scores: Scores | None = None
    realigned: bool = False
    reference_free: ReferenceFree | None = None
    estimates: "Mapping[str, SegmentEstimates]" = field(default_factory=dict)
    agreement: Mapping[str, float] = field(default_factory=dict)
    significance: "Significance | None" = None
    sentences: Mapping[str, Sequence[Mapping[str, float]]] = field(default_factory=dict)
    checked: bool = True

    def to_json(self) -> str:
        """Return the scores as JSON text."""
        data: dict[str, Any] = {
            "schema": "tolmach-scores/2",
            "language": self.language,
            "system": self.system,
            "scores": {name: asdict(metric) for name, metric in (self.scores or {}).items()},
            "segments": self.scores.segments if self.scores else None,
            "realigned": self.realigned,
            "reference_free": asdict(self.reference_free) if self.reference_free else None,
            "signs": {name: self._describe(name) for name in self.estimates},
        }
        if self.significance:
            data["significance"] = asdict(self.significance)
        if self.sentences:
            data["sentences"] = {name: list(rows) for name, rows in self.sentences.items()}
        return json.dumps(data, ensure_ascii=False, indent=2) + "\n"

    def _describe(self, name: str) -> dict[str, Any]:
        estimates = self.estimates[name]
        checked = {"flagged": estimates.flagged, "checks": estimates.kinds} if self.checked else {}
        return {
            "worst_tenth": estimates.bottom_decile,
            "mean": estimates.mean,
            **checked,
            "length_ratio": estimates.length_ratio,
            "usual_length_ratio": estimates.usual_length_ratio,
            "segments": [
                {"adequacy": adequacy, **({"checks": [check.message for check in checks]} if checked else {})}
                for adequacy, checks in zip(estimates.segments, estimates.checks, strict=True)
            ],
            **({"agreement": self.agreement[name]} if name in self.agreement else {}),
        }


def check_direction(source: str, target: str) -> None:
    """Refuse a source in the language of its translation, and languages that translations are not judged in.

    Raises:
        InputError: They are in the same language.
        UsageError: One of them is not translated.
    """
    require_translated(source, target)
    if base_language(source) == base_language(target):
        raise InputError(
            f"the source and the translation are both in {target}",
            hint="Give the original; if a language was detected wrongly, name it with --language or --from",
        )


def evaluate_files(
    hypothesis: tuple[str, str],
    references: Sequence[str],
    source: str | None,
    *,
    plan: EvaluationPlan,
    progress: Progress,
) -> Evaluation:
    """Score the file `hypothesis` against `references`, against `source`, or both.

    Args:
        hypothesis: Name and file of the translation; the file may be `-` for standard input.
        references: Files of the references.
        source: File of the source, None if there is none.
        plan: Options.
        progress: Receives the progress and warnings.

    Raises:
        UsageError: There is neither, a metric is not known or needs a reference, or options contradict each other.
        InputError: A file cannot be read, lines do not correspond, or a text is in another language.
    """
    if not references and source is None:
        raise UsageError("there is nothing to score against", hint="Name a reference, or the source with --source")
    named = [hypothesis[1], *references, source, *(path for _, path in plan.systems)]
    if named.count(STANDARD_INPUT) > 1:
        raise UsageError("standard input (-) can be read only once", hint="Save one of the texts in a file")
    metrics = parse_metrics(plan.metrics) if references else metrics_without_reference(plan.metrics)
    if plan.by_article:
        _check_by_article(references, plan)
        return _score_articles((hypothesis, source), references, metrics, plan=plan, progress=progress)
    return Lines(hypothesis, references, source, plan, progress).score(metrics)


def _check_by_article(references: Sequence[str], plan: EvaluationPlan) -> None:
    if plan.systems or plan.sentence_level or len(references) > 1:
        raise UsageError(
            "articles are scored one by one, against one reference", hint="Score lines, or leave the other options out"
        )


def _score_articles(
    files: tuple[tuple[str, str], str | None],
    references: Sequence[str],
    metrics: Sequence[str],
    *,
    plan: EvaluationPlan,
    progress: Progress,
) -> Evaluation:
    (name, path), original = files
    hypothesis = load_article(path, plan.language, progress=progress)
    source = load_article(original, plan.source_language, progress=progress) if original else None
    free, estimates, scores, realigned = None, {}, None, False
    if source:
        check_direction(source.language, hypothesis.language)
        free, one = _assess(source, hypothesis, checked=plan.checked)
        estimates = {name: one} if one else {}
    if references:
        reference = load_article(references[0], plan.language, progress=progress)
        against = evaluate_articles(hypothesis, reference, source=source, metrics=metrics, progress=progress)
        scores, realigned = against.scores, against.realigned
    return Evaluation(hypothesis.language, name, scores, realigned, free, estimates, checked=plan.checked)


def _assess(
    source: "Article", translation: "Article", *, checked: bool
) -> "tuple[ReferenceFree, SegmentEstimates | None]":
    beads = [(bead.source, bead.target) for bead in align(source, translation).beads]
    answered = [bead for bead in beads if all(bead)]
    if not answered:
        return assess(source, translation, beads=beads), None
    sources, targets = (
        [join_sentences([article.sentences[at].text for at in bead[side]], article.language) for bead in answered]
        for side, article in enumerate((source, translation))
    )
    estimates = assess_segments(sources, targets, (source.language, translation.language), checked=checked)
    return assess(source, translation, beads=beads, checks=estimates.checks if checked else None), estimates


class Lines:
    """Files whose lines correspond.

    Args:
        hypothesis: Name and file of the translation.
        references: Files of the references.
        source: File of the source, None if there is none.
        plan: Options.
        progress: Receives the progress and warnings.

    Raises:
        UsageError: Two systems have one name.
        InputError: A file cannot be read, lines do not correspond, or a language cannot be detected.
    """

    def __init__(
        self,
        hypothesis: tuple[str, str],
        references: Sequence[str],
        source: str | None,
        plan: EvaluationPlan,
        progress: Progress,
    ) -> None:
        named = [hypothesis, *plan.systems]
        if twice := next((name for name, _ in named if sum(name == one for one, _ in named) > 1), None):
            raise UsageError(f"two systems have one name, {twice}", hint="Name them apart, as in --system NAME=FILE")
        self._plan, self._progress = plan, progress
        self._outputs = {name: _read(path) for name, path in named}
        self._references = [_read(path, filled=True) for path in references]
        self._sources = _read(source, filled=True) if source else None
        first = next(iter(self._outputs))
        others = [*zip(references, self._references, strict=True), *([(source, self._sources)] if source else [])]
        for path, lines in others:
            _check_length(first, self._outputs[first], path, lines or ())
        for name, lines in list(self._outputs.items())[1:]:
            _check_length(first, self._outputs[first], name, lines)
        self._language = self._detect_language(references)

    def score(self, metrics: Sequence[str]) -> Evaluation:
        """Return all requested scores."""
        own = next(iter(self._outputs.values()))
        segments = Segments(self._references, self._language, self._sources)
        if self._references:
            check_segments(own, self._references, self._sources)
        estimates = self._estimates() if self._sources else {}
        return Evaluation(
            language=self._language,
            system=next(iter(self._outputs)),
            scores=score_segments(own, segments, names=metrics, progress=self._progress) if metrics else None,
            estimates=estimates,
            agreement=self._agreement() if self._sources else {},
            significance=self._compare(metrics, segments) if self._plan.systems and metrics else None,
            sentences=self._sentences(metrics, segments, estimates) if self._plan.sentence_level else {},
            checked=self._plan.checked,
        )

    def _sentences(
        self, metrics: Sequence[str], segments: Segments, estimates: "Mapping[str, SegmentEstimates]"
    ) -> dict[str, list[dict[str, float]]]:
        found = {}
        with self._progress.bar("Scoring each line", len(self._outputs), unit="systems") as advance:
            for name, lines in self._outputs.items():
                scored = score_sentences(lines, segments, names=metrics)
                rows = [{metric: value.score for metric, value in one.items()} for one in scored]
                if name in estimates:
                    for row, adequacy in zip(rows, estimates[name].segments, strict=True):
                        row["adequacy"] = adequacy
                found[name] = rows
                advance(1)
        return found

    def _detect_language(self, references: Sequence[str]) -> str:
        """Return the language of the translations; warn if another text seems to be in another one."""
        named = [*zip(references, self._references, strict=True), *self._outputs.items()]
        path, lines = named[0]
        text = "\n".join(lines)
        language = check_language(text, self._plan.language) if self._plan.language else identify_language(text)
        for other, rows in named[1:]:
            try:
                found = identify_language("\n".join(rows))
            except InputError as error:
                self._progress.note(f"{other}: {error.message}")
                continue
            if base_language(found) != base_language(language):
                self._progress.note(f"{other} seems to be in {found}, {path} in {language}")
        return language

    def _estimates(self) -> "dict[str, SegmentEstimates]":
        sources = self._sources or []
        source = self._plan.source_language or identify_language("\n".join(sources))
        check_direction(source, self._language)
        direction, checked = (source, self._language), self._plan.checked
        total = len(self._outputs) * len(sources)
        with self._progress.bar("Comparing with the source", total, unit="segments") as advance:
            return {
                name: assess_segments(sources, lines, direction, checked=checked, advance=advance)
                for name, lines in self._outputs.items()
            }

    def _agreement(self) -> dict[str, float]:
        return agreement(self._outputs) if len(self._outputs) >= LEAST_SYSTEMS else {}

    def _compare(self, metrics: Sequence[str], segments: Segments) -> "Significance":
        measured = []
        with self._progress.bar("Comparing the systems", len(metrics) + 1, unit="steps") as advance:
            for name in metrics:
                measured.append(measure_texts(name, self._outputs, segments))
                advance(1)
            return compare_measured(measured, options=self._plan.resampling)


def _read(path: str, *, filled: bool = False) -> list[str]:
    """Return the lines of a file or of standard input.

    Args:
        path: The file, or `-`.
        filled: Whether an empty line is an error.

    Raises:
        InputError: It cannot be read, is empty, or has an empty line although `filled`.
    """
    if path == STANDARD_INPUT:
        lines = split_lines(decode_data(read_standard_input(), "standard input"))
    else:
        lines = read_lines(Path(path))
    if not any(line.strip() for line in lines):
        raise InputError(f"{path} is empty", hint="Check that the file is the one that you mean")
    hole = next((number for number, line in enumerate(lines, start=1) if not line.strip()), None)
    if filled and hole:
        raise InputError(
            f"{path}, line {hole} is empty, so its lines are not segments",
            hint="Score articles with --by article, or fill the line",
        )
    return list(lines)


def _check_length(name: str, lines: Sequence[str], other: str, rows: Sequence[str]) -> None:
    if len(lines) != len(rows):
        lacking = name if len(lines) < len(rows) else other
        raise InputError(
            f"{name} has {len(lines)} lines and {other} {len(rows)}: "
            f"line {min(len(lines), len(rows)) + 1} is missing from {lacking}",
            hint="Lines must correspond; score articles with --by article",
        )
