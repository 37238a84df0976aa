"""Checks of translated sentences against their sources: each reports findings, none changes the text.

Example:
    >>> from translate.checks import CheckOptions, SentencePair, check_translation
    >>> pair = SentencePair("It cost 38 dollars.", "Это стоило 83 доллара.", "en", "ru")
    >>> [check.message for check in check_translation(pair, CheckOptions(meaning=False))]
    ['The English version says “38”, the Russian one “83”']
"""

from translate.checks.checker import Checker, badness, check_arrived, check_translation
from translate.checks.types import SentencePair
from translate.options import CheckOptions

__all__ = ["CheckOptions", "Checker", "SentencePair", "badness", "check_arrived", "check_translation"]
