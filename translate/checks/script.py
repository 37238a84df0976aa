"""Checks of the letters a translation is written in, word by word and as a whole."""

from collections.abc import Iterator

import regex

from common.data import load_table
from corpora.languages import NAMES
from translate.checks.types import Reading
from translate.options import CheckOptions
from translate.types import Check

_SCRIPTS = {"ru": r"\p{Cyrillic}", "zh": r"\p{Han}", "en": r"\p{Latin}"}
_LETTER = regex.compile(r"\p{L}")
_WORD = regex.compile(r"\p{L}+")
_LATIN, _CYRILLIC = regex.compile(r"\p{Latin}"), regex.compile(r"\p{Cyrillic}")
_SMALL_LATIN = r"(?<![\p{Latin}\p{Cyrillic}])(?:(?=\p{Ll})\p{Latin}){3,}(?![\p{Latin}\p{Cyrillic}])"
_CYRILLIC_WORD = r"(?<![\p{Latin}\p{Cyrillic}])\p{Cyrillic}{2,}(?![\p{Latin}\p{Cyrillic}])"
_HAN = r"\p{Han}+"
_FOREIGN = {
    "en": regex.compile(rf"{_CYRILLIC_WORD}|{_HAN}"),
    "ru": regex.compile(rf"{_SMALL_LATIN}|{_HAN}"),
    "zh": regex.compile(rf"{_SMALL_LATIN}|{_CYRILLIC_WORD}"),
}
"""Words in another script that stand in no translation, by its language; a Latin word with a capital may be a name."""
_HASHTAG = regex.compile(r"#[^#\s]+#?")
_FEWEST_LETTERS = 4
_SHOWN = 6


def check_script(reading: Reading, options: CheckOptions) -> Iterator[Check]:
    """Most letters are of another script."""
    language = reading.languages[1]
    text = _HASHTAG.sub(" ", reading.texts[1])
    letters = _LETTER.findall(text)
    inside = sum(bool(regex.match(_SCRIPTS[language], letter)) for letter in letters)
    # A Chinese character says as much as three letters: "iPhone 手机" is Chinese.
    weight = 3 if language == "zh" else 1
    share = weight * inside / max(1, weight * inside + len(letters) - inside)
    if len(letters) < _FEWEST_LETTERS or share >= options.min_script_share or _is_name(reading, text):
        return
    name = NAMES[language]
    yield Check("script", f"Only {inside} of {len(letters)} letters are in the script of {name}")


def _is_name(reading: Reading, text: str) -> bool:
    """Tell whether all the foreign words are names that the source has in the same letters."""
    words = [word for word in _WORD.findall(text) if _LATIN.match(word)]
    source = reading.pair.source
    return bool(words) and all(not word.islower() and word in source for word in words)


def check_mixed(reading: Reading, options: CheckOptions) -> Iterator[Check]:
    """Words with letters of two scripts."""
    del options
    known = reading.pair.source.casefold()
    words = [
        word
        for word in _WORD.findall(reading.texts[1])
        if _LATIN.search(word) and _CYRILLIC.search(word) and word.casefold() not in known
    ]
    if words:
        yield Check("mixed", f"Latin and Cyrillic letters in one word: {', '.join(words[:_SHOWN])}")


def check_untranslated(reading: Reading, options: CheckOptions) -> Iterator[Check]:
    """Words of another script that are no names."""
    del options
    target = reading.languages[1]
    allowed = set(load_table(__name__, "script.toml")["allowed"].split())
    source = reading.pair.source
    left = [
        match.group()
        for match in _FOREIGN[target].finditer(_HASHTAG.sub(" ", reading.texts[1]))
        if match.group().casefold() not in allowed
    ]
    known = [word for word in left if word.casefold() in source.casefold()]
    strange = [word for word in left if word not in known and not _LATIN.match(word)]
    if known:
        yield Check("untranslated", f"Left as in the source: {', '.join(known[:_SHOWN])}")
    elif strange:
        yield Check("untranslated", f"Words in another script: {', '.join(strange[:_SHOWN])}")
