"""Quotes: found, attributed, matched across versions and compared."""

from typing import TYPE_CHECKING

from common.lazy import lazy_names

if TYPE_CHECKING:
    from quotes.comparison import compare_versions
    from quotes.extraction import extract_all, extract_quotes
    from quotes.types import Comparison, Finding, Quote, QuoteGroup, QuoteOptions, QuotePair

__all__ = [
    "Comparison",
    "Finding",
    "Quote",
    "QuoteGroup",
    "QuoteOptions",
    "QuotePair",
    "compare_versions",
    "extract_all",
    "extract_quotes",
]

_HOMES = {
    "quotes.types": ("Comparison", "Finding", "Quote", "QuoteGroup", "QuoteOptions", "QuotePair"),
    "quotes.comparison": ("compare_versions",),
    "quotes.extraction": ("extract_all", "extract_quotes"),
}

__getattr__ = lazy_names(__name__, _HOMES)
