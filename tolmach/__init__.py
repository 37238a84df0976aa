"""Tolmach translates news articles between English, Russian and Chinese and compares their quotes.

>>> import tolmach
>>> [quote.text for quote in tolmach.quotes('“We agree,” the minister said.')]
['We agree,']
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tolmach.api import align, compare, evaluate, quotes, read_result, report, translate

__all__ = ["align", "compare", "evaluate", "quotes", "read_result", "report", "translate"]


def __getattr__(name: str) -> Any:
    """Return a function of `tolmach.api`, which is imported on first use."""
    if name not in __all__:
        raise AttributeError(f"module 'tolmach' has no attribute {name!r}")
    return getattr(import_module("tolmach.api"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
