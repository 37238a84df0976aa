"""Sentences of any number of versions, in rows that say the same."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tolmach.results.result import Result

_Node = tuple[int, int]


@dataclass(frozen=True, slots=True)
class VersionRow:
    """Sentences that correspond.

    Attributes:
        cells: Sentence indices of each version, ascending; empty where a version has nothing here.
        moved: For each version, whether it says this before something that stands above here.
    """

    cells: tuple[tuple[int, ...], ...]
    moved: tuple[bool, ...]


def make_rows(result: Result) -> tuple[VersionRow, ...]:
    """Join the pairwise alignments to rows, in the order of the first version.

    Alignments with the first version decide; the others only join sentences that these leave alone. So rows stay as
    small as they can, and each sentence of each version is in exactly one.
    """
    parents = {
        (version, sentence.index): (version, sentence.index)
        for version, each in enumerate(result.versions)
        for sentence in each.article.sentences
    }
    with_first = [found for found in result.alignments.values() if 0 in found.versions]
    for found in with_first:
        for bead in found.beads:
            _join(parents, _nodes(found.versions, (bead.source, bead.target)))
    alone = {node for node, held in _members(parents).items() if len(held) == 1}
    for found in result.alignments.values():
        for bead in found.beads:
            nodes = _nodes(found.versions, (bead.source, bead.target))
            if 0 not in found.versions and alone.issuperset(nodes):
                _join(parents, nodes)
    groups = _ordered(list(_members(parents).values()), result)
    return _finish(groups, result)


def _nodes(versions: tuple[int, int], sides: tuple[Sequence[int], Sequence[int]]) -> list[_Node]:
    return [(version, index) for version, side in zip(versions, sides, strict=True) for index in side]


def _root(parents: dict[_Node, _Node], node: _Node) -> _Node:
    while parents[node] != node:
        parents[node] = parents[parents[node]]
        node = parents[node]
    return node


def _join(parents: dict[_Node, _Node], nodes: Iterable[_Node]) -> None:
    roots = [_root(parents, node) for node in nodes]
    for root in roots[1:]:
        parents[_root(parents, root)] = _root(parents, roots[0])


def _members(parents: dict[_Node, _Node]) -> dict[_Node, list[_Node]]:
    members: dict[_Node, list[_Node]] = {}
    for node in parents:
        members.setdefault(_root(parents, node), []).append(node)
    return members


def _ordered(groups: list[list[_Node]], result: Result) -> list[tuple[tuple[int, ...], ...]]:
    cells = [_cells(group, len(result.versions)) for group in groups]
    aligned = {place for found in result.alignments.values() for place in found.versions}
    ordered = sorted((row for row in cells if row[0]), key=lambda row: row[0])
    # What the first version lacks goes below the row that holds the sentence before it.
    for row in sorted((row for row in cells if not row[0]), key=_first_place):
        version, index = _first_place(row)
        before = [place for place, other in enumerate(ordered) if other[version] and other[version][-1] < index]
        # Without any before it, it opens the text; a version that is not aligned at all comes after the others.
        start = -1 if version in aligned else len(ordered) - 1
        above = max(before, key=lambda place: ordered[place][version][-1], default=start)
        ordered.insert(above + 1, row)
    return ordered


def _cells(group: list[_Node], versions: int) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(sorted(at for version, at in group if version == each)) for each in range(versions))


def _first_place(row: tuple[tuple[int, ...], ...]) -> _Node:
    return next((version, indices[0]) for version, indices in enumerate(row) if indices)


def _finish(rows: list[tuple[tuple[int, ...], ...]], result: Result) -> tuple[VersionRow, ...]:
    reached = [-1] * len(result.versions)
    found: list[VersionRow] = []
    for cells in rows:
        moved = tuple(bool(indices) and indices[0] < reached[version] for version, indices in enumerate(cells))
        reached = [max([most, *indices]) for most, indices in zip(reached, cells, strict=True)]
        found.append(VersionRow(cells, moved))
    return tuple(found)
