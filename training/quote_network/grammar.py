"""Classes and forms of Russian and Chinese words, by pymorphy3 and jieba."""

from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any

import regex

WORD = regex.compile(r"\w")

_VERBS = ("VERB", "INFN", "GRND", "PRTF", "PRTS")
_ADJECTIVES = ("ADJS", "COMP")
_CONTENT = {
    "ru": {*_VERBS, *_ADJECTIVES, "NOUN", "ADJF", "ADVB", "NUMR"},
    "zh": set("nvadtmi"),
}
_GENDERS = frozenset({"masc", "femn", "neut"})
_TENSES = frozenset({"past", "pres", "futr"})
_PERSONS = frozenset({"1per", "2per", "3per"})
_CASES = frozenset({"nomn", "gent", "datv", "accs", "ablt", "loct"})
_KEPT = _CASES | _GENDERS | _TENSES | _PERSONS | {"sing", "plur", "impr", "COMP"}
"""Grammatical features that a word's substitute takes over."""
_DENIABLE = {"ru": {"VERB", "INFN", "ADJS", "PRED"}, "zh": {"v"}}
_MODIFIERS = {"ru": {"ADJF", "ADVB", "PRTF"}, "zh": {"a", "d"}}
_OPENERS = {"PREP", "CONJ"}


def word_class(word: str, language: str) -> str | None:
    """Return the class of a content word: pymorphy3's, or the first letter of jieba's; None for others."""
    if not WORD.search(word):
        return None
    found = any_class(word, language)
    return found if found in _CONTENT[language] else None


def any_class(word: str, language: str) -> str | None:
    """Return the class of any word; None if unknown, in Chinese also if jieba splits the word."""
    return _parsed(word.lower()).tag.POS if language == "ru" else _chinese_class(word)


def can_be_denied(word: str, language: str) -> bool:
    return any_class(word, language) in _DENIABLE[language]


def is_modifier(word: str, language: str) -> bool:
    return word_class(word, language) in _MODIFIERS[language]


def opens_phrase(word: str, language: str) -> bool:
    """Return whether a Russian word is a preposition or conjunction."""
    return language == "ru" and any_class(word, language) in _OPENERS


def is_noun(word: str, language: str) -> bool:
    return any_class(word, language) in {"NOUN", "n"}


def dictionary_form(word: str, language: str) -> str:
    return str(_parsed(word.lower()).normal_form) if language == "ru" else word


def like(new: str, old: str, language: str) -> str | None:
    """Inflect a dictionary word like `old`; None if it has no such form."""
    if language != "ru":
        return new
    tag = _parsed(old.lower()).tag
    found = next((parse for parse in _analyzer().parse(new) if _same_class(parse.tag.POS, tag.POS)), None)
    if found is None:
        return None
    forms = (found.inflect(set(wanted)) for wanted in _requested_features(tag))
    return next((str(form.word) for form in forms if form), None)


def retimed(word: str) -> str | None:
    """Bring a Russian verb from the past to the future or present, or the other way; None for other words."""
    tag = _parsed(word.lower()).tag
    if tag.POS != "VERB" or tag.mood == "impr":
        return None
    number = {tag.number} if tag.number else set()
    person = {"3per"} if tag.tense == "past" else set()
    time = "past" if tag.tense != "past" else "futr" if tag.aspect == "perf" else "pres"
    gender = {"masc"} if time == "past" and tag.number == "sing" else set()
    form = _parsed(word.lower()).inflect({time} | number | person | gender)
    return str(form.word) if form else None


def _same_class(new: str | None, old: str | None) -> bool:
    return new == old or (old in _VERBS and new == "INFN") or (old in _ADJECTIVES and new == "ADJF")


def _requested_features(tag: Any) -> Iterator[frozenset[str]]:
    """Yield the grammatical features to request: all, then fewer."""
    marks = frozenset(tag.grammemes) & _KEPT
    if tag.POS in {*_VERBS, *_ADJECTIVES}:
        marks |= {tag.POS}
    if tag.POS == "NOUN":
        marks -= _GENDERS
    yield from (marks - dropped for dropped in (frozenset[str](), _GENDERS, _TENSES, _PERSONS))


@lru_cache(maxsize=200_000)
def _parsed(word: str) -> Any:
    return _analyzer().parse(word)[0]


@cache
def _analyzer() -> Any:
    from pymorphy3 import MorphAnalyzer  # noqa: PLC0415 - reads its dictionaries

    return MorphAnalyzer()


@lru_cache(maxsize=200_000)
def _chinese_class(word: str) -> str | None:
    import rjieba  # noqa: PLC0415 - reads its dictionary

    tagged = rjieba.tag(word)
    return str(tagged[0][1])[0] if len(tagged) == 1 else None
