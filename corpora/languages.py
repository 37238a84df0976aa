"""The languages that Tolmach knows, by BCP-47 tag."""

import difflib
from dataclasses import dataclass
from typing import Final

from common.errors import UsageError

Direction = tuple[str, str]
"""Source and target language."""
ENGLISH: Final = "en"
RUSSIAN: Final = "ru"
CHINESE: Final = "zh"
TRADITIONAL_CHINESE: Final = "zh-Hant"
UKRAINIAN: Final = "uk"


@dataclass(frozen=True, slots=True)
class Language:
    """A base language, as far as no folder of word lists holds it; `CONTRIBUTING.md` says what else one needs.

    Attributes:
        name: English name.
        script: Unicode name of its script.
        aliases: Further tags and names, in lower case.
        alphabet: Its small letters; empty where the script tells it from all others.
        foreign_share: Letters outside the alphabet, of all, that are too many where function words leave doubt.
        function_share: Least share of function words; running English has 0.4, Russian 0.25, lists of names less.
        complete: Whether all is there: translation, and every list that the comparison of quotes knows. Without it
            texts are read, aligned and compared as far as there are lists.
        like: The language whose case endings, quotation marks and dashes it shares. What was fitted on texts in that
            one serves for both; empty for one with texts of its own.
    """

    name: str
    script: str
    aliases: tuple[str, ...]
    alphabet: str = ""
    foreign_share: float = 0.0
    function_share: float = 0.0
    complete: bool = False
    like: str = ""


LANGUAGES: Final = {
    ENGLISH: Language(
        "English", "Latin", ("eng", "english"), "abcdefghijklmnopqrstuvwxyz", 0.05, 0.06, complete=True
    ),
    RUSSIAN: Language(
        "Russian", "Cyrillic", ("rus", "russian"), "абвгдеёжзийклмнопрстуфхцчшщъыьэюя", 0.03, 0.02,
        complete=True,
    ),
    CHINESE: Language(
        "Chinese", "Han", ("zho", "chi", "cmn", "chinese", "zh-hans", "zh-cn", "zh-sg", "zh-hans-cn"), complete=True
    ),
    UKRAINIAN: Language(
        "Ukrainian", "Cyrillic", ("ukr", "ukrainian"), "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя", 0.03, 0.02,
        like=RUSSIAN,
    ),
}  # fmt: skip
"""Every base language, by tag."""

NAMES: Final = {
    **{tag: language.name for tag, language in LANGUAGES.items()},
    TRADITIONAL_CHINESE: "Traditional Chinese",
}
"""English name of every tag that `parse_language` returns."""

_ALIASES: Final = {
    **{alias: tag for tag, language in LANGUAGES.items() for alias in language.aliases},
    "zh-hant": TRADITIONAL_CHINESE, "zh-tw": TRADITIONAL_CHINESE, "zh-hk": TRADITIONAL_CHINESE,
    "zh-mo": TRADITIONAL_CHINESE, "zh-hant-tw": TRADITIONAL_CHINESE, "zh-hant-hk": TRADITIONAL_CHINESE,
}  # fmt: skip


class UnknownLanguageError(UsageError):
    """The language of a tag is unknown; like an unknown model, this ends a command with status 1."""

    exit_code = 1


def parse_language(tag: str) -> str:
    """Return the canonical tag: a key of `NAMES`, as `en`, `zh` (Simplified) or `zh-Hant`.

    Case, `_` for `-`, regions and ISO 639-2 codes are accepted: `en_US`, `RU`, `zh-TW`, `rus`.

    Raises:
        UnknownLanguageError: The tag names no language that Tolmach knows.
    """
    folded = tag.strip().lower().replace("_", "-")
    if folded in _ALIASES:
        return _ALIASES[folded]
    base = folded.split("-")[0]
    if base in LANGUAGES:
        return base
    near = difflib.get_close_matches(folded, [*_ALIASES, *LANGUAGES], n=1)
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


def conventions_of(tag: str) -> str:
    """Return the language whose case endings, quotation marks and dashes a language has, as a rule itself."""
    base = base_language(tag)
    return LANGUAGES[base].like or base


def require_translated(*tags: str) -> None:
    """Refuse a language that texts are not translated from or into.

    Raises:
        UsageError: One of the languages is only read, aligned and compared.
    """
    complete = [NAMES[tag] for tag, language in LANGUAGES.items() if language.complete]
    for tag in tags:
        if not LANGUAGES[base_language(tag)].complete:
            raise UsageError(
                f"{NAMES[tag]} is not translated, only aligned and compared",
                hint=f"Translated are: {', '.join(complete)}",
            )
