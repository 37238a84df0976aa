"""What the user may choose about finding and comparing quotes."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class QuoteOptions:
    """Options of quote extraction and comparison.

    Attributes:
        beam: Readings of the quotation marks kept side by side while a text is read, at least 1; more is slower and
            recovers from worse typing.
        carry_blocks: How many blocks a quote may run on without its opening mark being repeated, at least 0.
        lookback: How many sentences back a speaker is looked for where the quote's own sentence names none, at least 0.
        titles: Whether names of works, outlets, ships in marks are listed.
        scare: Whether terms in marks that nobody is quoted as saying are listed.
    """

    beam: int = 12
    carry_blocks: int = 5
    lookback: int = 3
    titles: bool = True
    scare: bool = True
