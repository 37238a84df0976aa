"""Fit the scale of a local judge's scores: print `_MIDDLE` and `_SLOPE` of `tolmach/judges.py`.

    python -m training.judge_scale --cache judge.json [--model NAME]

A logistic model of two numbers, fitted on the first half of the alterations of NTREX (`TOLMACH_SHARED`). It is
deterministic. The cache is that of `benchmarks.quotes.judge`, which measures the judge.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from alignment.encoders import load_encoder
from benchmarks.quotes.judge import PassageItem, RememberedReader, items
from benchmarks.quotes.stories import altered_stories
from quotes.facts.vectors import Vectors
from tolmach.judges import surprise
from translate.likelihood import Rendition


def fit(chosen: Sequence[PassageItem], reader: RememberedReader) -> None:
    """Print the best scale: the surprise at which the score is one half, and the slope there."""
    sides = [(item.pair.first, item.pair.second) for item in chosen]
    both = [Rendition(a.language, a.text, b.language, b.text) for one in sides for a, b in (one, one[::-1])]
    scored = [surprise(one) for one in reader.score(both)]
    total = np.array([scored[at] + scored[at + 1] for at in range(0, len(scored), 2)])
    changed = np.array([float(item.changed) for item in chosen])
    inputs = np.column_stack([total, np.ones(len(total))])
    weights = np.zeros(2)
    for _ in range(50):  # Newton's method; a logistic model of two parameters converges in far fewer steps
        share = 1 / (1 + np.exp(-inputs @ weights))
        curve = (inputs * (share * (1 - share))[:, None]).T @ inputs
        weights -= np.linalg.solve(curve, inputs.T @ (share - changed))
    slope, middle = float(weights[0]), float(-weights[1] / weights[0])
    tenths = np.quantile(total, np.arange(0.1, 1, 0.1)).round(1)
    print(f"middle {middle:.2f}, slope {slope:.3f}; surprise in tenths: {tenths}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, required=True, help="JSON file with what the judge found; made if absent")
    parser.add_argument("--model", default="qwen2.5-coder-1.5b", help="chat model, as `compare --judge` takes it")
    arguments = parser.parse_args()
    stories = list(altered_stories())
    chosen = list(items(stories[: len(stories) // 2], Vectors(load_encoder())))
    fit(chosen, RememberedReader(arguments.model, arguments.cache))


if __name__ == "__main__":
    main()
