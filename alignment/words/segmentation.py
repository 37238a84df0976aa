"""Word segmentation for word alignment."""

from collections.abc import Iterator
from functools import cache
from typing import Any, Final

import regex

from common.errors import TolmachError
from corpora.chinese import simplify
from corpora.languages import CHINESE, TRADITIONAL_CHINESE, base_language, parse_language

_WORD: Final = regex.compile(
    r"\p{Han}|[[\p{L}\p{M}\p{N}]--\p{Han}]+(?:['’\-.,][[\p{L}\p{M}\p{N}]--\p{Han}]+)*|[^\s]", regex.VERSION1
)
_HAN: Final = regex.compile(r"\p{Han}")
_WORD_OR_HAN: Final = regex.compile(rf"\p{{Han}}+|{_WORD.pattern}", regex.VERSION1)


def split_words(text: str, language: str) -> list[str]:
    """Split a text into words: runs of letters and digits, and single other characters.

    Chinese characters form words by jieba's dictionary in a Chinese text; in other languages each is separate.

    Args:
        text: Any text; white space is left out.
        language: BCP-47 tag.

    Raises:
        UsageError: The language is not known.
        TolmachError: The dictionary of Chinese words is not installed.
    """
    language = parse_language(language)
    if base_language(language) != CHINESE:
        return [match.group() for match in _WORD.finditer(text)]
    return [word for match in _WORD_OR_HAN.finditer(text) for word in _chinese_words(match.group(), language)]


def _chinese_words(run: str, language: str) -> Iterator[str]:
    if len(run) == 1 or not _HAN.match(run):
        yield run
        return
    # The dictionary is of Simplified Chinese.
    simplified = simplify(run) if language == TRADITIONAL_CHINESE else run
    at = 0
    for word in _cutter().cut(simplified):
        yield run[at : at + len(word)]
        at += len(word)


@cache
def _cutter() -> Any:
    try:
        import rjieba  # noqa: PLC0415 - loads a dictionary
    except ImportError as error:
        raise TolmachError(f"cannot split Chinese into words: {error}", hint="Run: pip install rjieba") from error
    return rjieba
