"""Fit the weights that distinguish versions of one text from other documents: `alignment/comparability.toml`.

    python -m training.comparability

Pairs are those of `benchmarks.alignment.comparability`, which measures the result, without the halves of one story.
They are made (seed 11) of the even NTREX development documents, the samples a01 to a04 and disturbed lines, which are
mismatched across collections only, since neighbouring lines may be from one story. Needs `TOLMACH_SHARED`.
"""

import random
from collections.abc import Sequence
from dataclasses import fields

import numpy as np

from alignment.comparability import RelationFeatures, RelationWeights
from alignment.encoders import load_encoder
from benchmarks.alignment.comparability import LITTLE, SEED, SurveyCache, mismatched, versions
from benchmarks.alignment.data import Document, ntrex_documents, split_halves, training_samples
from benchmarks.places import ROOT
from common.files import write_text
from training.aligner_documents import synthetic_documents

PRIOR = 2.0  # related pairs for each pair of other documents
PENALTY = 0.3
TARGET = ROOT / "alignment" / "comparability.toml"


def of_other_collections(one: Document, other: Document) -> bool:
    return one.name.split("-")[0] != other.name.split("-")[0]


def fit(related: Sequence[RelationFeatures], others: Sequence[RelationFeatures]) -> RelationWeights:
    """Fit a logistic regression by Newton's method, with a small L2 penalty; classes are weighted by `PRIOR`."""
    rows = np.array([one.features() for one in [*related, *others]])
    right = np.array([1.0] * len(related) + [0.0] * len(others))
    total = 2 * min(len(related), len(others)) / (PRIOR + 1)
    weight = np.where(right > 0, PRIOR * total / len(related), total / len(others))
    values = np.zeros(rows.shape[1])
    for _ in range(50):
        found = 1 / (1 + np.exp(-rows @ values))
        slope = rows.T @ (weight * (found - right)) + PENALTY * values
        curve = (rows * (weight * found * (1 - found))[:, None]).T @ rows + PENALTY * np.eye(len(values))
        values -= np.linalg.solve(curve, slope)
    return RelationWeights(*(round(float(value), 3) for value in values))


def learned(surveys: SurveyCache, chance: random.Random) -> RelationWeights:
    even, samples, made = split_halves(ntrex_documents())[0], training_samples(), synthetic_documents(SEED)
    related = [case for documents in (even, samples, made) for case in versions(documents, chance)]
    others = [*mismatched(even), *mismatched(samples), *mismatched(made, of_other_collections)]
    found = [[surveys.features_of(document) for _, _, document in cases] for cases in (related, others)]
    return fit(*([one for one in each if one.sentences > LITTLE] for each in found))


def render(weights: RelationWeights) -> str:
    lines = [
        "# What speaks for two documents being versions of one another; see comparability.py.",
        "# Made by `python -m training.comparability`.",
        "",
        *(f"{field.name} = {getattr(weights, field.name):.3f}" for field in fields(weights)),
    ]
    return "\n".join([*lines, ""])


def main() -> None:
    chance = random.Random(SEED)  # noqa: S311 - no secret
    write_text(TARGET, render(learned(SurveyCache(load_encoder()), chance)))


if __name__ == "__main__":
    main()
