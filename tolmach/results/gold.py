"""Comparison of an alignment with a gold one, bead by bead."""

from collections.abc import Iterable
from dataclasses import dataclass

from alignment.scoring import Agreement, score_alignment
from alignment.types import Bead, IndexBead


@dataclass(frozen=True, slots=True)
class GoldScore:
    """Agreement of beads with gold ones, defined in `alignment.score_alignment`.

    Attributes:
        strict: A bead counts when the other side has the same bead.
        lax: A bead counts when it shares a source and a target sentence with one bead of the other side.
        wrong: Beads that the gold alignment does not have, including one-sided ones: each lowers precision.
        missed: Gold beads with both sides that were not found: each lowers recall.
    """

    name: str
    strict: Agreement
    lax: Agreement
    wrong: tuple[IndexBead, ...] = ()
    missed: tuple[IndexBead, ...] = ()


def score_beads(beads: Iterable[Bead], gold: Iterable[IndexBead], name: str) -> GoldScore:
    """Compare beads with gold ones."""
    found = [(bead.source, bead.target) for bead in beads]
    right = [(tuple(source), tuple(target)) for source, target in gold]
    score = score_alignment(found, right)
    known, reached = set(right), set(found)
    wrong = tuple(link for link in found if link not in known)
    missed = tuple(link for link in right if all(link) and link not in reached)
    return GoldScore(name, score.strict, score.lax, wrong, missed)
