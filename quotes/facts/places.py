"""States, peoples, places, bodies and companies whose names are known in all three languages.

The names of territories and of the cities of time zones are CLDR's (through babel); `places.toml` adds what CLDR lacks.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import regex

from alignment.words.segmentation import split_words
from common.data import load_table
from corpora.languages import CHINESE
from corpora.offsets import Span
from quotes.facts.numbers.quantities import fold

_COLUMNS = {"en": 0, "ru": 1, "zh": 2}
_GROUPS = ("states", "cities", "regions", "bodies", "sky", "compass")
_TEXTS_REMEMBERED = 1024
"""Each sentence around a quote is read once for every version it is compared with, and for its context."""
_WORDS_REMEMBERED = 16_384
"""Words whose stems are known: those of many articles, twice over."""
_SHORTEST_STEM = 3
_LONGEST_NAME = 4
"""Words of the longest Russian name that is looked up."""
_RUSSIAN_WORD = regex.compile(r"[^\W\d_]+(?:[-’'\N{NON-BREAKING HYPHEN}][^\W\d_]+)*")
_LATER_PART = regex.compile(r"(?<=[-\N{NON-BREAKING HYPHEN}])[^-\N{NON-BREAKING HYPHEN}]+")
_SHORT_FORM = 2
_POSSESSIVE = r"(?:['’]s?)?"


@dataclass(frozen=True, slots=True)
class Place:
    """A known name in a text.

    Attributes:
        start: Where its words begin, code points into the text that was read.
        codes: What it may name, as CLDR or `places.toml` calls it.
    """

    start: int
    end: int
    codes: frozenset[str]


@lru_cache(_TEXTS_REMEMBERED)
def find_places(text: str, language: str) -> tuple[Place, ...]:
    """Find all known names in `text` (Simplified if Chinese), in order; where two overlap, the longer one."""
    if language not in _COLUMNS:
        return ()
    text = _masking(language).sub(lambda match: "_" * len(match.group()), text)
    if language == "ru":
        return tuple(_russian(text))
    table = _forms(language)
    found = tuple(_place(match, table) for match in _pattern(language).finditer(text))
    if language == "en" or not found:
        return found
    borders = _borders(text)
    # A short Chinese form may merely straddle two words: Haiti in "coastal area".
    return tuple(place for place in found if place.end - place.start > _SHORT_FORM or place.start in borders)


def _place(match: Any, table: dict[str, frozenset[str]]) -> Place:
    name = match["name"]
    return Place(match.start("name"), match.end("name"), table[name] if name in table else table[name.lower()])


@cache
def _masking(language: str) -> Any:
    return regex.compile("|".join(map(regex.escape, load_table(__name__, "places.toml")["masked"][language])))


def _borders(text: str) -> frozenset[int]:
    borders, at = set(), 0
    for word in split_words(text, CHINESE):
        at = text.index(word, at)
        borders.add(at)
        at += len(word)
    return frozenset(borders)


def related(one: frozenset[str], other: frozenset[str]) -> bool:
    """Return whether two known names may stand for one another: the same, or as Moscow stands for Russia."""
    return bool(one & other) or any(one & group and other & group for group in _kin())


@cache
def _kin() -> tuple[frozenset[str], ...]:
    """Names that may stand for each other: those of `places.toml`, and every city and its state."""
    from babel.core import get_global  # noqa: PLC0415 - reads its data files

    table, states = load_table(__name__, "places.toml"), get_global("zone_territories")
    cities = ((city, states[city]) for city in table["cities"]["keys"] if city in states)
    return tuple(map(frozenset, [*table["kin"]["groups"], *cities]))


def group_of(codes: frozenset[str]) -> str:
    """Return what a known name is: `compass` (a direction), `sky` (a heavenly body), or `name` for all others."""
    table = load_table(__name__, "places.toml")
    return next((group for group in ("compass", "sky") if codes & table[group].keys()), "name")


@cache
def _forms(language: str) -> dict[str, frozenset[str]]:
    """Every form of every name, with the codes it may mean."""
    found: dict[str, set[str]] = {}
    for code, form in [*_cldr(language), *_listed(language)]:
        found.setdefault(form, set()).add(code)
    return {form: frozenset(codes) for form, codes in found.items()}


def _listed(language: str) -> Iterator[tuple[str, str]]:
    table = load_table(__name__, "places.toml")
    for group in _GROUPS:
        for code, columns in table[group].items():
            if code != "keys":
                forms = (form.strip() for form in columns[_COLUMNS[language]].split(","))
                yield from ((code, form) for form in forms if form)


def _cldr(language: str) -> Iterator[tuple[str, str]]:
    from babel import Locale  # noqa: PLC0415 - reads its data files

    table, locale = load_table(__name__, "places.toml"), Locale(language)
    for code, name in locale.territories.items():
        if code not in table["skip"]:
            for part in regex.findall(r"[^()（）]{2,}", name):
                yield code, part.strip().replace(" SAR China", "").replace(" & ", " and ")
    for code in table["cities"]["keys"]:
        name = locale.time_zones.get(code, {}).get("city")
        if name or language == "en":
            yield code, name or code.rpartition("/")[2].replace("_", " ")


@cache
def _pattern(language: str) -> Any:
    forms = _forms(language)
    if language == "zh":
        return regex.compile("(?P<name>" + "|".join(map(regex.escape, sorted(forms, key=len, reverse=True))) + ")")
    any_case = "|".join(form for form in forms if form.islower())
    return regex.compile(rf"(?<!\w)(?P<name>\L<forms>|(?i:{any_case})){_POSSESSIVE}(?!\w)", forms=list(forms))


@cache
def _russian_stems() -> tuple[dict[tuple[str, ...], frozenset[str]], dict[str, frozenset[str]]]:
    """Names by the stems of their words, and the beginnings that any ending may follow."""
    stems: dict[tuple[str, ...], frozenset[str]] = {}
    beginnings: dict[str, frozenset[str]] = {}
    for form, codes in _forms("ru").items():
        if form.endswith("*"):
            key = fold(form[:-1])
            beginnings[key] = beginnings.get(key, frozenset()) | codes
        else:
            keys = list(_keys([match.group() for match in _RUSSIAN_WORD.finditer(form)]))
            words = keys[0] if regex.search(_russian_rules()["indeclinable"], form) else keys[-1]
            stems[words] = stems.get(words, frozenset()) | codes
    return stems, beginnings


@cache
def _leading_stems() -> frozenset[str]:
    """Return the stem of the first word of each name of several words: most words begin none."""
    return frozenset(key[0] for key in _russian_stems()[0] if len(key) > 1)


@cache
def _russian_rules() -> dict[str, str]:
    table: dict[str, str] = load_table(__name__, "places.toml")["russian"]
    return table


def _keys(words: list[str]) -> Iterator[tuple[str, ...]]:
    """Give what words are looked up by: a single word whole, for a name without case endings; then their stems.

    The stem of such a name is often another word's: that of Delhi in Russian is that of the word for business.
    """
    if len(words) == 1:
        yield (f"={_stem(words[0], None)}",)
    yield tuple(_stem(word, "ending" if len(words) == 1 else "long_ending") for word in words)


@lru_cache(_WORDS_REMEMBERED)
def _stem(word: str, rule: str | None) -> str:
    """Cut the case ending off; abbreviations and lower-case words keep how they are written."""
    if word.isupper() or word.islower():
        return f"_{word}"
    folded = fold(word)
    if rule is None:
        return folded
    match = regex.search(_russian_rules()[rule], folded, pos=min(len(folded), _SHORTEST_STEM))
    return folded[: match.start()].removesuffix(_russian_rules()["adjective"]) if match else folded


def _russian(text: str) -> Iterator[Place]:
    stems, beginnings = _russian_stems()
    words = [(match.group(), match.span()) for match in _RUSSIAN_WORD.finditer(text)]
    at = 0
    while at < len(words):
        size, codes = _longest([word for word, _ in words[at : at + _LONGEST_NAME]], stems)
        if size:
            yield Place(words[at][1][0], words[at + size - 1][1][1], codes)
        else:
            yield from _begun(*words[at], beginnings)
        at += max(size, 1)


def _begun(word: str, span: Span, beginnings: dict[str, frozenset[str]]) -> Iterator[Place]:
    """Look a word up by its beginning; where the whole is not known, each part of a compound."""
    folded = fold(word)
    known = next((folded[:cut] for cut in range(len(folded), 2, -1) if folded[:cut] in beginnings), None)
    if known:
        yield Place(*span, beginnings[known])
    if known is None or "-" not in known:
        for match in _LATER_PART.finditer(word):
            start = span[0] + match.start()
            yield from _begun(match.group(), (start, start + len(match.group())), beginnings)


def _longest(words: list[str], stems: dict[tuple[str, ...], frozenset[str]]) -> tuple[int, frozenset[str]]:
    """Return how many of the words, from the first on, are a name, and its codes; no words where none are."""
    several = _stem(words[0], "long_ending") in _leading_stems()
    for size in range(len(words) if several else 1, 0, -1):
        for key in _keys(words[:size]):
            if key in stems:
                return size, stems[key]
    return 0, frozenset()
