"""Literals: what a translation must repeat byte for byte, and how it is kept from a model.

Example:
    >>> from translate.literals import find_literals, mask
    >>> text = "Write to a@b.org."
    >>> masked = mask(text, [literal.span for literal in find_literals(text)], form="letter")
    >>> masked.text
    'Write to X1X.'
    >>> masked.restore("Пишите на X 1 X.")
    'Пишите на a@b.org.'
"""

from translate.literals.comparison import missing_literals, surplus_literals
from translate.literals.finding import find_literals
from translate.literals.masking import Masked, MaskForm, mask, mask_forms
from translate.literals.pieces import Piece, join_pieces, pieces_around
from translate.literals.types import Literal, LiteralKind

__all__ = [
    "Literal",
    "LiteralKind",
    "MaskForm",
    "Masked",
    "Piece",
    "find_literals",
    "join_pieces",
    "mask",
    "mask_forms",
    "missing_literals",
    "pieces_around",
    "surplus_literals",
]
