"""Literals: text that a translation must repeat byte for byte, masked for the model.

Example:
    >>> from translate.protected import find_literals, mask
    >>> text = "Write to a@b.org."
    >>> masked = mask(text, [literal.span for literal in find_literals(text)], form="letter")
    >>> masked.text
    'Write to X1X.'
    >>> masked.restore("Пишите на X 1 X.")
    'Пишите на a@b.org.'
"""

from translate.protected.literals import (
    Literal,
    LiteralKind,
    TextPiece,
    find_literals,
    join_pieces,
    missing_literals,
    pieces_around,
    surplus_literals,
)
from translate.protected.masking import Masked, MaskForm, mask, mask_forms

__all__ = [
    "Literal",
    "LiteralKind",
    "MaskForm",
    "Masked",
    "TextPiece",
    "find_literals",
    "join_pieces",
    "mask",
    "mask_forms",
    "missing_literals",
    "pieces_around",
    "surplus_literals",
]
