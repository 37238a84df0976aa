"""Quotes: found, attributed, matched across versions and compared."""

from typing import TYPE_CHECKING

from common.lazy import lazy_names

if TYPE_CHECKING:
    from quotes.comparison import compare_versions
    from quotes.extraction import extract_all, extract_quotes
    from quotes.options import QuoteOptions
    from quotes.types import Comparison, Finding, Quote, QuoteGroup, QuotePair

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
    "Comparison": "quotes.types",
    "Finding": "quotes.types",
    "Quote": "quotes.types",
    "QuoteGroup": "quotes.types",
    "QuoteOptions": "quotes.options",
    "QuotePair": "quotes.types",
    "compare_versions": "quotes.comparison",
    "extract_all": "quotes.extraction",
    "extract_quotes": "quotes.extraction",
}

__getattr__ = lazy_names(__name__, _HOMES)
