"""Translations of pieces of a sentence: what a model does to each as if it were a sentence of its own, undone."""

from typing import Final

import regex

from corpora.languages import CHINESE
from corpora.segmentation.lexicon import alphabetic_lexicon

CLOSING: Final = r"[\"'\p{Pf}\p{Pe}\N{LEFT DOUBLE QUOTATION MARK}]"
"""What may close a quotation or a bracket; German and Russian close with the mark that opens in English."""

_STOPS: Final = (
    r".!?\N{IDEOGRAPHIC FULL STOP}\N{FULLWIDTH FULL STOP}\N{FULLWIDTH EXCLAMATION MARK}\N{FULLWIDTH QUESTION MARK}"
    r"\N{HORIZONTAL ELLIPSIS}"
)
_ENDS_IN_STOP: Final = regex.compile(rf"(?P<stop>[{_STOPS}]+)(?P<closing>{CLOSING}*)$")
_LAST_WORD: Final = regex.compile(r"(?P<word>\p{L}[\p{L}.]*)\.$")
_FIRST_WORD: Final = regex.compile(r"(?P<lead>[\p{Ps}\p{Pi}\"']*)(?P<word>[\p{L}'’]+)")


def ends_in_stop(text: str) -> bool:
    """Tell whether a text ends as a sentence does, marks that close something left out."""
    return bool(_ENDS_IN_STOP.search(text))


def without_stop(text: str, base: str) -> str:
    """Return a translation without the stop at its end; one of an abbreviation stays.

    Args:
        text: Any text without white space at its end.
        base: Its language, without script.
    """
    found = _ENDS_IN_STOP.search(text)
    if found is None or _abbreviated(text, base):
        return text
    return f"{text[: found.start()].rstrip()}{found['closing']}" or text


def _abbreviated(text: str, base: str) -> bool:
    """Tell whether the stop at the end is one of an abbreviation: of a single letter, or one of the lists."""
    found = _LAST_WORD.search(text)
    if found is None or base == CHINESE:
        return False
    word = found["word"]
    known = alphabetic_lexicon(base)
    lists = (known.final, known.before, known.either, known.other, known.after_number, known.date_units)
    return len(word.split(".")[-1]) == 1 or any(word in words or word.lower() in words for words in lists)


def begun_small(text: str, base: str) -> str:
    """Return a translation with a small first letter, if its first word is one that is hardly ever a name.

    Args:
        text: Any text.
        base: Its language, without script.
    """
    if base == CHINESE:
        return text
    found = _FIRST_WORD.match(text)
    if found is None or not _is_common(found["word"], base):
        return text
    start = found.start("word")
    return f"{text[:start]}{text[start].lower()}{text[start + 1 :]}"


def _is_common(word: str, base: str) -> bool:
    """Tell whether a word with a capital is one of those that begin sentences, and no name nor the English "I"."""
    small = word.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    titled = word[1:].islower() or (len(word) == 1 and word != "I")
    return titled and small.split("'")[0] != "i" and small in alphabetic_lexicon(base).openers
