"""Reordered passages: what the monotone search left over on both sides, paired where it is the same."""

from collections.abc import Sequence
from dataclasses import dataclass

from alignment.first_pass.anchors import Band
from alignment.first_pass.costs import Costs
from alignment.first_pass.overlaps import Runs
from alignment.first_pass.search import Move, Plane, best_path
from alignment.types import IndexBead

_Passage = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Offer:
    """A passage of the source and one of the target that may be the same.

    Attributes:
        gain: How much better their alignment is than leaving both without counterparts.
        links: That alignment.
    """

    gain: float
    source: _Passage
    target: _Passage
    links: tuple[IndexBead, ...]


def recover_moved(plane: Plane, links: Sequence[IndexBead], moves: Sequence[Move], costs: Costs) -> list[IndexBead]:
    """Pair passages without counterparts that the search could not pair because they would cross other beads.

    A passage is looked at only where one of its sentences and one of the other side's prefer each other over all
    others, so the work is small even in long documents.

    Returns:
        All beads, the paired ones in place of the sentences without counterpart, in no particular order.
    """
    offers = sorted(_offers(plane, links, moves, costs), key=lambda offer: (-offer.gain, offer.source, offer.target))
    kept = list(links)
    used: set[tuple[str, _Passage]] = set()
    for offer in offers:
        places = {("source", offer.source), ("target", offer.target)}
        if offer.gain + costs.move <= 0 or places & used:
            continue
        used |= places
        single: set[IndexBead] = {((number,), ()) for number in range(*offer.source)}
        single |= {((), (number,)) for number in range(*offer.target)}
        kept = [link for link in kept if link not in single] + list(offer.links)
    return kept


def _offers(plane: Plane, links: Sequence[IndexBead], moves: Sequence[Move], costs: Costs) -> list[_Offer]:
    sources = _passages([link[0][0] for link in links if not link[1]])
    targets = _passages([link[1][0] for link in links if not link[0]])
    wanted = {
        (sources[int(source)], targets[int(target)])
        for source, target in plane.survey.pairs
        if int(source) in sources and int(target) in targets
    }
    return [_offer(plane, source, target, moves, costs) for source, target in sorted(wanted)]


def _offer(plane: Plane, source: _Passage, target: _Passage, moves: Sequence[Move], costs: Costs) -> _Offer:
    part = Plane(_part(plane.source, source), _part(plane.target, target), plane.survey)
    rows, columns = source[1] - source[0], target[1] - target[0]
    links, score = best_path(part, [Band(0, rows + 1, 0, columns)], moves, costs)
    shifted = tuple(
        (tuple(at + source[0] for at in first), tuple(at + target[0] for at in second)) for first, second in links
    )
    return _Offer(score - _gap(rows, costs) - _gap(columns, costs), source, target, shifted)


def _gap(length: int, costs: Costs) -> float:
    return costs.gap + (length - 1) * costs.more_gap


def _part(runs: Runs, passage: _Passage) -> Runs:
    return Runs(runs.vectors[:, slice(*passage)], runs.lengths[slice(*passage)])


def _passages(numbers: list[int]) -> dict[int, _Passage]:
    """Map each number to the passage of consecutive numbers it belongs to."""
    found: dict[int, _Passage] = {}
    ordered = sorted(numbers)
    begin = 0
    for place, number in enumerate(ordered):
        if place + 1 == len(ordered) or ordered[place + 1] != number + 1:
            passage = (ordered[begin], number + 1)
            found.update(dict.fromkeys(ordered[begin : place + 1], passage))
            begin = place + 1
    return found
