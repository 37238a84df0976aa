"""Beads and alignments."""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

Allows = Callable[[int, int], bool]
"""Type of functions that return whether a bead may have these numbers of source and target sentences."""
IndexBead = tuple[tuple[int, ...], tuple[int, ...]]
"""Source and target indices of a bead, each ascending; an empty side means no counterpart."""


@dataclass(frozen=True, slots=True)
class Bead:
    """Corresponding sentences of two versions, as ascending indices; an empty side means no counterpart.

    Attributes:
        source: Indices into the source sentences, ascending.
        target: Indices into the target sentences, ascending.
        score: Similarity of the two sides, from 0 (unrelated, or one side empty) to 1 (the same).
        confidence: Probability that exactly this bead is right, from 0 to 1; 1 if known by construction.
    """

    source: tuple[int, ...]
    target: tuple[int, ...]
    score: float = 0.0
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Relation:
    """Whether two documents are versions of one another.

    Attributes:
        related: Whether they probably are.
        probability: Probability that they are, from 0 to 1.
        reason: Reason, as one sentence for users.
    """

    related: bool
    probability: float
    reason: str


@dataclass(frozen=True, slots=True)
class Alignment:
    """The corresponding sentences of two lists; each sentence is in exactly one bead.

    Attributes:
        beads: In source order; a bead without source follows the bead of the preceding target sentence.
        signature: Encoder, search and options that produced it, by name.
        relation: Whether the two are versions of one another; None if not judged, as for a text and its own
            translation.
    """

    beads: tuple[Bead, ...]
    signature: tuple[tuple[str, str], ...] = ()
    relation: Relation | None = None

    def reversed(self) -> "Alignment":
        """Return the same alignment with sides exchanged, beads in target order."""
        flipped = [replace(bead, source=bead.target, target=bead.source) for bead in self.beads]
        return replace(self, beads=order_beads(flipped))


def order_beads(beads: Sequence[Bead]) -> tuple[Bead, ...]:
    """Sort beads by source; those without source follow the bead of the preceding target sentence."""
    with_source = sorted((bead for bead in beads if bead.source), key=lambda bead: bead.source)
    ends = sorted((bead.target[-1], place) for place, bead in enumerate(with_source) if bead.target)
    followers: dict[int, list[Bead]] = {}  # by the position of the two-sided bead that they follow; -1 is before all
    for bead in sorted((bead for bead in beads if not bead.source), key=lambda bead: bead.target):
        before = bisect_left(ends, (bead.target[0], -1))
        followers.setdefault(ends[before - 1][1] if before else -1, []).append(bead)
    ordered = followers.get(-1, [])
    for place, bead in enumerate(with_source):
        ordered += [bead, *followers.get(place, [])]
    return tuple(ordered)
