"""Fit the weights of the evidence in `quotes/findings/weights.toml`.

A logistic model without negative weights, fitted by projected gradient descent. Each weight is drawn towards a prior
mean, for rare evidence such as a changed number occurs a handful of times in the training part: the prior says what it
means, the data how often it is wrong.

Trained on samples a01 to a05, the first half of the alterations of NTREX, and one hand-written set that the network of
`quotes/findings/divergence/compare.py` was not trained on; everything else stays unseen.

Usage: python -m benchmarks.quote_weights [--write]
"""

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from alignment.encoders import load_encoder
from benchmarks.quote_gold import LANGUAGES, Story, altered_stories, sample_stories
from common.files import write_text
from corpora.article import Article
from quotes.facts.passages import Passage, PassagePair
from quotes.facts.vectors import Vectors
from quotes.findings.measure import gather_evidence, strengths
from quotes.types import Quote

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
"""Where the weights are drawn to; 0 for evidence that is not named."""
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
rarely asked, and benchmarks/quote_judge.py says what the judge of the index adds."""
ALWAYS = ("unanswered",)
"""Evidence that every pair in two languages has, if the encoder gives features of words."""
STORY = 3.0
"""How much a quote of a story counts against a hand-written passage, of which there are six times as many."""
FAITHFUL = frozenset({"same", "paraphrase_ok"})
STRENGTH = 0.004
"""How strongly a weight is drawn to its prior: half this times the square of the distance is added to the mean loss."""
SAMPLES = ("a01", "a02", "a03", "a04", "a05")
WRITTEN = ("w4",)
"""Hand-written sets that the network never saw."""
TARGET = Path(__file__).resolve().parent.parent / "quotes" / "findings" / "weights.toml"


@dataclass(frozen=True)
class Sample:
    """Pairs to fit on: evidence (pairs, features), whether each is changed, its share of the loss, and the priors."""

    features: Floats
    changed: Floats
    share: Floats
    prior: Floats


def training_stories() -> list[Story]:
    altered = list(altered_stories())
    return [*sample_stories(SAMPLES, altered=True), *altered[: len(altered) // 2]]


def rows(stories: Iterable[Story], vectors: Vectors) -> Iterator[Row]:
    """Give the story, the treatment (`same`, `paraphrase_ok` or a kind) and the evidence of every scored pair."""
    for story in stories:
        pairs = [("en", other) for other in LANGUAGES[1:]] if "." in story.name else combinations(LANGUAGES, 2)
        for first, second in pairs:
            for treatment, pair in gold_pairs(story, (first, second), vectors):
                yield story.name, treatment, strengths(gather_evidence(pair))


def written_rows(name: str, vectors: Vectors) -> Iterator[Row]:
    """Give the rows of a hand-written set."""
    for record, treatment, pair in written_pairs(name, vectors):
        yield record, treatment, strengths(gather_evidence(pair))


def written_pairs(name: str, vectors: Vectors) -> Iterator[tuple[str, str, PassagePair]]:
    """Give the name, the treatment and the words of English with every Russian and Chinese version of a passage."""
    path = Path(__file__).resolve().parent / "gold" / f"alterations-{name}.jsonl"
    for line in path.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        english = whole_passage(record["en"], "en")
        for language in LANGUAGES[1:]:
            for version in record[language]:
                pair = PassagePair(english, whole_passage(version["text"], language), vectors)
                yield record["id"], version.get("kind") or version["treatment"], pair


def whole_passage(text: str, language: str) -> Passage:
    """Take a text for a quote that stands alone."""
    span = (0, len(text))
    quote = Quote("q", "direct", text, (text,), (span,), sentences=(0,))
    return Passage(Article.from_text(text, language=language), (span,), quote)


def gold_pairs(story: Story, languages: tuple[str, str], vectors: Vectors) -> Iterator[tuple[str, PassagePair]]:
    """Give the treatment and the words of every scored quote that both versions have; changed speakers are left out."""
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
        changed = kinds - FAITHFUL
        treatment = min(changed) if changed else "paraphrase_ok" if "paraphrase_ok" in kinds else "same"
        yield treatment, PassagePair(passages[0], passages[1], vectors)


def fit(data: Sample, *, steps: int = 6000, rate: float = 0.3) -> tuple[Floats, float]:
    weights, bias = data.prior.copy(), -1.0
    for _ in range(steps):
        error = (1 / (1 + np.exp(-(data.features @ weights + bias))) - data.changed) * data.share
        step = data.features.T @ error + STRENGTH * (weights - data.prior)
        weights = np.maximum(0, weights - rate * step)
        bias -= rate * float(error.sum())
    return weights, bias


def area(positive: Floats, negative: Floats) -> float:
    """Return the area under the ROC curve: how often a changed pair scores above an unchanged one."""
    return float(np.mean((positive[:, None] > negative) + 0.5 * (positive[:, None] == negative)))


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
    """Return the mean strength of evidence over the pairs whose meaning is the same."""
    return float(np.mean([found.get(name, 0.0) for _, treatment, found in data if treatment in FAITHFUL]))


def sample(data: list[Row], names: list[str]) -> Sample:
    features = np.array([[found.get(name, 0.0) for name in names] for _, _, found in data])
    changed = np.array([float(treatment not in FAITHFUL) for _, treatment, _ in data])
    weight = np.array([1.0 if story.split("-")[0] in WRITTEN else STORY for story, _, _ in data])
    return Sample(features, changed, weight / weight.sum(), np.array([PRIORS.get(name, 0.0) for name in names]))


def main() -> None:
    vectors = Vectors(load_encoder())
    data = [*rows(training_stories(), vectors), *(row for name in WRITTEN for row in written_rows(name, vectors))]
    names = sorted({name for _, _, found in data for name in found} - {"wording", "boundary", *UNTRAINED})
    print(f"{len(data)} pairs, {sum(t not in {'same', 'paraphrase_ok'} for _, t, _ in data)} changed")
    print(f"area under ROC, stories held out: {cross_validated(data, names):.3f}")
    weights, bias = fit(sample(data, names))
    table = dict(zip(names, weights.tolist(), strict=True)) | {name: PRIORS[name] for name in UNTRAINED}
    lines = [
        "# Weights of the evidence: altered = 1 / (1 + exp(-(bias + sum of weight times strength))).",
        "# Written by benchmarks/quote_weights.py, which says what they were fitted on and which are priors alone.",
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
