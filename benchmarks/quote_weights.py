"""Fit the weights of the evidence in `quotes/findings/weights.toml`.

A logistic model without negative weights, fitted by projected gradient descent. Each weight is drawn towards a prior
mean, for rare evidence such as a changed number occurs a handful of times in the training part: the prior says what it
means, the data how often it is wrong.

Trained on samples a01 to a05 and the first half of the alterations of NTREX; everything else stays unseen.

Usage: python -m benchmarks.quote_weights [--write]
"""

import sys
from collections.abc import Iterable, Iterator
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from alignment.encoders import load_encoder
from benchmarks.quote_gold import LANGUAGES, Story, altered_stories, sample_stories
from corpora.files import write_text
from quotes.findings.evidence import Pair, Passage
from quotes.findings.measure import gather_evidence, strengths
from quotes.findings.vectors import Vectors

Floats = NDArray[np.float64]
Row = tuple[str, str, dict[str, float]]

PRIORS = {
    "number_changed": 3.0,
    "number_lone": 1.0,
    "negation_flipped": 2.0,
    "negation_count": 0.5,
    "degree_clash": 1.0,
    "speaker_other": 4.0,
    "speaker_unlike": 2.5,
    "speaker_unsure": 0.8,
    "clause_lost": 0.5,
    "clause_added": 0.5,
}
"""Where the weights are drawn to; 0 for evidence that is not named."""
UNTRAINED = ("speaker_other", "speaker_unlike", "speaker_unsure")
"""Evidence from outside the quoted words: the training pairs give gold speakers, so only the prior speaks."""
STRENGTH = 0.004
"""How strongly a weight is drawn to its prior: half this times the square of the distance is added to the mean loss."""
SAMPLES = ("a01", "a02", "a03", "a04", "a05")
TARGET = Path(__file__).resolve().parent.parent / "quotes" / "findings" / "weights.toml"


def training_stories() -> list[Story]:
    altered = list(altered_stories())
    return [*sample_stories(SAMPLES, altered=True), *altered[: len(altered) // 2]]


def rows(stories: Iterable[Story], vectors: Vectors) -> Iterator[Row]:
    """Give the story, the treatment (`same`, `paraphrase_ok` or a kind) and the evidence of every scored pair."""
    for story in stories:
        pairs = [("en", other) for other in LANGUAGES[1:]] if "." in story.name else combinations(LANGUAGES, 2)
        for first, second in pairs:
            yield from _pair_rows(story, (first, second), vectors)


def _pair_rows(story: Story, languages: tuple[str, str], vectors: Vectors) -> Iterator[Row]:
    first, second = ({quote.id: quote for quote in story.quotes[language]} for language in languages)
    for name in sorted(first.keys() & second.keys()):
        kinds = {story.treatment.get((language, name), "same") for language in languages}
        scored = (
            first[name].kind in {"direct", "partial"}
            and not {(language, name) for language in languages} & story.unscored
        )
        if not scored or "speaker" in kinds:
            continue
        passages = [
            Passage.of(story.articles[language], side[name])
            for language, side in zip(languages, (first, second), strict=True)
        ]
        changed = kinds - {"same", "paraphrase_ok"}
        treatment = min(changed) if changed else "paraphrase_ok" if "paraphrase_ok" in kinds else "same"
        yield story.name, treatment, strengths(gather_evidence(Pair(passages[0], passages[1], vectors)))


def fit(
    features: Floats, changed: Floats, prior: Floats, *, steps: int = 6000, rate: float = 0.3
) -> tuple[Floats, float]:
    weights, bias = prior.copy(), -1.0
    for _ in range(steps):
        error = 1 / (1 + np.exp(-(features @ weights + bias))) - changed
        weights = np.maximum(0, weights - rate * (features.T @ error / len(changed) + STRENGTH * (weights - prior)))
        bias -= rate * float(error.mean())
    return weights, bias


def area(positive: Floats, negative: Floats) -> float:
    """Return the area under the ROC curve: how often a changed pair scores above an unchanged one."""
    return float(np.mean((positive[:, None] > negative) + 0.5 * (positive[:, None] == negative)))


def cross_validated(data: list[Row], names: list[str], *, folds: int = 5) -> float:
    stories = sorted({story for story, _, _ in data})
    fold = np.array([stories.index(story) % folds for story, _, _ in data])
    features, changed, prior = _arrays(data, names)
    scores = np.zeros(len(data))
    for held in range(folds):
        weights, bias = fit(features[fold != held], changed[fold != held], prior)
        scores[fold == held] = features[fold == held] @ weights + bias
    return area(scores[changed == 1], scores[changed == 0])


def _arrays(data: list[Row], names: list[str]) -> tuple[Floats, Floats, Floats]:
    features = np.array([[found.get(name, 0.0) for name in names] for _, _, found in data])
    changed = np.array([float(treatment not in {"same", "paraphrase_ok"}) for _, treatment, _ in data])
    return features, changed, np.array([PRIORS.get(name, 0.0) for name in names])


def main() -> None:
    data = list(rows(training_stories(), Vectors(load_encoder())))
    names = sorted({name for _, _, found in data for name in found} - {"wording"})
    print(f"{len(data)} pairs, {sum(t not in {'same', 'paraphrase_ok'} for _, t, _ in data)} changed")
    print(f"area under ROC, stories held out: {cross_validated(data, names):.3f}")
    weights, bias = fit(*_arrays(data, names))
    table = dict(zip(names, weights.tolist(), strict=True)) | {name: PRIORS[name] for name in UNTRAINED}
    lines = [
        "# Weights of the evidence: altered = 1 / (1 + exp(-(bias + sum of weight times strength))).",
        "# Written by benchmarks/quote_weights.py, which says on what they were fitted.",
        f"bias = {bias:.3f}",
        "",
        "[weights]",
        *(f"{name} = {table[name]:.3f}" for name in sorted(table)),
    ]
    print("\n".join(lines))
    if "--write" in sys.argv[1:]:
        write_text(TARGET, "\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
