"""Carries marked-up spans of sentences over to their translations."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from corpora.article import Inline
from translate.markup.linking import link_all, parts_of_words
from translate.markup.placing import Sentences, load_units, place_all
from translate.markup.types import MarkupJob, Projection
from translate.markup.words import LinkedSentences
from translate.protected import find_literals
from translate.splitting.structure import enclosures

if TYPE_CHECKING:
    from alignment import Encoder

_CODE = "code"


def project_all(
    jobs: Sequence[MarkupJob], *, source_language: str, target_language: str, encoder: "Encoder | None" = None
) -> list[Projection]:
    """Find the places of the marked-up spans of many sentences; together they take less time than one by one.

    Args:
        jobs: Sentences, their translations and spans.
        source_language: BCP-47 tag of the sentences.
        target_language: BCP-47 tag of the translations.
        encoder: An encoder that gives vectors of words; None loads the embedded one.

    Returns:
        For each job its spans in the translation, and those that have no certain place there.

    Raises:
        UsageError: A language is not known, or the encoder gives no vectors of words.
    """
    languages = source_language, target_language
    marked = [job for job in jobs if job.inlines]
    linked = link_all(marked, languages, encoder)
    found = (_project(job, each, languages) for job, each in zip(marked, linked, strict=True))
    return [next(found) if job.inlines else Projection(()) for job in jobs]


def _project(job: MarkupJob, linked: LinkedSentences, languages: tuple[str, str]) -> Projection:
    sentences = Sentences(
        linked,
        (enclosures(job.source, languages[0]), enclosures(job.hypothesis, languages[1])),
        load_units(languages[1]),
        frozenset((one.start, one.end) for one in job.inlines if one.kind == _CODE or _is_literal(job.source, one)),
        parts_of_words(job),
    )
    placed = place_all(sentences, [(one.start, one.end) for one in job.inlines])
    order = sorted(placed, key=lambda at: (placed[at][0], -placed[at][1], at))
    spans = (replace(job.inlines[at], start=placed[at][0], end=placed[at][1]) for at in order)
    return Projection(tuple(spans), tuple(one for at, one in enumerate(job.inlines) if at not in placed))


def _is_literal(text: str, inline: Inline) -> bool:
    words = text[inline.start : inline.end].strip()
    return any(literal.text == words for literal in find_literals(words))
