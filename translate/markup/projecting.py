"""Carry marked-up spans of sentences over to their translations."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from translate.markup.linking import link_all, parts_of
from translate.markup.nesting import place_all
from translate.markup.placing import Scene
from translate.markup.trimming import edge_words
from translate.markup.types import Job, Projection, ProjectionOptions
from translate.markup.words import Linked
from translate.protected import find_literals
from translate.splitting.structure import enclosures

if TYPE_CHECKING:
    from alignment import Encoder
    from corpora.article import Inline

_CODE = "code"


def project_inlines(
    source: str,
    hypothesis: str,
    inlines: "Sequence[Inline]",
    *,
    source_language: str,
    target_language: str,
    options: ProjectionOptions | None = None,
) -> Projection:
    """Find the places of marked-up spans in a translation.

    Args:
        source: A sentence.
        hypothesis: Its translation.
        inlines: Spans of `source`: sorted by start, longer ones first; nested or disjoint.
        source_language: BCP-47 tag of `source`.
        target_language: BCP-47 tag of `hypothesis`.
        options: When a place is certain enough.

    Returns:
        The spans in the translation, and those that have no certain place there.

    Raises:
        UsageError: A language is not known.
    """
    jobs = [Job(source, hypothesis, tuple(inlines))]
    return project_all(jobs, source_language=source_language, target_language=target_language, options=options)[0]


def project_all(
    jobs: Sequence[Job],
    *,
    source_language: str,
    target_language: str,
    encoder: "Encoder | None" = None,
    options: ProjectionOptions | None = None,
) -> list[Projection]:
    """Find the places of the marked-up spans of many sentences; together they take less time than one by one.

    Args:
        jobs: Sentences, their translations and spans.
        source_language: BCP-47 tag of the sentences.
        target_language: BCP-47 tag of the translations.
        encoder: An encoder that gives vectors of words; None loads the embedded one.
        options: When a place is certain enough.

    Returns:
        For each job its spans in the translation, and those that have no certain place there.

    Raises:
        UsageError: A language is not known, or the encoder gives no vectors of words.
    """
    options = options or ProjectionOptions()
    languages = source_language, target_language
    marked = [job for job in jobs if job.inlines]
    linked = link_all(marked, languages, encoder, options)
    found = (_project(job, each, languages, options) for job, each in zip(marked, linked, strict=True))
    return [next(found) if job.inlines else Projection(()) for job in jobs]


def _project(job: Job, linked: Linked, languages: tuple[str, str], options: ProjectionOptions) -> Projection:
    scene = Scene(
        linked,
        (enclosures(job.source, languages[0]), enclosures(job.hypothesis, languages[1])),
        (edge_words(languages[0]), edge_words(languages[1])),
        frozenset((one.start, one.end) for one in job.inlines if one.kind == _CODE or _is_literal(job.source, one)),
        parts_of(job),
        options,
    )
    placed = place_all(scene, [(one.start, one.end) for one in job.inlines])
    order = sorted(placed, key=lambda at: (placed[at][0], -placed[at][1], at))
    spans = (replace(job.inlines[at], start=placed[at][0], end=placed[at][1]) for at in order)
    return Projection(tuple(spans), tuple(one for at, one in enumerate(job.inlines) if at not in placed))


def _is_literal(text: str, inline: "Inline") -> bool:
    words = text[inline.start : inline.end].strip()
    return any(literal.text == words for literal in find_literals(words))
