"""Identifies the languages of `corpora.languages`, and refuses others.

Letters decide the script, function words the language within it. Other languages are named if possible.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

import regex

from common.data import load_table
from common.errors import InputError
from corpora.languages import CHINESE, LANGUAGES, NAMES, TRADITIONAL_CHINESE, Language, base_language, parse_language

_SCRIPTS: Final = ("Latin", "Cyrillic", "Han", "Hiragana", "Katakana", "Hangul", "Greek", "Arabic", "Hebrew", "Thai",
                   "Devanagari", "Georgian", "Armenian")  # fmt: skip
_SCRIPT: Final = regex.compile("|".join(rf"(?P<{name}>\p{{{name}}})" for name in _SCRIPTS))
_WORD: Final = regex.compile(r"\p{L}+(?:['’]\p{L}+)*")
_NAMED: Final = {
    "de": "German", "fr": "French", "es": "Spanish", "it": "Italian", "pt": "Portuguese", "nl": "Dutch", "pl": "Polish",
    "cs": "Czech", "sv": "Swedish", "da": "Danish", "fi": "Finnish", "hu": "Hungarian", "ro": "Romanian",
    "tr": "Turkish", "id": "Indonesian", "vi": "Vietnamese", "be": "Belarusian", "bg": "Bulgarian", "sr": "Serbian",
    "mk": "Macedonian", "kk": "Kazakh", **NAMES,
}  # fmt: skip
_HAN_WEIGHT: Final = 3  # Latin letters that weigh as much as one Chinese character
_KANA_SHARE: Final = 0.1  # of the East Asian letters; Chinese text has an occasional Japanese name
_HANGUL_SHARE: Final = 0.2
_ASKED_SHARE: Final = 0.05  # of the letters that must be of the script of an explicit language
_ENOUGH_WORDS: Final = 15  # a text of this many words has function words
_LEAD: Final = 2  # function words by which another language must win: a single one may be a name
_HINT: Final = f"Name the language if you know better; known: {', '.join(NAMES)}"
_OTHER: Final = f"the text is in none of {', '.join(language.name for language in LANGUAGES.values())}"


def identify_language(text: str, declared: str = "") -> str:
    """Return the language of `text`, a key of `NAMES`.

    Args:
        text: Any text.
        declared: Tag that its page declares, which counts as much as the function words that settle a doubt.

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
    known = {tag: language for tag, language in LANGUAGES.items() if language.script == script}
    if known:
        return _within(text, known, base_language(declared.lower()))
    raise InputError(f"{_OTHER}: it is in {script} script", hint=_HINT)


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
    if letters[LANGUAGES[base_language(language)].script] < _ASKED_SHARE * total:
        raise InputError(
            f"the text is not {NAMES[language]}: {_looks_like(text)}", hint="Leave the language out, or name that one"
        )
    return language


def resolve_language(text: str, asked: str | None, declared: str = "") -> str:
    """Return the canonical tag of the language asked for if the text can be in it, else the one detected.

    Args:
        text: Any text.
        asked: Tag that the user named, None for none.
        declared: Tag that its page declares.

    Raises:
        InputError: The language cannot be detected, or the text is not in the one asked for.
        UsageError: `asked` is not known.
    """
    return identify_language(text, declared) if asked is None else check_language(text, asked)


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
            raise InputError(f"{_OTHER}: it looks like {name}", hint=_HINT)


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


def _within(text: str, known: Mapping[str, Language], declared: str) -> str:
    """Tell our languages of one script from each other, by letters and function words, and from all others."""
    # Single capitals are initials, as in "U.S.", not the Czech or French words of one letter.
    words = [word.lower() for word in _WORD.findall(text) if len(word) > 1 or word.islower()]
    listed = next(lists for lists in _function_words().values() if not known.keys().isdisjoint(lists))
    counts = {tag: sum(word in frequent for word in words) for tag, frequent in listed.items()}
    hits = {tag: count + _LEAD * (tag == declared) for tag, count in counts.items()}
    strange = {tag: _strange_share(words, language) for tag, language in known.items()}
    # A name in the letters of another language does not outweigh the words between names.
    least = max(counts[tag] for tag in known) - _LEAD
    ours = min(known, key=lambda tag: (counts[tag] <= least, strange[tag], -hits[tag]))
    language, best = known[ours], max(hits, key=lambda tag: hits[tag])
    if best not in known and hits[best] >= hits[ours] + _LEAD:
        raise InputError(f"{_OTHER}: it looks like {_NAMED[best]}", hint=_HINT)
    rival = max(hits[tag] for tag in hits if tag != ours)
    sure = hits[ours] >= rival + _LEAD
    few = len(words) >= _ENOUGH_WORDS and hits[ours] < language.function_share * len(words)
    if few or (not sure and strange[ours] > language.foreign_share):
        raise InputError(f"cannot detect the language: {language.script} letters, but not {language.name}", hint=_HINT)
    return ours


def _strange_share(words: Sequence[str], language: Language) -> float:
    """Return the share of the letters of a language's script that are not in its alphabet."""
    letters = regex.findall(rf"\p{{{language.script}}}", "".join(words))
    return sum(char not in language.alphabet for char in letters) / max(1, len(letters))


@cache
def _function_words() -> dict[str, dict[str, frozenset[str]]]:
    tables = load_table(__name__, "function-words.toml")
    return {table: {tag: frozenset(words.split()) for tag, words in lists.items()} for table, lists in tables.items()}
