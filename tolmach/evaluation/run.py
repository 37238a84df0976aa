"""What `tolmach evaluate` does: files in, scores out."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from alignment import align
from common.errors import UsageError
from common.progress import Progress
from corpora.readers.load import load_article
from eval import ReferenceFree, assess, evaluate_articles
from eval.articles import join_sentences
from eval.metrics.scoring import metrics_without_reference, parse_metrics
from eval.qe.segments import assess_segments
from tolmach.evaluation.lines import Lines
from tolmach.evaluation.types import Evaluation, EvaluationPlan, check_direction, label_of
from tolmach.workflow.inputs import STANDARD_INPUT

if TYPE_CHECKING:
    from corpora.article import Article
    from eval.qe.segments import SegmentSigns


def evaluate_files(
    hypothesis: str, references: Sequence[str], source: str | None, *, plan: EvaluationPlan, progress: Progress
) -> Evaluation:
    """Score the file `hypothesis` against `references`, against `source`, or both.

    Raises:
        UsageError: There is neither, a metric is not known or needs a reference, or options contradict each other.
        InputError: A file cannot be read, lines do not correspond, or a text is in another language.
    """
    if not references and source is None:
        raise UsageError("there is nothing to score against", hint="Name a reference, or the source with --source")
    named = [hypothesis, *references, source, *(path for _, path in plan.systems)]
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
    files: tuple[str, str | None],
    references: Sequence[str],
    metrics: Sequence[str],
    *,
    plan: EvaluationPlan,
    progress: Progress,
) -> Evaluation:
    hypothesis = load_article(files[0], plan.language, progress=progress)
    source = load_article(files[1], plan.source_language, progress=progress) if files[1] else None
    free, signs, scores, realigned = None, {}, None, False
    if source:
        check_direction(source.language, hypothesis.language)
        free, one = _assess(source, hypothesis)
        signs = {label_of(files[0]): one} if one else {}
    if references:
        reference = load_article(references[0], plan.language, progress=progress)
        against = evaluate_articles(hypothesis, reference, source=source, metrics=metrics, progress=progress)
        scores, realigned = against.scores, against.realigned
    return Evaluation(hypothesis.language, scores, realigned, free, signs)


def _assess(source: "Article", translation: "Article") -> "tuple[ReferenceFree, SegmentSigns | None]":
    beads = [(bead.source, bead.target) for bead in align(source, translation).beads]
    answered = [bead for bead in beads if all(bead)]
    if not answered:
        return assess(source, translation, beads=beads), None
    sources, targets = (
        [join_sentences([article.sentences[at].text for at in bead[side]], article.language) for bead in answered]
        for side, article in enumerate((source, translation))
    )
    signs = assess_segments(sources, targets, (source.language, translation.language))
    return assess(source, translation, beads=beads, checks=signs.checks), signs
