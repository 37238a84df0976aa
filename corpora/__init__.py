"""Text and parallel text: languages, articles, readers, sentences, samples.

The names below are loaded on first use, so that importing the package is cheap.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from common.errors import InputError, NetworkError, OfflineError, OutputError, TolmachError, UsageError
    from corpora.article import Article, ArticleMeta, Bitext, Block, Inline, Sentence
    from corpora.languages import parse_language
    from corpora.readers.load import load_article

_HOMES = {
    "Article": "corpora.article",
    "ArticleMeta": "corpora.article",
    "Bitext": "corpora.article",
    "Block": "corpora.article",
    "Inline": "corpora.article",
    "Sentence": "corpora.article",
    "InputError": "common.errors",
    "NetworkError": "common.errors",
    "OfflineError": "common.errors",
    "OutputError": "common.errors",
    "TolmachError": "common.errors",
    "UsageError": "common.errors",
    "load_article": "corpora.readers.load",
    "parse_language": "corpora.languages",
}

__all__ = [
    "Article",
    "ArticleMeta",
    "Bitext",
    "Block",
    "Inline",
    "InputError",
    "NetworkError",
    "OfflineError",
    "OutputError",
    "Sentence",
    "TolmachError",
    "UsageError",
    "load_article",
    "parse_language",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
