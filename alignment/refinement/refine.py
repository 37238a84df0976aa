"""The second look: a first alignment's stretches aligned again clause by clause, with all the evidence there is."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from alignment.encoders.base import Encoder
from alignment.first_pass.anchors import Survey
from alignment.lattice import NEVER, Link, Scores, draw_paths
from alignment.refinement.documents import Reading, Version, read
from alignment.refinement.features import FEATURES, GAP_FEATURES, SHAPES, Side, StretchEvidence
from alignment.refinement.mbr import agree, lift
from alignment.windows import Stretch, apart
from common.data import load_table

if TYPE_CHECKING:
    from numpy.typing import NDArray

Allows = Callable[[int, int], bool]

GRAINS: Final = ("coarse", "fine")
_PATHS = 128
# Sides with the same words are a bead; versions to learn from, which are translations, have hardly any.
_SAME_WORDS = 6.0
# Beads and pairs of pieces that are compared at most in one stretch, about 1 kB and 4 bytes each; stretches of usual
# sentences have a hundredth of them.
_MOST_BEADS, _MOST_PIECES = 600_000, 100_000_000


@dataclass(frozen=True)
class Weights:
    """The model of one grain, from `weights.toml`.

    Attributes:
        beads: One weight for each of `stretch_evidence.FEATURES`.
        gaps: One for each of `stretch_evidence.GAP_FEATURES`.
        first: For the first gap in a row.
        further: For each further one.
        both: For a target gap right behind a source gap.
    """

    beads: "NDArray[np.float64]"
    gaps: "NDArray[np.float64]"
    first: float
    further: float
    both: float

    def scores(self, evidence: StretchEvidence) -> Scores:
        """Score everything that a path through a stretch can be made of."""
        beads = {}
        for shape in SHAPES:
            if shape[0] <= evidence.size[0] and shape[1] <= evidence.size[1]:
                features, there = evidence.beads(*shape)
                same = np.where(features[0] >= evidence.same, _SAME_WORDS, 0.0)
                beads[shape] = np.where(there, np.tensordot(self.beads, features, 1) + same, NEVER)
        source, target = (self.gaps @ features for features in evidence.gaps())
        return Scores(beads, source, target, self.first, self.further, self.both)


@dataclass(frozen=True)
class Refined:
    """What the second look found in one stretch.

    Attributes:
        links: The alignment chosen.
        samples: Whole alignments of the stretch, drawn by their probability; the first is that of the first look, and
            the only one where the stretch was too long to be looked at again. Beads that are too large are taken apart.
        votes: How many of the samples have each bead, before any was taken apart; those too large are left out.
    """

    links: tuple[Link, ...]
    samples: tuple[tuple[Link, ...], ...]
    votes: Mapping[Link, int]

    @classmethod
    def of(cls, stretch: Stretch, links: Sequence[Link], drawn: Sequence[Sequence[Link]], allows: Allows) -> "Refined":
        """Number the chosen and the drawn links as the versions are; no chosen one is too large."""
        votes: Counter[Link] = Counter()
        for each, times in Counter(map(tuple, drawn)).items():
            votes.update(dict.fromkeys(each, times))
        # Hundreds of samples share one object for each bead.
        known = dict(zip(votes, stretch.numbered(list(votes)), strict=True))
        parts = {link: [one] if allows(*map(len, link)) else apart(one) for link, one in known.items()}
        told = {each: tuple(part for link in each for part in parts[link]) for each in set(map(tuple, drawn))}
        samples = tuple(told[tuple(each)] for each in drawn)
        counted = {known[link]: count for link, count in votes.items() if allows(*map(len, link))}
        return cls(tuple(known[link] for link in links), samples, counted)

    @property
    def drawn(self) -> bool:
        """Whether there are more samples than the first look."""
        return len(self.samples) > 1

    def probability(self, link: Link) -> float:
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

    version: Version
    encoder: Encoder
    whole: Reading | None = None

    def sides(self, numbers: Sequence[int]) -> tuple[Side, Side]:
        """Return chosen sentences in coarse and in fine grain."""
        if self.whole is not None:
            return self.whole.sides(numbers, numbers)
        ordered = sorted(numbers)
        places = {number: place for place, number in enumerate(ordered)}
        part = Version([self.version.sentences[number] for number in ordered], self.version.language)
        return read(part, 1, self.encoder).sides([places[number] for number in numbers], numbers)


class Refiner:
    """Aligns stretches of two versions anew.

    Args:
        source: One version.
        target: The other.
        survey: Statistics of the two.
        allows: Whether a bead may have so many sentences on its sides.
    """

    def __init__(self, source: Reader, target: Reader, survey: Survey, allows: Allows) -> None:
        self._source, self._target, self._survey, self._allows = source, target, survey, allows

    def refine(self, stretch: Stretch) -> Refined:
        """Align a stretch."""
        first = stretch.first_links()
        if not (stretch.source and stretch.target):
            return Refined.of(stretch, first, [first], self._allows)
        drawn = [first]
        sides = self._source.sides(stretch.source), self._target.sides(stretch.target)
        for weights, source, target in zip(load_weights(), *sides, strict=True):
            if _too_large(source, target):
                continue
            scores = weights.scores(StretchEvidence(source, target, self._survey))
            owners = source.owner.tolist(), target.owner.tolist()
            drawn += _lifted(draw_paths(scores, _PATHS), stretch, owners)
        return Refined.of(stretch, agree(drawn, self._allows), drawn, self._allows)


def _lifted(
    paths: Sequence[Sequence[Link]], stretch: Stretch, owners: tuple[list[int], list[int]]
) -> list[tuple[Link, ...]]:
    """Return the sentence alignments that paths mean; many paths are drawn several times."""
    known: dict[tuple[Link, ...], tuple[Link, ...]] = {}
    found = []
    for path in map(tuple, paths):
        if path not in known:
            known[path] = stretch.unbroken(lift(path, *owners))
        found.append(known[path])
    return found


def _too_large(source: Side, target: Side) -> bool:
    pieces = len(source.pieces.weights) * len(target.pieces.weights)
    return source.count * target.count > _MOST_BEADS or pieces > _MOST_PIECES


def _turned(links: Sequence[Link]) -> tuple[Link, ...]:
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
