"""Translation with open models: registry, weights, engines, routing, retries, checks, whole articles.

Importing this package does not load model libraries; functions load them when needed.
"""

from typing import TYPE_CHECKING, Final

from common.lazy import lazy_names

if TYPE_CHECKING:
    from translate.loading import load_translator
    from translate.models.registry import find_model, load_registry
    from translate.options import ArticleOptions, TranslatorOptions
    from translate.translator import Translator
    from translate.types import Check, DecodeOptions, TranslatedArticle, Translation

_HOMES: Final = {
    "translate.options": ("ArticleOptions", "TranslatorOptions"),
    "translate.types": ("Check", "DecodeOptions", "TranslatedArticle", "Translation"),
    "translate.translator": ("Translator",),
    "translate.models.registry": ("find_model", "load_registry"),
    "translate.loading": ("load_translator",),
}

__all__ = [
    "ArticleOptions",
    "Check",
    "DecodeOptions",
    "TranslatedArticle",
    "Translation",
    "Translator",
    "TranslatorOptions",
    "find_model",
    "load_registry",
    "load_translator",
]

__getattr__ = lazy_names(__name__, _HOMES)
