"""Passages that stand elsewhere: what the monotone search left over on both sides, paired where it is the same."""

from collections.abc import Sequence
from dataclasses import dataclass

from alignment.first_pass.anchors import Band
from alignment.first_pass.costs import Prices
from alignment.first_pass.overlaps import Runs
from alignment.first_pass.search import Link, Move, Plane, best_path

Stretch = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Offer:
    """A stretch of the source and one of the target that may be the same passage.

    Attributes:
        gain: How much better their alignment is than leaving both without counterparts.
        links: That alignment.
    """

    gain: float
    source: Stretch
    target: Stretch
    links: tuple[Link, ...]


def recover_moved(plane: Plane, links: Sequence[Link], moves: Sequence[Move], prices: Prices) -> list[Link]:
    """Pair stretches without counterparts that the search could not pair because they would cross other beads.

    A stretch is looked at only where one of its sentences and one of the other side's prefer each other over all
    others, so the work is small even in long documents.

    Returns:
        All beads, the paired ones in place of the sentences without counterpart, in no particular order.
    """
    offers = sorted(_offers(plane, links, moves, prices), key=lambda offer: (-offer.gain, offer.source, offer.target))
    kept = list(links)
    used: set[tuple[str, Stretch]] = set()
    for offer in offers:
        places = {("source", offer.source), ("target", offer.target)}
        if offer.gain + prices.move <= 0 or places & used:
            continue
        used |= places
        single: set[Link] = {((number,), ()) for number in range(*offer.source)}
        single |= {((), (number,)) for number in range(*offer.target)}
        kept = [link for link in kept if link not in single] + list(offer.links)
    return kept


def _offers(plane: Plane, links: Sequence[Link], moves: Sequence[Move], prices: Prices) -> list[_Offer]:
    sources = _stretches([link[0][0] for link in links if not link[1]])
    targets = _stretches([link[1][0] for link in links if not link[0]])
    wanted = {
        (sources[int(source)], targets[int(target)])
        for source, target in plane.survey.pairs
        if int(source) in sources and int(target) in targets
    }
    return [_offer(plane, source, target, moves, prices) for source, target in sorted(wanted)]


def _offer(plane: Plane, source: Stretch, target: Stretch, moves: Sequence[Move], prices: Prices) -> _Offer:
    part = Plane(_part(plane.source, source), _part(plane.target, target), plane.survey)
    rows, columns = source[1] - source[0], target[1] - target[0]
    links, score = best_path(part, [Band(0, rows + 1, 0, columns)], moves, prices)
    shifted = tuple(
        (tuple(at + source[0] for at in first), tuple(at + target[0] for at in second)) for first, second in links
    )
    return _Offer(score - _gap(rows, prices) - _gap(columns, prices), source, target, shifted)


def _gap(length: int, prices: Prices) -> float:
    return prices.gap + (length - 1) * prices.more_gap


def _part(runs: Runs, stretch: Stretch) -> Runs:
    return Runs(runs.vectors[:, slice(*stretch)], runs.lengths[slice(*stretch)])


def _stretches(numbers: list[int]) -> dict[int, Stretch]:
    """Map each number to the stretch of consecutive numbers it belongs to."""
    found: dict[int, Stretch] = {}
    ordered = sorted(numbers)
    begin = 0
    for place, number in enumerate(ordered):
        if place + 1 == len(ordered) or ordered[place + 1] != number + 1:
            stretch = (ordered[begin], number + 1)
            found.update(dict.fromkeys(ordered[begin : place + 1], stretch))
            begin = place + 1
    return found
