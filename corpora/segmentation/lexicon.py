"""Word lists of segmentation, read from `en.toml`, `ru.toml` and `zh.toml`."""

from dataclasses import dataclass, fields
from functools import cache

from common.data import load_table
from corpora.languages import CHINESE, ENGLISH


@dataclass(frozen=True)
class SentenceLexicon:
    """Words of an alphabetic language; `en.toml` says what each list is for and how its words are written."""

    final: frozenset[str]
    before: frozenset[str]
    homographs: frozenset[str]
    bound: frozenset[str]
    before_number: frozenset[str]
    after_number: frozenset[str]
    units_after: frozenset[str]
    either: frozenset[str]
    time: frozenset[str]
    after_time: frozenset[str]
    other: frozenset[str]
    lettered: frozenset[str]
    openers: frozenset[str]
    names: frozenset[str]
    date_units: frozenset[str]
    dating: frozenset[str]
    speech: frozenset[str]
    speech_adverbs: frozenset[str]
    speech_clause: frozenset[str]


@dataclass(frozen=True)
class ChineseLexicon:
    """Words of Chinese in both scripts; `zh.toml` says what each list is for."""

    speech: tuple[str, ...]
    speech_objects: tuple[str, ...]
    particles: tuple[str, ...]


@cache
def alphabetic_lexicon(language: str) -> SentenceLexicon:
    """Load the lists of `en` or `ru`; those of English are part of Russian's, for names in Latin letters."""
    tables = [_table(name) for name in dict.fromkeys((ENGLISH, language))]
    return SentenceLexicon(
        **{
            item.name: frozenset(word for table in tables for word in table[item.name])
            for item in fields(SentenceLexicon)
        }
    )


@cache
def chinese_lexicon() -> ChineseLexicon:
    """Load the lists of Chinese, longer words first so that they are tried first."""
    table = _table(CHINESE)
    return ChineseLexicon(
        **{item.name: tuple(sorted(table[item.name], key=len, reverse=True)) for item in fields(ChineseLexicon)}
    )


def _table(language: str) -> dict[str, list[str]]:
    return {
        name: [word.replace("_", " ") for word in words.split()]
        for name, words in load_table(__name__, f"{language}.toml").items()
    }
