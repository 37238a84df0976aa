"""Which sentences of another version the alignment expects to answer those of one."""

from bisect import bisect_left
from collections.abc import Sequence

from alignment.types import Alignment

FAR = 300
"""Sentences on either side of the expected place that are searched; no article of the development data is longer."""


class Counterparts:
    """The sentences that the alignment pairs, and for all others the nearest that it does."""

    def __init__(self, alignment: Alignment) -> None:
        self._targets = {source: bead.target for bead in alignment.beads if bead.target for source in bead.source}
        self._known = sorted(self._targets)

    def nearest(self, source: int, count: int) -> list[tuple[int, tuple[int, ...]]]:
        """Return up to `count` nearest sentences that have counterparts: how far each is from `source`, and those."""
        at = bisect_left(self._known, source)
        around = self._known[max(0, at - count) : at + count]
        near = sorted((abs(other - source), other) for other in around)[:count]
        return [(distance, self._targets[other]) for distance, other in near]

    def answers(self, source: int) -> tuple[int, ...]:
        """Return the sentences that the alignment pairs with `source`."""
        return self._targets.get(source, ())

    def expected(self, source: int) -> list[tuple[int, int]]:
        """Return the sentences that may answer `source`, each with how far from it the alignment knows of them."""
        if source in self._targets:
            return [(target, 0) for target in self._targets[source]]
        return [(target, distance) for distance, targets in self.nearest(source, 2) for target in targets]


def place_between(sources: Sequence[int], counts: tuple[int, int]) -> int:
    """Return the sentence of a version of `counts[1]` that is as far in it as `sources` in theirs, of `counts[0]`."""
    middle = sum(sources) / len(sources) if sources else 0.0
    return round(middle * counts[1] / max(1, counts[0]))
