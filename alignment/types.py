"""Beads and alignments, and the options of the aligner."""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from common.errors import UsageError

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


_FIRST_SIDE, _FIRST_BEAD = 5, 6


@dataclass(frozen=True, slots=True)
class AlignOptions:
    """Options of sentence alignment.

    Attributes:
        max_side: Most sentences on one side of a bead, at least 1.
        max_bead: Most sentences on both sides of a bead together, at least 2.
        refine: Whether the first alignment is refined clause by clause, which greatly improves it.
        crossings: Whether two neighbours in exchanged order, or a moved passage, become crossing beads; without it they
            become sentences without a counterpart.
        least: Beads of the coarse pass whose sides are less similar than this are split, on the document's scale: 0 is
            the similarity of unrelated sentences, 1 that of mutually best ones.
        full_plane: Documents with at most this many pairs of sentences are searched in full, larger ones in a band
            around anchors.
        band: Sentences by which the band reaches beyond the anchors on either side.
        widest_band: Most target sentences that the band holds at one source sentence; it bounds time and memory.
    """

    max_side: int = 8
    max_bead: int = 12
    refine: bool = True
    crossings: bool = True
    least: float = 0.15
    full_plane: int = 40_000
    band: int = 24
    widest_band: int = 1_500

    def __post_init__(self) -> None:
        if self.max_side < 1 or self.max_bead < 2:  # noqa: PLR2004 - a bead has two sides
            raise UsageError(
                f"beads of at most {self.max_side} sentences a side and {self.max_bead} in all cannot hold a pair",
                hint="Allow at least 1 a side and 2 in all",
            )
        if min(self.full_plane, self.band, self.widest_band) < 1:
            raise UsageError("the search needs room", hint="Give full_plane, band and widest_band values of 1 or more")

    def allows(self, source: int, target: int) -> bool:
        """Return whether a bead may have these numbers of sentences on its sides."""
        return max(source, target) <= self.max_side and source + target <= self.max_bead

    def first_shapes(self) -> tuple[tuple[int, int], ...]:
        """Return the shapes of two-sided beads that the coarse pass considers, as numbers of sentences."""
        sizes = range(1, _FIRST_SIDE + 1)
        shapes = [(source, target) for source in sizes for target in sizes if source + target <= _FIRST_BEAD]
        return tuple(shape for shape in shapes if self.allows(*shape))
