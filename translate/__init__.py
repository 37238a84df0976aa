"""Translation with open models: registry, weights, engines, routing, checks, whole articles.

Importing this package loads no model library; the functions that need one do.
"""

from translate.examples import ExampleOptions
from translate.loading import TranslatorOptions, load_translator
from translate.registry import find_model, load_registry
from translate.translator import Translator
from translate.types import Check, DecodeOptions, TranslatedArticle, Translation

__all__ = [
    "Check",
    "DecodeOptions",
    "ExampleOptions",
    "TranslatedArticle",
    "Translation",
    "Translator",
    "TranslatorOptions",
    "find_model",
    "load_registry",
    "load_translator",
]
