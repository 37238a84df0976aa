"""Text and parallel text: languages, articles, readers, sentences, samples.

The names below are loaded on first use, so that importing the package is cheap.
"""

from typing import TYPE_CHECKING

from common.lazy import lazy_names

if TYPE_CHECKING:
    from common.errors import InputError, NetworkError, OfflineError, OutputError, TolmachError, UsageError
    from corpora.article import Article, ArticleMeta, Bitext, Block, Inline, Sentence
    from corpora.languages import parse_language
    from corpora.readers.load import load_article

_HOMES = {
    "corpora.article": ("Article", "ArticleMeta", "Bitext", "Block", "Inline", "Sentence"),
    "common.errors": ("InputError", "NetworkError", "OfflineError", "OutputError", "TolmachError", "UsageError"),
    "corpora.readers.load": ("load_article",),
    "corpora.languages": ("parse_language",),
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

__getattr__ = lazy_names(__name__, _HOMES)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
