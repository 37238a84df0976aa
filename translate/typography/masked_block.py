"""The sentences of a block as one text for rules, with protected spans and borders as single characters.

Both are private-use characters. Rules never add, remove or move them, so that replaced text is restored by counting. If
a sentence contains one of the two itself, it is protected like a span.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from corpora.offsets import Span

PROTECTED: Final = "\ue000"
"""Placeholder of a span that must not change."""
BORDER: Final = "\ue001"
"""Placeholder of the border of two sentences."""
_OURS: Final = re.compile(f"[{PROTECTED}{BORDER}]")


@dataclass(frozen=True, slots=True)
class MaskedBlock:
    """A block as input of rules.

    Attributes:
        text: The sentences, a `BORDER` between any two, `PROTECTED` for each protected span.
    """

    text: str
    protected_texts: tuple[str, ...]

    def pieces(self, text: str) -> list[str]:
        """Return the sentences of a changed text, with the protected spans restored."""
        protected_texts = iter(self.protected_texts)
        return [re.sub(PROTECTED, lambda _: next(protected_texts), piece) for piece in text.split(BORDER)]


def mask_block(pieces: Sequence[str], protected: Sequence[Sequence[Span]]) -> MaskedBlock:
    """Join the sentences of a block for the rules.

    Args:
        pieces: The sentences of a block, at least one.
        protected: The protected spans of each, in any order; they may overlap.
    """
    texts, protected_texts = [], []
    for piece, spans in zip(pieces, protected, strict=True):
        at, parts = 0, []
        for start, end in _merged(piece, spans):
            parts += [piece[at:start], PROTECTED]
            protected_texts.append(piece[start:end])
            at = end
        texts.append("".join([*parts, piece[at:]]))
    return MaskedBlock(BORDER.join(texts), tuple(protected_texts))


def _merged(piece: str, spans: Sequence[Span]) -> Iterator[Span]:
    """Yield the protected spans of a sentence: disjoint, in order, none empty."""
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
