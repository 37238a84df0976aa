"""Retries of segments that fail a check, in rounds, each by a strategy: whole, masked, split, with another search."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache

from common.data import load_table
from corpora.languages import text_weight
from translate.checks import badness
from translate.pipeline.candidates import Attempt, TranslationCandidate, TranslationContext, check, generate
from translate.pipeline.directions import PromptExtras
from translate.pipeline.segments import SourceSegment
from translate.protected import join_pieces, mask, mask_forms, pieces_around
from translate.splitting import join_translations, split_long
from translate.types import DecodeOptions

_UNKNOWN = ("beam", "greedy")
"""Strategies for checks that have none of their own."""


def retry(
    candidates: Sequence[TranslationCandidate], context: TranslationContext, *, attempts: int
) -> list[TranslationCandidate]:
    """Return the best candidate of each segment, in order; those without findings are not retried.

    Args:
        candidates: The first candidate of each segment, checked.
        context: Generates and checks further ones.
        attempts: Most candidates of one segment, including the first.
    """
    best = list(candidates)
    tried = [{candidate.method} for candidate in best]
    for _ in range(attempts - 1):
        planned = {at: attempt for at, one in enumerate(best) if (attempt := _next(one, tried[at], context))}
        if not planned:
            break
        again = check(generate(list(planned.values()), context), context)
        for at, candidate in zip(planned, again, strict=True):
            best[at] = _better(best[at], candidate)
    return best


def _better(best: TranslationCandidate, candidate: TranslationCandidate) -> TranslationCandidate:
    """Return the better of two candidates, the earlier one if equal."""
    better = candidate.usable and badness(candidate.checks) < badness(best.checks)
    return replace(candidate if better else best, attempts=best.attempts + 1)


def _next(candidate: TranslationCandidate, tried: set[str], context: TranslationContext) -> Attempt | None:
    """Return the next attempt for a candidate, None if no strategy is left; adds its strategy to `tried`."""
    heaviest_first = sorted(candidate.checks, key=lambda found: -badness((found,)))
    for method in dict.fromkeys(method for found in heaviest_first for method in strategies_for(found.kind)):
        if method in tried:
            continue
        tried.add(method)
        attempt = plan(method, candidate.segment, context)
        if attempt is not None:
            return attempt
    return None


def strategies_for(kind: str) -> tuple[str, ...]:
    """Return the strategies against a kind of check, the most promising first."""
    return _strategies().get(kind, _UNKNOWN)


@cache
def _strategies() -> dict[str, tuple[str, ...]]:
    return {kind: tuple(methods) for kind, methods in load_table(__name__, "retry.toml").items()}


_LONGER_HALF = 0.75
"""Largest share of a split sentence in one part: the best border is seldom the middle."""


def plan(method: str, segment: SourceSegment, context: TranslationContext) -> Attempt | None:
    """Return a strategy's attempt for a segment; None if it is not applicable."""
    return _STRATEGIES[method](segment, context)


def plan_plain(segment: SourceSegment, context: TranslationContext) -> Attempt:
    """Return the first attempt: the unchanged segment with the usual search."""
    return _whole("plain", segment, context.runner.decode)


def _whole(method: str, segment: SourceSegment, decode: DecodeOptions) -> Attempt:
    return Attempt(segment, method, (segment.text,), _only, decode, segment.extras())


def _only(found: Sequence[str]) -> str:
    return found[0]


def _beam(segment: SourceSegment, context: TranslationContext) -> Attempt | None:
    if context.runner.decode.beam_size > 1:
        return None
    return _whole("beam", segment, replace(context.runner.decode, beam_size=context.options.retry.beam_size))


def _greedy(segment: SourceSegment, context: TranslationContext) -> Attempt | None:
    if context.runner.decode.beam_size == 1:
        return None
    return _whole("greedy", segment, replace(context.runner.decode, beam_size=1))


def _penalty(segment: SourceSegment, context: TranslationContext) -> Attempt:
    # A greedy search without repetitions leaves a loop at once; a beam would look for a way around.
    policy = context.options.retry
    strict = replace(
        context.runner.decode,
        beam_size=1,
        repetition_penalty=policy.repetition_penalty,
        no_repeat_ngram_size=policy.no_repeat_ngram_size,
    )
    return _whole("penalty", segment, strict)


def _split(segment: SourceSegment, context: TranslationContext) -> Attempt | None:
    if text_weight(segment.text) < context.options.retry.least_split:
        return None
    longest = _LONGER_HALF * len(segment.text)
    pieces = split_long(segment.text, context.route[0], fits=lambda piece: len(piece) <= longest)
    if len(pieces) == 1:
        return None
    return Attempt(
        segment,
        "split",
        tuple(piece.strip() for piece in pieces),
        lambda found: join_translations(found, context.route[-1], sources=pieces),
        context.runner.decode,
        segment.extras(),
    )


def _masked(segment: SourceSegment, context: TranslationContext) -> Attempt | None:
    return _mask("masked", segment, context, form=0)


def _bracketed(segment: SourceSegment, context: TranslationContext) -> Attempt | None:
    return _mask("bracketed", segment, context, form=1)


def _mask(method: str, segment: SourceSegment, context: TranslationContext, *, form: int) -> Attempt | None:
    fixed_spans = segment.fixed_spans()
    if not fixed_spans:
        return None
    extras = PromptExtras(context=segment.context, delimited=True)
    masked = mask(segment.text, [span for span, _ in fixed_spans], form=mask_forms()[form])
    fillers = [filler for _, filler in fixed_spans]
    return Attempt(
        segment, method, (masked.text,), lambda found: masked.restore(found[0], fillers), context.runner.decode, extras
    )


def _pieces(segment: SourceSegment, context: TranslationContext) -> Attempt | None:
    fixed_spans = segment.fixed_spans()
    if not fixed_spans:
        return None
    pieces = pieces_around(segment.text, [span for span, _ in fixed_spans])
    fillers = [filler for _, filler in fixed_spans]

    def join(found: Sequence[str]) -> str:
        """Return the translation with the literals back in their places."""
        translated, kept = iter(found), iter(fillers)
        texts = [next(kept) if piece.literal else next(translated) if piece.worded else piece.text for piece in pieces]
        return join_pieces(pieces, texts, context.route[-1])

    return Attempt(
        segment, "pieces", tuple(piece.text for piece in pieces if piece.worded), join, context.runner.decode
    )


_STRATEGIES: dict[str, Callable[[SourceSegment, TranslationContext], Attempt | None]] = {
    "beam": _beam,
    "greedy": _greedy,
    "penalty": _penalty,
    "split": _split,
    "masked": _masked,
    "bracketed": _bracketed,
    "pieces": _pieces,
}
