"""The cheapest way to pair the quotation marks of a text: a beam search over `quotes.marks.table`.

A reading is a stack of open quotes and the way that led to it. Each mark may open, close (the innermost fitting quote,
or that one and the one around it, where one closing mark was typed for two openings) or be skipped; at the end of a
block what is open is given up or carried into the next block. Readings with the same stack are merged, the cheaper
survives, so the search takes time linear in the number of marks.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from corpora.article import Block
from corpora.languages import base_language
from corpora.offsets import Span
from quotes.marks.table import MarkTable, QuoteMark, find_marks, load_marks
from quotes.types import QuoteOptions

_MANY_MARKS = 400
_NARROW_BEAM = 3
_HOPELESS = 12.0
_STOPPED = re.compile(r"[.!?\N{IDEOGRAPHIC FULL STOP}\N{FULLWIDTH EXCLAMATION MARK}\N{FULLWIDTH QUESTION MARK}]\s?"
                      r"[\"\N{RIGHT-POINTING DOUBLE ANGLE QUOTATION MARK}\N{RIGHT CORNER BRACKET}"
                      r"\N{RIGHT WHITE CORNER BRACKET}"
                      r"\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}]\Z")  # fmt: skip
_TAIL = 4
_DOUBLE_LIKE = frozenset({"double", "angle"})


@dataclass(slots=True)
class MarkPair:
    """A quote as its marks show it.

    Attributes:
        pieces: What lies between the marks, one span a block.
        closer: Offset of the closing mark, None where it is missing.
        shared: Whether its closing mark also closes the pair inside it that ends last.
    """

    opener: int
    family: str
    pieces: list[Span] = field(default_factory=list)
    closer: int | None = None
    parent: "MarkPair | None" = None
    shared: bool = False


class _Step(NamedTuple):
    """One decision; `depth` counts the open quotes that it ends, for "close" the last of them properly."""

    action: str
    position: int
    family: str
    depth: int
    before: "_Step | None"


class _Open(NamedTuple):
    family: str
    led: bool


class _State(NamedTuple):
    cost: float
    stack: tuple[_Open, ...]
    reopened: int
    carried: int
    last: _Step | None


def pair_marks(
    text: str, blocks: Sequence[Block], language: str, options: QuoteOptions | None = None
) -> list[MarkPair]:
    """Pair the quotation marks of a text; a quote goes on over the border between paragraphs only.

    Returns:
        The pairs in the order of their opening marks, unclosed ones too: each ends where its block does.
    """
    options = options or QuoteOptions()
    table = load_marks(base_language(language))
    states = [_State(0.0, (), 0, 0, None)]
    for number, block in enumerate(blocks):
        marks = find_marks(text, block.start, block.end, language)
        width = options.beam if len(marks) <= _MANY_MARKS else min(options.beam, _NARROW_BEAM)
        for mark in marks:
            states = _prune([after for state in states for after in _readings(state, mark, table)], width)
        goes_on = number + 1 < len(blocks) and _may_cross(text, block, blocks[number + 1])
        limit = options.carry_blocks if goes_on else 0
        states = _prune([after for state in states for after in _borders(state, block.end, table, limit)], width)
    best = min((state for state in states if not state.stack), key=lambda state: state.cost)
    return _replay(_history(best.last), blocks)


def _may_cross(text: str, block: Block, following: Block) -> bool:
    kinds = {_read_kind(text, block), _read_kind(text, following)}
    return len(kinds) == 1 and kinds <= {"paragraph", "quote", "list_item"}


def _read_kind(text: str, block: Block) -> str:
    """Take what was guessed to be a heading for a paragraph where it ends as a sentence does, its stop inside marks."""
    stopped = _STOPPED.search(text, max(block.start, block.end - _TAIL), block.end)
    return "paragraph" if block.kind == "heading" and stopped else block.kind


def _prune(states: list[_State], width: int) -> list[_State]:
    best: dict[tuple[tuple[_Open, ...], int, int], _State] = {}
    for state in states:
        key = (state.stack, state.reopened, state.carried)
        if key not in best or state.cost < best[key].cost:
            best[key] = state
    kept = sorted(best.values(), key=lambda state: state.cost)[:width]
    cheapest = kept[0].cost
    return [state for state in kept if state.cost - cheapest < _HOPELESS]


def _readings(state: _State, mark: QuoteMark, table: MarkTable) -> Iterator[_State]:
    """All that a mark may mean after a state."""
    costs = table.structure
    if mark.skip != float("inf"):
        yield state._replace(cost=state.cost + mark.skip)
    if len(state.stack) < costs["depth"]:
        cost = mark.open + (costs["same_family"] if state.stack and state.stack[-1].family == mark.family else 0.0)
        yield _State(
            state.cost + cost,
            (*state.stack, _Open(mark.family, mark.led)),
            state.reopened,
            state.carried,
            _Step("open", mark.position, mark.family, 0, state.last),
        )
    yield from _closings(state, mark, table)
    may_reopen = mark.leading and state.carried and state.reopened < len(state.stack)
    if may_reopen and state.stack[state.reopened].family == mark.family:
        step = _Step("reopen", mark.position, mark.family, 0, state.last)
        # What running on cost at the border was for a quote whose mark is not repeated.
        paid = _carry_cost(state.stack, state.carried - 1, table) if state.reopened == 0 else 0.0
        due = costs["carry_reopened"] if state.reopened == 0 else 0.0
        yield state._replace(cost=state.cost + mark.open + due - paid, reopened=state.reopened + 1, last=step)


def _closings(state: _State, mark: QuoteMark, table: MarkTable) -> Iterator[_State]:
    costs = table.structure
    for depth in range(1, len(state.stack) + 1):
        cost = state.cost + mark.close + costs["unclosed_inner"] * (depth - 1)
        opened = state.stack[-depth].family
        if opened != mark.family:
            if not {opened, mark.family} <= _DOUBLE_LIKE:
                continue
            cost += costs["other_family"]
        rest = state.stack[:-depth]
        inner = costs["inner_attributed"] if mark.attributed and rest else 0.0
        step = _Step("close", mark.position, mark.family, depth, state.last)
        yield state._replace(cost=cost + inner, stack=rest, last=step)
        if depth == 1 and rest and rest[-1].family == opened:
            shared = _Step("share", mark.position, mark.family, 2, state.last)
            cost += costs[_sharing(mark)]
            yield state._replace(cost=cost, stack=rest[:-1], last=shared)


def _sharing(mark: QuoteMark) -> str:
    """Name the cost of taking a closing mark for that of two quotes."""
    if mark.attributed:
        return "shared_attributed"
    return "shared" if mark.ends_clause else "shared_inside_clause"


def _borders(state: _State, end: int, table: MarkTable, limit: int) -> Iterator[_State]:
    """What the end of a block may mean: open quotes are given up, or run on."""
    costs = table.structure
    if not state.stack:
        yield state._replace(reopened=0, carried=0)
        return
    given_up = _Step("drop", end, "", len(state.stack), state.last)
    yield _State(state.cost + costs["unclosed"] * len(state.stack), (), 0, 0, given_up)
    if state.carried < limit:
        step = _Step("carry", end, "", 0, state.last)
        cost = _carry_cost(state.stack, state.carried, table)
        yield _State(state.cost + cost, state.stack, 0, state.carried + 1, step)


def _carry_cost(stack: tuple[_Open, ...], carried: int, table: MarkTable) -> float:
    costs = table.structure
    cost = costs["carry"] if stack[0].led or carried else costs["carry_not_led"]
    return cost + costs["carry_inner"] * (len(stack) - 1)


def _history(last: _Step | None) -> list[_Step]:
    steps = []
    while last is not None:
        steps.append(last)
        last = last.before
    return steps[::-1]


def _replay(steps: list[_Step], blocks: Sequence[Block]) -> list[MarkPair]:
    pairs: list[MarkPair] = []
    stack: list[MarkPair] = []
    starts: dict[int, int] = {}
    following = {block.end: after.start for block, after in pairwise(blocks)}
    reopened = 0
    for step in steps:
        match step.action:
            case "open":
                pair = MarkPair(step.position, step.family, parent=stack[-1] if stack else None)
                starts[id(pair)] = step.position + 1
                stack.append(pair)
                pairs.append(pair)
            case "reopen":
                for pair in stack[reopened:]:
                    starts[id(pair)] = step.position + 1
                reopened += 1
            case "carry":
                for pair in stack:
                    pair.pieces.append((starts[id(pair)], step.position))
                    starts[id(pair)] = following[step.position]
                reopened = 0
            case _:
                _end(stack, step, starts)
    return pairs


def _end(stack: list[MarkPair], step: _Step, starts: dict[int, int]) -> None:
    """Take the quotes that a step ends off the stack."""
    for left in range(step.depth, 0, -1):
        pair = stack.pop()
        sharing = step.action == "share"
        end = step.position + 1 if sharing and left == 1 else step.position
        pair.pieces.append((starts[id(pair)], end))
        pair.shared = sharing and left == 1
        if step.action == "share" or (step.action == "close" and left == 1):
            pair.closer = step.position
