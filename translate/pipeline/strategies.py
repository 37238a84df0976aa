"""Strategies to translate one segment: whole, masked, split, with another search."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from corpora.languages import text_weight
from translate.pipeline.candidates import Attempt, TranslationContext
from translate.pipeline.directions import PromptExtras
from translate.pipeline.segments import SourceSegment
from translate.protected import join_pieces, mask, mask_forms, pieces_around
from translate.splitting import join_translations, split_long
from translate.types import DecodeOptions

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
