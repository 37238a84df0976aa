"""Scores of an alignment against a gold one, as in Vecalign's scorer."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from alignment.types import Alignment, Bead, IndexBead

AnyBeads = Alignment | Iterable[Bead | tuple[Sequence[int], Sequence[int]]]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Precision, recall and F1, each from 0 to 1, higher is better; 0 if nothing can be counted.

    Attributes:
        precision: Share of the system's beads that are right.
        recall: Share of the gold beads that were found.
        f1: Harmonic mean of the two.
    """

    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class AlignmentScore:
    """Scores of one or more alignments against their gold alignments.

    Attributes:
        strict: A bead counts when the other side has the same bead.
        lax: A bead counts when it shares a source and a target sentence with one bead of the other side.
    """

    strict: Agreement
    lax: Agreement


def score_alignment(system: AnyBeads, gold: AnyBeads) -> AlignmentScore:
    """Compare an alignment with a gold one.

    The definition is that of Vecalign's `score.py` (https://github.com/thompsonb/vecalign, after Volk et al. 2010,
    https://aclanthology.org/W11-4624/): precision is taken over all beads of the system, those with an empty side
    included; recall over the gold beads with both sides, against the system's beads with both sides. A bead with an
    empty side can only be right strictly.

    Args:
        system: An alignment, or beads, or pairs of index sequences.
        gold: The same.
    """
    return score_alignments([(system, gold)])


def score_alignments(pairs: Iterable[tuple[AnyBeads, AnyBeads]]) -> AlignmentScore:
    """Compare several alignments with their gold ones, counting the beads of all together.

    Args:
        pairs: System and gold of each document.
    """
    precision, recall = [0, 0, 0], [0, 0, 0]
    for system, gold in pairs:
        found, right = _links(system), _links(gold)
        _add(precision, _counts(found, right))
        _add(recall, _counts(_two_sided(right), _two_sided(found)))
    return AlignmentScore(
        _agreement(precision[1], precision[0], recall[1], recall[0]),
        _agreement(precision[2], precision[0], recall[2], recall[0]),
    )


def _links(beads: AnyBeads) -> set[IndexBead]:
    listed = beads.beads if isinstance(beads, Alignment) else beads
    pairs = [(bead.source, bead.target) if isinstance(bead, Bead) else bead for bead in listed]
    return {(tuple(source), tuple(target)) for source, target in pairs if len(source) or len(target)}


def _two_sided(links: Collection[IndexBead]) -> set[IndexBead]:
    return {link for link in links if link[0] and link[1]}


def _counts(links: Collection[IndexBead], against: Collection[IndexBead]) -> tuple[int, int, int]:
    """Return the number of links, of those also in `against`, and of those that are or overlap with one there."""
    answers: dict[int, set[int]] = {}
    for source, target in against:
        for at in source:
            answers.setdefault(at, set()).update(target)
    same = sum(link in against for link in links)
    overlapping = sum(
        link not in against and any(not answers.get(at, set()).isdisjoint(link[1]) for at in link[0]) for link in links
    )
    return len(links), same, same + overlapping


def _add(total: list[int], more: tuple[int, int, int]) -> None:
    total[:] = [old + new for old, new in zip(total, more, strict=True)]


def _agreement(right: int, found: int, recalled: int, wanted: int) -> Agreement:
    precision = right / found if found else 0.0
    recall = recalled / wanted if wanted else 0.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return Agreement(precision, recall, f1)
