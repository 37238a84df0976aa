"""Which words at the edges of a place belong to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import regex

from common.data import load_table
from corpora.languages import base_language, parse_language
from translate.markup.types import Span
from translate.markup.words import Linked

_NUMBER: Final = regex.compile(r"\p{Nd}[\p{Nd}.,]*")


@dataclass(frozen=True, slots=True)
class EdgeWords:
    """The lists of `trimming.toml` for one language; words in lower case."""

    after_number: frozenset[str]
    before_number: frozenset[str]
    never_first: frozenset[str]
    never_last: frozenset[str]
    article: frozenset[str]


@cache
def edge_words(language: str) -> EdgeWords:
    """Return the words of a language that belong, or do not belong, to what stands beside them.

    Args:
        language: BCP-47 tag.

    Raises:
        UsageError: The language is not known.
    """
    data = load_table(__name__, "trimming.toml")
    base = base_language(parse_language(language))
    lists = {name: data[name][base] for name in ("after_number", "never_first", "never_last", "article")}
    sets = {name: frozenset(words.split()) for name, words in lists.items()}
    return EdgeWords(before_number=frozenset(data["before_number"]["signs"].split()), **sets)


def trim(linked: Linked, run: Span, words: EdgeWords) -> Span:
    """Return a run of words of the translation without punctuation and words with which nothing begins or ends.

    Args:
        linked: The sentences.
        run: Index of the first word, and after the last.
        words: Lists of the language of the translation.
    """
    first, last = run
    while first < last - 1 and (first in linked.marks or linked.word(first) in words.never_first):
        first += 1
    while first < last - 1 and (last - 1 in linked.marks or linked.word(last - 1) in words.never_last):
        last -= 1
    return first, last


def complete(linked: Linked, run: Span, missing: Sequence[int], free: Sequence[bool], words: EdgeWords) -> Span:
    """Return a run of words of the translation with what belongs to it beside it, though no link says so.

    Words left over on both sides go together; a number gets its unit or sign, a name its other parts.

    Args:
        linked: The sentences.
        run: Index of the first word, and after the last.
        missing: Words of the source span left over: -1 for each before its words with links, 1 for each behind.
        free: Which words may be in a place.
        words: Lists of the language of the translation.
    """
    able = [open_ and at in linked.left_over[1] for at, open_ in enumerate(free)]
    for side in missing:
        run = _with_left_over(linked, run, able, side)
    run = _with_names(linked, run, able, free, words)
    return _with_units(linked, run, able, free, words)


def with_article(linked: Linked, run: Span, free: Sequence[bool], words: EdgeWords) -> Span:
    """Return a run of words of the translation with the indefinite article before it, if no word answers that.

    Args:
        linked: The sentences.
        run: Index of the first word, and after the last.
        free: Which words may be in a place.
        words: Lists of the language of the translation.
    """
    before = run[0] - 1
    able = _in(free, before) and before in linked.left_over[1] and linked.word(before) in words.article
    return (before, run[1]) if able else run


def _with_left_over(linked: Linked, run: Span, able: Sequence[bool], side: int) -> Span:
    """Take in the nearest word left over, on the given side first; one frequent word may stand between."""
    for direction in (side, -side):
        at = run[0] - 1 if direction < 0 else run[1]
        if _in(able, at) and at in linked.frequent[1]:
            at += direction
        if _in(able, at) and at not in linked.frequent[1]:
            return min(run[0], at), max(run[1], at + 1)
    return run


def _in(able: Sequence[bool], at: int) -> bool:
    return 0 <= at < len(able) and able[at]


def _with_names(linked: Linked, run: Span, able: Sequence[bool], free: Sequence[bool], words: EdgeWords) -> Span:
    first, last = run
    while first - 1 in linked.dots and _in(free, first - 2) and free[first - 1]:
        first -= 2
    while last in linked.dots and _in(free, last + 1) and free[last]:
        last += 2
    while first > 1 and able[first - 1] and _is_name(linked, first) and _is_name(linked, first - 1, words):
        first -= 1
    while _in(able, last) and _is_name(linked, last - 1) and _is_name(linked, last, words):
        last += 1
    return first, last


def _is_name(linked: Linked, at: int, words: EdgeWords | None = None) -> bool:
    start, _ = linked.words[at]
    return linked.hypothesis[start].isupper() and not (words and linked.word(at) in words.never_last)


def _with_units(linked: Linked, run: Span, able: Sequence[bool], free: Sequence[bool], words: EdgeWords) -> Span:
    first, last = run
    if _in(able, last) and _NUMBER.fullmatch(linked.word(last - 1)) and linked.word(last) in words.after_number:
        last += 1
    if _in(free, first - 1) and _NUMBER.fullmatch(linked.word(first)) and linked.word(first - 1) in words.before_number:
        first -= 1
    return first, last
