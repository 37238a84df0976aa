"""Fit the weights of the evidence in `quotes/findings/weights.toml`.

A logistic model without negative weights, fitted by projected gradient descent. Each weight has a prior mean, since
rare evidence such as a changed number occurs only a few times in the training part: the prior has its meaning, the data
its error rate.

Trained on samples a01 to a05, the first half of the alterations of NTREX, and one hand-written set that the network of
`quotes/findings/divergence/model.py` was not trained on; everything else is held out.

Deterministic. Needs `TOLMACH_SHARED`.

    python -m training.quote_findings [--write]
"""

import sys

import numpy as np

from alignment.encoders import load_encoder
from benchmarks.places import ROOT
from benchmarks.quotes.evidence import (
    PRIORS,
    UNTRAINED,
    EvidenceRow,
    area_of,
    cross_validated,
    features_of,
    fit,
    sample,
    training_rows,
)
from common.files import write_text
from quotes.facts.vectors import Vectors

ALWAYS = ("unanswered",)
"""Evidence that every pair in two languages has, if the encoder gives features of words."""
TARGET = ROOT / "quotes" / "findings" / "weights.toml"


def neutral(rows: list[EvidenceRow], name: str) -> float:
    """Return the mean strength of evidence over the pairs whose meaning is the same."""
    return float(np.mean([row.strengths.get(name, 0.0) for row in rows if not row.changed]))


def main() -> None:
    rows = training_rows(Vectors(load_encoder()))
    names = features_of(rows)
    print(f"{len(rows)} pairs, {sum(row.changed for row in rows)} changed")
    print(f"area under ROC, stories held out: {area_of(rows, cross_validated(rows, names)):.3f}")
    weights, bias = fit(sample(rows, names))
    table = dict(zip(names, weights.tolist(), strict=True)) | {name: PRIORS[name] for name in UNTRAINED}
    lines = [
        "# Weights of the evidence: altered = 1 / (1 + exp(-(bias + sum of weight times strength))).",
        "# Written by `training.quote_findings`, which says what they were fitted on and which are priors alone.",
        f"bias = {bias:.3f}",
        "",
        "# What counts where a pair could not be asked for evidence that all others have.",
        "[neutral]",
        *(f"{name} = {neutral(rows, name):.3f}" for name in ALWAYS),
        "",
        "[weights]",
        *(f"{name} = {table[name]:.3f}" for name in sorted(table)),
    ]
    print("\n".join(lines))
    if "--write" in sys.argv[1:]:
        write_text(TARGET, "\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
