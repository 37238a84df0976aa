"""Checks of the language of a translation: its script, words of another script, languages of the same script."""

from collections.abc import Iterator, Sequence

import regex

from common.data import load_table
from common.errors import InputError
from common.messages import message, word
from corpora.identification import identify_language
from quotes.facts.places import find_places
from quotes.lexicon import load_lexicon, parse_russian
from quotes.speakers.english.names import EnglishNames
from translate.checks.types import PairReading
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
"""Words from which function words distinguish Slavic languages."""


def check_language(reading: PairReading, options: CheckOptions) -> Iterator[Check]:
    """The script is right, but the language is not."""
    del options
    language = reading.languages[1]
    found = {"ru": _not_russian, "zh": _not_chinese, "en": _not_english}[language](reading.texts[1])
    if found:
        yield Check("language", message("check.language", language=word("language", language), reason=found))


def _not_russian(text: str) -> str:
    small = [word for word in _CYRILLIC_WORD.findall(text) if word.islower() and len(word) >= _SHORTEST]
    foreign = [word for word in small if _NOT_RUSSIAN.search(word)]
    unknown = [word for word in small if not any(reading.is_known for reading in parse_russian(word)[:1])]
    odd = dict.fromkeys([*foreign, *unknown])
    if len(foreign) >= _FEWEST_UNKNOWN or (len(odd) >= _FEWEST_UNKNOWN and len(odd) >= _UNKNOWN_SHARE * len(small)):
        return _no_words(list(odd), "ru")
    return _named(text, "ru") if len(small) >= _SENTENCE else ""


def _no_words(words: Sequence[str], language: str) -> str:
    shown = message("list.comma").join(words[:4])
    return message("check.no_words_of", words=shown, language=word("language", language))


def _not_chinese(text: str) -> str:
    kana, hangul, han = (len(pattern.findall(text)) for pattern in (_KANA, _HANGUL, _HAN))
    if kana > _KANA_SHARE * (kana + han):
        return message("check.kana", kana + han, found=kana)
    if hangul > _KANA_SHARE * (hangul + han):
        return message("check.hangul", hangul + han, found=hangul)
    return ""


def _not_english(text: str) -> str:
    small = [word for word in _LATIN_WORD.findall(text) if word.islower() and len(word) >= _SHORTEST]
    accented = [word for word in small if _ACCENTED.search(word)]
    if len(accented) >= _FEWEST_UNKNOWN and len(accented) >= _ACCENTED_SHARE * len(small):
        return _no_words(accented, "en")
    return _named(text, "en") if len(small) >= _SHORTEST else ""


def _named(text: str, language: str) -> str:
    """Return why whole-text identification rejects a language; empty if it does not."""
    try:
        found = identify_language(text)
    except InputError as error:
        said = error.message.rpartition(": ")[2]
        return said if said.startswith("it looks like") else ""
    return "" if found == language else message("check.looks_like", language=word("language", found))


_SCRIPTS = {"ru": r"\p{Cyrillic}", "zh": r"\p{Han}", "en": r"\p{Latin}"}
_LETTER = regex.compile(r"\p{L}")
_WORD = regex.compile(r"\p{L}+")
_LATIN, _CYRILLIC = regex.compile(r"\p{Latin}"), regex.compile(r"\p{Cyrillic}")
_SMALL_LATIN = r"(?<![\p{Latin}\p{Cyrillic}])(?:(?=\p{Ll})\p{Latin}){3,}(?![\p{Latin}\p{Cyrillic}])"
_CYRILLIC_RUN = r"(?<![\p{Latin}\p{Cyrillic}])\p{Cyrillic}{2,}(?![\p{Latin}\p{Cyrillic}])"
_HAN_RUN = r"\p{Han}+"
_FOREIGN = {
    "en": regex.compile(rf"{_CYRILLIC_RUN}|{_HAN_RUN}"),
    "ru": regex.compile(rf"{_SMALL_LATIN}|{_HAN_RUN}"),
    "zh": regex.compile(rf"{_SMALL_LATIN}|{_CYRILLIC_RUN}"),
}
"""Least words in another script for a finding, by language; a capitalised Latin word may be a name."""
_BESIDE = r"[\p{Latin}\d@#./_&\-'’«»\"„“”《》]|\p{Latin}[\s&]{1,3}"
_AFTER = r"[\p{Latin}\d@/_&\-'’«»\"„“”《》]|[\s&]{1,3}\p{Latin}|\s\d|\.\p{L}"
_LONE = regex.compile(rf"(?<!{_BESIDE})\p{{Lu}}\p{{Latin}}+(?!{_AFTER})")
"""A capitalised Latin word that is not part of a title, a brand of several words or an address."""
_PERSON = regex.compile(r"\p{Lu}\p{Latin}+(?:[\s\-]\p{Lu}\p{Latin}+)*")
_HASHTAG = regex.compile(r"#[^#\s]+#?")
_FEWEST_LETTERS = 4
_SHOWN = 6


def check_script(reading: PairReading, options: CheckOptions) -> Iterator[Check]:
    """Most letters are of another script."""
    language = reading.languages[1]
    text = _HASHTAG.sub(" ", reading.texts[1])
    letters = _LETTER.findall(text)
    inside = sum(bool(regex.match(_SCRIPTS[language], letter)) for letter in letters)
    # A Chinese character counts as three letters: "iPhone 手机" is Chinese.
    weight = 3 if language == "zh" else 1
    share = weight * inside / max(1, weight * inside + len(letters) - inside)
    if len(letters) < _FEWEST_LETTERS or share >= options.min_script_share or _is_name(reading, text):
        return
    name = word("language", language)
    yield Check("script", message("check.script", len(letters), inside=inside, language=name))


def _is_name(reading: PairReading, text: str) -> bool:
    """Return whether all the foreign words are names that the source has in the same letters."""
    words = [word for word in _WORD.findall(text) if _LATIN.match(word)]
    source = reading.pair.source
    return bool(words) and all(not word.islower() and word in source for word in words)


def check_mixed(reading: PairReading, options: CheckOptions) -> Iterator[Check]:
    """Words with letters of two scripts."""
    del options
    known = reading.pair.source.casefold()
    words = [
        word
        for word in _WORD.findall(reading.texts[1])
        if _LATIN.search(word) and _CYRILLIC.search(word) and word.casefold() not in known
    ]
    if words:
        yield Check("mixed", message("check.mixed", words=message("list.comma").join(words[:_SHOWN])))


def check_untranslated(reading: PairReading, options: CheckOptions) -> Iterator[Check]:
    """Words of another script, but those names that people leave in it, too."""
    del options
    target = reading.languages[1]
    allowed = set(load_table(__name__, "language.toml")["allowed"].split())
    source = reading.pair.source
    left = [
        match.group()
        for match in _FOREIGN[target].finditer(_HASHTAG.sub(" ", reading.texts[1]))
        if match.group().casefold() not in allowed
    ]
    known = [word for word in left if word.casefold() in source.casefold()] + _names_left(reading)
    strange = [word for word in left if word not in known and not _LATIN.match(word)]
    if known:
        yield Check("untranslated", message("check.left", words=message("list.comma").join(known[:_SHOWN])))
    elif strange:
        yield Check("untranslated", message("check.foreign", words=message("list.comma").join(strange[:_SHOWN])))


def _names_left(reading: PairReading) -> list[str]:
    """Return the places and persons that a Russian text has in Latin letters.

    People write these in Cyrillic, and companies, newspapers and products often as they are.
    """
    text = reading.texts[1]
    if reading.languages[1] != "ru" or not _LATIN.search(text):
        return []
    bodies = load_table("quotes.facts.places", "places.toml")["bodies"].keys()
    places = [
        word
        for word in _LONE.findall(text)
        if not word.isupper() and any(not place.codes & bodies for place in find_places(word, "en"))
    ]
    source = reading.texts[0] if reading.languages[0] == "en" else ""
    persons = [name.text for name in EnglishNames(load_lexicon("en")).read(source) if name.person]
    return places + [name for name in _PERSON.findall(text) if any(f" {name} " in f" {one} " for one in persons)]
