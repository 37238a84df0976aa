"""Scores of whole articles, whose sentences need not correspond one to one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import alignment
from common.errors import InputError
from common.progress import SILENT, Progress
from corpora.article import Article
from corpora.languages import CHINESE, base_language
from eval.metrics import DEFAULT_METRICS, parse_metrics, score_segments
from eval.types import Scores, Segments

if TYPE_CHECKING:
    from alignment.types import Alignment


@dataclass(frozen=True, slots=True)
class ArticleScores:
    """Scores of an article against a reference version of it.

    Attributes:
        realigned: Whether sentences were joined because they did not correspond one to one in order.
        hypotheses: The scored segments of the translation; empty where it lacks a counterpart.
        references: The segments of the reference, one for each hypothesis; never empty.
        alignment: Alignment of the translation's sentences (source) with the reference's (target).
    """

    scores: Scores
    realigned: bool
    hypotheses: tuple[str, ...]
    references: tuple[str, ...]
    alignment: "Alignment"


def evaluate_articles(
    hypothesis: Article,
    reference: Article,
    *,
    source: Article | None = None,
    metrics: Sequence[str] = DEFAULT_METRICS,
    progress: Progress = SILENT,
) -> ArticleScores:
    """Score a translated article against a reference in the same language, after aligning them.

    The sentences of a bead are joined to one segment on each side, in the reference's order. Nothing is left out of the
    score: a reference sentence without counterpart is scored against an empty hypothesis, and a hypothesis sentence
    without counterpart is appended to the segment of the sentence before it (the first segment takes those at the
    start). It cannot be scored against an empty reference: chrF skips segments with an empty reference, so surplus text
    would cost nothing.

    Args:
        hypothesis: The translation.
        reference: The reference.
        source: The source text, for metrics that read it; it is aligned with the reference.
        metrics: Names out of `eval.METRICS`.
        progress: Receives the progress of neural metrics.

    Returns:
        The scores and the scored segments.

    Raises:
        InputError: The languages differ, or an article has no sentences.
        UsageError: A metric is not known.
    """
    names = parse_metrics(metrics)
    _check(hypothesis, reference)
    found = alignment.align(hypothesis, reference)
    hypotheses, references, answered = _segments(hypothesis, reference, found)
    sources = _sources(source, reference, answered) if source else None
    scores = score_segments(
        hypotheses, Segments([references], reference.language, sources), names=names, progress=progress
    )
    realigned = any(bead.source != (place,) or bead.target != (place,) for place, bead in enumerate(found.beads))
    return ArticleScores(scores, realigned, hypotheses, references, found)


def join_sentences(texts: Sequence[str], language: str) -> str:
    """Join sentences as the language does: Chinese without a space."""
    return ("" if base_language(language) == CHINESE else " ").join(texts)


def _check(hypothesis: Article, reference: Article) -> None:
    if base_language(hypothesis.language) != base_language(reference.language):
        raise InputError(
            f"a translation into {hypothesis.language} cannot be scored against a reference in {reference.language}",
            hint="Give a reference in the language of the translation",
        )
    for article, role in ((hypothesis, "translation"), (reference, "reference")):
        if not article.sentences:
            raise InputError(f"the {role} has no sentences to score", hint="Check that the file is not empty")


def _segments(
    hypothesis: Article, reference: Article, found: "Alignment"
) -> tuple[tuple[str, ...], tuple[str, ...], list[tuple[int, ...]]]:
    """Return the segments of both sides, and the reference's sentences in each."""
    answered = sorted((bead for bead in found.beads if bead.target), key=lambda bead: bead.target)
    sources = [list(bead.source) for bead in answered]
    for bead in found.beads:
        if not bead.target:
            sources[_segment_before(sources, bead.source[0])] += bead.source
    return (
        tuple(_join(hypothesis, sorted(indices)) for indices in sources),
        tuple(_join(reference, bead.target) for bead in answered),
        [bead.target for bead in answered],
    )


def _sources(source: Article, reference: Article, segments: Sequence[Sequence[int]]) -> tuple[str, ...]:
    """Return the source of each segment of the reference: all source sentences aligned with it."""
    beads = alignment.align(source, reference).beads
    answers = [sorted({at for bead in beads if set(bead.target) & set(own) for at in bead.source}) for own in segments]
    return tuple(_join(source, indices) for indices in answers)


def _segment_before(sources: Sequence[Sequence[int]], index: int) -> int:
    """Return the segment of the nearest earlier hypothesis sentence, the first one if there is none."""
    earlier = [(max(each for each in held if each < index), place) for place, held in enumerate(sources)
               if any(each < index for each in held)]  # fmt: skip
    return max(earlier)[1] if earlier else 0


def _join(article: Article, indices: Sequence[int]) -> str:
    return join_sentences([article.sentences[index].text for index in indices], article.language)
