"""Consistency of the pairwise alignments of several versions, and alignments derived from others.

Think of the contents of the versions as units on a common line: each sentence covers some, and two sentences correspond
if they share one. Then the direct alignment of two versions can be finer than the path through a third one, which may
have in one sentence what both have in two, but it can never contradict it. This holds in the gold alignments of
`corpora.samples`: of 858 pairs of sentences in one bead that both have counterparts in the third version, none is
unconnected there; if the counterpart of a sentence in the third version has none in the other, neither has the
sentence.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

from alignment.types import Alignment, Bead, IndexBead, order_beads

VersionPair = tuple[int, int]
PairBeads = Sequence[IndexBead]

_NONE = -1


class Groups:
    """Disjoint sets of connected items."""

    def __init__(self) -> None:
        self._parents: dict[int, int] = {}

    def find(self, thing: int) -> int:
        """Return the representative of an item's group."""
        parents = self._parents
        while (parent := parents.setdefault(thing, thing)) != thing:
            parents[thing] = parents[parent]
            thing = parent
        return thing

    def join(self, things: Iterable[int]) -> None:
        """Merge the groups of all the items."""
        first: int | None = None
        for thing in things:
            root = self.find(thing)
            if first is None:
                first = root
            self._parents[root] = first


def mirrored(links: PairBeads) -> list[IndexBead]:
    """Return the links with sides exchanged."""
    return [(target, source) for source, target in links]


def oriented(alignments: Mapping[VersionPair, PairBeads], source: int, target: int) -> PairBeads:
    """Return the links of two versions in the given direction; pairs are stored with the lower version first."""
    return alignments[source, target] if source < target else mirrored(alignments[target, source])


def disagreements(first: PairBeads, second: PairBeads, direct: PairBeads) -> list[IndexBead]:
    """Return the contradictions between a direct alignment of two versions and the path through a third.

    Beads of `first` and `second` that share sentences of the middle version form groups. The direct alignment agrees
    when each of its beads with two sides either consists of sentences that the middle version does not have, or has on
    both sides sentences of one and the same group, possibly with some that the middle version does not have; and when
    each group with two outer sides holds such a bead.

    Args:
        first: One version (source) with the middle one (target).
        second: The middle version (source) with the other (target).
        direct: The one version (source) with the other (target).

    Returns:
        Direct beads that contradict the groups, and outer sides of groups that no direct bead joins.
    """
    left, right = _reach(first, second)
    found, joined = [], set()
    for source, target in direct:
        if source and target:
            sides = [{reach[i] for i in side if i in reach} for side, reach in ((source, left), (target, right))]
            if sides[0] != sides[1] or len(sides[0]) > 1:
                found.append((source, target))
            joined |= sides[0] & sides[1]
    return found + [sides for group, sides in _outer_sides(left, right).items() if all(sides) and group not in joined]


def all_agree(alignments: Mapping[VersionPair, PairBeads], versions: Iterable[int]) -> bool:
    """Return whether each direct alignment agrees with the paths through every third version."""
    return not any(
        disagreements(oriented(alignments, x, y), oriented(alignments, y, z), oriented(alignments, x, z))
        for trio in combinations(sorted(versions), 3)
        for x, y, z in (trio, (trio[1], trio[0], trio[2]), (trio[0], trio[2], trio[1]))
    )


def composed(first: PairBeads, second: PairBeads, direct: PairBeads = ()) -> list[IndexBead]:
    """Align two versions through a third one; the result is always consistent with `first` and `second`.

    Args:
        first: One version (source) with the middle one (target).
        second: The middle version (source) with the other (target).
        direct: The one version with the other; used between sentences that the middle version does not have.
    """
    left, right = _reach(first, second)
    links = [sides for sides in _outer_sides(left, right).values() if all(sides)]
    links += [
        (source, target)
        for source, target in direct
        if source and target and not (any(i in left for i in source) or any(i in right for i in target))
    ]
    sources = [i for source, _ in first for i in source]
    return filled(links, sources, [i for _, target in second for i in target])


def fitted(first: PairBeads, second: PairBeads, direct: PairBeads, *, attach: bool) -> list[IndexBead]:
    """Adapt a direct alignment of two versions to the path through a third one, keeping it as fine as it is.

    Args:
        first: One version (source) with the middle one (target).
        second: The middle version (source) with the other (target).
        direct: The one version with the other.
        attach: Whether sentences with counterparts through the third version, but no direct ones, join the nearest bead
            that the third version allows; else they stay without counterpart.
    """
    left, right = _reach(first, second)
    outer = {group: sides for group, sides in _outer_sides(left, right).items() if all(sides)}
    parts: dict[int, list[tuple[list[int], list[int]]]] = {group: [] for group in outer}
    free: list[IndexBead] = []
    for source, target in direct:
        ends = {left.get(i, _NONE) for i in source}, {right.get(i, _NONE) for i in target}
        groups = ends[0] | ends[1]
        if source and target and groups == {_NONE}:
            free.append((source, target))
        for group in ends[0] & ends[1] & parts.keys():
            # Sentences that the middle version lacks are kept if only one group is concerned.
            allowed = {group, _NONE} if len(groups - {_NONE}) == 1 else {group}
            parts[group].append(
                (
                    [i for i in source if left.get(i, _NONE) in allowed],
                    [i for i in target if right.get(i, _NONE) in allowed],
                )
            )
    for group, own in parts.items():
        if not own:
            own.append((list(outer[group][0]), list(outer[group][1])))
        elif attach:
            _attach(own, outer[group])
    links = [(tuple(sorted(source)), tuple(sorted(target))) for own in parts.values() for source, target in own]
    sources = [i for source, _ in first for i in source]
    return filled([*links, *free], sources, [i for _, target in second for i in target])


def _attach(parts: list[tuple[list[int], list[int]]], sides: tuple[tuple[int, ...], tuple[int, ...]]) -> None:
    """Add sentences that are in no part to the part with the nearest sentence."""
    for number, side in enumerate(sides):
        taken = {i for part in parts for i in part[number]}
        for sentence in side:
            if sentence not in taken:
                nearest = min(parts, key=lambda part: min(abs(i - sentence) for i in part[number]))
                nearest[number].append(sentence)


def filled(links: PairBeads, sources: Iterable[int], targets: Iterable[int]) -> list[IndexBead]:
    """Add a one-sided bead for each sentence without one."""
    taken = {i for source, _ in links for i in source}, {i for _, target in links for i in target}
    alone: list[IndexBead] = [((i,), ()) for i in sources if i not in taken[0]]
    return [*links, *alone, *(((), (i,)) for i in targets if i not in taken[1])]


def through_hubs(
    alignments: Mapping[VersionPair, PairBeads], order: Sequence[int]
) -> dict[VersionPair, list[IndexBead]]:
    """Make the alignments of any number of versions consistent, by following one version after the other.

    The first version in `order` decides about all sentences that have counterparts in it, the next one about the rest,
    and so on. If a sentence of the hub is connected with a version only through another version's bead, that whole
    group becomes one bead; other beads stay as fine as they are.

    Args:
        alignments: Links of every two versions; one-sided ones are ignored.
        order: All versions, the most trusted first.

    Returns:
        Links with two sides of every two versions.
    """
    found: dict[VersionPair, list[IndexBead]] = {pair: [] for pair in alignments}
    decided: dict[int, set[int]] = {version: set() for version in order}
    for place, hub in enumerate(order[:-1]):
        rest = order[place + 1 :]
        spokes = _closed({version: _undecided(alignments, (hub, version), decided) for version in rest})
        for version, links in spokes.items():
            found[min(hub, version), max(hub, version)] += links if hub < version else mirrored(links)
            decided[version].update(i for _, side in links for i in side)
        for one, other in combinations(sorted(rest), 2):
            joined = composed(mirrored(spokes[one]), spokes[other])
            found[one, other] += [link for link in joined if link[0] and link[1]]
    return found


def _reach(first: PairBeads, second: PairBeads) -> tuple[dict[int, int], dict[int, int]]:
    """Return the group of each outer sentence with a counterpart in the middle version."""
    groups = Groups()
    for side in [middle for outer, middle in first if outer] + [middle for middle, outer in second if outer]:
        if len(side) > 1:
            groups.join(side)
    left = {i: groups.find(middle[0]) for outer, middle in first if middle for i in outer}
    return left, {i: groups.find(middle[0]) for middle, outer in second if middle for i in outer}


def _outer_sides(left: Mapping[int, int], right: Mapping[int, int]) -> dict[int, IndexBead]:
    """Return for each group its sentences in both outer versions."""
    sides: dict[int, tuple[list[int], list[int]]] = {}
    for number, reach in enumerate((left, right)):
        for sentence, group in reach.items():
            sides.setdefault(group, ([], []))[number].append(sentence)
    return {group: (tuple(sorted(source)), tuple(sorted(target))) for group, (source, target) in sides.items()}


def _undecided(
    alignments: Mapping[VersionPair, PairBeads], pair: VersionPair, decided: Mapping[int, set[int]]
) -> list[IndexBead]:
    return [
        (source, target)
        for source, target in oriented(alignments, *pair)
        if source and target and decided[pair[0]].isdisjoint(source) and decided[pair[1]].isdisjoint(target)
    ]


def _closed(spokes: Mapping[int, PairBeads]) -> dict[int, list[IndexBead]]:
    """Merge the beads of every group in which a version leaves out a sentence of the hub."""
    groups = Groups()
    for links in spokes.values():
        for hub, _ in links:
            groups.join(hub)
    hubs: dict[int, set[int]] = {}
    parts: dict[tuple[int, int], list[IndexBead]] = {}
    for version, links in spokes.items():
        for link in links:
            root = groups.find(link[0][0])
            hubs.setdefault(root, set()).update(link[0])
            parts.setdefault((root, version), []).append(link)
    leaky = {root for (root, _), links in parts.items() if sum(len(hub) for hub, _ in links) < len(hubs[root])}
    closed: dict[int, list[IndexBead]] = {version: [] for version in spokes}
    for (root, version), links in parts.items():
        whole = (tuple(sorted(hubs[root])), tuple(sorted(i for _, side in links for i in side)))
        closed[version] += [whole] if root in leaky else links
    return closed


def alignment_of(beads: Iterable[IndexBead]) -> Alignment:
    """Return the alignment of a translation with its source from beads known by construction.

    A bead with both sides scores 1.
    """
    known = [Bead(tuple(source), tuple(target), float(bool(source and target))) for source, target in beads]
    return Alignment(order_beads(known), (("method", "by construction"),))


def compose_alignments(first: Alignment, second: Alignment) -> Alignment:
    """Align two versions through a third that both are aligned to.

    Sentences correspond if a chain of beads connects them. A bead has the lower of the two scores of its chain.

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
