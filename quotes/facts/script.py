"""Chinese characters: traditional ones made simplified, and those that foreign names are written with."""

from functools import cache, lru_cache
from typing import Any

import regex

from corpora.languages import CHINESE, TRADITIONAL_CHINESE
from quotes.lexicon import load_lexicon

_HAN = regex.compile(r"\p{Han}")


def plain(text: str, language: str) -> str:
    """Return `text` as the data files write it: Chinese in simplified characters, of the same length; else as it is."""
    return "".join(map(_simplified, text)) if language == TRADITIONAL_CHINESE else text


@lru_cache(maxsize=20_000)
def _simplified(character: str) -> str:
    # Half of a surrogate pair is no character, and the converter takes none.
    converted = character if "\ud800" <= character <= "\udfff" else str(_converter().convert(character))
    return converted if len(converted) == 1 else character


@cache
def _converter() -> Any:
    from opencc import OpenCC  # noqa: PLC0415 - loaded when used

    return OpenCC("t2s")


@cache
def transcription_characters() -> frozenset[str]:
    """Return the characters that transcriptions of foreign names are written with."""
    return frozenset(load_lexicon(CHINESE).listed_text("transcription"))


def is_han(text: str) -> bool:
    """Tell whether `text` has a Chinese character."""
    return _HAN.search(text) is not None
