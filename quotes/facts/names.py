"""Whether two names are one person's, across scripts, by how they sound."""

from functools import cache, lru_cache
from typing import Any

import regex

from common.data import load_table

_HAN = regex.compile(r"\p{Han}")
_CYRILLIC = regex.compile(r"\p{Cyrillic}")
_PARTS = regex.compile(r"[^\W\d_]+")
_REPEATED = regex.compile(r"(.)\1+")
_SHORTEST = 2
_ONE_PERSON = 0.65
"""Similarity of sound of two parts of one person's name: Putin and 普京 have 0.67."""
_SPELT = {
    frozenset({"Latin"}): 0.8, frozenset({"Cyrillic"}): 0.8, frozenset({"Han"}): 0.8,
    frozenset({"Latin", "Cyrillic"}): 0.65,
    frozenset({"Latin", "Han"}): 0.55, frozenset({"Cyrillic", "Han"}): 0.55,
}  # fmt: skip
"""Similarity of their letters: Johnson and Jensen have 0.57, Biden and Путин 0.6, Trump and 特朗普 0.57."""
_TWO_LETTERS, _TWO_SOUNDS = 0.5, 0.8
"""Similarities of letters and of consonants below which two words are two names. In people's translations of WMT21 and
of the odd documents of NTREX hardly a surname is below both: Cowie is Кау, Wallace is Уоллес."""
_ROMAN = str.maketrans({
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "j", "з": "z", "и": "i", "й": "i",
    "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
    "х": "h", "ц": "c", "ч": "ch", "ш": "sh", "щ": "sh", "ъ": "", "ы": "i", "ь": "", "э": "e", "ю": "u", "я": "ia",
    "і": "i", "ї": "i", "є": "e", "ґ": "g",
})  # fmt: skip
_HARD_J = regex.compile("цз|дж|чж")
_LIKE = str.maketrans("bdgvwrmyqcx", "ptkfflnisks")
"""Letters that transliteration does not tell apart."""
_PARTS_AND_WHOLE = 3
"""Sounds of a name of two parts: each, and both together."""
_NAMES_REMEMBERED = 16_384
"""Names and words whose sounds are known: each word around a quote is compared with every foreign name in it."""


def name_similarity(one: str, other: str) -> float:
    """Compare the sounds of two names in Latin, Cyrillic or Chinese script, from 0 (nothing alike) to 1 (the same).

    The best pair of parts counts, so that Лавров, Sergey Lavrov and 拉夫罗夫 are one: consonants are mapped to classes
    that transliteration does not tell apart, vowels are dropped, and the rest is compared by edit distance.
    """
    return max((spelling_similarity(a, b) for a in _sounds(one) for b in _sounds(other)), default=0.0)


def are_one_person(one: str, other: str) -> bool:
    """Return whether two names may be one person's: every part of the shorter one answers a part of the longer.

    Unlike `name_similarity`, it tells people apart who share a first name, and Biden from Putin: vowels count, too.
    """
    shorter, longer = sorted((_spelled(one), _spelled(other)), key=len)
    least = _SPELT[frozenset(map(_script, (one, other)))]
    if not shorter:
        return False
    if _alike("".join(shorter), "".join(longer), least):  # written apart in one script and together in another
        return True
    if len(shorter) > 1 and _alike(shorter[-1], longer[-1], least) and _folded(shorter[0])[0] == _folded(longer[0])[0]:
        return True  # first names are written in more ways than surnames
    return all(any(_alike(part, each, least) for each in longer) for part in shorter)


def are_two_names(one: str, other: str) -> bool:
    """Return whether two words, in Latin or Cyrillic letters, are surely two names: Sorokina and Сергеева.

    Keane and Кин have no more letters in common, but all their consonants.
    """
    a, b = ("".join(_spelled(name)) for name in (one, other))
    sounds = spelling_similarity(_classes(a, "latin"), _classes(b, "latin"))
    return sounds < _TWO_SOUNDS and spelling_similarity(_folded(a), _folded(b)) < _TWO_LETTERS


def _alike(one: str, other: str, least: float) -> bool:
    sounds = (_classes(one, "latin"), _classes(other, "latin"))
    return spelling_similarity(*sounds) >= _ONE_PERSON and spelling_similarity(*map(_folded, (one, other))) >= least


def _folded(word: str) -> str:
    return _REPEATED.sub(r"\1", word.replace("ng", "n").translate(_LIKE))


def _script(name: str) -> str:
    return "Han" if _HAN.search(name) else "Cyrillic" if _CYRILLIC.search(name) else "Latin"


@lru_cache(_NAMES_REMEMBERED)
def _spelled(name: str) -> tuple[str, ...]:
    """Return the parts of a name in Latin letters; one letter is an initial, and left out."""
    script = _script(name)
    if script == "Han":
        from pypinyin import lazy_pinyin  # noqa: PLC0415 - loads its dictionaries

        return tuple("".join(lazy_pinyin(part)) for part in regex.findall(r"\p{Han}+", name))
    words = [part.lower() for part in _PARTS.findall(name)]
    if script == "Cyrillic":
        words = [_HARD_J.sub("j", _without_ending(word)).translate(_ROMAN) for word in words]
    return tuple(word for word in words if len(word) > 1)


def person_similarity(one: str, other: str) -> float:
    """Compare the sounds of two people's names, from 0 (nothing alike) to 1 (the same).

    Many people have one first name: where both names have two parts or more, the last ones count, or all together. A
    last part of two consonants sounds like too many others to count alone.
    """
    sounds = _sounds(one), _sounds(other)
    if min(map(len, sounds)) < _PARTS_AND_WHOLE:
        return name_similarity(one, other)
    last = [parts[-2] for parts in sounds]
    surname = spelling_similarity(*last) if min(map(len, last)) > _SHORTEST else 0.0
    return max(surname, spelling_similarity(sounds[0][-1], sounds[1][-1]))


def is_personal(name: str, language: str) -> bool:
    """Return whether `name` looks like a person's rather than a body's or an office's."""
    bodies: list[str] = load_table(__name__, "names.toml")["bodies"][language]
    if language == "zh":
        return _HAN.search(name) is not None and not any(body in name for body in bodies)
    words = _PARTS.findall(name)
    lower = [word.lower() for word in words]
    # The Russian ones are stems.
    body = set(lower) & set(bodies) if language == "en" else any(word.startswith(tuple(bodies)) for word in lower)
    return bool(words) and not body and all(word[0].isupper() and not word.isupper() for word in words)


def spelling_similarity(one: str, other: str) -> float:
    """Compare two spellings by edit distance, from 0 (nothing alike) to 1 (the same)."""
    from rapidfuzz.distance import Levenshtein  # noqa: PLC0415 - a compiled module, only needed here

    return float(Levenshtein.normalized_similarity(one, other))


@lru_cache(_NAMES_REMEMBERED)
def _sounds(name: str) -> tuple[str, ...]:
    if _HAN.search(name):
        parts = _chinese_parts(name)
    elif _CYRILLIC.search(name):
        parts = [_classes(_without_ending(part.lower()), "cyrillic") for part in _PARTS.findall(name)]
    else:
        parts = [
            _classes(part.lower().removesuffix("s") if part.endswith("’s") else part.lower(), "latin")
            for part in _PARTS.findall(name)
        ]
    # Chinese and Korean names are written apart in one script and together in another.
    parts = [*parts, "".join(parts)]
    long = [part for part in parts if len(part) >= _SHORTEST]
    return tuple(long or [part for part in parts if part])


def _chinese_parts(name: str) -> list[str]:
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - loads its dictionaries

    parts = regex.findall(r"\p{Han}+", name)
    return [_classes("-".join(lazy_pinyin(part)), "pinyin") for part in parts]


def _without_ending(word: str) -> str:
    endings: list[str] = load_table(__name__, "names.toml")["endings"]["ru"]
    ending = next((ending for ending in endings if word.endswith(ending) and len(word) - len(ending) >= 3), "")  # noqa: PLR2004
    return word[: len(word) - len(ending)]


@cache
def _pattern(script: str) -> Any:
    return regex.compile("|".join(sorted(load_table(__name__, "names.toml")[script], key=len, reverse=True)))


def _classes(word: str, script: str) -> str:
    table: dict[str, str] = load_table(__name__, "names.toml")[script]
    classes = "".join(table[match.group()] for match in _pattern(script).finditer(word))
    return _REPEATED.sub(r"\1", classes)
