"""Fit the reference-free adequacy of sentences: `eval/qe/adequacy.toml`, and its fluency models, `fluency.npz`.

    python -m training.adequacy

Fitted on human translations (NTREX-128, odd documents, six directions, seed 1) against translations damaged as in
`benchmarks.evaluation.adequacy`, which measures the result. Needs `TOLMACH_SHARED`.
"""

import random
from typing import Any, Final

import numpy as np

from benchmarks.evaluation.adequacy import damaged
from benchmarks.places import ROOT
from benchmarks.translation.quality import lines_of, read
from common.files import replacing, write_text
from eval.qe.adequacy import FEATURES, measure_features
from eval.qe.fluency import DATA, FluencyModel, pack, train
from translate.models.specs import ALL_DIRECTIONS

WEIGHTS: Final = ROOT / "eval" / "qe" / "adequacy.toml"
LANGUAGES: Final = ("en", "ru", "zh")
_FITTED: Final = 900
_HEAD: Final = """\
# Weights of `eval.qe.adequacy`: logistic models of human translations (NTREX-128, odd documents) against damaged ones,
# by target language. Written by `python -m training.adequacy`.

"""


def _examples(
    sources: list[str], targets: list[str], direction: tuple[str, str], tools: tuple[FluencyModel, random.Random]
) -> tuple[Any, list[float]]:
    """Return the features of good and damaged translations, and 1 or 0 for each."""
    fluency, rng = tools
    bad = list(damaged(sources, targets, rng))
    pairs = [*zip(sources, targets, strict=True), *((sources[at], text) for at, _, text in bad)]
    found = measure_features([one for one, _ in pairs], [other for _, other in pairs], direction, fluency=fluency)
    return found, [1.0] * len(sources) + [0.0] * len(bad)


def weights_text(language: str, features: Any, labels: Any) -> str:
    """Return the weights for one target language as TOML.

    A feature whose weight would have the wrong sign, as a correlated one explains more, has weight 0.
    """
    mean, deviation = features.mean(axis=0), features.std(axis=0)
    columns = np.column_stack([(features - mean) / deviation, np.ones(len(features))])
    signs = np.array([*FEATURES.values(), 0])
    kept = np.ones(len(signs), dtype=bool)
    weights = np.zeros(len(signs))
    while True:
        weights[kept], weights[~kept] = _logistic(columns[:, kept], labels), 0.0
        wrong = weights * signs < 0
        if not wrong.any():
            break
        kept[np.argmin(weights * signs)] = False
    lines = [f"[{language}]", f"bias = {weights[-1]:.4f}"]
    for at, name in enumerate(FEATURES):
        figures = (("mean", mean), ("deviation", deviation), ("weight", weights))
        lines += ["", f"[{language}.features.{name}]", *(f"{key} = {value[at]:.4f}" for key, value in figures)]
    return "\n".join(lines) + "\n"


def _logistic(columns: Any, labels: Any) -> Any:
    """Return the weights of a logistic model, by Newton's method with a little ridge."""
    weights = np.zeros(columns.shape[1])
    for _ in range(50):
        chance = 1.0 / (1.0 + np.exp(-columns @ weights))
        slope = columns.T @ (chance - labels) + 0.01 * weights
        curve = (columns * (chance * (1.0 - chance))[:, None]).T @ columns + 0.01 * np.eye(len(weights))
        weights -= np.linalg.solve(curve, slope)
    return weights


def main() -> None:
    """Train the fluency models and fit the weights on the odd documents, and write them."""
    numbers = lines_of("odd", 1, 10**6)
    halves = numbers[: len(numbers) // 2], numbers[len(numbers) // 2 :]
    rng = random.Random(1)  # noqa: S311 - not for secrets
    rows: dict[str, list[Any]] = {language: [] for language in LANGUAGES}
    labels: dict[str, list[float]] = {language: [] for language in LANGUAGES}
    # A fluency model knows its training sentences, so each half is scored with the model of the other.
    for own, other in (halves, halves[::-1]):
        models = {language: train(read(language, other), language) for language in LANGUAGES}
        for source, target in ALL_DIRECTIONS:
            chosen = rng.sample(own, _FITTED // 2)
            found, good = _examples(read(source, chosen), read(target, chosen), (source, target), (models[target], rng))
            rows[target].append(found)
            labels[target] += good
    sections = [
        weights_text(language, np.concatenate(rows[language]), np.array(labels[language])) for language in LANGUAGES
    ]
    write_text(WEIGHTS, _HEAD + "\n".join(sections))
    packed = pack([train(read(language, numbers), language) for language in LANGUAGES])
    with replacing(WEIGHTS.with_name(DATA)) as path, path.open("wb") as file:
        np.savez_compressed(file, **packed)


if __name__ == "__main__":
    main()
