"""Identifies English, Russian and Chinese (Simplified or Traditional), and refuses other languages.

Letters decide the script, function words the language within it. Other languages are named if possible.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import regex

from common.data import load_table
from common.errors import InputError
from corpora.languages import CHINESE, ENGLISH, NAMES, RUSSIAN, TRADITIONAL_CHINESE, base_language, parse_language

SCRIPT_OF: Final = {ENGLISH: "Latin", RUSSIAN: "Cyrillic", CHINESE: "Han"}
"""Unicode script of each base language."""

_SCRIPTS: Final = ("Latin", "Cyrillic", "Han", "Hiragana", "Katakana", "Hangul", "Greek", "Arabic", "Hebrew", "Thai",
                   "Devanagari", "Georgian", "Armenian")  # fmt: skip
_SCRIPT: Final = regex.compile("|".join(rf"(?P<{name}>\p{{{name}}})" for name in _SCRIPTS))
_WORD: Final = regex.compile(r"\p{L}+(?:['’]\p{L}+)*")
_NAMED: Final = {
    "de": "German", "fr": "French", "es": "Spanish", "it": "Italian", "pt": "Portuguese", "nl": "Dutch", "pl": "Polish",
    "cs": "Czech", "sv": "Swedish", "da": "Danish", "fi": "Finnish", "hu": "Hungarian", "ro": "Romanian",
    "tr": "Turkish", "id": "Indonesian", "vi": "Vietnamese", "uk": "Ukrainian", "be": "Belarusian", "bg": "Bulgarian",
    "sr": "Serbian", "mk": "Macedonian", "kk": "Kazakh", "en": "English", "ru": "Russian",
}  # fmt: skip
_HAN_WEIGHT: Final = 3  # Latin letters that weigh as much as one Chinese character
_KANA_SHARE: Final = 0.1  # of the East Asian letters; Chinese text has an occasional Japanese name
_HANGUL_SHARE: Final = 0.2
_ASKED_SHARE: Final = 0.05  # of the letters that must be of the script of an explicit language
_ENOUGH_WORDS: Final = 15  # a text of this many words has function words
_LEAD: Final = 2  # function words by which another language must win: a single one may be a name
_HINT: Final = "Name the language if you know better; known: en, ru, zh, zh-Hant"


@dataclass(frozen=True, slots=True)
class _Script:
    """One of our languages among those of its script.

    Attributes:
        table: Its table in `function-words.toml`.
        foreign_share: Letters outside the alphabet, of all, that are too many where function words
            leave doubt.
        function_share: Function words, of all; running English has 0.4, Russian 0.25, lists of names less.
    """

    name: str
    language: str
    table: str
    alphabet: str
    foreign_share: float
    function_share: float


_LATIN: Final = _Script("Latin", ENGLISH, "latin", "abcdefghijklmnopqrstuvwxyz", 0.05, 0.06)
_CYRILLIC: Final = _Script("Cyrillic", RUSSIAN, "cyrillic", "абвгдеёжзийклмнопрстуфхцчшщъыьэюя", 0.03, 0.02)


def identify_language(text: str) -> str:
    """Return the language of `text`: `en`, `ru`, `zh` or `zh-Hant`.

    Raises:
        InputError: The text has no letters, is in another language, or its language cannot be detected.
    """
    letters = _count_scripts(text)
    _refuse_east_asian(letters)
    weights = {name: count * (_HAN_WEIGHT if name == "Han" else 1) for name, count in letters.items()}
    script = max(weights, key=lambda name: weights[name], default=None)
    if script is None:
        raise InputError("cannot detect the language: the text has no letters", hint=_HINT)
    if script == "Han":
        return _chinese(text)
    for known in (_LATIN, _CYRILLIC):
        if script == known.name:
            return _within(text, known)
    raise InputError(f"the text is not in English, Russian or Chinese: it is in {script} script", hint=_HINT)


def check_language(text: str, tag: str) -> str:
    """Return the canonical form of a language that the user named, if `text` can be in it.

    Raises:
        InputError: Hardly a letter of the text belongs to the script of that language.
        UsageError: The tag is not known.
    """
    language = parse_language(tag)
    letters = _count_scripts(text)
    total = sum(letters.values())
    if not total:
        raise InputError(f"the text is not {NAMES[language]}: it has no letters")
    if letters[SCRIPT_OF[base_language(language)]] < _ASKED_SHARE * total:
        raise InputError(
            f"the text is not {NAMES[language]}: {_looks_like(text)}", hint="Leave the language out, or name that one"
        )
    return language


def resolve_language(text: str, asked: str | None) -> str:
    """Return the canonical tag of the language asked for if the text can be in it, else the one detected.

    Raises:
        InputError: The language cannot be detected, or the text is not in the one asked for.
        UsageError: `asked` is not known.
    """
    return identify_language(text) if asked is None else check_language(text, asked)


def _looks_like(text: str) -> str:
    try:
        return f"it looks like {NAMES[identify_language(text)]}"
    except InputError as error:
        return error.message.rpartition(": ")[2]


def _count_scripts(text: str) -> Counter[str]:
    return Counter(match.lastgroup or "" for match in _SCRIPT.finditer(text))


def _refuse_east_asian(letters: Mapping[str, int]) -> None:
    kana, hangul = letters["Hiragana"] + letters["Katakana"], letters["Hangul"]
    eastern = kana + hangul + letters["Han"]
    if eastern * _HAN_WEIGHT <= letters["Latin"] + letters["Cyrillic"]:
        return
    for name, count, share in (("Japanese", kana, _KANA_SHARE), ("Korean", hangul, _HANGUL_SHARE)):
        if count > share * eastern:
            raise InputError(f"the text is not in English, Russian or Chinese: it looks like {name}", hint=_HINT)


def _chinese(text: str) -> str:
    """Distinguish Traditional from Simplified by the characters that only one of the two has.

    GB 2312 holds the characters of Simplified text, Big5 those of Traditional; a character in only one of them is a
    vote.
    """
    simplified = sum(_written_in(char, "gb2312") and not _written_in(char, "big5") for char in text)
    traditional = sum(_written_in(char, "big5") and not _written_in(char, "gb2312") for char in text)
    return TRADITIONAL_CHINESE if traditional > simplified else CHINESE


@cache
def _written_in(char: str, codec: str) -> bool:
    if not regex.match(r"\p{Han}", char):
        return False
    try:
        char.encode(codec)
    except UnicodeEncodeError:
        return False
    return True


def _within(text: str, script: _Script) -> str:
    # Single capitals are initials, as in "U.S.", not the Czech or French words of one letter.
    words = [word.lower() for word in _WORD.findall(text) if len(word) > 1 or word.islower()]
    hits = {tag: sum(word in listed for word in words) for tag, listed in _function_words()[script.table].items()}
    best = max(hits, key=lambda tag: hits[tag])
    ours = hits[script.language]
    if hits[best] >= ours + _LEAD:
        raise InputError(f"the text is not in English, Russian or Chinese: it looks like {_NAMED[best]}", hint=_HINT)
    rival = max(hits[tag] for tag in hits if tag != script.language)
    sure = ours >= rival + _LEAD
    if (not sure and _is_foreign(words, script)) or (
        len(words) >= _ENOUGH_WORDS and ours < script.function_share * len(words)
    ):
        raise InputError(
            f"cannot detect the language: {script.name} letters, but not {_NAMED[script.language]}", hint=_HINT
        )
    return script.language


def _is_foreign(words: Sequence[str], script: _Script) -> bool:
    letters = regex.findall(rf"\p{{{script.name}}}", "".join(words))
    return sum(char not in script.alphabet for char in letters) > script.foreign_share * len(letters)


@cache
def _function_words() -> dict[str, dict[str, frozenset[str]]]:
    tables = load_table(__name__, "function-words.toml")
    return {table: {tag: frozenset(words.split()) for tag, words in lists.items()} for table, lists in tables.items()}
