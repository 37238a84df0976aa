"""The sentences of a block as one text for rules: what they must not touch is one sign, so is a border of sentences.

Both signs are private-use characters. Rules never add, remove or move them, so what they replace can be put back by
counting; a sentence that holds one of the two as a character of its own has it held like a protected span.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from corpora.offsets import Span

HELD: Final = "\ue000"
"""Stands for a span that must come back as it is."""
BORDER: Final = "\ue001"
"""Stands between two sentences."""
_OURS: Final = re.compile(f"[{HELD}{BORDER}]")


@dataclass(frozen=True, slots=True)
class MaskedBlock:
    """A block as rules see it.

    Attributes:
        text: The sentences, a `BORDER` between any two, `HELD` for each span that must stay.
        held: What each `HELD` replaces, in order.
    """

    text: str
    held: tuple[str, ...]

    def pieces(self, text: str) -> list[str]:
        """Return the sentences of a changed text, what was held put back.

        Args:
            text: What rules made of `self.text`, with all its placeholders.
        """
        held = iter(self.held)
        return [re.sub(HELD, lambda _: next(held), piece) for piece in text.split(BORDER)]


def mask_block(pieces: Sequence[str], protected: Sequence[Sequence[Span]]) -> MaskedBlock:
    """Join sentences for rules.

    Args:
        pieces: The sentences of a block, at least one.
        protected: For each the spans that must stay, in any order; they may overlap.
    """
    texts, held = [], []
    for piece, spans in zip(pieces, protected, strict=True):
        at, parts = 0, []
        for start, end in _merged(piece, spans):
            parts += [piece[at:start], HELD]
            held.append(piece[start:end])
            at = end
        texts.append("".join([*parts, piece[at:]]))
    return MaskedBlock(BORDER.join(texts), tuple(held))


def _merged(piece: str, spans: Sequence[Span]) -> Iterator[Span]:
    """Yield what must stay in a sentence: spans without overlap, in order, none empty."""
    own = [match.span() for match in _OURS.finditer(piece)]
    last: Span | None = None
    for start, end in sorted([*((max(0, start), min(end, len(piece))) for start, end in spans), *own]):
        if start >= end:
            continue
        if last is None or start >= last[1]:
            if last is not None:
                yield last
            last = start, end
        else:
            last = last[0], max(last[1], end)
    if last is not None:
        yield last
