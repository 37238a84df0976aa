"""Words of a passage that show when something happens: past, future, or either."""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Final

from common.data import load_table
from quotes.facts.passages import Passage
from quotes.facts.phrases import Phrases
from quotes.facts.tokens import Token, tokens_of
from quotes.lexicon import parse_russian

_PARTICIPLE_ENDING: Final = "ed"

Marks = dict[str, list[range]]
"""For every time the words that show it, by index."""


def find_times(passage: Passage) -> Marks:
    """Return the words that show a time, by index: `past`, `present`, `future`, `unreal`, `progressive`, `any`.

    Chinese verbs without a particle, an adverb or an auxiliary show none.
    """
    tokens = tokens_of(passage)
    marks: Marks = {}
    for hit in _phrases(passage.language).find(tokens):
        for label in hit.labels:
            marks.setdefault(label, []).append(range(hit.first, hit.last))
    taken = {index for runs in marks.values() for run in runs for index in run}
    verbs = {"en": _english_verbs, "ru": _russian_verbs}.get(passage.language)
    for index, time in verbs(tokens) if verbs else ():
        if index not in taken:
            marks.setdefault(time, []).append(range(index, index + 1))
    if passage.language == "ru" and "unreal" in marks:
        marks.pop("past", None)
    return marks


def _english_verbs(tokens: Sequence[Token]) -> Iterator[tuple[int, str]]:
    """Find forms that only the past has, and forms that may be participles behind a word that can be a subject."""
    past, either, before = _english_past()
    for index, token in enumerate(tokens):
        subject = index > 0 and tokens[index - 1].form in before
        if token.form in past or (subject and (token.form in either or token.form.endswith(_PARTICIPLE_ENDING))):
            yield index, "past"


@cache
def _english_past() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Return irregular forms of the past alone, those that are participles too, and words that can be subjects."""
    data = load_table(__name__, "times.toml")["en"]
    verbs = [line.split() for line in data["irregular"]]
    past = {past for base, past, *others in verbs if others and past not in (base, *others)}
    either = {past for base, past, *others in verbs if not others and past != base and not past.endswith("s")}
    return frozenset(past), frozenset(either), frozenset(data["pronouns"].split())


def _russian_verbs(tokens: Sequence[Token]) -> Iterator[tuple[int, str]]:
    for index, token in enumerate(tokens):
        reading = parse_russian(token.form)[0]
        if reading.tag.POS == "VERB" and reading.tag.tense:
            yield index, {"past": "past", "pres": "present", "futr": "future"}[str(reading.tag.tense)]
        elif reading.tag.POS == "PRTS" and reading.tag.tense == "past":
            yield index, "past"


@cache
def _phrases(language: str) -> Phrases:
    table: dict[str, Any] = load_table(__name__, "times.toml")[language]
    labels = ("future", "past", "present", "progressive", "unreal", "any")
    return Phrases(language, {label: table[label].split() for label in labels if label in table})
