"""Beads and alignments."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bead:
    """Sentences of two versions that say the same, as indices in order; an empty side means no counterpart.

    Attributes:
        source: Indices into the source sentences, ascending.
        target: Indices into the target sentences, ascending.
        score: Similarity of the two sides, from 0 (unrelated, or one side empty) to 1 (the same).
    """

    source: tuple[int, ...]
    target: tuple[int, ...]
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Alignment:
    """How two lists of sentences answer each other: each sentence of either side is in exactly one bead.

    Attributes:
        beads: In source order; a bead without source follows the bead of the target sentence before it.
        signature: What produced it: encoder, search and options, by name.
    """

    beads: tuple[Bead, ...]
    signature: tuple[tuple[str, str], ...] = ()

    def reversed(self) -> "Alignment":
        """Return the same alignment seen from the target, beads in target order."""
        flipped = [Bead(bead.target, bead.source, bead.score) for bead in self.beads]
        return Alignment(order_beads(flipped), self.signature)


def order_beads(beads: list[Bead]) -> tuple[Bead, ...]:
    """Sort beads by source; those without source follow the bead of the target sentence before them."""
    with_source = sorted((bead for bead in beads if bead.source), key=lambda bead: bead.source)
    ordered = list(with_source)
    for bead in sorted((bead for bead in beads if not bead.source), key=lambda bead: bead.target):
        before = [place for place, other in enumerate(ordered) if other.target and other.target[-1] < bead.target[0]]
        place = max(before, key=lambda at: ordered[at].target[-1]) + 1 if before else 0
        ordered.insert(place, bead)
    return tuple(ordered)
