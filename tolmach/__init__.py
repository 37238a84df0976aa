"""Tolmach translates news articles between English, Russian and Chinese and compares their quotes.

>>> import tolmach
>>> [quote.text for quote in tolmach.quotes('“We agree,” the minister said.')]
['We agree,']
"""

from typing import TYPE_CHECKING

from common.lazy import lazy_names

if TYPE_CHECKING:
    from tolmach.api import align, compare, evaluate, quotes, read_result, report, translate

__all__ = ["align", "compare", "evaluate", "quotes", "read_result", "report", "translate"]


__getattr__ = lazy_names(__name__, {"tolmach.api": __all__})


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
