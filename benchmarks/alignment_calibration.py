"""Fit what makes votes into probabilities (`alignment/calibration.toml`), and measure how far they can be trusted.

    python benchmarks/alignment_calibration.py [--output docs/results/alignment-calibration.json]

Fitted on disturbed parallel lines, which are harder than news, and on the even NTREX development documents and the
samples a01 to a04, which the aligner itself was learned from; both groups weigh the same. Reported on the odd
documents, the other samples and the held out pieces of Text+Berg. A bead is right if it is in the gold alignment.
"""

import argparse
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from alignment_data import (
    TRAINING_SAMPLES,
    Document,
    ntrex_documents,
    sample_documents,
    split_halves,
    text_berg_chunks,
)
from alignment_systems import OPTIONS
from alignment_training import synthetic_documents, training_samples

from alignment.aligner import align_lines, signature
from alignment.calibration import KINDS, LogOddsLine, bead_kind, log_odds
from alignment.encoders import Encoder, load_encoder
from alignment.refinement.documents import SentenceList
from common.files import write_text

SEED = 11
BINS = 10
PENALTY = 1.0


class Vote(NamedTuple):
    """A bead of the aligner: its kind, the share of the drawn alignments that have it, whether it is right."""

    kind: str
    share: float
    right: bool


def fit_sets() -> dict[str, list[Document]]:
    """Two groups that weigh the same: lines disturbed at random, and gold documents."""
    return {
        "disturbed lines": synthetic_documents(SEED),
        "NTREX even, a01 to a04": [*split_halves(ntrex_documents())[0], *training_samples()],
    }


def held_out_sets() -> dict[str, list[Document]]:
    articles = [one for one in sample_documents("articles") if one.name not in TRAINING_SAMPLES]
    return {
        "NTREX odd": split_halves(ntrex_documents())[1],
        "a05 to a09, lavrov": articles + sample_documents("lavrov"),
        "Text+Berg": text_berg_chunks()[1],
    }


def votes_of(documents: Iterable[Document], encoder: Encoder) -> list[Vote]:
    """Align documents, and say of each bead whether it is right; shares are taken before they are calibrated."""
    found = []
    for document in documents:
        source = SentenceList(document.source, document.languages[0])
        aligned = align_lines(source, SentenceList(document.target, document.languages[1]), OPTIONS, encoder)
        shares, gold = aligned.candidates().probabilities, set(document.gold)
        links = [(bead.source, bead.target) for bead in aligned.alignment.beads]
        found += [Vote(bead_kind(link), shares.get(link, 0.0), link in gold) for link in links]
    return found


def fit(groups: Sequence[Sequence[Vote]]) -> dict[str, LogOddsLine]:
    """Fit a line for each kind of bead; each group of votes has the same weight."""
    total = sum(map(len, groups)) / len(groups)
    lines = {}
    for kind in KINDS:
        rows = [(vote, total / len(group)) for group in groups for vote in group if vote.kind == kind]
        odds = np.array([log_odds(vote.share) for vote, _ in rows])
        right = np.array([vote.right for vote, _ in rows], float)
        lines[kind] = regression(odds, right, np.array([weight for _, weight in rows]))
    return lines


def regression(odds: "np.ndarray", right: "np.ndarray", weight: "np.ndarray") -> LogOddsLine:
    """Logistic regression by Newton's method, with an L2 penalty on what differs from leaving shares as they are."""
    rows, start = np.stack([odds, np.ones_like(odds)], axis=1), np.array([1.0, 0.0])
    line = start.copy()
    for _ in range(50):
        found = 1 / (1 + np.exp(-rows @ line))
        slope = rows.T @ (weight * (found - right)) + PENALTY * (line - start)
        curve = (rows * (weight * found * (1 - found))[:, None]).T @ rows + PENALTY * np.eye(2)
        line -= np.linalg.solve(curve, slope)
    return LogOddsLine(round(float(line[0]), 3), round(float(line[1]), 3))


def probabilities(votes: Sequence[Vote], lines: dict[str, LogOddsLine]) -> "np.ndarray":
    odds = np.array([lines[vote.kind].slope * log_odds(vote.share) + lines[vote.kind].bias for vote in votes])
    return np.asarray(1 / (1 + np.exp(-odds)))


def reliability(probability: "np.ndarray", right: "np.ndarray") -> list[dict[str, float]]:
    """Mean probability, share right and number of beads in ten bins of the same width, empty ones left out."""
    place = np.minimum((probability * BINS).astype(int), BINS - 1)
    return [
        {
            "probability": round(float(probability[place == at].mean()), 4),
            "right": round(float(right[place == at].mean()), 4),
            "beads": int((place == at).sum()),
        }
        for at in range(BINS)
        if (place == at).any()
    ]


def errors(probability: "np.ndarray", right: "np.ndarray") -> dict[str, float]:
    """Expected calibration error (Naeini et al. 2015) and Brier score; 0 is best."""
    bins = reliability(probability, right)
    gaps = [abs(one["probability"] - one["right"]) * one["beads"] for one in bins]
    return {"ece": round(sum(gaps) / len(right), 4), "brier": round(float(np.mean((probability - right) ** 2)), 4)}


def report(votes: Sequence[Vote], lines: dict[str, LogOddsLine]) -> dict[str, Any]:
    right = np.array([vote.right for vote in votes], float)
    shares, found = np.array([vote.share for vote in votes]), probabilities(votes, lines)
    return {
        "beads": len(votes),
        "right": round(float(right.mean()), 4),
        "before": {"mean": round(float(shares.mean()), 4), **errors(shares, right), "bins": reliability(shares, right)},
        "after": {"mean": round(float(found.mean()), 4), **errors(found, right), "bins": reliability(found, right)},
    }


def render(lines: dict[str, LogOddsLine]) -> str:
    tables = [f"\n[{kind}]\nslope = {line.slope}\nbias = {line.bias}\n" for kind, line in lines.items()]
    head = "# Log-odds that a bead is right from those of its share of the drawn alignments; see calibration.py.\n"
    return head + "# Made by benchmarks/alignment_calibration.py.\n" + "".join(tables)


def show(name: str, one: dict[str, Any]) -> None:
    figures = "  ".join(
        f"{key} {one['before'][key]:.4f} -> {one['after'][key]:.4f}" for key in ("mean", "ece", "brier")
    )
    print(f"{name:<28}{one['beads']:>6} beads, {one['right']:.4f} right  {figures}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, default=Path("alignment/calibration.toml"))
    parser.add_argument("--output", type=Path, help="write the figures as JSON too")
    arguments = parser.parse_args()
    encoder = load_encoder()
    learned = {name: votes_of(documents, encoder) for name, documents in fit_sets().items()}
    held = {name: votes_of(documents, encoder) for name, documents in held_out_sets().items()}
    lines = fit(list(learned.values()))
    write_text(arguments.model, render(lines))
    held["all held out"] = [vote for votes in held.values() for vote in votes]
    results = {name: report(votes, lines) for name, votes in held.items()}
    fitted = {name: report(votes, lines) for name, votes in learned.items()}
    for name, one in [*fitted.items(), *results.items()]:
        show(name, one)
    if arguments.output:
        record = {"signature": dict(signature(encoder, OPTIONS)), "fitted": fitted, "results": results}
        write_text(arguments.output, json.dumps(record, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
