"""Converts between Simplified and Traditional Chinese."""

from functools import cache
from typing import Any

from corpora.languages import CHINESE, TRADITIONAL_CHINESE


def to_script(text: str, language: str) -> str:
    """Return Chinese `text` in the script of `language`, by OpenCC's phrase tables; other text unchanged.

    Args:
        text: Any text.
        language: `zh` for Simplified, `zh-Hant` for Traditional; other tags change nothing.
    """
    if language == TRADITIONAL_CHINESE:
        return str(_converter("s2t").convert(text))
    if language == CHINESE:
        return str(_converter("t2s").convert(text))
    return text


@cache
def _converter(table: str) -> Any:
    from opencc import OpenCC  # noqa: PLC0415 - loaded when used

    return OpenCC(table)
