"""Alignments that need no search: of a translation with its source, and of two versions through a third."""

from collections.abc import Iterable

from alignment.types import Alignment, Bead, IndexBead, order_beads


def alignment_of(beads: Iterable[IndexBead]) -> Alignment:
    """Return the alignment of a translation with its source, whose beads are known from how it was made.

    A bead with both sides scores 1.

    Args:
        beads: Source and target indices.
    """
    known = [Bead(tuple(source), tuple(target), float(bool(source and target))) for source, target in beads]
    return Alignment(order_beads(known), (("method", "by construction"),))


def compose_alignments(first: Alignment, second: Alignment) -> Alignment:
    """Align two versions through a third that both are aligned to.

    Their sentences belong together when a chain of beads joins them. A bead scores the lower of the two scores that
    led to it.

    Args:
        first: The third version (source) with the first (target).
        second: The third version (source) with the second (target).
    """
    owner = {index: bead for bead in second.beads for index in bead.source}
    merged: list[tuple[set[Bead], set[Bead]]] = []
    for bead in first.beads:
        group = ({bead}, {owner[index] for index in bead.source if index in owner})
        for other in [other for other in merged if other[1] & group[1]]:
            merged.remove(other)
            group = (group[0] | other[0], group[1] | other[1])
        merged.append(group)
    reached = {bead for _, seconds in merged for bead in seconds}
    beads = [bead for group in merged for bead in _join(*group)]
    beads += [Bead((), bead.target) for bead in second.beads if bead not in reached and bead.target]
    return Alignment(order_beads(beads), (("method", "through the source"),))


def _join(firsts: set[Bead], seconds: set[Bead]) -> list[Bead]:
    source = tuple(sorted(index for bead in firsts for index in bead.target))
    target = tuple(sorted(index for bead in seconds for index in bead.target))
    if source and target:
        return [Bead(source, target, min(bead.score for bead in (*firsts, *seconds) if bead.target))]
    # A side with no counterpart is a bead for each sentence, as everywhere.
    return [Bead((index,), ()) for index in source] + [Bead((), (index,)) for index in target]
