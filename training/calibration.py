"""Fit the calibration of shares of drawn alignments to probabilities: `alignment/calibration.toml`.

    python -m training.calibration

Fitted on disturbed parallel lines (seed 11), which are harder than news, and on the even NTREX development documents
and the samples a01 to a04, which the aligner itself was trained on; both groups weigh the same. Needs `TOLMACH_SHARED`.
`benchmarks.alignment.calibration` measures the result.
"""

from collections.abc import Sequence

import numpy as np

from alignment.calibration import KINDS, LogOddsLine, log_odds
from alignment.encoders import load_encoder
from benchmarks.alignment.calibration import Vote, votes_of
from benchmarks.alignment.data import Document, ntrex_documents, split_halves, training_samples
from benchmarks.places import ROOT
from common.files import write_text
from training.aligner_documents import synthetic_documents

SEED = 11
PENALTY = 1.0
TARGET = ROOT / "alignment" / "calibration.toml"


def fit_sets() -> tuple[list[Document], list[Document]]:
    """Return two groups of equal weight: lines disturbed at random, and gold documents."""
    return synthetic_documents(SEED), [*split_halves(ntrex_documents())[0], *training_samples()]


def fit(groups: Sequence[Sequence[Vote]]) -> dict[str, LogOddsLine]:
    """Fit a line for each kind of bead, with equal weights for the groups of votes."""
    total = sum(map(len, groups)) / len(groups)
    lines = {}
    for kind in KINDS:
        rows = [(vote, total / len(group)) for group in groups for vote in group if vote.kind == kind]
        odds = np.array([log_odds(vote.share) for vote, _ in rows])
        right = np.array([vote.right for vote, _ in rows], float)
        lines[kind] = regression(odds, right, np.array([weight for _, weight in rows]))
    return lines


def regression(odds: "np.ndarray", right: "np.ndarray", weight: "np.ndarray") -> LogOddsLine:
    """Fit a logistic regression by Newton's method, with an L2 penalty on the distance from the identity."""
    rows, start = np.stack([odds, np.ones_like(odds)], axis=1), np.array([1.0, 0.0])
    line = start.copy()
    for _ in range(50):
        found = 1 / (1 + np.exp(-rows @ line))
        slope = rows.T @ (weight * (found - right)) + PENALTY * (line - start)
        curve = (rows * (weight * found * (1 - found))[:, None]).T @ rows + PENALTY * np.eye(2)
        line -= np.linalg.solve(curve, slope)
    return LogOddsLine(round(float(line[0]), 3), round(float(line[1]), 3))


def render(lines: dict[str, LogOddsLine]) -> str:
    tables = [f"\n[{kind}]\nslope = {line.slope}\nbias = {line.bias}\n" for kind, line in lines.items()]
    head = "# Log-odds that a bead is right from those of its share of the drawn alignments; see calibration.py.\n"
    return head + "# Made by `python -m training.calibration`.\n" + "".join(tables)


def main() -> None:
    encoder = load_encoder()
    votes = [votes_of(documents, encoder) for documents in fit_sets()]
    write_text(TARGET, render(fit(votes)))


if __name__ == "__main__":
    main()
