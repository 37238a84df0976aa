"""What is refused before it is read: nothing at all, and texts of so many parts that reading takes minutes."""

from typing import Final

from common.errors import InputError
from corpora.normalization import is_blank

MOST_PARTS: Final = 300_000
"""Tags of a page, marks and lines of Markdown, lines of a text. Each takes up to two kilobytes; books have fewer."""
HINT: Final = "Save the text of the article as a plain text file"


def refuse_empty(text: str, name: str) -> None:
    """Raise the error for a text without a visible character.

    Raises:
        InputError: There is nothing to read.
    """
    if is_blank(text):
        raise InputError(f"{name} is empty", hint="Give an article of at least one sentence")


def refuse_many(text: str, signs: str, what: str, name: str) -> None:
    """Raise the error for a text of more than `MOST_PARTS` parts.

    Args:
        text: The text.
        signs: Each opens or ends a part.
        what: What the parts are called.
        name: What the text is called.

    Raises:
        InputError: There are too many.
    """
    count = sum(map(text.count, signs))
    if count > MOST_PARTS:
        raise InputError(f"{name} has {count:,} {what}, more than the limit of {MOST_PARTS:,}", hint=HINT)
