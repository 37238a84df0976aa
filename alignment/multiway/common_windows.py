"""Passages common to several versions, decided independently, and the possible alignments of each pair in them.

Not to be confused with the windows of one pair of versions in `windows.py`, which are cut before they are aligned:
these follow from the alignments of all pairs.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from alignment.multiway.consistency import Groups, PairBeads, VersionPair
from alignment.types import IndexBead
from common.errors import UsageError

BeadChange = frozenset[IndexBead]

_FEWEST_WAYS = 4
_LARGEST = 20_000


@dataclass(frozen=True, slots=True)
class Candidates:
    """Results of aligning two versions independently.

    Attributes:
        best: The best alignment: each sentence of either side in exactly one bead.
        probabilities: Probability of each bead that may be right, from 0 to 1; those of `best` and `samples` included.
    """

    best: tuple[IndexBead, ...]
    probabilities: Mapping[IndexBead, float]
    samples: Sequence[tuple[IndexBead, ...]] = ()


def check(pairs: Mapping[VersionPair, Candidates]) -> None:
    """Check that there are candidates for all pairs of some versions.

    Raises:
        UsageError: A pair is missing, or its best alignment does not hold each sentence of its versions exactly once.
    """
    counts: dict[int, int] = {}
    versions = sorted({version for pair in pairs for version in pair})
    for pair in combinations(versions, 2):
        if pair not in pairs:
            raise UsageError(f"versions {pair[0]} and {pair[1]} are not aligned", hint="Give all pairs i < j")
        for side, version in enumerate(pair):
            sentences = sorted(i for link in pairs[pair].best for i in link[side])
            count = counts.setdefault(version, len(sentences))
            if sentences != list(range(count)):
                raise UsageError(
                    f"the alignment of versions {pair[0]} and {pair[1]} does not hold each of the {count} sentences of "
                    f"version {version} exactly once",
                    hint="Give each sentence without counterpart its own bead",
                )


class _Layout:
    """The sentences of each version that form a window."""

    def __init__(self, pairs: Mapping[VersionPair, Candidates], glue: float) -> None:
        self._versions = 1 + max(version for pair in pairs for version in pair)
        self._groups = Groups()
        for pair, candidates in pairs.items():
            for link in candidates.best:
                self._groups.join(self._things(pair, link))
            for link, value in candidates.probabilities.items():
                if value >= glue:
                    self._groups.join(self._things(pair, link))

    def _things(self, pair: VersionPair, link: IndexBead) -> list[int]:
        count = self._versions
        return [i * count + pair[0] for i in link[0]] + [i * count + pair[1] for i in link[1]]

    def touched(self, pair: VersionPair, link: IndexBead) -> set[int]:
        """Return the windows with sentences of a bead."""
        return {self._groups.find(thing) for thing in self._things(pair, link)}


def common_windows(
    pairs: Mapping[VersionPair, Candidates], glue: float
) -> Iterator[dict[VersionPair, list[PairBeads]]]:
    """Yield the possible alignments of each pair in each connected passage, the best first.

    Args:
        pairs: Candidates for all versions i < j.
        glue: Beads of at least this probability join sentences into one window, besides those of the best alignments.
    """
    layout = _Layout(pairs, glue)
    found: dict[int, dict[VersionPair, list[PairBeads]]] = {}
    for pair, candidates in pairs.items():
        parts: dict[int, list[IndexBead]] = {}
        for link in candidates.best:
            parts.setdefault(min(layout.touched(pair, link)), []).append(link)
        for root, links in parts.items():
            found.setdefault(root, {})[pair] = [links]
        for root, changes in _changes(pair, candidates, layout).items():
            # An alternative takes time proportional to its window; so the whole is linear in the documents.
            most = max(_FEWEST_WAYS, _LARGEST // len(parts[root]))
            likely = sorted(changes, key=lambda change: (-changes[change], sorted(change)))
            found[root][pair] += [changed(parts[root], change) for change in likely[:most]]
    for ways in found.values():
        yield {pair: ways.get(pair, [[]]) for pair in pairs}


def _changes(pair: VersionPair, candidates: Candidates, layout: _Layout) -> dict[int, Counter[BeadChange]]:
    """Return for each window how often samples differ from the best alignment by which sets of beads.

    Each difference counts separately, and those of one sample in one window also together.
    """
    best = dict.fromkeys(candidates.best)
    changes: dict[int, Counter[BeadChange]] = {}
    touched: dict[BeadChange, set[int]] = {}
    for sample in candidates.samples:
        drawn = set(sample)
        together: dict[int, list[BeadChange]] = {}
        for change in _departures([link for link in best if link not in drawn], [x for x in sample if x not in best]):
            if change not in touched:
                touched[change] = {root for link in change for root in layout.touched(pair, link)}
            if len(touched[change]) == 1:
                together.setdefault(min(touched[change]), []).append(change)
        for root, parts in together.items():
            changes.setdefault(root, Counter()).update({*parts, frozenset[IndexBead]().union(*parts)})
    return changes


def _departures(old: PairBeads, new: PairBeads) -> list[BeadChange]:
    """Split a change of beads into the smallest independent ones."""
    groups = Groups()
    for source, target in (*old, *new):
        groups.join((*source, *(~i for i in target)))
    parts: dict[int, list[IndexBead]] = {}
    for link in new:
        parts.setdefault(groups.find(link[0][0] if link[0] else ~link[1][0]), []).append(link)
    return [frozenset(part) for part in parts.values()]


def size(links: PairBeads) -> int:
    """Return the number of sentences in the beads, both sides together."""
    return sum(len(source) + len(target) for source, target in links)


def changed(links: PairBeads, change: BeadChange) -> list[IndexBead]:
    """Return the links, replacing those that share sentences with the change."""
    taken = {i for source, _ in change for i in source}, {i for _, target in change for i in target}
    kept = [link for link in links if taken[0].isdisjoint(link[0]) and taken[1].isdisjoint(link[1])]
    return [*kept, *sorted(change)]
