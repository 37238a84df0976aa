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
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from alignment.encoders import load_encoder
from benchmarks.places import ROOT
from benchmarks.quotes.pairs import FAITHFUL, area, gold_pairs, written_pairs
from benchmarks.quotes.stories import DEV_SAMPLES, LANGUAGES, QuotedStory, altered_stories, sample_stories
from common.files import write_text
from quotes.facts.vectors import Vectors
from quotes.findings.measure import gather_evidence, strengths

Floats = NDArray[np.float64]
Row = tuple[str, str, dict[str, float]]

PRIORS = {
    "number_changed": 3.0,
    "number_lone": 1.0,
    "quantifier_changed": 2.0,
    "quantifier_lone": 0.5,
    "entity_changed": 3.0,
    "entity_lone": 0.5,
    "context_number": 4.0,
    "context_entity": 4.0,
    "negation_flipped": 2.0,
    "negation_loose": 0.7,
    "negation_lone": 0.7,
    "opposite": 2.5,
    "opposite_denied": 2.5,
    "opposite_swapped": 2.0,
    "degree_clash": 1.5,
    "lone_hedge": 0.7,
    "lone_boost": 0.7,
    "lone_modal": 0.7,
    "tense_opposed": 2.0,
    "tense_verb": 2.0,
    "tense_unreal": 0.7,
    "speaker_other": 3.0,
    "speaker_unlike": 2.0,
    "speaker_unsure": 0.5,
    "clause_alone": 0.5,
    "unanswered": 6.0,
    "judge": 2.0,
}
"""Prior means of the weights; 0 for evidence that is not listed."""
UNTRAINED = (
    "speaker_other",
    "speaker_unlike",
    "speaker_unsure",
    "judge",
    "context_number",
    "context_entity",
)
"""Evidence from outside the quoted words, of which only the prior speaks: the training pairs give gold speakers, but
on new text one in five or six is found wrong; a changed number beside a quote hardly occurs in them; a judge is
rarely asked, and benchmarks/quotes/judge.py says what the judge of the index adds."""
ALWAYS = ("unanswered",)
"""Evidence of every pair in two languages, if the encoder has features of words."""
STORY = 3.0
"""Weight of a quote of a story relative to a hand-written passage, of which there are six times as many."""
STRENGTH = 0.004
"""Strength of the prior: half of it times the squared distance is added to the mean loss."""
WRITTEN = ("w4",)
"""Hand-written sets that the network was not trained on."""
TARGET = ROOT / "quotes" / "findings" / "weights.toml"


@dataclass(frozen=True)
class PairSample:
    """Pairs to fit on: evidence (pairs, features), whether each is changed, its share of the loss, and the priors."""

    features: Floats
    changed: Floats
    share: Floats
    prior: Floats


def training_stories() -> list[QuotedStory]:
    altered = list(altered_stories())
    return [*sample_stories(DEV_SAMPLES, altered=True), *altered[: len(altered) // 2]]


def rows(stories: Iterable[QuotedStory], vectors: Vectors) -> Iterator[Row]:
    """Yield the story, the treatment (`same`, `paraphrase_ok` or a kind) and the evidence of every scored pair."""
    for story in stories:
        pairs = [("en", other) for other in LANGUAGES[1:]] if "." in story.name else combinations(LANGUAGES, 2)
        for first, second in pairs:
            for treatment, pair in gold_pairs(story, (first, second), vectors):
                yield story.name, treatment, strengths(gather_evidence(pair))


def written_rows(name: str, vectors: Vectors) -> Iterator[Row]:
    """Yield the rows of a hand-written set."""
    for record, treatment, pair in written_pairs(name, vectors):
        yield record, treatment, strengths(gather_evidence(pair))


def fit(data: PairSample, *, steps: int = 6000, rate: float = 0.3) -> tuple[Floats, float]:
    weights, bias = data.prior.copy(), -1.0
    for _ in range(steps):
        error = (1 / (1 + np.exp(-(data.features @ weights + bias))) - data.changed) * data.share
        step = data.features.T @ error + STRENGTH * (weights - data.prior)
        weights = np.maximum(0, weights - rate * step)
        bias -= rate * float(error.sum())
    return weights, bias


def cross_validated(data: list[Row], names: list[str], *, folds: int = 5) -> float:
    stories = sorted({story for story, _, _ in data})
    fold = np.array([stories.index(story) % folds for story, _, _ in data])
    scores = np.zeros(len(data))
    for held in range(folds):
        weights, bias = fit(sample([row for row, at in zip(data, fold, strict=True) if at != held], names))
        scores[fold == held] = (
            sample([row for row, at in zip(data, fold, strict=True) if at == held], names).features @ weights + bias
        )
    changed = sample(data, names).changed
    return area(scores[changed == 1], scores[changed == 0])


def neutral(data: list[Row], name: str) -> float:
    """Return the mean strength of evidence over the pairs of equal meaning."""
    return float(np.mean([found.get(name, 0.0) for _, treatment, found in data if treatment in FAITHFUL]))


def sample(data: list[Row], names: list[str]) -> PairSample:
    features = np.array([[found.get(name, 0.0) for name in names] for _, _, found in data])
    changed = np.array([float(treatment not in FAITHFUL) for _, treatment, _ in data])
    weight = np.array([1.0 if story.split("-")[0] in WRITTEN else STORY for story, _, _ in data])
    return PairSample(features, changed, weight / weight.sum(), np.array([PRIORS.get(name, 0.0) for name in names]))


def main() -> None:
    vectors = Vectors(load_encoder())
    data = [*rows(training_stories(), vectors), *(row for name in WRITTEN for row in written_rows(name, vectors))]
    names = sorted({name for _, _, found in data for name in found} - {"wording", "boundary", *UNTRAINED})
    print(f"{len(data)} pairs, {sum(t not in FAITHFUL for _, t, _ in data)} changed")
    print(f"area under ROC, stories held out: {cross_validated(data, names):.3f}")
    weights, bias = fit(sample(data, names))
    table = dict(zip(names, weights.tolist(), strict=True)) | {name: PRIORS[name] for name in UNTRAINED}
    lines = [
        "# Weights of the evidence: altered = 1 / (1 + exp(-(bias + sum of weight times strength))).",
        "# Written by `training.quote_findings`, which says what they were fitted on and which are priors alone.",
        f"bias = {bias:.3f}",
        "",
        "# What counts where a pair could not be asked for evidence that all others have.",
        "[neutral]",
        *(f"{name} = {neutral(data, name):.3f}" for name in ALWAYS),
        "",
        "[weights]",
        *(f"{name} = {table[name]:.3f}" for name in sorted(table)),
    ]
    print("\n".join(lines))
    if "--write" in sys.argv[1:]:
        write_text(TARGET, "\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
