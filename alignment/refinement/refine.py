"""Refinement: the windows of a first alignment are aligned again clause by clause, with all features."""

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
from alignment.refinement.features import FEATURES, GAP_FEATURES, SHAPES, ClauseFeatures, ClauseSide, piece_likeness
from alignment.types import Allows, IndexBead
from alignment.windows import Window, split_bead
from common.data import load_table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from common.arrays import Floats

GRAINS: Final = ("coarse", "fine")
_PATHS = 128
# Sides with the same words are a bead; the training versions, which are translations, have hardly any.
_SAME_WORDS = 6.0
# Most beads and pairs of pieces that are compared in one window, about 1 kB and 4 bytes each; typical windows have
# a hundredth of them.
_MOST_BEADS, _MOST_PIECES = 600_000, 100_000_000


@dataclass(frozen=True)
class Weights:
    """The trained model of one grain, from `weights.toml`.

    Attributes:
        beads: One weight for each of `refinement.features.FEATURES`.
        gaps: One for each of `refinement.features.GAP_FEATURES`.
        first: Score of the first gap in a row.
        further: Score of each further one.
        both: Score of a target gap right after a source gap.
    """

    beads: "NDArray[np.float64]"
    gaps: "NDArray[np.float64]"
    first: float
    further: float
    both: float

    def scores(self, clauses: ClauseFeatures) -> PathScores:
        """Return the scores of all moves of a path through a window."""
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
    """The result of refining one window.

    Attributes:
        samples: Alignments of the window, sampled by probability; the first is that of the coarse pass, and the only
            one if the window is too long to be refined. Beads that are too large are split.
        votes: Number of samples with each bead, before splitting; those too large are left out.
    """

    links: tuple[IndexBead, ...]
    samples: tuple[tuple[IndexBead, ...], ...]
    votes: Mapping[IndexBead, int]

    @classmethod
    def of(
        cls, window: Window, links: Sequence[IndexBead], drawn: Sequence[Sequence[IndexBead]], allows: Allows
    ) -> "Refined":
        """Number the links as in the versions; no chosen one is too large."""
        votes: Counter[IndexBead] = Counter()
        for each, times in Counter(map(tuple, drawn)).items():
            votes.update(dict.fromkeys(each, times))
        # Hundreds of samples share one object for each bead.
        known = dict(zip(votes, window.numbered(list(votes)), strict=True))
        parts = {link: [one] if allows(*map(len, link)) else split_bead(one) for link, one in known.items()}
        told = {each: tuple(part for link in each for part in parts[link]) for each in set(map(tuple, drawn))}
        samples = tuple(told[tuple(each)] for each in drawn)
        counted = {known[link]: count for link, count in votes.items() if allows(*map(len, link))}
        return cls(tuple(known[link] for link in links), samples, counted)

    @property
    def drawn(self) -> bool:
        """Whether there are more samples than that of the coarse pass."""
        return len(self.samples) > 1

    def probability(self, link: IndexBead) -> float:
        """Return the share of the drawn alignments that have a bead."""
        return self.votes[link] / len(self.samples)

    def mirrored(self) -> "Refined":
        """Return the same with source and target exchanged."""
        votes = {(target, source): votes for (source, target), votes in self.votes.items()}
        return Refined(_turned(self.links), tuple(map(_turned, self.samples)), votes)


@dataclass(frozen=True)
class Reader:
    """A version of which selected sentences can be embedded again.

    Attributes:
        whole: The embedded version; None if it is too long to be kept.
    """

    version: SentenceList
    encoder: Encoder
    whole: DocumentEmbeddings | None = None

    def sides(self, numbers: Sequence[int]) -> tuple[ClauseSide, ClauseSide]:
        """Return selected sentences in coarse and in fine grain."""
        if self.whole is not None:
            return self.whole.sides(numbers, numbers)
        ordered = sorted(numbers)
        places = {number: place for place, number in enumerate(ordered)}
        part = SentenceList([self.version.sentences[number] for number in ordered], self.version.language)
        return read(part, 1, self.encoder).sides([places[number] for number in numbers], numbers)


class Refiner:
    """Refines windows of two versions."""

    def __init__(self, source: Reader, target: Reader, survey: Survey, allows: Allows) -> None:
        self._source, self._target, self._survey, self._allows = source, target, survey, allows

    def refine(self, window: Window) -> Refined:
        """Align a window."""
        first = window.first_links()
        if not (window.source and window.target):
            return Refined.of(window, first, [first], self._allows)
        drawn = [first]
        sides = self._source.sides(window.source), self._target.sides(window.target)
        likeness: Floats | None = None
        for weights, source, target in zip(load_weights(), *sides, strict=True):
            if _too_large(source, target):
                continue
            likeness = piece_likeness(source, target) if likeness is None else likeness
            scores = weights.scores(ClauseFeatures(source, target, self._survey, likeness))
            owners = source.owner.tolist(), target.owner.tolist()
            drawn += _lifted(draw_paths(scores, _PATHS), window, owners)
        return Refined.of(window, decode_mbr(drawn, self._allows), drawn, self._allows)


def _lifted(
    paths: Sequence[tuple[IndexBead, ...]], window: Window, owners: tuple[list[int], list[int]]
) -> list[tuple[IndexBead, ...]]:
    """Return the sentence alignments of paths of clauses; many paths are drawn several times."""
    known: dict[tuple[IndexBead, ...], tuple[IndexBead, ...]] = {}
    found = []
    for path in paths:
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
    """Load the trained models, one per grain; `training/aligner_weights.py` makes them."""
    return tuple(parse_weights(load_table(__name__, "weights.toml")))


def parse_weights(content: Mapping[str, Any]) -> list[Weights]:
    """Parse models, one per grain, from the content of a `weights.toml`."""
    found = []
    for name in GRAINS:
        table = content[name]
        beads = np.array([float(table["beads"][feature]) for feature in FEATURES])
        gaps = np.array([float(table["gaps"][feature]) for feature in GAP_FEATURES])
        found.append(Weights(beads, gaps, **{key: float(value) for key, value in table["moves"].items()}))
    return found


# In strict F1 a correct two-sided bead counts for precision and recall, a one-sided one only for precision, and every
# bead costs precision its expected value.
_EXPECTED_PRECISION = 0.95

Point = tuple[int, int]


def lift(path: Iterable[IndexBead], source_owner: Sequence[int], target_owner: Sequence[int]) -> tuple[IndexBead, ...]:
    """Return the sentence alignment of a path of clauses.

    Args:
        path: Beads and gaps of clauses, in order.
        source_owner: Sentence number of each source clause, ascending from 0.
        target_owner: The same for the target.

    Returns:
        Beads in order, each of consecutive sentences; between two of them source gaps precede target gaps.
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
    """Return the alignment with the highest expected strict F1 that the given alignments' beads can form.

    Args:
        alignments: Alignments of the same sentences, in the order of `lift`; at least one.
        allows: Whether a bead may have given numbers of sentences on its sides; true for all beads of at least one
            alignment.

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
