"""Findings about time: what happened on one side and will happen, or might have happened, on the other."""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Final

from common.data import load_table
from corpora.offsets import Span
from quotes.facts.passages import Passage, PassagePair
from quotes.facts.phrases import Phrases
from quotes.facts.tokens import Token, TokenLinks, linked, span_of, tokens_of
from quotes.findings.evidence import Evidence
from quotes.lexicon import parse_russian
from quotes.types import Finding, FindingValues

_SURELY: Final = 0.4
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


def compare_tense(pair: PassagePair) -> Iterator[Evidence]:
    """Give evidence for times that do not fit.

    `tense_opposed`: one side shows the past and no future, the other the future and no past.
    `tense_clouded`: the same, but a word may stand for several times.
    `tense_verb`: of two verbs that correspond one is past, one future; `tense_present`: one past, one present.
    `tense_unreal`: only one side says what did not happen, or would.
    """
    times = find_times(pair.first), find_times(pair.second)
    links = linked(pair)
    clouded = any("any" in side for side in times)
    for side, (one, other) in enumerate((times, times[::-1])):
        if "future" in one and "past" not in one and "past" in other and "future" not in other:
            yield Evidence("tense_clouded" if clouded else "tense_opposed", 1.0, _finding(pair, times, side))
        if "unreal" in one and not other.keys() & {"unreal", "any"}:
            yield Evidence("tense_unreal", 1.0)
        yield from _verbs(links, side, one, other)


def _verbs(links: TokenLinks, side: int, one: Marks, other: Marks) -> Iterator[Evidence]:
    if _linked_times(links, side, one.get("future", []), other.get("past", [])):
        yield Evidence("tense_verb", 1.0)
    if _linked_times(links, side, one.get("present", []), other.get("past", [])):
        yield Evidence("tense_present", 1.0)


def _linked_times(links: TokenLinks, side: int, one: Sequence[range], other: Sequence[range]) -> bool:
    return any(
        score > _SURELY and any(words[side] in run for run in one) and any(words[1 - side] in run for run in other)
        for words, score in links.items()
    )


def _finding(pair: PassagePair, times: tuple[Marks, Marks], side: int) -> Finding:
    """Tell that the side with index `side` speaks of the future, the other of the past."""
    names = ("future", "past") if side == 0 else ("past", "future")
    spans = (
        tuple(_spans(pair.first, times[0][names[0]])),
        tuple(_spans(pair.second, times[1][names[1]])),
    )
    return pair.finding("tense", "warning", spans, f"{names[0]}_{names[1]}", values=FindingValues(*names))


def _spans(passage: Passage, runs: Sequence[range]) -> Iterator[Span]:
    tokens = tokens_of(passage)
    return (span_of(tokens[run.start : run.stop]) for run in runs)


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
    data = load_table(__name__, "tense.toml")["en"]
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
    table: dict[str, Any] = load_table(__name__, "tense.toml")[language]
    labels = ("future", "past", "present", "progressive", "unreal", "any")
    return Phrases(language, {label: table[label].split() for label in labels if label in table})
