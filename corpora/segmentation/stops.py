"""Possible sentence ends: runs of stops with the marks that close after them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Final, Literal

from corpora.segmentation.lexicon import any_of, characters
from corpora.segmentation.marks import MarkPairs, MarkSpan

StopKind = Literal["period", "strong", "ellipsis"]

_OPENING_STEPS: Final = 6  # marks and dashes that may precede a sentence's first word


@dataclass(frozen=True, slots=True)
class Stop:
    """A run of stops and its surroundings.

    Attributes:
        start: Offset of the run's first stop.
        core_end: Offset after its last stop.
        end: Offset after the marks that close behind it; the sentence ends here if it ends.
        next: Offset of the first character after that which is not white space; the text's length at its end.
        kind: `strong` where it holds a question or exclamation mark.
    """

    start: int
    core_end: int
    end: int
    next: int
    kind: StopKind

    @property
    def gap(self) -> bool:
        """Whether white space follows."""
        return self.next > self.end


@dataclass
class SplitState:
    """The state of segmenting a text.

    Attributes:
        starts: Offsets at which sentences are known to start, growing from left to right.
        start: Offset at which the current sentence starts.
    """

    text: str
    marks: MarkPairs
    starts: set[int] = field(default_factory=lambda: {0})
    start: int = 0

    @cached_property
    def end(self) -> int:
        """Length of the text."""
        return len(self.text)

    def char(self, offset: int) -> str:
        """Return the character at `offset`, a space outside the text."""
        return self.text[offset] if 0 <= offset < self.end else " "

    def quote_closed_by(self, stop: Stop) -> int | None:
        """Return the offset of the outermost quotation mark that closes right after `stop`, None if there is none."""
        brackets = _closing_brackets()
        closers = (at for at in range(stop.end - 1, stop.core_end - 1, -1) if self.marks.roles.get(at) == "close")
        return next((at for at in closers if self.text[at] not in brackets), None)

    def opens_sentence(self, offset: int) -> bool:
        """Return whether only marks and dashes are between the start of a sentence and `offset`."""
        lead = _lead()
        for place in range(offset, max(offset - _OPENING_STEPS, -1), -1):
            if place in self.starts:
                return True
            if lead.fullmatch(self.char(place - 1)) is None:
                return False
        return False

    def before(self, offset: int) -> str:
        """Return the last character before `offset` that is not white space, a space if there is none."""
        known = characters()
        place = offset - 1
        while place >= max(0, offset - _OPENING_STEPS) and known.is_space(self.text[place]):
            place -= 1
        return self.char(place)

    def bracket_around(self, stop: Stop) -> MarkSpan | None:
        """Return the bracket around `stop` that opened in the middle of the sentence, None if there is none."""
        pairs = self.marks.around(stop.start)
        return next((pair for pair in pairs if pair.bracket and not self.opens_sentence(pair.open)), None)


@cache
def _lead() -> re.Pattern[str]:
    known = characters()
    spaces = rf"\s{re.escape(''.join(known.spaces))}"
    return re.compile(f"[{spaces}{re.escape(''.join({*known.closers, *known.dashes, *known.bullets}))}]")


@cache
def _closing_brackets() -> frozenset[str]:
    known = characters()
    return frozenset[str]().union(*(known.closers[mark] for mark in known.brackets))


@cache
def _run() -> re.Pattern[str]:
    stops = any_of(characters().stops, repeat="+").pattern
    # ". . ." is one ellipsis.
    return re.compile(rf"\.(?:[ \N{{NO-BREAK SPACE}}]\.){{2,3}}|{stops}")


def find_stops(text: str, marks: MarkPairs) -> Iterator[Stop]:
    """Yield the places of `text` where a sentence may end, from left to right, in linear time."""
    place = 0
    while (match := _run().search(text, place)) is not None:
        core, end = match.span(), _after_closers(text, match.end(), marks)
        while end > core[1] and (again := _run().match(text, end)) is not None:
            core, end = again.span(), _after_closers(text, again.end(), marks)
        place = end
        yield Stop(core[0], core[1], end, _skip_space(text, end), _kind(text[slice(*core)]))


def _after_closers(text: str, offset: int, marks: MarkPairs) -> int:
    while True:
        if marks.roles.get(offset) == "close":
            offset += 1
            continue
        # Typists put spaces inside the marks ("« так. »"); a mark with a pair is surely a closing one.
        after_space = offset + 1
        spaced = text[offset:after_space] and characters().is_space(text[offset])
        if not (spaced and marks.roles.get(after_space) == "close" and after_space in marks.opening):
            return offset
        offset = after_space + 1


def _skip_space(text: str, offset: int) -> int:
    known = characters()
    while offset < len(text) and known.is_space(text[offset]):
        offset += 1
    return offset


def _kind(run: str) -> StopKind:
    known = characters()
    if not known.strong.isdisjoint(run):
        return "strong"
    if run[-1] in known.wide:  # as in "……。"
        return "period"
    dots = sum(char == "." for char in run)
    return "ellipsis" if dots > 1 or not known.ellipsis.isdisjoint(run) else "period"
