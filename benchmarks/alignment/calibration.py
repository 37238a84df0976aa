"""Measure the calibration of the confidence of beads.

    python -m benchmarks.alignment.calibration [--output docs/results/alignment-calibration.json]

Reported on the odd NTREX documents, the samples a05 to a09 and lavrov, and the held-out pieces of Text+Berg, before and
after calibration (`alignment/calibration.toml`, fitted by `training.calibration`). A bead is right if it is in the gold
alignment.
"""

import argparse
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from alignment.aligner import align_lines, signature
from alignment.calibration import LogOddsLine, bead_kind, load_calibration, log_odds
from alignment.encoders import Encoder, load_encoder
from alignment.refinement.documents import SentenceList
from benchmarks.alignment.data import Document, held_out_sets
from benchmarks.alignment.systems import OPTIONS
from common.files import write_text

BINS = 10


class Vote(NamedTuple):
    """A bead of the aligner: its kind, its share of the drawn alignments, and whether it is right."""

    kind: str
    share: float
    right: bool


def votes_of(documents: Iterable[Document], encoder: Encoder) -> list[Vote]:
    """Align documents, and return the beads with their uncalibrated shares and whether they are right."""
    found = []
    for document in documents:
        source = SentenceList(document.source, document.languages[0])
        aligned = align_lines(source, SentenceList(document.target, document.languages[1]), OPTIONS, encoder)
        shares, gold = aligned.candidates().probabilities, set(document.gold)
        links = [(bead.source, bead.target) for bead in aligned.alignment.beads]
        found += [Vote(bead_kind(link), shares.get(link, 0.0), link in gold) for link in links]
    return found


def probabilities(votes: Sequence[Vote], lines: Mapping[str, LogOddsLine]) -> "np.ndarray":
    odds = np.array([lines[vote.kind].slope * log_odds(vote.share) + lines[vote.kind].bias for vote in votes])
    return np.asarray(1 / (1 + np.exp(-odds)))


def reliability(probability: "np.ndarray", right: "np.ndarray") -> list[dict[str, float]]:
    """Return mean probability, share right and number of beads in ten bins of equal width, without empty ones."""
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
    """Return the expected calibration error (Naeini et al. 2015) and the Brier score; 0 is best."""
    bins = reliability(probability, right)
    gaps = [abs(one["probability"] - one["right"]) * one["beads"] for one in bins]
    return {"ece": round(sum(gaps) / len(right), 4), "brier": round(float(np.mean((probability - right) ** 2)), 4)}


def report(votes: Sequence[Vote], lines: Mapping[str, LogOddsLine]) -> dict[str, Any]:
    right = np.array([vote.right for vote in votes], float)
    shares, found = np.array([vote.share for vote in votes]), probabilities(votes, lines)
    return {
        "beads": len(votes),
        "right": round(float(right.mean()), 4),
        "before": {"mean": round(float(shares.mean()), 4), **errors(shares, right), "bins": reliability(shares, right)},
        "after": {"mean": round(float(found.mean()), 4), **errors(found, right), "bins": reliability(found, right)},
    }


def show(name: str, one: dict[str, Any]) -> None:
    figures = "  ".join(
        f"{key} {one['before'][key]:.4f} -> {one['after'][key]:.4f}" for key in ("mean", "ece", "brier")
    )
    print(f"{name:<28}{one['beads']:>6} beads, {one['right']:.4f} right  {figures}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, help="write the figures as JSON too")
    arguments = parser.parse_args()
    encoder, lines = load_encoder(), load_calibration()
    held = {name: votes_of(documents, encoder) for name, documents in held_out_sets().items()}
    held["all held out"] = [vote for votes in held.values() for vote in votes]
    results = {name: report(votes, lines) for name, votes in held.items()}
    for name, one in results.items():
        show(name, one)
    if arguments.output:
        record = {"signature": dict(signature(encoder, OPTIONS)), "results": results}
        write_text(arguments.output, json.dumps(record, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
