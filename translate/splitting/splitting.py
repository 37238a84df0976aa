"""Cut an over-long sentence into pieces that a model takes."""

import bisect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Final

import regex

from alignment.words.segmentation import split_words
from translate.splitting.lexicon import BorderLexicon, border_lexicon
from translate.splitting.structure import depths, number_places, tied_places

_GRAPHEME: Final = regex.compile(r"\X")
_OPENING: Final = regex.compile(r"[\p{Ps}\p{Pi}]")
_BEGINS: Final = regex.compile(r"[\p{Han}\p{Ps}\p{Pi}]")
_SPACE: Final = regex.compile(r"\s+")


def split_long(text: str, language: str, *, fits: Callable[[str], bool]) -> list[str]:
    """Cut a sentence at its best clause borders until every piece fits.

    The border is chosen that costs least: by its kind (`borders.toml`), by the quotations and brackets it cuts open,
    and by how unequal it makes the halves; each half that does not fit is cut again, and pieces that fit together are
    joined again. Where a half has no border it is cut between words, at last between characters; never in a literal,
    nor in a number where it can be helped.

    Args:
        text: Any text, as a rule one sentence.
        language: BCP-47 tag.
        fits: Tells whether a piece is short enough. What is true of a text must be true of its parts.

    Returns:
        Pieces with the white space behind them: joined, they are `text`. A piece that cannot be cut, a literal or a
        single character, is there even where it does not fit.

    Raises:
        UsageError: The language is not known.
    """
    lexicon = border_lexicon(language)
    if fits(text):
        return [text]
    sentence = _Sentence(text, language, lexicon)
    costs: dict[int, float] = {}
    waiting = [(0, len(text))]
    while waiting:
        start, end = waiting.pop()
        best = None if fits(text[start:end]) else sentence.best_place(start, end)
        if best is not None:
            place, costs[place] = best
            waiting += [(place, end), (start, place)]
    edges = _without_needless(text, costs, fits)
    return [text[start:end] for start, end in pairwise(edges)]


def _without_needless(text: str, costs: dict[int, float], fits: Callable[[str], bool]) -> list[int]:
    """Return the edges of the pieces, once borders between pieces that fit together are gone, the dearest first."""
    edges = [0, *sorted(costs), len(text)]
    for place in sorted(costs, key=lambda place: (-costs[place], place)):
        at = bisect.bisect_left(edges, place)
        if fits(text[edges[at - 1] : edges[at + 1]]):
            del edges[at]
    return edges


@dataclass
class _Sentence:
    """A sentence and the places where it may be cut, found as far as they are needed."""

    text: str
    language: str
    lexicon: BorderLexicon
    _tied: frozenset[int] = field(init=False)

    def __post_init__(self) -> None:
        self._tied = tied_places(self.text)

    def best_place(self, start: int, end: int) -> tuple[int, float] | None:
        """Return the offset that cuts a part of the text best, and what the cut costs; None where nothing does."""
        least = self.lexicon.least_share * (end - start)
        clauses = dict(_between(self._clauses, int(start + least), int(end - least) + 1))
        if clauses:
            return self._cheapest(clauses, (start, end))
        for rank, places in enumerate((self._words, self._anywhere), 1):
            if found := dict(_between(places, start, end)):
                place, cost = self._cheapest(found, (start, end))
                return place, rank + cost
        return None

    def _cheapest(self, places: dict[int, float], part: tuple[int, int]) -> tuple[int, float]:
        place = min(places, key=lambda place: (places[place] + self._unequal(place, *part), place))
        return place, places[place]

    def _unequal(self, place: int, start: int, end: int) -> float:
        share = abs(2 * (place - start) / (end - start) - 1)
        return self.lexicon.costs["unequal"] * share * share

    @cached_property
    def _depths(self) -> list[int]:
        return depths(self.text, self.language)

    @cached_property
    def _numbers(self) -> frozenset[int]:
        return number_places(self.text)

    @cached_property
    def _clauses(self) -> list[tuple[int, float]]:
        found: dict[int, float] = {}
        costs = self.lexicon.costs
        for kind, pattern in self.lexicon.patterns:
            for match in pattern.finditer(self.text):
                place = match.end()
                if place not in self._tied and place not in self._numbers:
                    found.setdefault(place, costs[kind] + costs["inside"] * self._depths[place])
        return sorted(found.items())

    @cached_property
    def _words(self) -> list[tuple[int, float]]:
        inside = self.lexicon.costs["inside"]
        places = {match.end() for match in _SPACE.finditer(self.text)} | set(self._word_starts())
        return [
            (place, inside * self._depths[place])
            for place in sorted(places - self._tied - self._numbers)
            if 0 < place < len(self.text)
        ]

    def _word_starts(self) -> Iterator[int]:
        """Where words of a language without spaces begin; a mark stays with the word before it."""
        at = 0
        for word in split_words(self.text, self.language):
            at = self.text.index(word, at)
            if at and _BEGINS.match(word) and not _OPENING.match(self.text[at - 1]):
                yield at
            at += len(word)

    @cached_property
    def _anywhere(self) -> list[tuple[int, float]]:
        edges = [match.end() for match in _GRAPHEME.finditer(self.text)][:-1]
        return [
            (place, float(place in self._numbers))
            for place in edges
            if place not in self._tied and not self.text[place].isspace()
        ]


def _between(places: list[tuple[int, float]], start: int, end: int) -> list[tuple[int, float]]:
    """Return the places inside a part of the text, its edges left out."""
    first = bisect.bisect_right(places, start, key=lambda entry: entry[0])
    last = bisect.bisect_left(places, end, key=lambda entry: entry[0])
    return places[first:last]
