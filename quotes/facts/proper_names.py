"""Names that are in no list: words with a capital, transcriptions in Chinese; and what answers them elsewhere."""

from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any

import regex

from common.data import load_table
from corpora.offsets import Span
from quotes.facts.names import name_similarity, spelling_similarity
from quotes.facts.phrases import is_han, transcription_characters
from quotes.facts.vectors import Vectors
from quotes.lexicon import load_lexicon, parse_russian

_SOUND = 0.6
_SOUND_KNOWN = 0.75
"""Similarity of sound from which a word answers a name."""
_LETTERS = 0.75
"""Similarity of spelling, for two words of one script or for pinyin."""
_MEANING = 0.5
"""Cosine from which words of another script answer a name."""
_MEANING_KNOWN = 0.6
_WORDS_REMEMBERED = 16_384
"""Words whose scripts are known: those around many quotes."""
_NAMES_REMEMBERED = 1_024
"""Names, and texts around quotes, of the pairs that are prepared together."""
_SHORTEST = 3
_ACRONYM = 5
_WORD = regex.compile(r"[^\W\d_]+(?:[-’'.&][^\W\d_]+)*")
_LATIN = regex.compile(r"\p{Latin}")
_SENTENCE_START = regex.compile(r"(?:^|[.!?…:;]|[«“\"„(‘\[)>]|\s[—–-]\s)[\s«“\"„(‘\[—–-]*$")
_NEAR = 24
"""Code points before a word in which the start of its sentence is looked for."""
_POSSESSIVE = regex.compile("['’]s$")
_HAN_RUN = regex.compile(r"\p{Han}+")
_LONGEST_RUN = 8
_LONGEST_MEANT = 5
"""Chinese characters of the longest run whose meaning is looked at; every run costs a pass through the encoder."""
_RUSSIAN_NAME = frozenset({"Name", "Surn", "Patr", "Geox", "Orgn", "Trad"})


def find_names(text: str, language: str) -> list[Span]:
    """Find the words of `text` that look like names, neighbouring ones together: code points into it.

    In Chinese the characters of transcriptions only hint at a name, three or more in a row.
    """
    if language == "zh":
        return [match.span() for match in _transcriptions().finditer(text) if not _is_acronym(match.group())]
    spans: list[Span] = []
    for match in _WORD.finditer(text):
        word = _POSSESSIVE.sub("", match.group())
        if not _is_name(word, text, match.start(), language):
            continue
        end = match.start() + len(word)
        if spans and text[spans[-1][1] : match.start()].isspace():
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((match.start(), end))
    return spans


def _is_name(word: str, text: str, start: int, language: str) -> bool:
    if word.islower() or len(word) < _SHORTEST or _is_acronym(word) or word.lower() in _common_words(language):
        return False
    if not _SENTENCE_START.search(text, max(0, start - _NEAR), start):
        return True
    if language == "ru":
        readings = parse_russian(word.lower())[:1]
        return any(reading.is_known and _RUSSIAN_NAME & set(reading.tag.grammemes) for reading in readings)
    return not word[1:].islower()


def _is_acronym(word: str) -> bool:
    # An abbreviation is translated more often than kept, and what it is short for is not known.
    return word.isupper() and not _HAN_RUN.search(word) and (len(word) <= _ACRONYM)


@cache
def _common_words(language: str) -> frozenset[str]:
    table = load_table(__name__, "names.toml")["common"]
    return frozenset(word for words in table[language] for word in words.split())


@cache
def _transcriptions() -> Any:
    foreign = "[" + "".join(sorted(transcription_characters())) + "]"
    dots = "[\N{MIDDLE DOT}\N{BULLET}\N{KATAKANA MIDDLE DOT}]"
    latin = r"\p{Latin}*\p{Lu}\p{Latin}+"
    return regex.compile(rf"{foreign}{{3,8}}(?:{dots}{foreign}{{1,8}})*|{latin}(?:\s{latin})*")


def is_answered(name: str, others: tuple[str, ...], vectors: Vectors, *, known: bool = False) -> bool:
    """Return whether some words of another text sound like a name, are spelled like it, or mean the same.

    The counterpart of a `known` name would most likely be in the lists, too: only what is very close answers it.
    """
    telling = asked_meanings(name, others, known=known)
    if telling is None:
        return True
    cosines = vectors.cosines([name], telling)
    return bool(cosines.size) and float(cosines.max()) >= (_MEANING_KNOWN if known else _MEANING)


@lru_cache(_NAMES_REMEMBERED)
def asked_meanings(name: str, others: tuple[str, ...], *, known: bool) -> tuple[str, ...] | None:
    """Return the words whose meaning decides whether they answer a name; None where their sound or spelling does."""
    parts = [*dict.fromkeys([name, *_WORD.findall(name)])]
    alike = [window for window in others if _one_script(name, window)]
    if any(_spelled_alike(part, window) for part in parts for window in alike):
        return None
    foreign = [window for window in others if not _one_script(name, window)]
    sound = _SOUND_KNOWN if known else _SOUND
    named = [window for window in foreign if all(word[0].isupper() or is_han(word) for word in window.split())]
    if any(_sound(part, window) >= sound for part in parts for window in named):
        return None
    return tuple(
        window for window in foreign if len(window) > 1 and (len(window) <= _LONGEST_MEANT or not is_han(window))
    )


def _one_script(one: str, other: str) -> bool:
    return _scripts(one) == _scripts(other)


@lru_cache(_WORDS_REMEMBERED)
def _scripts(text: str) -> tuple[bool, bool]:
    return _LATIN.search(text) is not None, _HAN_RUN.search(text) is not None


def _spelled_alike(one: str, other: str) -> bool:
    a, b = one.lower(), other.lower()
    return a in b or b in a or spelling_similarity(a, b) >= _LETTERS if min(len(a), len(b)) >= _SHORTEST else a == b


def _sound(part: str, window: str) -> float:
    """Compare sounds, 0 to 1; Chinese ones only where the characters transcribe, or the pinyin is the name."""
    one, other = (part, window) if is_han(window) else (window, part)
    if not is_han(other) or set(other) <= _sounding():
        return name_similarity(one, other)
    if not _LATIN.search(one) or len(other) == 1:
        return 0.0
    pinyin = "".join(map(_syllable, other))
    return float(spelling_similarity(one.lower().replace(" ", ""), pinyin) >= _LETTERS)


@cache
def _sounding() -> frozenset[str]:
    return transcription_characters() | frozenset(load_lexicon("zh").listed_text("transcription_inside"))


@lru_cache(20_000)
def _syllable(character: str) -> str:
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - loads its dictionaries

    return str(lazy_pinyin(character)[0])


@lru_cache(_NAMES_REMEMBERED)
def windows(text: str, language: str) -> tuple[str, ...]:
    """Return every word and every two neighbouring words of a text, in Chinese every run of up to eight characters."""
    return tuple(dict.fromkeys(_windows(text, language)))


def _windows(text: str, language: str) -> Iterator[str]:
    words = _WORD.findall(text)
    if language != "zh":
        yield from words
        yield from (" ".join(two) for two in pairwise(words))
        return
    yield from regex.findall(r"\p{Latin}+", text)
    for run in _HAN_RUN.findall(text):
        for size in range(1, _LONGEST_RUN + 1):
            yield from (run[at : at + size] for at in range(len(run) - size + 1))
