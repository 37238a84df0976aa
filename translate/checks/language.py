"""The check of a translation's language among those of its script: Ukrainian for Russian, Japanese for Chinese."""

from collections.abc import Iterator

import regex

from common.errors import InputError
from corpora.identification import identify_language
from corpora.languages import NAMES
from quotes.lexicon import parse_russian
from translate.checks.types import Reading
from translate.options import CheckOptions
from translate.types import Check

_KANA = regex.compile(
    r"[\p{Hiragana}\p{Katakana}--[\N{KATAKANA MIDDLE DOT}\N{KATAKANA-HIRAGANA PROLONGED SOUND MARK}]]", regex.VERSION1
)
_HANGUL = regex.compile(r"\p{Hangul}")
_KANA_SHARE = 0.12
_HAN = regex.compile(r"\p{Han}")
_CYRILLIC_WORD = regex.compile(r"(?<!\p{L})\p{Cyrillic}+(?!\p{L})")
_NOT_RUSSIAN = regex.compile(r"[^\p{Latin}а-яё\P{L}]|ъ(?![еёюя])", regex.IGNORECASE)
_LATIN_WORD = regex.compile(r"(?<!\p{L})\p{Latin}+(?!\p{L})")
_ACCENTED = regex.compile(r"[^\x00-\x7f]")
_UNKNOWN_SHARE = 0.34
_FEWEST_UNKNOWN = 2
_ACCENTED_SHARE = 0.15
_SHORTEST = 3
_SENTENCE = 8
"""Words from which function words tell Slavic languages apart."""


def check_language(reading: Reading, options: CheckOptions) -> Iterator[Check]:
    """The letters are right, the language is not."""
    del options
    language = reading.languages[1]
    found = {"ru": _not_russian, "zh": _not_chinese, "en": _not_english}[language](reading.texts[1])
    if found:
        yield Check("language", f"The translation is not in {NAMES[language]}: {found}")


def _not_russian(text: str) -> str:
    small = [word for word in _CYRILLIC_WORD.findall(text) if word.islower() and len(word) >= _SHORTEST]
    foreign = [word for word in small if _NOT_RUSSIAN.search(word)]
    unknown = [word for word in small if not any(reading.is_known for reading in parse_russian(word)[:1])]
    odd = dict.fromkeys([*foreign, *unknown])
    if len(foreign) >= _FEWEST_UNKNOWN or (len(odd) >= _FEWEST_UNKNOWN and len(odd) >= _UNKNOWN_SHARE * len(small)):
        return f"{', '.join(list(odd)[:4])} are no Russian words"
    return _named(text, "ru") if len(small) >= _SENTENCE else ""


def _not_chinese(text: str) -> str:
    kana, hangul, han = (len(pattern.findall(text)) for pattern in (_KANA, _HANGUL, _HAN))
    if kana > _KANA_SHARE * (kana + han):
        return f"{kana} of {kana + han} characters are Japanese syllables"
    if hangul > _KANA_SHARE * (hangul + han):
        return f"{hangul} of {hangul + han} characters are Korean"
    return ""


def _not_english(text: str) -> str:
    small = [word for word in _LATIN_WORD.findall(text) if word.islower() and len(word) >= _SHORTEST]
    accented = [word for word in small if _ACCENTED.search(word)]
    if len(accented) >= _FEWEST_UNKNOWN and len(accented) >= _ACCENTED_SHARE * len(small):
        return f"{', '.join(accented[:4])} are no English words"
    return _named(text, "en") if len(small) >= _SHORTEST else ""


def _named(text: str, language: str) -> str:
    """Return what the identification of whole texts says against a language, nothing where it says nothing."""
    try:
        found = identify_language(text)
    except InputError as error:
        said = error.message.rpartition(": ")[2]
        return said if said.startswith("it looks like") else ""
    return "" if found == language else f"it looks like {NAMES[found]}"
