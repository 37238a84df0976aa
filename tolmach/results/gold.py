"""Agreement of an alignment with a gold one, bead by bead."""

from collections.abc import Iterable
from dataclasses import dataclass

from alignment.scoring import Agreement, score_alignment
from alignment.types import Bead, IndexBead


@dataclass(frozen=True, slots=True)
class GoldScore:
    """How well the beads of two versions agree with gold ones; see `alignment.score_alignment` for what is counted.

    Attributes:
        name: File that the gold beads come from.
        strict: A bead counts when the other side has the same bead.
        lax: A bead counts when it shares a source and a target sentence with one bead of the other side.
        wrong: Beads that the gold alignment does not have, those with an empty side included: each lowers precision.
        missed: Gold beads with both sides that were not found: each lowers recall.
    """

    name: str
    strict: Agreement
    lax: Agreement
    wrong: tuple[IndexBead, ...] = ()
    missed: tuple[IndexBead, ...] = ()


def score_beads(beads: Iterable[Bead], gold: Iterable[IndexBead], name: str) -> GoldScore:
    """Compare beads with gold ones.

    Args:
        beads: What was found.
        gold: What is right.
        name: File that `gold` comes from.
    """
    found = [(bead.source, bead.target) for bead in beads]
    right = [(tuple(source), tuple(target)) for source, target in gold]
    score = score_alignment(found, right)
    known, reached = set(right), set(found)
    wrong = tuple(link for link in found if link not in known)
    missed = tuple(link for link in right if all(link) and link not in reached)
    return GoldScore(name, score.strict, score.lax, wrong, missed)
