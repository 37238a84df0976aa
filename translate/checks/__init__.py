"""Checks of translated sentences against their sources: each says what it saw, none changes the text.

Example:
    >>> from translate.checks import CheckOptions, Pair, check_translation
    >>> pair = Pair("It cost 38 dollars.", "Это стоило 83 доллара.", "en", "ru")
    >>> [check.message for check in check_translation(pair, CheckOptions(meaning=False))]
    ['The English version says “38”, the Russian one “83”']
"""

from translate.checks.checker import Checker, check_arrived, check_translation
from translate.checks.options import CheckOptions
from translate.checks.severity import badness
from translate.checks.types import Pair

__all__ = ["CheckOptions", "Checker", "Pair", "badness", "check_arrived", "check_translation"]
