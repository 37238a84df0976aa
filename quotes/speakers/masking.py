"""Quotes hidden from those who read the text around them."""

from collections.abc import Sequence

from corpora.offsets import Span
from quotes.marks.passages import MarkedPassage
from quotes.speakers.finder import MASK


def mask(text: str, passages: Sequence[MarkedPassage], window: Span | None = None) -> str:
    """Replace the words and marks of passages by `MASK`, code point for code point; attributions inside stay.

    Args:
        text: The whole text.
        passages: What to hide.
        window: The stretch of the text to return, None for all of it.
    """
    place, last = window or (0, len(text))
    pieces = []
    for span in sorted(_hidden(passages)):
        start, end = max(place, span[0]), min(last, span[1])
        if start < end:
            pieces += [text[place:start], MASK * (end - start)]
            place = end
    return "".join([*pieces, text[place:last]])


def _hidden(passages: Sequence[MarkedPassage]) -> list[Span]:
    """The stretches of passages that lie between their attributions."""
    hidden = []
    for passage in passages:
        starts = [passage.outer[0], *(end for _, end in sorted(passage.gaps))]
        ends = [*(start for start, _ in sorted(passage.gaps)), passage.outer[1]]
        hidden += [(start, end) for start, end in zip(starts, ends, strict=True) if start < end]
    return hidden
