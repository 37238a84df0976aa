"""Words of two English texts that differ, as far as they carry meaning."""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from common.data import load_table

_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+")
_LEAST_STEM = 4


@dataclass(frozen=True, slots=True)
class Word:
    """A word that carries meaning.

    Attributes:
        text: As it is written.
        stem: Without case and ending, the same for words that count as equal.
        span: Where it stands in its text, in code points; short forms that were written out have the place of all.
    """

    text: str
    stem: str
    span: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Change:
    """A run of words that differs; one side may be empty."""

    first: tuple[Word, ...]
    second: tuple[Word, ...]


def meaning_words(text: str) -> list[Word]:
    """Return the words of an English text that carry meaning, in order."""
    empty = frozenset(_table()["empty"])
    found = []
    for match in re.finditer(r"[\w'\N{RIGHT SINGLE QUOTATION MARK}.,]+", text):
        written = _written_out(match[0])
        plain = written == match[0].lower()
        for word in _WORD.finditer(written):
            if word[0] not in empty:
                start = match.start() + word.start() if plain else match.start()
                end = match.start() + word.end() if plain else match.end()
                found.append(Word(text[start:end], _stem(word[0]), (start, end)))
    return found


def word_changes(first: list[Word], second: list[Word]) -> list[Change]:
    """Return the runs that differ; a word that only stands elsewhere in the other text is no difference."""
    held = {word.stem for word in first}, {word.stem for word in second}
    stems = [word.stem for word in first], [word.stem for word in second]
    changes = []
    for tag, a, b, c, d in difflib.SequenceMatcher(a=stems[0], b=stems[1], autojunk=False).get_opcodes():
        left = tuple(word for word in first[a:b] if word.stem not in held[1])
        right = tuple(word for word in second[c:d] if word.stem not in held[0])
        if tag != "equal" and (left or right):
            changes.append(Change(left, right))
    return changes


def stems(words: Iterable[Word]) -> frozenset[str]:
    """Return what words have in common with their other forms."""
    return frozenset(word.stem for word in words)


def _written_out(text: str) -> str:
    folded = text.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    for short, full in _table()["same"].items():
        folded = folded.replace(short, full)
    return folded


def _stem(word: str) -> str:
    for ending in _table()["endings"]:
        if word.endswith(ending) and len(word) - len(ending) >= _LEAST_STEM:
            return word.removesuffix(ending)
    return word.replace(",", "")


@cache
def _table() -> dict[str, Any]:
    return load_table(__name__, "english.toml")
