"""Roles and pairs of quotation marks and brackets.

A missing mark must not invert the roles of all later ones, so a mark is judged by its neighbours first; only if they
are ambiguous (straight marks between Chinese characters) does it matter whether one is open. A mark that is never
closed has no pair and no effect.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from corpora.segmentation.lexicon import Characters, any_of, characters, is_han

MarkRole = Literal["open", "close", "apostrophe"]

_DEPTH: Final = 8  # deeper nesting is damage, not quotation
_REACH: Final = 1000  # code points after which an unclosed mark is taken for an error

_STRAIGHT_DOUBLE: Final = "\N{QUOTATION MARK}\N{FULLWIDTH QUOTATION MARK}"
_STRAIGHT_SINGLE: Final = "\N{APOSTROPHE}\N{FULLWIDTH APOSTROPHE}"
_LEFT_DOUBLE: Final = "\N{LEFT DOUBLE QUOTATION MARK}"
_LEFT_SINGLE: Final = "\N{LEFT SINGLE QUOTATION MARK}"
_RIGHT_DOUBLE: Final = "\N{RIGHT DOUBLE QUOTATION MARK}"
_LOW: Final = frozenset("\N{DOUBLE LOW-9 QUOTATION MARK}\N{SINGLE LOW-9 QUOTATION MARK}")
_RIGHT_SINGLE: Final = "\N{RIGHT SINGLE QUOTATION MARK}"
_DOUBLE_MARK: Final = re.compile(f"[{_LEFT_DOUBLE}{_RIGHT_DOUBLE}{_STRAIGHT_DOUBLE}]")


@dataclass(frozen=True, slots=True)
class MarkSpan:
    """An opening mark and its closing mark, as offsets; `parent` indexes the enclosing pair, None outside."""

    open: int
    close: int
    parent: int | None
    bracket: bool


@dataclass(frozen=True)
class MarkPairs:
    """The marks of one text.

    Attributes:
        roles: Role of the mark at each offset, without apostrophes.
        opening: Offset of the opening mark for the offset of each closing mark that has one.
        pairs: All pairs, by their opening mark.
    """

    roles: dict[int, MarkRole]
    opening: dict[int, int]
    pairs: tuple[MarkSpan, ...]

    def around(self, offset: int) -> Iterator[MarkSpan]:
        """Yield the pairs around `offset`, the innermost first."""
        number: int | None = bisect_left(self.pairs, offset, key=lambda pair: pair.open) - 1
        if number is not None and number < 0:
            return
        while number is not None:
            pair = self.pairs[number]
            if pair.close > offset:
                yield pair
            number = pair.parent


def find_marks(text: str) -> MarkPairs:
    """Give every mark of `text` its role and pair them up, in time linear in the text."""
    known = characters()
    roles: dict[int, MarkRole] = {}
    opening: dict[int, int] = {}
    stack: list[int] = []
    for match in any_of(known.marks).finditer(text):
        offset = match.start()
        while stack and offset - stack[0] > _REACH:
            del stack[0]
        role = _role(text, offset, {text[position] for position in stack})
        if role == "apostrophe":
            continue
        roles[offset] = role
        if role == "open":
            stack = [*stack[1 - _DEPTH :], offset]
        else:
            _close(text, offset, stack, opening)
    return MarkPairs(roles, opening, _nest(text, opening))


def _close(text: str, offset: int, stack: list[int], opening: dict[int, int]) -> None:
    for place in range(len(stack) - 1, -1, -1):
        if _is_open(text[offset], {text[stack[place]]}):
            opening[offset] = stack[place]
            del stack[place:]
            return


def _nest(text: str, opening: dict[int, int]) -> tuple[MarkSpan, ...]:
    brackets = characters().brackets
    pairs: list[MarkSpan] = []
    parents: list[int] = []
    for start, end in sorted((start, end) for end, start in opening.items()):
        while parents and pairs[parents[-1]].close < start:
            parents.pop()
        pairs.append(MarkSpan(start, end, parents[-1] if parents else None, text[start] in brackets))
        parents.append(len(pairs) - 1)
    return tuple(pairs)


def _role(text: str, offset: int, opened: set[str]) -> MarkRole:
    mark = text[offset]
    before = text[offset - 1] if offset else " "
    after = text[offset + 1] if offset + 1 < len(text) else " "
    if mark in _STRAIGHT_DOUBLE:
        return _straight(before, after, opened=mark in opened)
    if mark in _STRAIGHT_SINGLE or mark == _RIGHT_SINGLE:
        return _single(mark, before, after, opened)
    if mark in (_LEFT_DOUBLE, _LEFT_SINGLE):
        return _left(text, offset, after, opened)
    if mark == _RIGHT_DOUBLE:
        return _right(before, after, opened)
    return "open" if mark in characters().closers else "close"


def _straight(before: str, after: str, *, opened: bool) -> MarkRole:
    known = characters()
    by_state: MarkRole = "close" if opened else "open"
    if _stands_free(before, known):
        return by_state if known.is_space(after) else "open"
    return "close" if _follows_end(after, known) else by_state


def _single(mark: str, before: str, after: str, opened: set[str]) -> MarkRole:
    known = characters()
    is_open = _is_open(mark, opened)
    if _western(before) and _western(after):
        return "apostrophe"
    if _stands_free(before, known):
        if is_open and known.is_space(after):
            return "close"
        return "open" if mark != _RIGHT_SINGLE and after.isalnum() else "apostrophe"
    if is_open or not before.isalnum():
        return "close"
    return "open" if mark != _RIGHT_SINGLE and is_han(before) and after.isalnum() else "apostrophe"


def _left(text: str, offset: int, after: str, opened: set[str]) -> MarkRole:
    known = characters()
    mark = text[offset]
    if not _is_open(mark, opened):
        inside = _ends_clause(text, offset) and _follows_end(after, known) and not known.is_space(after)
        return "close" if inside else "open"
    # It closes the low mark („…“). After others (“…“) it is an error, and opens if a closing mark comes next.
    if _LOW.isdisjoint(opened) and not _follows_end(after, known):
        return "open" if not _ends_clause(text, offset) or _closing_comes_next(text, offset) else "close"
    return "close"


def _ends_clause(text: str, offset: int) -> bool:
    return text[offset - 1 : offset] in characters().stops


def _closing_comes_next(text: str, offset: int) -> bool:
    match = _DOUBLE_MARK.search(text, offset + 1)
    return match is None or match[0] != _LEFT_DOUBLE


def _right(before: str, after: str, opened: set[str]) -> MarkRole:
    known = characters()
    is_open = _is_open(_RIGHT_DOUBLE, opened)
    return "open" if not is_open and _stands_free(before, known) and after.isalnum() else "close"


def _is_open(mark: str, opened: set[str]) -> bool:
    """Return whether `mark` may close one of `opened`; in Swedish style ” opens, and closes itself."""
    closers = characters().closers
    return any(mark in closers.get(other, other) for other in opened)


def _stands_free(char: str, known: Characters) -> bool:
    return known.is_space(char) or char in known.closers or char in known.colons or char in known.dashes


def _follows_end(char: str, known: Characters) -> bool:
    return (not char.isalnum() and char not in known.closers) or known.is_space(char)


def _western(char: str) -> bool:
    return char.isalnum() and not is_han(char)
