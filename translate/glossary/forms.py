"""Whether a word of a text is a form of a word of a term: English plurals, Russian inflection, capitals."""

from functools import cache, lru_cache
from itertools import takewhile
from typing import Final

import regex

from common.data import load_table
from corpora.languages import ENGLISH, RUSSIAN, base_language
from quotes.lexicon import parse_russian

_CYRILLIC: Final = regex.compile(r"\p{Cyrillic}+")
_LIKELY: Final = 0.1
"""A reading of pymorphy3's with a lower score is not trusted for a word in small letters: «стали» is seldom steel."""
_SHORT: Final = 3
_STEM: Final = 3


@cache
def load_words(name: str) -> tuple[str, ...]:
    """Return a list of `words.toml`; of a string its letters."""
    data = load_table(__name__, "words.toml")
    return tuple(data[name])


def fold(word: str) -> str:
    """Return a word without what never tells two words apart: case, the dots of «ё»."""
    return word.casefold().replace("ё", "е")


def agrees(term: str, word: str, language: str, *, lenient: bool = False) -> bool:
    """Tell whether a word is a form of a term's word, capitals aside.

    Args:
        term: A word of a term.
        word: A word of a text.
        language: BCP-47 tag of both.
        lenient: Whether unlikely readings count, and a singular for a plural too.
    """
    if fold(term) == fold(word):
        return True
    base = base_language(language)
    if base == ENGLISH:
        return fold(term) in _singulars(word) or (lenient and fold(word) in _singulars(term))
    if base == RUSSIAN and _CYRILLIC.fullmatch(term) and _CYRILLIC.fullmatch(word):
        least = 0.0 if lenient or term[0].isupper() else _LIKELY
        return bool(_lemmas(term, least) & _lemmas(word, least)) or (term[0].isupper() and _same_stem(term, word))
    return False


def same_case(term: str, word: str) -> bool:
    """Tell whether a word has the capitals of a term's word: any where that has none, otherwise the same or all."""
    if term == term.lower() or (len(word) > 1 and word.isupper()):
        return True
    one, other = term.replace("ё", "е"), word.replace("ё", "е")
    pairs = takewhile(lambda pair: pair[0].casefold() == pair[1].casefold(), zip(one, other, strict=False))
    return all(first == second for first, second in pairs)


def index_keys(word: str, language: str) -> frozenset[str]:
    """Return keys of which two words have one in common wherever they may agree."""
    base = base_language(language)
    keys = {fold(word)}
    if base == ENGLISH:
        keys |= _singulars(word)
    elif base == RUSSIAN and _CYRILLIC.fullmatch(word):
        keys |= _lemmas(word, 0.0)
        keys.add(fold(word)[:_STEM])
    return frozenset(keys)


def _singulars(word: str) -> frozenset[str]:
    """Return what an English word may be the plural of."""
    plain = fold(word)
    if len(plain) <= _SHORT or not plain.endswith("s") or plain.endswith("ss"):
        return frozenset()
    found = {plain[:-1]}
    if plain.endswith("es"):
        found.add(plain[:-2])
    if plain.endswith("ies"):
        found.add(f"{plain[:-3]}y")
    if plain.endswith("ves"):
        found |= {f"{plain[:-3]}f", f"{plain[:-3]}fe"}
    return frozenset(found)


@lru_cache(50_000)
def _lemmas(word: str, least: float) -> frozenset[str]:
    readings = parse_russian(word.lower())
    kept = [reading for at, reading in enumerate(readings) if at == 0 or reading.score >= least]
    return frozenset(fold(reading.normal_form) for reading in kept)


def _same_stem(term: str, word: str) -> bool:
    """Tell whether two capitalised words differ in an ending only."""
    one, other = fold(term), fold(word)
    stem = one[:-1] if one[-1] in load_words("dropped") else one
    return len(stem) > _STEM and other.startswith(stem) and other[len(stem) :] in load_words("endings")
