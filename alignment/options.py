"""Options of the aligner."""

from dataclasses import dataclass

from corpora.errors import UsageError


@dataclass(frozen=True, slots=True)
class AlignOptions:
    """How sentences are aligned.

    Attributes:
        max_side: Most sentences on one side of a bead, at least 1.
        max_bead: Most sentences on both sides of a bead together, at least 2.
        crossings: Whether two neighbours in exchanged order, or a passage that stands elsewhere, are reported as beads
            that cross; without it they are reported as sentences without a counterpart.
        least: Beads whose sides are less alike than this are taken apart, on the document's own scale: 0 is the
            similarity of unrelated sentences, 1 that of sentences that prefer each other.
        full_plane: Documents with at most this many pairs of sentences are searched in full, larger ones in a band
            around anchors.
        band: Sentences by which the band reaches beyond the anchors on either side.
        widest_band: Most target sentences that the band holds at one source sentence; it bounds time and memory.
    """

    max_side: int = 5
    max_bead: int = 6
    crossings: bool = True
    least: float = 0.15
    full_plane: int = 40_000
    band: int = 24
    widest_band: int = 1_500

    def __post_init__(self) -> None:
        if self.max_side < 1 or self.max_bead < 2:  # noqa: PLR2004 - a bead has two sides
            raise UsageError(
                f"beads of at most {self.max_side} sentences a side and {self.max_bead} in all hold no pair",
                hint="Allow at least 1 a side and 2 in all",
            )
        if min(self.full_plane, self.band, self.widest_band) < 1:
            raise UsageError("the search needs room", hint="Give full_plane, band and widest_band values of 1 or more")

    def shapes(self) -> tuple[tuple[int, int], ...]:
        """Return the numbers of source and target sentences that a bead with both sides may have."""
        sizes = range(1, self.max_side + 1)
        return tuple((source, target) for source in sizes for target in sizes if source + target <= self.max_bead)
