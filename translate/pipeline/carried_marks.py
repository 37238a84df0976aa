"""Quotation marks of a quote that spans sentences, each of which is translated by itself.

Models close such a quote at the end of its first sentence, and drop the mark that has no partner in its last one.
"""

from typing import Final

import regex

from translate.checks.required import is_opening, paired_marks, unpaired_marks
from translate.typography.rules import QuotationStyle, load_house

_DASH: Final = regex.compile(r"\s*\p{Pd}\s*")
"""What goes on behind the speaker in Russian: «A, — said X. — B»."""
_END: Final = regex.compile(r"[\s.!?…。！？]*\Z")
_CLOSED: Final = regex.compile(r"(?P<mark>[\"”»」』])(?P<stop>[.!?…。！？]?)\Z")
_OPENED: Final = regex.compile(r"[\"“«「『]")


def carry_marks(source: str, text: str, languages: tuple[str, str]) -> str:
    """Return a translation that opens and closes a quote where its source does.

    Only the mark at an end of the translation is added or removed, where the source leaves no doubt about it: it has
    one mark without a partner, and the translation none.

    Args:
        source: The sentence.
        text: Its translation.
        languages: Tags of both.
    """
    loose, house = unpaired_marks(source, languages[0]), load_house(languages[1])
    if len(loose) != 1 or house is None or not text or unpaired_marks(text, languages[1]):
        return text
    surplus = paired_marks(text, languages[1]) - paired_marks(source, languages[0])
    if is_opening(source, loose[0]):
        return text if _CLOSED.search(source) or surplus != 1 else _left_open(text)
    if not _END.match(source, loose[0] + 1):
        return text
    if _DASH.match(source):
        return text if surplus else _in_marks(text, house.marks)
    if surplus == 1 and _CLOSED.search(text) and _OPENED.match(text):
        return text[1:]
    return text if surplus else text + house.marks.outer[1]


def _left_open(text: str) -> str:
    closed = _CLOSED.search(text)
    return text[: closed.start()] + closed["stop"] if closed else text


def _in_marks(text: str, marks: QuotationStyle) -> str:
    behind = _DASH.match(text)
    return f"{marks.outer[0]}{text[behind.end() :] if behind else text}{marks.outer[1]}"
