"""From the best hypotheses to what is delivered: house style, last checks, the places of inline markup."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from corpora.article import Inline
from translate.options import ArticleOptions
from translate.pipeline.directions import StepResult
from translate.pipeline.retry import Answer, Outcome
from translate.pipeline.segments import Segment, Telling
from translate.protected import find_literals
from translate.types import Check, Translation

Judge = Callable[[Sequence[tuple[Segment, Answer]]], list[tuple[Check, ...]]]
Span = tuple[int, int]

KEPT, MEMORY = "kept", "memory"
"""Methods of what no model was asked about: nothing to translate, and the user's own translation."""
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Done:
    """A segment and its translation.

    Attributes:
        segment: The source.
        translation: What was made of it.
        inlines: Marked-up spans, in the translation's text.
        steps: What the models returned on the way to it.
        joined: Whether its words stand in the translation of the segment before.
    """

    segment: Segment
    translation: Translation
    inlines: tuple[Inline, ...] = ()
    steps: tuple[StepResult, ...] = ()
    joined: bool = False


@dataclass(frozen=True, slots=True)
class Finishing:
    """What is done with hypotheses once no further one is asked for.

    Attributes:
        route: Languages they went through.
        telling: Languages of both sides.
        options: What a translation is held to.
        judge: Says what is wrong with answers.
    """

    route: tuple[str, ...]
    telling: Telling
    options: ArticleOptions
    judge: Judge

    def finish(self, segments: Sequence[Segment], outcomes: Sequence[Outcome]) -> list[Done]:
        """Set the marks, check what changed, and find the places of inline markup."""
        styled = self._checked(segments, outcomes, self._styled(segments, outcomes))
        placed = self._placed(segments, styled)
        return [
            self._done(segment, outcome, inlines, lost)
            for segment, outcome, (inlines, lost) in zip(segments, styled, placed, strict=True)
        ]

    def _styled(self, segments: Sequence[Segment], outcomes: Sequence[Outcome]) -> list[str]:
        """Return the hypotheses in the target's house style, block by block: quotation marks may span sentences."""
        options = self.options.typography
        texts = [outcome.text for outcome in outcomes]
        if options is None:
            return texts
        from translate.typography import set_block  # noqa: PLC0415 - needed only where marks are set

        for _, group in groupby(range(len(segments)), key=lambda at: segments[at].block):
            places = [at for at in group if outcomes[at].method not in {KEPT, MEMORY}]
            pieces = [texts[at] for at in places]
            protected = [_protected(segments[at], texts[at]) for at in places]
            found = set_block(pieces, self.telling.target, protected=protected, options=options)
            for at, text in zip(places, found, strict=True):
                texts[at] = text
        return texts

    def _checked(self, segments: Sequence[Segment], outcomes: Sequence[Outcome], texts: Sequence[str]) -> list[Outcome]:
        """Return the outcomes with their final texts, those that changed or were never checked checked anew."""
        found = [replace(outcome, text=text) for outcome, text in zip(outcomes, texts, strict=True)]
        stale = [
            at
            for at, (before, after) in enumerate(zip(outcomes, found, strict=True))
            if after.method != KEPT and (before.text != after.text or after.method == MEMORY)
        ]
        answers = [(segments[at], found[at].answer) for at in stale]
        for at, checks in zip(stale, self.judge(answers), strict=True):
            found[at] = replace(found[at], checks=checks)
        return found

    def _placed(
        self, segments: Sequence[Segment], outcomes: Sequence[Outcome]
    ) -> list[tuple[tuple[Inline, ...], tuple[Inline, ...]]]:
        """Return, for each segment, the markup of its translation and what found no place in it."""
        whole = [outcome.method == KEPT and outcome.text == segment.text
                 for segment, outcome in zip(segments, outcomes, strict=True)]  # fmt: skip
        marked = [at for at, segment in enumerate(segments) if segment.inlines and not whole[at]]
        found: list[tuple[tuple[Inline, ...], tuple[Inline, ...]]]
        found = [(segment.inlines if same else (), ()) for segment, same in zip(segments, whole, strict=True)]
        if marked:
            from translate.markup import Job, project_all  # noqa: PLC0415 - needed only for markup

            jobs = [Job(segments[at].text, outcomes[at].text, segments[at].inlines) for at in marked]
            projected = project_all(jobs, source_language=self.telling.source, target_language=self.telling.target)
            for at, one in zip(marked, projected, strict=True):
                found[at] = (one.inlines, one.lost)
        return found

    def _done(self, segment: Segment, outcome: Outcome, inlines: tuple[Inline, ...], lost: Sequence[Inline]) -> Done:
        checks = (*outcome.checks, *_lost_markup(segment, lost))
        translation = Translation(
            outcome.text,
            self.route,
            checks,
            outcome.score,
            method=outcome.method,
            attempts=outcome.attempts,
        )
        return Done(segment, translation, inlines, outcome.steps)


def _protected(segment: Segment, text: str) -> list[Span]:
    """Return the spans of a hypothesis that no house style may touch."""
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


def _lost_markup(segment: Segment, lost: Sequence[Inline]) -> Iterator[Check]:
    for inline in lost:
        words = segment.text[inline.start : inline.end]
        shown = words if len(words) <= _SHOWN else f"{words[: _SHOWN - 1]}\N{HORIZONTAL ELLIPSIS}"
        yield Check("markup", f"The {inline.kind} on {shown!r} has no certain place in the translation and is left out")
