"""Fit alignment/refinement/weights.toml, the weights of the features of the second pass.

    python -m training.aligner_weights [--iterations 40] [--output alignment/refinement/weights.toml]

The model is a semi-Markov conditional random field over clauses, one for each grain. Only the beads of sentences are
known, so the likelihood is summed over all paths of clauses consistent with them: paths whose beads stay inside the
gold beads and that never pass a place, inside a gold bead, where sentences end on both sides. It is maximised with an
L2 penalty by L-BFGS.

Learned from: disturbed lines of FLORES-200 and WMT 22 (seed 7), the even-numbered NTREX development documents, the
samples a01 to a04 and every second piece of the development part of Text+Berg (`TOLMACH_SHARED`). The odd-numbered
NTREX documents, the samples a05 to a09 and lavrov, and the other pieces of Text+Berg are held out.
"""

import argparse
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from threadpoolctl import threadpool_limits

from alignment.encoders import load_encoder
from alignment.first_pass.anchors import survey
from alignment.lattice import NEVER, PathScores, Shape, look_ahead
from alignment.refinement.documents import SentenceList, read
from alignment.refinement.features import FEATURES, GAP_FEATURES, SHAPES, ClauseFeatures, ClauseSide
from alignment.refinement.refine import GRAINS, Weights
from alignment.types import Bead, order_beads
from benchmarks.alignment.data import Document, ntrex_documents, split_halves, text_berg_chunks, training_samples
from common.files import write_text
from training.aligner_documents import synthetic_documents

MOVES = ("first", "further", "both")
PENALTY = 1.0
OUTSIDE = -6.0
"""Log-weight of a path outside of the gold beads; some gold alignments have no other path."""

SAMPLE_WEIGHT = 2.0
MOST_CLAUSES = 90

Array = np.ndarray


@dataclass
class AlignmentExample:
    """Features of one document, and a mask of its beads and gaps inside the gold ones.

    Attributes:
        beads: Features of the beads of each shape: (features, source, target).
        allowed: Added to each bead's score if only gold paths count; `NEVER` for impossible beads.
        gaps: Features of the gaps of both sides.
        allowed_gaps: The same for gaps.
        weight: Weight of the document.
    """

    beads: dict[Shape, Array]
    there: dict[Shape, Array]
    allowed: dict[Shape, Array]
    gaps: tuple[Array, Array]
    allowed_gaps: tuple[Array, Array]
    weight: float


def read_document(document: Document, weight: float) -> list[AlignmentExample]:
    """Return one example per grain."""
    encoder = load_encoder()
    links = [(bead.source, bead.target) for bead in order_beads([Bead(tuple(s), tuple(t)) for s, t in document.gold])]
    numbers = [tuple(at for link in links for at in link[side]) for side in range(2)]
    texts = document.source, document.target
    readings = [read(SentenceList(text, tag), 1, encoder) for text, tag in zip(texts, document.languages, strict=True)]
    seen = survey(readings[0].runs, readings[1].runs)
    sides = [one.sides(order, order) for one, order in zip(readings, numbers, strict=True)]
    groups = [
        _groups(numbers[side], [link[side] for link in links], [all(link) for link in links]) for side in range(2)
    ]
    return [
        example(ClauseFeatures(source, target, seen), (source, target), groups, weight)
        for source, target in zip(*sides, strict=True)
    ]


def _groups(numbers: Sequence[int], beads: Sequence[tuple[int, ...]], whole: Sequence[bool]) -> Array:
    """Return the gold bead's number for each sentence of a side, -1 without counterpart."""
    of = {at: number if two else -1 for number, (bead, two) in enumerate(zip(beads, whole, strict=True)) for at in bead}
    return np.array([of[at] for at in numbers])


def example(
    features: ClauseFeatures, sides: tuple[ClauseSide, ClauseSide], groups: list[Array], weight: float
) -> AlignmentExample:
    """Find which beads and gaps of a window are inside the gold ones."""
    mine = [group[side.owner] for side, group in zip(sides, groups, strict=True)]
    sizes = features.size
    forbidden = np.zeros((sizes[0] + 1, sizes[1] + 1), bool)
    inner = [np.zeros(size + 1, bool) for size in sizes]
    for side, group, flags in zip(sides, mine, inner, strict=True):
        flags[1:-1] = side.borders[1:-1] & (group[1:] == group[:-1])
    forbidden[1:-1, 1:-1] = inner[0][1:-1, None] & inner[1][None, 1:-1] & (mine[0][1:, None] == mine[1][None, 1:])
    beads, there, allowed = {}, {}, {}
    for shape in SHAPES:
        if shape[0] <= sizes[0] and shape[1] <= sizes[1]:
            beads[shape], there[shape] = features.beads(*shape)
            allowed[shape] = _allowed(shape, mine, forbidden, there[shape])
    gaps = tuple(np.where(group < 0, 0.0, OUTSIDE) for group in mine)
    return AlignmentExample(beads, there, allowed, features.gaps(), (gaps[0], gaps[1]), weight)


def _allowed(shape: Shape, groups: list[Array], forbidden: Array, there: Array) -> Array:
    same = []
    for length, group, other in zip(shape, groups, (-2, -3), strict=True):
        one = np.full(len(group), other)
        for at in range(len(group) - length + 1):
            if group[at] >= 0 and (group[at : at + length] == group[at]).all():
                one[at] = group[at]
        same.append(one)
    out = np.where(there & (same[0][:, None] == same[1][None, :]), 0.0, NEVER)
    ends = np.zeros(out.shape, bool)
    corner = forbidden[shape[0] :, shape[1] :][: out.shape[0], : out.shape[1]]
    ends[: corner.shape[0], : corner.shape[1]] = corner
    return np.where(ends & (out > NEVER), OUTSIDE, out)


def unpacked(values: Array) -> Weights:
    """Convert the optimised vector to weights."""
    beads, gaps = values[: len(FEATURES)], values[len(FEATURES) : len(FEATURES) + len(GAP_FEATURES)]
    return Weights(beads, gaps, *(float(value) for value in values[-len(MOVES) :]))


def loss(values: Array, one: AlignmentExample) -> tuple[float, Array]:
    """Return the negative log-probability of the gold paths, and its gradient."""
    weights = unpacked(values)
    beads = {
        shape: np.where(one.there[shape], np.tensordot(weights.beads, features, 1), NEVER)
        for shape, features in one.beads.items()
    }
    gaps = [weights.gaps @ features for features in one.gaps]
    moves = weights.first, weights.further, weights.both
    free = PathScores(beads, gaps[0], gaps[1], *moves)
    held = PathScores(
        {shape: np.maximum(score + one.allowed[shape], NEVER) for shape, score in beads.items()},
        gaps[0] + one.allowed_gaps[0],
        gaps[1] + one.allowed_gaps[1],
        *moves,
    )
    (total, of_all), (gold, of_gold) = expected(free, one), expected(held, one)
    return one.weight * (total - gold), one.weight * (of_all - of_gold)


def expected(scores: PathScores, one: AlignmentExample) -> tuple[float, Array]:
    """Return the log-sum over all paths, and the expected features of a path."""
    ahead, behind = look_ahead(scores), look_behind(scores)
    rows, columns = scores.size
    total = ahead.bead[0, 0]
    reached = np.logaddexp(np.logaddexp(behind[0], behind[1]), behind[2])
    of_beads = np.zeros(len(FEATURES))
    for (a, b), score in scores.beads.items():
        path = (
            reached[: rows + 1 - a, : columns + 1 - b] + score[: rows + 1 - a, : columns + 1 - b] + ahead.bead[a:, b:]
        )
        share = np.exp(np.minimum(path - total, 0))
        of_beads += np.tensordot(one.beads[a, b][:, : rows + 1 - a, : columns + 1 - b], share, 2)
    down = scores.source_gap[:, None] + ahead.source_gap[1:] - total
    across = scores.target_gap[None, :] + ahead.target_gap[:, 1:] - total
    opened = np.exp(np.minimum(behind[0][:-1] + scores.first + down, 0))
    more = np.exp(np.minimum(behind[1][:-1] + scores.further + down, 0))
    begun = np.exp(np.minimum(behind[0][:, :-1] + scores.first + across, 0))
    both = np.exp(np.minimum(behind[1][:, :-1] + scores.both + scores.first + across, 0))
    longer = np.exp(np.minimum(behind[2][:, :-1] + scores.further + across, 0))
    of_gaps = one.gaps[0] @ (opened + more).sum(axis=1) + one.gaps[1] @ (begun + both + longer).sum(axis=0)
    of_moves = [opened.sum() + begun.sum() + both.sum(), more.sum() + longer.sum(), both.sum()]
    return float(total), np.concatenate([of_beads, of_gaps, of_moves])


def look_behind(scores: PathScores) -> tuple[Array, Array, Array]:
    """Return the log-sum over all paths from the beginning to each point, by the last move."""
    rows, columns = scores.size
    bead, source_gap, target_gap = (np.full((rows + 1, columns + 1), NEVER) for _ in range(3))
    reached = np.full((rows + 1, columns + 1), NEVER)
    run = np.concatenate([[0.0], np.cumsum(scores.target_gap + scores.further)])
    for row in range(rows + 1):
        onto = [np.full(columns + 1, NEVER)]
        if row == 0:
            onto[0][0] = 0.0
        for (a, b), score in scores.beads.items():
            if a <= row and b <= columns:
                step = np.full(columns + 1, NEVER)
                step[b:] = reached[row - a, : columns + 1 - b] + score[row - a, : columns + 1 - b]
                onto.append(step)
        bead[row] = np.logaddexp.reduce(onto)
        if row:
            before = np.logaddexp(bead[row - 1] + scores.first, source_gap[row - 1] + scores.further)
            source_gap[row] = scores.source_gap[row - 1] + before
        start = np.logaddexp(bead[row], source_gap[row] + scores.both) + scores.first - scores.further
        gaps = np.logaddexp.accumulate(start - run)
        target_gap[row, 1:] = gaps[:-1] + run[1:]
        reached[row] = np.logaddexp(np.logaddexp(bead[row], source_gap[row]), target_gap[row])
    return bead, source_gap, target_gap


def learn(examples: Sequence[AlignmentExample], iterations: int) -> Array:
    """Return the weights that maximise the probability of the gold paths."""

    def objective(values: Array) -> tuple[float, Array]:
        parts = [loss(values, one) for one in examples]
        value = sum(part for part, _ in parts) + PENALTY * float(values @ values) / 2
        return value, sum(part for _, part in parts) + PENALTY * values

    start = np.zeros(len(FEATURES) + len(GAP_FEATURES) + len(MOVES))
    start[0] = 1.0
    with threadpool_limits(1):
        found = minimize(objective, start, jac=True, method="L-BFGS-B", options={"maxiter": iterations})
    return np.asarray(found.x)


def render(weights: Sequence[Weights]) -> str:
    """Write the models as the text of a `weights.toml`."""
    lines = ["# Worth of the evidence when an alignment is refined; see refine.py and features.py."]
    lines += ["# Made by `python -m training.aligner_weights`."]
    for grain, one in zip(GRAINS, weights, strict=True):
        lines += ["", f"[{grain}.beads]"]
        lines += [f"{name} = {value:.3f}" for name, value in zip(FEATURES, one.beads, strict=True)]
        lines += ["", f"[{grain}.gaps]"]
        lines += [f"{name} = {value:.3f}" for name, value in zip(GAP_FEATURES, one.gaps, strict=True)]
        lines += ["", f"[{grain}.moves]", *(f"{name} = {getattr(one, name):.3f}" for name in MOVES)]
    return "\n".join([*lines, ""])


def training_examples() -> list[list[AlignmentExample]]:
    """Return the examples of each grain."""
    documents = [(one, 1.0) for one in [*synthetic_documents(), *split_halves(ntrex_documents())[0]]]
    documents += [(one, SAMPLE_WEIGHT) for one in training_samples()]
    documents += [(one, SAMPLE_WEIGHT) for one in text_berg_chunks()[0]]
    read = [read_document(one, weight) for one, weight in documents]
    grains = [[pair[grain] for pair in read] for grain in range(len(GRAINS))]
    return [[one for one in grain if max(map(len, one.allowed_gaps)) <= MOST_CLAUSES] for grain in grains]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--iterations", type=int, default=40)
    parser.add_argument("--output", type=Path, default=Path("alignment/refinement/weights.toml"))
    arguments = parser.parse_args()
    began = time.perf_counter()
    examples = training_examples()
    print(f"{[len(grain) for grain in examples]} examples after {time.perf_counter() - began:.0f} s", flush=True)
    with ProcessPoolExecutor(len(GRAINS)) as pool:
        found = list(pool.map(learn, examples, [arguments.iterations] * len(GRAINS)))
    write_text(arguments.output, render([unpacked(values) for values in found]))
    print(f"learned after {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
