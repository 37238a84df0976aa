"""Quotes: found, attributed, matched across versions and compared."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from quotes.comparison import compare_versions
    from quotes.extraction import extract_quotes
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
    "extract_quotes": "quotes.extraction",
}


def __getattr__(name: str) -> object:
    """Load a public name from its module when it is first asked for (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415 - only needed on first use of a name

    return getattr(import_module(_HOMES[name]), name)
