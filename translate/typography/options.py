"""Which parts of a house style are set."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TypographyOptions:
    """What of a translation's typography is brought into the target's house style.

    Attributes:
        quotes: Quotation marks and apostrophes, and in Russian the stop beside a closing mark.
        dashes: Dashes, hyphens that stand for them, ellipses.
        spaces: Stray and missing spaces; no-break spaces in Russian.
        width: Full-width marks in Chinese, half-width ones elsewhere.
    """

    quotes: bool = True
    dashes: bool = True
    spaces: bool = True
    width: bool = True
