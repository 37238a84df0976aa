"""The refinement: a first alignment's windows aligned again clause by clause, with all features."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from alignment.encoders.base import Encoder
from alignment.first_pass.anchors import Survey
from alignment.lattice import NEVER, PathScores, draw_paths
from alignment.refinement.documents import DocumentEmbeddings, SentenceList, read
from alignment.refinement.features import FEATURES, GAP_FEATURES, SHAPES, ClauseFeatures, ClauseSide
from alignment.types import Allows, IndexBead
from alignment.windows import Window, apart
from common.data import load_table

if TYPE_CHECKING:
    from numpy.typing import NDArray

GRAINS: Final = ("coarse", "fine")
_PATHS = 128
# Sides with the same words are a bead; versions to learn from, which are translations, have hardly any.
_SAME_WORDS = 6.0
# Beads and pairs of pieces that are compared at most in one window, about 1 kB and 4 bytes each; windows of usual
# sentences have a hundredth of them.
_MOST_BEADS, _MOST_PIECES = 600_000, 100_000_000


@dataclass(frozen=True)
class Weights:
    """The model of one grain, from `weights.toml`.

    Attributes:
        beads: One weight for each of `refinement.features.FEATURES`.
        gaps: One for each of `refinement.features.GAP_FEATURES`.
        first: For the first gap in a row.
        further: For each further one.
        both: For a target gap right behind a source gap.
    """

    beads: "NDArray[np.float64]"
    gaps: "NDArray[np.float64]"
    first: float
    further: float
    both: float

    def scores(self, clauses: ClauseFeatures) -> PathScores:
        """Score everything that a path through a window can be made of."""
        beads = {}
        for shape in SHAPES:
            if shape[0] <= clauses.size[0] and shape[1] <= clauses.size[1]:
                features, there = clauses.beads(*shape)
                same = np.where(features[0] >= clauses.same, _SAME_WORDS, 0.0)
                beads[shape] = np.where(there, np.tensordot(self.beads, features, 1) + same, NEVER)
        source, target = (self.gaps @ features for features in clauses.gaps())
        return PathScores(beads, source, target, self.first, self.further, self.both)


@dataclass(frozen=True)
class Refined:
    """What the refinement found in one window.

    Attributes:
        links: The alignment chosen.
        samples: Whole alignments of the window, drawn by their probability; the first is that of the coarse pass, and
            the only one where the window was too long to be looked at again. Beads that are too large are taken apart.
        votes: How many of the samples have each bead, before any was taken apart; those too large are left out.
    """

    links: tuple[IndexBead, ...]
    samples: tuple[tuple[IndexBead, ...], ...]
    votes: Mapping[IndexBead, int]

    @classmethod
    def of(
        cls, window: Window, links: Sequence[IndexBead], drawn: Sequence[Sequence[IndexBead]], allows: Allows
    ) -> "Refined":
        """Number the chosen and the drawn links as the versions are; no chosen one is too large."""
        votes: Counter[IndexBead] = Counter()
        for each, times in Counter(map(tuple, drawn)).items():
            votes.update(dict.fromkeys(each, times))
        # Hundreds of samples share one object for each bead.
        known = dict(zip(votes, window.numbered(list(votes)), strict=True))
        parts = {link: [one] if allows(*map(len, link)) else apart(one) for link, one in known.items()}
        told = {each: tuple(part for link in each for part in parts[link]) for each in set(map(tuple, drawn))}
        samples = tuple(told[tuple(each)] for each in drawn)
        counted = {known[link]: count for link, count in votes.items() if allows(*map(len, link))}
        return cls(tuple(known[link] for link in links), samples, counted)

    @property
    def drawn(self) -> bool:
        """Whether there are more samples than the coarse pass."""
        return len(self.samples) > 1

    def probability(self, link: IndexBead) -> float:
        """Return the share of the drawn alignments that have a bead."""
        return self.votes[link] / len(self.samples)

    def mirrored(self) -> "Refined":
        """Return the same seen from the target."""
        votes = {(target, source): votes for (source, target), votes in self.votes.items()}
        return Refined(_turned(self.links), tuple(map(_turned, self.samples)), votes)


@dataclass(frozen=True)
class Reader:
    """A version that can be read again, a few sentences at a time.

    Attributes:
        version: The version.
        encoder: Sentence encoder.
        whole: The whole version, read; None where it is too long to be kept.
    """

    version: SentenceList
    encoder: Encoder
    whole: DocumentEmbeddings | None = None

    def sides(self, numbers: Sequence[int]) -> tuple[ClauseSide, ClauseSide]:
        """Return chosen sentences in coarse and in fine grain."""
        if self.whole is not None:
            return self.whole.sides(numbers, numbers)
        ordered = sorted(numbers)
        places = {number: place for place, number in enumerate(ordered)}
        part = SentenceList([self.version.sentences[number] for number in ordered], self.version.language)
        return read(part, 1, self.encoder).sides([places[number] for number in numbers], numbers)


class Refiner:
    """Aligns windows of two versions again.

    Args:
        source: One version.
        target: The other.
        survey: Statistics of the two.
        allows: Whether a bead may have so many sentences on its sides.
    """

    def __init__(self, source: Reader, target: Reader, survey: Survey, allows: Allows) -> None:
        self._source, self._target, self._survey, self._allows = source, target, survey, allows

    def refine(self, window: Window) -> Refined:
        """Align a window."""
        first = window.first_links()
        if not (window.source and window.target):
            return Refined.of(window, first, [first], self._allows)
        drawn = [first]
        sides = self._source.sides(window.source), self._target.sides(window.target)
        for weights, source, target in zip(load_weights(), *sides, strict=True):
            if _too_large(source, target):
                continue
            scores = weights.scores(ClauseFeatures(source, target, self._survey))
            owners = source.owner.tolist(), target.owner.tolist()
            drawn += _lifted(draw_paths(scores, _PATHS), window, owners)
        return Refined.of(window, decode_mbr(drawn, self._allows), drawn, self._allows)


def _lifted(
    paths: Sequence[Sequence[IndexBead]], window: Window, owners: tuple[list[int], list[int]]
) -> list[tuple[IndexBead, ...]]:
    """Return the sentence alignments that paths mean; many paths are drawn several times."""
    known: dict[tuple[IndexBead, ...], tuple[IndexBead, ...]] = {}
    found = []
    for path in map(tuple, paths):
        if path not in known:
            known[path] = window.unbroken(lift(path, *owners))
        found.append(known[path])
    return found


def _too_large(source: ClauseSide, target: ClauseSide) -> bool:
    pieces = len(source.pieces.weights) * len(target.pieces.weights)
    return source.count * target.count > _MOST_BEADS or pieces > _MOST_PIECES


def _turned(links: Sequence[IndexBead]) -> tuple[IndexBead, ...]:
    return tuple((target, source) for source, target in links)


@cache
def load_weights() -> tuple[Weights, ...]:
    """Load the models that come with the package, one a grain; `training/aligner_weights.py` makes them."""
    return tuple(parse_weights(load_table(__name__, "weights.toml")))


def parse_weights(content: Mapping[str, Any]) -> list[Weights]:
    """Read models, one a grain, from the content of a `weights.toml`."""
    found = []
    for name in GRAINS:
        table = content[name]
        beads = np.array([float(table["beads"][feature]) for feature in FEATURES])
        gaps = np.array([float(table["gaps"][feature]) for feature in GAP_FEATURES])
        found.append(Weights(beads, gaps, **{key: float(value) for key, value in table["moves"].items()}))
    return found


# In strict F1 a right bead with both sides counts for precision and recall, one without only for precision, and every
# bead costs precision what is expected of it.
_EXPECTED_PRECISION = 0.95

Point = tuple[int, int]


def lift(path: Iterable[IndexBead], source_owner: Sequence[int], target_owner: Sequence[int]) -> tuple[IndexBead, ...]:
    """Return the sentence alignment that a path of clauses means.

    Args:
        path: Beads and gaps of clauses, in order.
        source_owner: Number of the sentence that each source clause is part of, ascending from 0.
        target_owner: The same for the target.

    Returns:
        Beads in order, each with neighbouring sentences; between two of them source gaps are before target gaps.
    """
    spans: list[list[int]] = []  # first and last source sentence, first and last target sentence
    for source, target in path:
        if not (source and target):
            continue
        new = [source_owner[source[0]], source_owner[source[-1]], target_owner[target[0]], target_owner[target[-1]]]
        if spans and (new[0] <= spans[-1][1] or new[2] <= spans[-1][3]):
            new[0], new[2] = spans.pop()[::2]
        spans.append(new)
    return _with_gaps(spans, source_owner[-1] + 1, target_owner[-1] + 1)


def _with_gaps(spans: list[list[int]], source: int, target: int) -> tuple[IndexBead, ...]:
    links: list[IndexBead] = []
    row = column = 0
    for first, last, low, high in [*spans, [source, source - 1, target, target - 1]]:
        links += [((at,), ()) for at in range(row, first)] + [((), (at,)) for at in range(column, low)]
        if last >= first:
            links.append((tuple(range(first, last + 1)), tuple(range(low, high + 1))))
        row, column = last + 1, high + 1
    return tuple(links)


def decode_mbr(alignments: Sequence[tuple[IndexBead, ...]], allows: Callable[[int, int], bool]) -> list[IndexBead]:
    """Choose the alignment with the highest expected strict F1 among those that the beads of all can form.

    Args:
        alignments: Alignments of the same sentences, in order as `lift` gives them; at least one.
        allows: Whether a bead may have so many sentences on its sides; one of the alignments has only such beads.

    Returns:
        The chosen beads in order.
    """
    votes: Counter[IndexBead] = Counter(link for links in alignments for link in links)
    edges: dict[Point, dict[IndexBead, Point]] = {}
    for links in dict.fromkeys(alignments):
        row = column = 0
        for link in links:
            after = (row + len(link[0]), column + len(link[1]))
            if allows(len(link[0]), len(link[1])):
                edges.setdefault((row, column), {})[link] = after
            row, column = after
    best: dict[Point, tuple[float, IndexBead | None, Point]] = {(0, 0): (0.0, None, (0, 0))}
    for point in sorted(edges, key=lambda each: (sum(each), each)):
        if point not in best:
            continue
        for link, after in edges[point].items():
            gain = best[point][0] + _gain(link, votes[link] / len(alignments))
            if after not in best or gain > best[after][0]:
                best[after] = (gain, link, point)
    return _trace(best)


def _gain(link: IndexBead, probability: float) -> float:
    return (2 if all(link) else 1) * probability - _EXPECTED_PRECISION


def _trace(best: dict[Point, tuple[float, IndexBead | None, Point]]) -> list[IndexBead]:
    _, link, at = best[max(best, key=sum)]
    links: list[IndexBead] = []
    while link is not None:
        links.append(link)
        _, link, at = best[at]
    return links[::-1]
