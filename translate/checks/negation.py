"""The check of negation: the translation denies what the source says, or says what it denies.

Between English and Russian only: from and into Chinese it would accuse more people's translations than it is worth.
"""

from collections.abc import Iterator
from functools import cache

import regex

from common.data import load_table
from common.messages import message
from quotes.facts.negation import find_denials, find_implying
from quotes.facts.passages import Passage
from quotes.facts.tokens import linked_texts, tokens_of
from quotes.findings.negation import compare_negation
from translate.checks.types import PairReading
from translate.options import CheckOptions
from translate.types import Check


def check_negation(reading: PairReading, options: CheckOptions) -> Iterator[Check]:
    """One side has one "not", and no word of the other may express it; or it says "not all", the other "none"."""
    del options
    if not reading.comparable or "zh" in reading.languages:
        return
    if part := _part_denied(reading) or _part_denied(reading, turned=True):
        yield Check("negation", message("check.part", first=part[0], second=part[1]))
    if part or reading.encoded is None:
        return
    has, lacks = sorted(reading.sides, key=_denials, reverse=True)
    if _denials(has) != 1 or _denials(lacks) or not _is_plain(has) or find_implying(lacks) or _is_indirect(lacks):
        return
    pair = reading.passages
    pair.vectors.keep_links(linked_texts(pair), reading.encoded.links)
    for item in compare_negation(pair):
        if item.feature == "negation_flipped" and item.finding:
            yield Check("negation", item.finding.message.rstrip(".。"))


def _part_denied(reading: PairReading, *, turned: bool = False) -> tuple[str, str] | None:
    """Return the words for "not all" on one side and for "none" on the other, those of the source first."""
    one, other = list(zip(reading.texts, reading.languages, strict=True))[:: -1 if turned else 1]
    some, none = _search("some", *one), _search("none", *other)
    if not (some and none) or _search("all", *other):
        return None
    return (none, some) if turned else (some, none)


def _search(what: str, text: str, language: str) -> str:
    pattern = load_table(__name__, "negation.toml")["part"][language][what]
    match = regex.search(pattern, text, regex.IGNORECASE)
    return match.group() if match else ""


def _denials(passage: Passage) -> int:
    return len(find_denials(tokens_of(passage), passage.language))


def _is_plain(passage: Passage) -> bool:
    """Return whether the only denial is "not" or «не»: "without" and "no" are expressed in many more ways."""
    tokens = tokens_of(passage)
    (denial,) = find_denials(tokens, passage.language)
    return tokens[denial.last - 1].form.endswith(("not", "n't", "n’t", "не"))


def _is_indirect(passage: Passage) -> bool:
    return any(token.form in _indirect(passage.language) for token in tokens_of(passage))


@cache
def _indirect(language: str) -> frozenset[str]:
    return frozenset(load_table(__name__, "negation.toml")["indirect"][language].split())
