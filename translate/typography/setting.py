"""Bring the sentences of a block into the house style of their language."""

from collections.abc import Sequence

from corpora.offsets import Span
from translate.options import TypographyOptions
from translate.typography.marks import set_marks
from translate.typography.masked_block import mask_block
from translate.typography.rules import GROUPS, Group, House, load_house

_ROUNDS = 6
"""Times that the rules are applied to their own output; a block that still changes then is left as it was."""


def set_block(
    pieces: Sequence[str],
    language: str,
    *,
    protected: Sequence[Sequence[Span]] | None = None,
    options: TypographyOptions = TypographyOptions(),  # noqa: B008 - frozen
) -> list[str]:
    r"""Set the translated sentences of one block as newsrooms of their language do.

    Letters and digits are never changed, added, removed or moved. What comes back is in its final form: set again, it
    stays as it is. Quotation marks without a partner are changed only where their neighbours leave no doubt.

    Args:
        pieces: The sentences in order; a quote may open in one and close in a later one.
        language: BCP-47 tag; a language without rules is left as it is.
        protected: For each sentence the spans that come back as they are: addresses, code, placeholders. Offsets are
            code points, end exclusive.
        options: What is set.

    Returns:
        As many sentences.

    Raises:
        ValueError: `protected` has not as many entries as `pieces`.

    Example:
        >>> set_block(['"Да" - сказал он.'], "ru")
        ['«Да»\xa0— сказал он.']
    """
    house = load_house(language)
    if house is None or not pieces:
        return list(pieces)
    spans = list(protected) if protected is not None else [()] * len(pieces)
    held = [one if house.whole.search(piece) else [(0, len(piece))] for piece, one in zip(pieces, spans, strict=True)]
    made = mask_block(pieces, held)
    text = made.text
    groups = [group for group in GROUPS if getattr(options, group)]
    for _ in range(_ROUNDS):
        before, text = text, _set_once(text, language, house, groups)
        if text == before:
            return made.pieces(text)
    return list(pieces)


def _set_once(text: str, language: str, house: House, groups: Sequence[Group]) -> str:
    for group in groups:
        if group == "quotes":
            text = set_marks(text, language, house.marks)
        for rule in house.rules[group]:
            text = rule.apply(text)
    return text
