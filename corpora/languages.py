"""The languages that Tolmach knows, by BCP-47 tag."""

import difflib
from typing import Final

from common.errors import UsageError

Direction = tuple[str, str]
"""Source and target language."""
ENGLISH: Final = "en"
RUSSIAN: Final = "ru"
CHINESE: Final = "zh"
TRADITIONAL_CHINESE: Final = "zh-Hant"

NAMES: Final = {
    ENGLISH: "English",
    RUSSIAN: "Russian",
    CHINESE: "Chinese",
    TRADITIONAL_CHINESE: "Traditional Chinese",
}
"""English name of every tag that `parse_language` returns."""

_ALIASES: Final = {
    "eng": ENGLISH, "english": ENGLISH,
    "rus": RUSSIAN, "russian": RUSSIAN,
    "zho": CHINESE, "chi": CHINESE, "cmn": CHINESE, "chinese": CHINESE, "zh-hans": CHINESE, "zh-cn": CHINESE,
    "zh-sg": CHINESE, "zh-hans-cn": CHINESE,
    "zh-hant": TRADITIONAL_CHINESE, "zh-tw": TRADITIONAL_CHINESE, "zh-hk": TRADITIONAL_CHINESE,
    "zh-mo": TRADITIONAL_CHINESE, "zh-hant-tw": TRADITIONAL_CHINESE, "zh-hant-hk": TRADITIONAL_CHINESE,
}  # fmt: skip


class UnknownLanguageError(UsageError):
    """The language of a tag is unknown; like an unknown model, this ends a command with status 1."""

    exit_code = 1


def parse_language(tag: str) -> str:
    """Return the canonical tag: `en`, `ru`, `zh` (Simplified) or `zh-Hant`.

    Case, `_` for `-`, regions and ISO 639-2 codes are accepted: `en_US`, `RU`, `zh-TW`, `rus`.

    Raises:
        UnknownLanguageError: The tag names no language that Tolmach knows.
    """
    folded = tag.strip().lower().replace("_", "-")
    if folded in _ALIASES:
        return _ALIASES[folded]
    base = folded.split("-")[0]
    if base in (ENGLISH, RUSSIAN, CHINESE):
        return base
    near = difflib.get_close_matches(folded, [*_ALIASES, ENGLISH, RUSSIAN, CHINESE], n=1)
    guess = f"Did you mean {_ALIASES.get(near[0], near[0])}? " if near else ""
    raise UnknownLanguageError(f"unknown language {tag!r}", hint=f"{guess}Known: {', '.join(NAMES)}")


def text_weight(text: str) -> int:
    """Return the length of a text in characters, Chinese ones counting three: about its length in English."""
    return len(text) + 2 * sum(
        "\N{CJK UNIFIED IDEOGRAPH-3400}" <= one <= "\N{CJK UNIFIED IDEOGRAPH-9FFF}" for one in text
    )


def base_language(tag: str) -> str:
    """Return the language without its script: `zh` for `zh-Hant`."""
    return tag.split("-", maxsplit=1)[0]
