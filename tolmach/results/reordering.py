"""Finds reordered beads: the smallest set of sentences that must have moved."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence

from alignment.types import Bead

_Best = tuple[int, int]
"""Weight of a rising sequence, and the position of its last member, -1 if empty."""


def heaviest_rising(keys: Sequence[int], weights: Sequence[int]) -> frozenset[int]:
    """Return the positions of the heaviest subsequence with rising keys; all others have moved.

    Takes time in the order of n log n: a Fenwick tree holds the heaviest sequence that ends at or below each key.
    """
    ranks = {key: rank for rank, key in enumerate(sorted(keys), 1)}
    tree: list[_Best] = [(0, -1)] * (len(keys) + 1)
    before: list[int] = []
    for position, (key, weight) in enumerate(zip(keys, weights, strict=True)):
        total, previous = _best_up_to(tree, ranks[key] - 1)
        before.append(previous)
        _enter(tree, ranks[key], (total + weight, position))
    kept, position = set(), _best_up_to(tree, len(keys))[1]
    while position >= 0:
        kept.add(position)
        position = before[position]
    return frozenset(kept)


def moved_beads(beads: Sequence[Bead]) -> Mapping[int, int | None]:
    """Return the beads that cross others, and the position of their targets.

    Returns:
        By position in `beads`: the target sentence that the bead's target follows, among those that did not move; None
        at the beginning of the text.
    """
    paired = [place for place, bead in enumerate(beads) if bead.source and bead.target]
    weights = [len(beads[place].source) + len(beads[place].target) for place in paired]
    kept = heaviest_rising([beads[place].target[0] for place in paired], weights)
    moved = [place for number, place in enumerate(paired) if number not in kept]
    carried = {index for place in moved for index in beads[place].target}
    settled = sorted(index for bead in beads for index in bead.target if index not in carried)
    return {place: _last_below(beads[place].target[0], settled) for place in moved}


def _last_below(index: int, settled: Sequence[int]) -> int | None:
    before = bisect_left(settled, index)
    return settled[before - 1] if before else None


def _best_up_to(tree: Sequence[_Best], rank: int) -> _Best:
    best = tree[0]
    while rank:
        best = max(best, tree[rank])
        rank &= rank - 1
    return best


def _enter(tree: list[_Best], rank: int, best: _Best) -> None:
    while rank < len(tree):
        tree[rank] = max(tree[rank], best)
        rank += rank & -rank
