"""Candidates: generated translations of segments, with their checks."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import regex

from common.progress import Progress
from translate.checks import Checker, SentencePair, check_arrived
from translate.checks.required import is_opening, paired_marks, unpaired_marks
from translate.options import ArticleOptions
from translate.pipeline.directions import NO_EXTRAS, DirectionRunner, GenerationCall, PromptExtras, StepResult
from translate.pipeline.segments import SourceSegment
from translate.types import Check, DecodeOptions
from translate.typography.rules import QuotationStyle, load_house

Route = tuple[str, ...]

KEPT, MEMORY = "kept", "memory"
"""Methods of candidates without a model: nothing to translate, and the user's own translation."""


@dataclass(frozen=True, slots=True)
class TranslationContext:
    """Shared state of all steps of one translation.

    Attributes:
        route: Languages of the route, including source and target.
        checker: Runs the checks; None checks only for lost or truncated text.
        exclude: Samples that must not be used as examples.
    """

    runner: DirectionRunner
    route: Route
    options: ArticleOptions
    checker: Checker | None
    progress: Progress
    exclude: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to translate a segment.

    Attributes:
        method: Name of the strategy, see `translate.pipeline.strategies`.
        join: Joins the translations of `texts`; returns None if that is impossible.
    """

    segment: SourceSegment
    method: str
    texts: tuple[str, ...]
    join: Callable[[Sequence[str]], str | None]
    decode: DecodeOptions
    extras: PromptExtras = NO_EXTRAS


@dataclass(frozen=True, slots=True)
class TranslationCandidate:
    """A translation of a segment.

    Attributes:
        score: Mean log-probability of its tokens, over all parts; None if unavailable.
        usable: False if its parts could not be joined.
    """

    segment: SourceSegment
    text: str
    method: str = "plain"
    score: float | None = None
    steps: tuple[StepResult, ...] = ()
    checks: tuple[Check, ...] = ()
    attempts: int = 1
    usable: bool = True

    @property
    def finished(self) -> bool:
        """Whether no part was truncated at the length limit."""
        return all(step.finished for step in self.steps)


def settle(segment: SourceSegment, context: TranslationContext) -> TranslationCandidate | None:
    """Return the translation of a segment that needs no model: unchanged, or the user's own; None for others."""
    if segment.untranslated or not segment.text:
        return TranslationCandidate(segment, segment.original if segment.text else "", KEPT, attempts=0)
    memory = context.options.memory
    known = memory.lookup(segment.text, context.route[0], context.route[-1]) if memory else None
    return None if known is None else TranslationCandidate(segment, known, MEMORY, attempts=0)


def generate(attempts: Sequence[Attempt], context: TranslationContext) -> list[TranslationCandidate]:
    """Return a candidate for each attempt, in order; those with the same search are translated together."""
    found: dict[int, TranslationCandidate] = {}
    for search in sorted({str(attempt.decode) for attempt in attempts}):
        places = [at for at, attempt in enumerate(attempts) if str(attempt.decode) == search]
        found |= zip(places, _generate_together([attempts[at] for at in places], context), strict=True)
    return [found[at] for at in range(len(attempts))]


def check(candidates: Iterable[TranslationCandidate], context: TranslationContext) -> list[TranslationCandidate]:
    """Return the candidates with their checks, in order; unusable ones are not checked.

    Without checks, only lost or truncated text is found.
    """
    listed = list(candidates)
    usable = [at for at, candidate in enumerate(listed) if candidate.usable]
    find = check_arrived if context.checker is None else context.checker.check
    checks = find([_checked_pair(listed[at], context) for at in usable])
    for at, found in zip(usable, checks, strict=True):
        listed[at] = replace(listed[at], checks=found)
    return listed


def _checked_pair(candidate: TranslationCandidate, context: TranslationContext) -> SentencePair:
    segment = candidate.segment
    return SentencePair(
        segment.text,
        candidate.text,
        context.route[0],
        context.route[-1],
        candidate.finished,
        segment.literals,
        segment.terms,
    )


def _generate_together(attempts: Sequence[Attempt], context: TranslationContext) -> list[TranslationCandidate]:
    texts = [text for attempt in attempts for text in attempt.texts]
    extras = [attempt.extras for attempt in attempts for _ in attempt.texts]
    label = "Translating" if attempts[0].method == "plain" else "Retrying"
    steps: list[list[StepResult]] = []
    for direction in pairwise(context.route):
        usable = tuple(_extras_for(one, direction, context.route) for one in extras)
        call = GenerationCall(attempts[0].decode, usable, context.exclude, label)
        steps.append(context.runner.run(texts, direction, context.progress, call))
        texts = [result.text for result in steps[-1]]
    pieces = iter(zip(*steps, strict=True))
    found = [_joined(attempt, [next(pieces) for _ in attempt.texts]) for attempt in attempts]
    if context.options.typography is None:
        return found
    ends = context.route[0], context.route[-1]
    return [replace(one, text=carry_marks(one.segment.text, one.text, ends)) for one in found]


def _extras_for(extras: PromptExtras, direction: tuple[str, str], route: Route) -> PromptExtras:
    """Return the part of a prompt's additions for one step: terms need both ends of the route, context the source."""
    terms = extras.terms if direction == (route[0], route[-1]) else ()
    return PromptExtras(terms, extras.context if direction[0] == route[0] else "", extras.delimited)


def _joined(attempt: Attempt, pieces: Sequence[Sequence[StepResult]]) -> TranslationCandidate:
    """Join the translations of an attempt's texts; `pieces` has the results of every step for each text."""
    last = [steps[-1] for steps in pieces]
    scores = [result.score for result in last if result.score is not None]
    mean = sum(scores) / len(scores) if scores else None
    steps = tuple(result for results in pieces for result in results)
    text = attempt.join([result.text for result in last])
    return TranslationCandidate(attempt.segment, text or "", attempt.method, mean, steps, usable=text is not None)


_DASH: Final = regex.compile(r"\s*\p{Pd}\s*")
"""What goes on behind the speaker in Russian: «A, — said X. — B»."""
_END: Final = regex.compile(r"[\s.!?…。！？]*\Z")
_CLOSED: Final = regex.compile(r"(?P<mark>[\"”»」』])(?P<stop>[.!?…。！？]?)\Z")
_OPENED: Final = regex.compile(r"[\"“«「『]")


def carry_marks(source: str, text: str, languages: tuple[str, str]) -> str:
    """Return a translation that opens and closes a quote where its source does.

    Models close a quote of several sentences at the end of the first, and drop the lone mark of the last.
    Only the mark at an end of the translation is added or removed, where the source leaves no doubt about it: it has
    one mark without a partner, and the translation none.

    Args:
        source: The sentence.
        text: Its translation.
        languages: Tags of both.
    """
    loose, house = unpaired_marks(source, languages[0]), load_house(languages[1])
    if len(loose) != 1 or house is None or not text or unpaired_marks(text, languages[1]):
        return text
    surplus = paired_marks(text, languages[1]) - paired_marks(source, languages[0])
    if is_opening(source, loose[0]):
        return text if _CLOSED.search(source) or surplus != 1 else _left_open(text)
    if not _END.match(source, loose[0] + 1):
        return text
    if _DASH.match(source):
        return text if surplus else _in_marks(text, house.marks)
    if surplus == 1 and _CLOSED.search(text) and _OPENED.match(text):
        return text[1:]
    return text if surplus else text + house.marks.outer[1]


def _left_open(text: str) -> str:
    closed = _CLOSED.search(text)
    return text[: closed.start()] + closed["stop"] if closed else text


def _in_marks(text: str, marks: QuotationStyle) -> str:
    behind = _DASH.match(text)
    return f"{marks.outer[0]}{text[behind.end() :] if behind else text}{marks.outer[1]}"
