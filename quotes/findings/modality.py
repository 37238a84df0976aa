"""Findings about certainty, obligation and degree, from ordered scales: "ask" against "demand"."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Any

from common.data import load_table
from corpora.offsets import Span
from quotes.facts.passages import Passage, PassagePair
from quotes.facts.phrases import Phrases
from quotes.facts.tokens import TokenLinks, linked, span_of, tokens_of
from quotes.findings.evidence import Evidence
from quotes.types import Finding

_LANGUAGES = ("en", "ru", "zh")
_ANY = -1
"""Level of words that may stand for any."""
_SURELY = 0.5
_ANSWERED_STRENGTH = 0.4
"""Strength of a word that only one side has where a word of the other side, of an unknown level, answers it."""


@dataclass(frozen=True, slots=True)
class Degree:
    """Words that stand on a scale.

    Attributes:
        scale: Its name.
        level: From 0, the weakest; -1 for words that may stand for any.
        first: Index of the first word.
        last: Index after the last.
        span: Code points into the article's text.
    """

    scale: str
    level: int
    first: int
    last: int
    span: Span


def find_degrees(passage: Passage) -> list[Degree]:
    """Return every word of a passage that stands on a scale, in order; a word may stand on several."""
    tokens = tokens_of(passage)
    found = []
    for hit in _phrases(passage.language).find(tokens):
        span = span_of(tokens[hit.first : hit.last])
        for label in hit.labels:
            scale, level = label.rsplit(".", 1)
            found.append(Degree(scale, int(level), hit.first, hit.last, span))
    return found


def compare_modality(pair: PassagePair) -> Iterator[Evidence]:
    """Give evidence for words of one scale that stand at different levels, or that only one side has.

    `degree_clash`: words that correspond; the strength is their distance over the length of the scale.
    `degree_gap`: the two sides have no level in common, but the words do not correspond.
    `lone_hedge`, `lone_boost`, `lone_modal`: a careful, a strong word, one of duty or will, and nothing of the scale
    on the other side.
    """
    sides = find_degrees(pair.first), find_degrees(pair.second)
    links = linked(pair)
    alone: tuple[list[Degree], list[Degree]] = ([], [])
    for scale in sorted({degree.scale for side in sides for degree in side}):
        first, second = ([degree for degree in side if degree.scale == scale] for side in sides)
        if not first or not second:
            alone[0].extend(first)
            alone[1].extend(second)
        elif known := _apart(first, second):
            yield _clash(pair, links, *known)
    yield from _lone(pair, links, alone)


def _apart(first: Sequence[Degree], second: Sequence[Degree]) -> tuple[list[Degree], list[Degree]] | None:
    """Return the words of known levels where both sides have such words and no level in common."""
    known = [[degree for degree in side if degree.level != _ANY] for side in (first, second)]
    common = {degree.level for degree in known[0]} & {degree.level for degree in known[1]}
    return (known[0], known[1]) if all(known) and not common else None


def _clash(pair: PassagePair, links: TokenLinks, first: Sequence[Degree], second: Sequence[Degree]) -> Evidence:
    one, other = min(product(first, second), key=lambda two: abs(two[0].level - two[1].level))
    length = len(load_table(__name__, "modality.toml")["scale"][one.scale]) - 1
    strength = abs(one.level - other.level) / length
    if not any(_answer(links, *two) for two in product(first, second)):
        return Evidence("degree_gap", strength)
    text = pair.message("degree_changed", ([one.span], [other.span]))
    return Evidence("degree_clash", strength, Finding("degree", "warning", text, (one.span,), (other.span,)))


def _answer(links: TokenLinks, one: Degree, other: Degree) -> bool:
    """Return whether two words, or their neighbours, correspond."""
    return any(
        (i, j) in links for i in range(one.first - 1, one.last + 1) for j in range(other.first - 1, other.last + 1)
    )


def _lone(pair: PassagePair, links: TokenLinks, alone: tuple[list[Degree], list[Degree]]) -> Iterator[Evidence]:
    groups: dict[str, list[str]] = load_table(__name__, "modality.toml")["group"]
    for group, labels in groups.items():
        first, second = ([d for d in side if f"{d.scale}.{d.level}" in labels] for side in alone)
        if bool(first) == bool(second):
            continue
        side, found = (0, first) if first else (1, second)
        strength = max(_ANSWERED_STRENGTH if _answered(links, side, degree) else 1.0 for degree in found)
        yield Evidence(f"lone_{group}", strength, _finding(pair, side, found) if strength == 1 else None)


def _answered(links: TokenLinks, side: int, degree: Degree) -> bool:
    inside = range(degree.first, degree.last)
    return any(words[side] in inside and score > _SURELY for words, score in links.items())


def _finding(pair: PassagePair, side: int, degrees: Sequence[Degree]) -> Finding:
    spans = tuple(dict.fromkeys(degree.span for degree in degrees))
    text = pair.lone_message("degree_lone", side, spans)
    return Finding("degree", "note", text, *((spans, ()) if side == 0 else ((), spans)))


@cache
def _phrases(language: str) -> Phrases:
    place = _LANGUAGES.index(language)
    data: dict[str, Any] = load_table(__name__, "modality.toml")
    levels = {f"{name}.{level}": words for name, scale in data["scale"].items() for level, words in enumerate(scale)}
    levels |= {f"{name}.{_ANY}": words for name, words in data["any"].items()}
    entries = {label: words.split(";")[place].split() for label, words in levels.items()}
    return Phrases(language, entries, data["scale_not"][language].split())
