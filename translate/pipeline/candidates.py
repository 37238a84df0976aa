"""The ways to have one segment translated: whole, masked, in pieces, with another search."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from corpora.languages import text_weight
from translate.options import RetryPolicy
from translate.pipeline.directions import NO_HINT, Hint
from translate.pipeline.segments import Segment
from translate.protected import join_pieces, mask, mask_forms, pieces_around
from translate.splitting import join_translations, split_long
from translate.types import DecodeOptions

_LONGER_HALF = 0.75
"""Most of a split sentence that one of its parts may have: the best border is seldom the middle."""


@dataclass(frozen=True, slots=True)
class Draft:
    """One way to have a segment translated.

    Attributes:
        method: Name of the way: `plain`, `beam`, `greedy`, `penalty`, `masked`, `bracketed`, `pieces`, `split`.
        texts: What the model is given.
        join: Makes one hypothesis of the translations of `texts`; None where they cannot be put together.
        decode: How hypotheses are searched for.
        hint: What a model that can be told something is told beside the texts.
    """

    method: str
    texts: tuple[str, ...]
    join: Callable[[Sequence[str]], str | None]
    decode: DecodeOptions
    hint: Hint = NO_HINT


@dataclass(frozen=True, slots=True)
class Drafting:
    """What drafts are made with.

    Attributes:
        decode: How the first hypothesis is searched for.
        source: Tag of the language of the segments.
        target: Tag of the language of the translations.
        options: How the later ones are.
    """

    decode: DecodeOptions
    source: str
    target: str
    options: RetryPolicy

    def plain(self, segment: Segment) -> Draft:
        """Return the first way: the segment as it stands."""
        return _whole("plain", segment, self.decode)

    def make(self, method: str, segment: Segment) -> Draft | None:
        """Return the draft of a method by name; None where it makes no sense for this segment."""
        return _MAKERS[method](self, segment)


def _whole(method: str, segment: Segment, decode: DecodeOptions) -> Draft:
    return Draft(method, (segment.text,), _only, decode, segment.hint())


def _only(found: Sequence[str]) -> str:
    return found[0]


def _beam(drafting: Drafting, segment: Segment) -> Draft | None:
    if drafting.decode.beam_size > 1:
        return None
    return _whole("beam", segment, replace(drafting.decode, beam_size=drafting.options.beam_size))


def _greedy(drafting: Drafting, segment: Segment) -> Draft | None:
    if drafting.decode.beam_size == 1:
        return None
    return _whole("greedy", segment, replace(drafting.decode, beam_size=1))


def _penalty(drafting: Drafting, segment: Segment) -> Draft:
    # A greedy search that may not repeat itself leaves a loop at once; a beam would look for a way around.
    options = drafting.options
    strict = replace(
        drafting.decode,
        beam_size=1,
        repetition_penalty=options.repetition_penalty,
        no_repeat_ngram_size=options.no_repeat_ngram_size,
    )
    return _whole("penalty", segment, strict)


def _split(drafting: Drafting, segment: Segment) -> Draft | None:
    if text_weight(segment.text) < drafting.options.least_split:
        return None
    longest = _LONGER_HALF * len(segment.text)
    pieces = split_long(segment.text, drafting.source, fits=lambda piece: len(piece) <= longest)
    if len(pieces) == 1:
        return None
    return Draft(
        "split",
        tuple(piece.strip() for piece in pieces),
        lambda found: join_translations(found, drafting.target, sources=pieces),
        drafting.decode,
        segment.hint(),
    )


def _masked(drafting: Drafting, segment: Segment) -> Draft | None:
    return _mask("masked", drafting, segment, form=0)


def _bracketed(drafting: Drafting, segment: Segment) -> Draft | None:
    return _mask("bracketed", drafting, segment, form=1)


def _mask(method: str, drafting: Drafting, segment: Segment, *, form: int) -> Draft | None:
    held = segment.held()
    if not held:
        return None
    hint = Hint(context=segment.context, delimited=True)
    masked = mask(segment.text, [span for span, _ in held], form=mask_forms()[form])
    fillers = [filler for _, filler in held]
    return Draft(method, (masked.text,), lambda found: masked.restore(found[0], fillers), drafting.decode, hint)


def _pieces(drafting: Drafting, segment: Segment) -> Draft | None:
    held = segment.held()
    if not held:
        return None
    pieces = pieces_around(segment.text, [span for span, _ in held])
    fillers = [filler for _, filler in held]

    def join(found: Sequence[str]) -> str:
        translated, kept = iter(found), iter(fillers)
        texts = [next(kept) if piece.literal else next(translated) if piece.worded else piece.text for piece in pieces]
        return join_pieces(pieces, texts, drafting.target)

    return Draft("pieces", tuple(piece.text for piece in pieces if piece.worded), join, drafting.decode)


_MAKERS: dict[str, Callable[[Drafting, Segment], Draft | None]] = {
    "beam": _beam,
    "greedy": _greedy,
    "penalty": _penalty,
    "split": _split,
    "masked": _masked,
    "bracketed": _bracketed,
    "pieces": _pieces,
}
