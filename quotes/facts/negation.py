"""Which words of a passage are denied."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import regex

from common.data import load_table
from quotes.facts.numbers.quantities import fold
from quotes.facts.passages import Passage
from quotes.facts.phrases import Phrases
from quotes.facts.tokens import Token, tokens_of

_BORDERS: Final = frozenset(",.;:!?()—–…，。；：！？、（）")


@dataclass(frozen=True, slots=True)
class Denial:
    """A word that denies, and the words it may deny.

    Attributes:
        last: Index after its last word.
        reach: Indices of the words of its clause that it may deny.
        soft: Whether it denies by what it means ("refuse"), not by grammar.
    """

    first: int
    last: int
    reach: range
    soft: bool


def find_denials(tokens: Sequence[Token], language: str) -> list[Denial]:
    """Return what denies among the words of a passage, in order."""
    sizes: dict[str, int] = _table(language)["reach"]
    found = []
    for hit in _phrases(language).find(tokens):
        kind = hit.labels[0]
        start = hit.last - 1 if language == "zh" and kind == "plain" else hit.last
        reach = range(start, _border(tokens, hit.last, sizes.get(kind, 0)))
        if kind == "either":
            reach = range(_border_before(tokens, hit.first, sizes[kind]), reach.stop)
        found.append(Denial(hit.first, hit.last, reach, kind == "soft"))
    return found


def in_force(denials: Sequence[Denial]) -> list[Denial]:
    """Return denials without what is denied twice: who will not hesitate to act, or did not fail to, acts."""
    gone: set[Denial] = set()
    for denial in denials:
        inner = next((one for one in denials if one.soft and one.first in denial.reach and one not in gone), None)
        if inner and not denial.soft and denial not in gone:
            gone |= {denial, inner}
    return [denial for denial in denials if denial not in gone]


def denied(denials: Sequence[Denial], first: int, last: int) -> bool:
    """Return whether an odd number of denials reach the words from `first` to `last`, not counting what is within."""
    return (
        sum(first in denial.reach for denial in denials if not (first <= denial.first and denial.last <= last)) % 2 == 1
    )


def by_clause(tokens: Sequence[Token], denials: Sequence[Denial]) -> list[tuple[Denial, ...]]:
    """Group denials by clause: Russian denies twice what English denies once."""
    groups: list[list[Denial]] = []
    for denial in denials:
        if groups and not crosses_border(tokens, groups[-1][-1].last, denial.first):
            groups[-1].append(denial)
        else:
            groups.append([denial])
    return [tuple(group) for group in groups]


def crosses_border(tokens: Sequence[Token], first: int, last: int) -> bool:
    """Return whether a sign that parts clauses stands between two places."""
    return any(token.form in _BORDERS for token in tokens[first:last])


def find_implying(passage: Passage) -> list[int]:
    """Return the indices of the words of a passage that may deny by what they mean."""
    pattern = _implying(passage.language)
    spans = [
        (offset + match.start(), offset + match.end())
        for offset, piece in passage.pieces
        for match in pattern.finditer(fold(piece))
    ]
    return [
        index
        for index, token in enumerate(tokens_of(passage))
        if any(token.start < end and start < token.end for start, end in spans)
    ]


@cache
def _implying(language: str) -> Any:
    entries = sorted(_table(language)["imply"].split(), key=len, reverse=True)
    # An entry may use [жг]; only the wild card and the joint of two words are ours.
    words = "|".join(entry.replace("_", " ").replace("*", r"[\w’']*") for entry in entries)
    return regex.compile(words if language == "zh" else rf"(?<![\w’'])(?:{words})(?!\w)")


def _border(tokens: Sequence[Token], start: int, size: int) -> int:
    """Index after the last of at most `size` words from `start` in the same clause."""
    end = start
    while end < len(tokens) and end - start < size and tokens[end].form not in _BORDERS:
        end += 1
    return end


def _border_before(tokens: Sequence[Token], end: int, size: int) -> int:
    start = end
    while start > 0 and end - start < size and tokens[start - 1].form not in _BORDERS:
        start -= 1
    return start


def _table(language: str) -> dict[str, Any]:
    table: dict[str, Any] = load_table(__name__, "negation.toml")[language]
    return table


@cache
def _phrases(language: str) -> Phrases:
    table = _table(language)
    return Phrases(language, {kind: table[kind].split() for kind in table["reach"]}, table["not"].split())
