"""Consistent pairwise alignments of several versions.

Each connected passage (`common_windows.py`) is decided independently: of the sampled alignments of each pair, the
combination with the highest total score in which no pair contradicts another (`consistency.py`).
"""

import heapq
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product

from alignment.multiway.common_windows import Candidates, changed, check, common_windows, size
from alignment.multiway.consistency import (
    Groups,
    PairBeads,
    VersionPair,
    all_agree,
    composed,
    filled,
    fitted,
    mirrored,
    through_hubs,
)
from alignment.types import Allows, IndexBead

_FEWEST = 3
_FEWEST_TRIED = 4
_TRIED_SENTENCES = 200_000
_FLOOR = 0.02
# Beads of at least this probability join sentences into one window, besides those of the best alignments.
_GLUE = 0.2
# Probability of a bead without votes that is the only one consistent with the others.
_CONFIRMED = 0.4


@dataclass(frozen=True, slots=True)
class _Way:
    """One possible alignment of two versions within a window, and its score: the sum of the log-odds of its beads."""

    links: tuple[IndexBead, ...]
    worth: float


Agreed = dict[VersionPair, dict[IndexBead, float]]
_Ways = dict[VersionPair, list[_Way]]


def _everything(source: int, target: int) -> bool:  # noqa: ARG001 - any numbers will do
    return True


def reconcile(pairs: Mapping[VersionPair, Candidates], *, allows: Allows = _everything, widest: int = 300) -> Agreed:
    """Choose consistent alignments of every two of several versions.

    They agree in the sense of `consistency.disagreements`, through every third version. Two versions keep their best
    alignment.

    Args:
        pairs: Candidates for all versions i < j.
        allows: Returns whether a bead may have these numbers of source and target sentences, each at least 1; not
            applied to the candidates' beads. Other beads have consecutive sentences only.
        widest: Most combinations tried in a window before pairs are derived from others; fewer in a long window.

    Returns:
        For each pair the beads, each sentence in exactly one, with their probabilities from 0 to 1.

    Raises:
        UsageError: A pair is missing, or its best alignment does not hold each sentence of its versions exactly once.
    """
    check(pairs)
    known = {pair: each.probabilities for pair, each in pairs.items()}
    versions = sorted({version for pair in pairs for version in pair})
    if len(versions) < _FEWEST:
        return {pair: {link: known[pair].get(link, 0.0) for link in each.best} for pair, each in pairs.items()}
    agreed: Agreed = {pair: {} for pair in pairs}
    judge = _Judge(pairs, versions, allows, widest)
    for ways in common_windows(pairs, _GLUE):
        for pair, way in judge.decide(ways).items():
            agreed[pair].update((link, _confirmed(known[pair].get(link, 0.0))) for link in way.links)
    return agreed


def _confirmed(probability: float) -> float:
    """Return the probability of a bead that agrees with the other alignments."""
    return probability + _CONFIRMED * (1 - probability) ** 2


class _Judge:
    """Chooses the alignments of all pairs within a window."""

    def __init__(
        self,
        pairs: Mapping[VersionPair, Candidates],
        versions: Sequence[int],
        allows: Allows,
        widest: int,
    ) -> None:
        self._candidates = {pair: {*each.best, *each.probabilities} for pair, each in pairs.items()}
        self._probabilities = {pair: each.probabilities for pair, each in pairs.items()}
        self._versions = versions
        self._allows = allows
        self._widest = widest

    def decide(self, ways: Mapping[VersionPair, Sequence[PairBeads]]) -> dict[VersionPair, _Way]:
        """Return the best ways that agree with each other."""
        valued = {pair: self._ranked(pair, each) for pair, each in ways.items()}
        first = {pair: each[0] for pair, each in valued.items()}
        if self._consistent(first):
            return first
        valued = {pair: self._extended(pair, valued) for pair in valued}
        affordable = _TRIED_SENTENCES // sum(size(way.links) for way in first.values())
        most = min(self._widest, max(_FEWEST_TRIED, affordable))
        for combination in islice(_best_first(valued), most):
            if self._consistent(combination):
                return combination
        return self._improved(self._through_best_hub(first), valued)

    def _way(self, pair: VersionPair, links: PairBeads) -> _Way:
        known = self._probabilities[pair]
        return _Way(tuple(links), sum(log_odds(known.get(link, 0.0)) for link in links))

    def _ranked(self, pair: VersionPair, ways: Sequence[PairBeads]) -> list[_Way]:
        valued = [self._way(pair, links) for links in ways]
        if len(valued) > 1:
            valued.append(self._merged(pair, valued))
        return sorted(valued, key=lambda way: -way.worth)

    def _merged(self, pair: VersionPair, ways: Sequence[_Way]) -> _Way:
        """Extend the first alternative with the beads of others that improve it."""
        merged, first = ways[0], set(ways[0].links)
        for way in sorted(ways, key=lambda way: -way.worth):
            links = changed(merged.links, frozenset(way.links) - first)
            # A change that overlaps an earlier one would omit sentences.
            if size(links) == size(merged.links):
                merged = max(merged, self._way(pair, links), key=lambda each: each.worth)
        return merged

    def _consistent(self, chosen: Mapping[VersionPair, _Way]) -> bool:
        return all_agree({pair: way.links for pair, way in chosen.items()}, self._versions)

    def _extended(self, pair: VersionPair, ways: _Ways, most: int = 3) -> list[_Way]:
        """Add alternatives of a pair that are derived from other pairs' best ones."""
        known = {frozenset(way.links): way for way in ways[pair]}
        direct = ways[pair][0].links
        for middle in (version for version in self._versions if version not in pair):
            ways_there, ways_on = _toward(ways, pair[0], middle, most), _toward(ways, middle, pair[1], most)
            for first, second in product(ways_there, ways_on):
                for links in (
                    composed(first, second, direct),
                    fitted(first, second, direct, attach=True),
                    fitted(first, second, direct, attach=False),
                ):
                    if all(self._allowed(pair, link) for link in links):
                        known.setdefault(frozenset(links), self._way(pair, links))
        return sorted(known.values(), key=lambda way: -way.worth)

    def _through_best_hub(self, chosen: Mapping[VersionPair, _Way]) -> dict[VersionPair, _Way]:
        """Make the chosen alignments consistent by following the version that gives the highest score."""
        links = {pair: way.links for pair, way in chosen.items()}
        outcomes = []
        for hub in self._versions:
            order = [hub, *(version for version in self._versions if version != hub)]
            found = self._without_too_large(through_hubs(links, order))
            outcomes.append({pair: self._way(pair, _completed(found[pair], links[pair])) for pair in links})
        return max(outcomes, key=lambda outcome: sum(way.worth for way in outcome.values()))

    def _allowed(self, pair: VersionPair, link: IndexBead) -> bool:
        if not all(link) or link in self._candidates[pair]:
            return True
        return self._allows(len(link[0]), len(link[1])) and all(side[-1] - side[0] + 1 == len(side) for side in link)

    def _without_too_large(self, found: Mapping[VersionPair, PairBeads]) -> dict[VersionPair, list[IndexBead]]:
        """Drop every group with a bead that is too large; the rest stays consistent."""
        groups = Groups()
        count = 1 + max(self._versions)
        things = {
            (pair, link): [i * count + pair[0] for i in link[0]] + [j * count + pair[1] for j in link[1]]
            for pair, links in found.items()
            for link in links
        }
        for each in things.values():
            groups.join(each)
        dropped = {groups.find(each[0]) for (pair, link), each in things.items() if not self._allowed(pair, link)}
        return {
            pair: [link for link in links if groups.find(things[pair, link][0]) not in dropped]
            for pair, links in found.items()
        }

    def _improved(self, chosen: dict[VersionPair, _Way], ways: _Ways) -> dict[VersionPair, _Way]:
        """Replace for one pair after the other the alternative by the best one consistent with the rest."""
        for pair, each in ways.items():
            for way in each:
                if way.worth <= chosen[pair].worth:
                    break
                if self._consistent(chosen | {pair: way}):
                    chosen[pair] = way
                    break
        return chosen


def log_odds(probability: float) -> float:
    """Return the log-odds of a probability, clipped to 0.02 … 0.98."""
    bounded = min(max(probability, _FLOOR), 1 - _FLOOR)
    return math.log(bounded / (1 - bounded))


def _toward(ways: _Ways, source: int, target: int, most: int) -> list[PairBeads]:
    if source < target:
        return [way.links for way in ways[source, target][:most]]
    return [mirrored(way.links) for way in ways[target, source][:most]]


def _completed(links: PairBeads, like: PairBeads) -> list[IndexBead]:
    return filled(links, [i for source, _ in like for i in source], [i for _, target in like for i in target])


def _best_first(ways: _Ways) -> Iterator[dict[VersionPair, _Way]]:
    """Yield combinations of one alternative per pair, highest total score first."""
    pairs = list(ways)
    start = (0,) * len(pairs)
    heap = [(-sum(each[0].worth for each in ways.values()), start)]
    seen = {start}
    while heap:
        worth, places = heapq.heappop(heap)
        yield {pair: ways[pair][place] for pair, place in zip(pairs, places, strict=True)}
        for number, (pair, place) in enumerate(zip(pairs, places, strict=True)):
            following = (*places[:number], place + 1, *places[number + 1 :])
            if place + 1 < len(ways[pair]) and following not in seen:
                seen.add(following)
                heapq.heappush(heap, (worth + ways[pair][place].worth - ways[pair][place + 1].worth, following))
