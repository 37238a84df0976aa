"""All checks, in the order in which they are made."""

from typing import Final

from translate.checks.chatter import check_chatter
from translate.checks.content import check_content, check_length
from translate.checks.language import check_language
from translate.checks.literals import check_literals
from translate.checks.marks import check_quotes
from translate.checks.names import check_names
from translate.checks.numbers import check_numbers
from translate.checks.repetition import check_loop
from translate.checks.returned import check_copied, check_cut, check_empty, check_unfinished
from translate.checks.script import check_mixed, check_script, check_untranslated
from translate.checks.terms import check_terms
from translate.checks.types import CheckFunction

RETURNED: Final[tuple[CheckFunction, ...]] = (check_empty, check_copied, check_script, check_language)
"""Whether there is a translation at all; where one of them fires, the others have nothing to judge."""

ARRIVED: Final[tuple[CheckFunction, ...]] = (check_empty, check_unfinished)
"""Whether a translation is lost or cut: what is looked at even where no checks are wanted."""

FORM: Final[tuple[CheckFunction, ...]] = (
    check_chatter,
    check_mixed,
    check_untranslated,
    check_loop,
    check_cut,
    check_length,
    check_literals,
    check_terms,
    check_quotes,
)
"""What the letters alone tell."""

MEANING: Final[tuple[CheckFunction, ...]] = (check_numbers, check_names, check_content)
"""What both texts say."""
