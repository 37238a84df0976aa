"""Options of the aligner."""

from dataclasses import dataclass

from common.errors import UsageError

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
