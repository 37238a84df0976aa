"""The coarse pass over two versions: whole sentences only, in linear time and memory."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from alignment.first_pass.anchors import Band, plan_bands, survey
from alignment.first_pass.features import Costs, load_costs
from alignment.first_pass.overlaps import Runs
from alignment.first_pass.search import Move, Plane, best_path, possible_moves
from alignment.types import AlignOptions, Bead, IndexBead, order_beads
from alignment.windows import split_bead

_SURE = 0.5


@dataclass(frozen=True)
class CoarseAlignment:
    """The result of the coarse pass.

    Attributes:
        links: Beads as `order_beads` orders them.
    """

    plane: Plane
    links: tuple[IndexBead, ...]

    def sure(self) -> set[IndexBead]:
        """Return 1-1 beads of mutually best sentences that are clearly more similar than unrelated ones."""
        pairs = {((int(source),), (int(target),)) for source, target in self.plane.survey.pairs}
        least = self.plane.survey.unrelated + _SURE * self.plane.survey.spread
        return {link for link in self.links if link in pairs and likeness(self.plane, link) >= least}

    def score(self, link: IndexBead) -> float:
        """Return the similarity of a bead's sides, from 0 (unrelated, or one is empty) to 1 (identical)."""
        return min(max(likeness(self.plane, link), 0.0), 1.0) if all(link) else 0.0


def align_coarse(source: Runs, target: Runs, options: AlignOptions) -> CoarseAlignment:
    """Align two encoded versions, neither of them empty."""
    plane = Plane(source, target, survey(source, target))
    links = search(plane, options, load_costs())
    ordered = order_beads([Bead(*link) for link in links])
    return CoarseAlignment(plane, tuple((bead.source, bead.target) for bead in ordered))


def search(plane: Plane, options: AlignOptions, costs: Costs) -> list[IndexBead]:
    """Return the beads of the plane's two versions, in no particular order."""
    shapes = [
        shape
        for shape in options.first_shapes()
        if shape[0] <= plane.source.longest and shape[1] <= plane.target.longest
    ]
    moves = possible_moves(shapes, crossings=options.crossings)
    bands = plan_bands(plane.source.count, plane.target.count, plane.survey.pairs, options)
    links, _ = best_path(plane, bands, moves, costs)
    links = [kept for link in links for kept in _accepted(plane, link, options.least)]
    if options.crossings:
        plain = possible_moves(shapes, crossings=False)
        links = recover_moved(plane, links, plain, costs)
    return links


def likeness(plane: Plane, link: IndexBead) -> float:
    """Return the cosine of a bead's two sides, neither of them empty."""
    first, second = _vector(plane.source, link[0]), _vector(plane.target, link[1])
    return float(np.dot(first, second))


def _vector(runs: Runs, numbers: Sequence[int]) -> "np.ndarray[tuple[int], np.dtype[np.float32]]":
    """Return the unit vector of sentences: that of their run, else of the sum of their vectors."""
    together = numbers[-1] - numbers[0] + 1 == len(numbers)
    if together and len(numbers) <= runs.longest:
        return np.asarray(runs.vectors[len(numbers) - 1, numbers[0]])
    total = runs.vectors[0, list(numbers)].sum(axis=0)
    return np.asarray(total / max(float(np.linalg.norm(total)), 1e-9))


def _accepted(plane: Plane, link: IndexBead, least: float) -> list[IndexBead]:
    """Return the bead, or its single sentences if the sides' scaled similarity is below `least`."""
    lowest = plane.survey.unrelated + least * plane.survey.spread
    return [link] if not all(link) or likeness(plane, link) >= lowest else split_bead(link)


_Passage = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Offer:
    """A passage of the source and one of the target that may correspond.

    Attributes:
        gain: Gain in score over leaving both without counterparts.
    """

    gain: float
    source: _Passage
    target: _Passage
    links: tuple[IndexBead, ...]


def recover_moved(plane: Plane, links: Sequence[IndexBead], moves: Sequence[Move], costs: Costs) -> list[IndexBead]:
    """Pair passages without counterparts that would cross other beads.

    Only passages with a pair of mutually best sentences are considered, so the work is small even in long documents.

    Returns:
        All beads, with the paired ones in place of their sentences, in no particular order.
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
