"""Post-processing of the best candidates: house style, final checks, inline markup."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from common.messages import message, word
from corpora.article import Inline
from corpora.offsets import Span
from translate.markup import MarkupJob, project_all
from translate.pipeline.candidates import KEPT, MEMORY, TranslationCandidate, TranslationContext, check
from translate.pipeline.directions import StepResult
from translate.pipeline.segments import SourceSegment
from translate.protected import find_literals
from translate.types import Check, Translation
from translate.typography import set_block

_SHOWN = 40
"""Most characters of lost markup in a message."""


@dataclass(frozen=True, slots=True)
class TranslatedSegment:
    """A segment and its translation.

    Attributes:
        joined: Whether it is part of the translation of the previous segment.
    """

    segment: SourceSegment
    translation: Translation
    inlines: tuple[Inline, ...] = ()
    steps: tuple[StepResult, ...] = ()
    joined: bool = False


def postprocess(candidates: Sequence[TranslationCandidate], context: TranslationContext) -> list[TranslatedSegment]:
    """Apply typography, check changed texts, and place inline markup; return one result per candidate, in order."""
    final = _checked_again(candidates, _with_typography(candidates, context), context)
    placed = _place_markup(final, context)
    return [
        _deliver(candidate, context, inlines, lost) for candidate, (inlines, lost) in zip(final, placed, strict=True)
    ]


def _with_typography(candidates: Sequence[TranslationCandidate], context: TranslationContext) -> list[str]:
    """Return the texts in the target's house style, block by block: quotation marks may span sentences."""
    options = context.options.typography
    texts = [candidate.text for candidate in candidates]
    if options is None:
        return texts
    for _, group in groupby(range(len(texts)), key=lambda at: candidates[at].segment.block):
        places = [at for at in group if candidates[at].method not in {KEPT, MEMORY}]
        protected = [_protected(candidates[at].segment, texts[at]) for at in places]
        found = set_block([texts[at] for at in places], context.route[-1], protected=protected, options=options)
        for at, text in zip(places, found, strict=True):
            texts[at] = text
    return texts


def _checked_again(
    candidates: Sequence[TranslationCandidate], texts: Sequence[str], context: TranslationContext
) -> list[TranslationCandidate]:
    """Return the candidates with their final texts; changed or unchecked ones are checked."""
    found = [replace(candidate, text=text) for candidate, text in zip(candidates, texts, strict=True)]
    stale = [
        at
        for at, (before, after) in enumerate(zip(candidates, found, strict=True))
        if after.method != KEPT and (before.text != after.text or after.method == MEMORY)
    ]
    for at, checked in zip(stale, check([found[at] for at in stale], context), strict=True):
        found[at] = checked
    return found


Placed = tuple[tuple[Inline, ...], tuple[Inline, ...]]
"""The markup of a translation, and the source's markup without a place in it."""


def _place_markup(candidates: Sequence[TranslationCandidate], context: TranslationContext) -> list[Placed]:
    found: list[Placed] = []
    marked = []
    for at, candidate in enumerate(candidates):
        segment = candidate.segment
        same = candidate.method == KEPT and candidate.text == segment.text
        found.append((segment.inlines if same else (), ()))
        if segment.inlines and not same:
            marked.append(at)
    if not marked:
        return found
    jobs = [
        MarkupJob(candidates[at].segment.text, candidates[at].text, candidates[at].segment.inlines) for at in marked
    ]
    projected = project_all(jobs, source_language=context.route[0], target_language=context.route[-1])
    for at, one in zip(marked, projected, strict=True):
        found[at] = (one.inlines, one.lost)
    return found


def _deliver(
    candidate: TranslationCandidate, context: TranslationContext, inlines: tuple[Inline, ...], lost: Sequence[Inline]
) -> TranslatedSegment:
    memory, segment = context.options.memory, candidate.segment
    asked = memory if candidate.method not in {KEPT, MEMORY} else None
    checks = (*candidate.checks, *_lost_markup(candidate.segment, lost))
    translation = Translation(
        candidate.text,
        context.route,
        checks,
        candidate.score,
        method=candidate.method,
        attempts=candidate.attempts,
        near=asked.nearest(segment.text, context.route[0], context.route[-1]) if asked else None,
    )
    return TranslatedSegment(candidate.segment, translation, inlines, candidate.steps)


def _protected(segment: SourceSegment, text: str) -> list[Span]:
    """Return the spans of a hypothesis that the house style must not change."""
    spans = {(one.start, one.end) for one in find_literals(text)}
    for words in (
        *(one.text for one in segment.literals),
        *(target for term in segment.terms for target in term.targets),
    ):
        spans |= set(_places(words, text))
    return sorted(spans)


def _places(words: str, text: str) -> Iterator[Span]:
    at = text.find(words)
    while at >= 0:
        yield at, at + len(words)
        at = text.find(words, at + len(words))


def _lost_markup(segment: SourceSegment, lost: Sequence[Inline]) -> Iterator[Check]:
    for inline in lost:
        words = segment.text[inline.start : inline.end]
        shown = words if len(words) <= _SHOWN else f"{words[: _SHOWN - 1]}\N{HORIZONTAL ELLIPSIS}"
        yield Check("markup", message("check.markup", kind=word("inline_kind", inline.kind), words=shown))
