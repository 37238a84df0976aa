"""The evidence of pairs whose meaning is known to be the same or changed, and the logistic model that weighs it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from benchmarks.quotes.pairs import FAITHFUL, area, gold_pairs, written_pairs
from benchmarks.quotes.stories import DEV_SAMPLES, LANGUAGES, QuotedStory, altered_stories, sample_stories
from quotes.facts.passages import PassagePair
from quotes.facts.vectors import Vectors
from quotes.findings.measure import DETECTORS, strengths

Floats = NDArray[np.float64]

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
    "negation_lone": 0.7,
    "opposite": 2.5,
    "opposite_alone": 1.5,
    "opposite_denied": 2.5,
    "contrast": 2.5,
    "degree_clash": 1.5,
    "lone_hedge": 0.7,
    "lone_boost": 0.7,
    "speaker_other": 3.0,
    "speaker_unlike": 2.0,
    "speaker_unsure": 0.5,
    "clause_lost": 1.5,
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
rarely asked, and benchmarks/quotes/judge.py says what the judge of the index adds."""
STORY = 3.0
"""How much a quote of a story counts against a hand-written passage, of which there are six times as many."""
STRENGTH = 0.004
"""How strongly a weight is drawn to its prior: half this times the square of the distance is added to the mean loss."""
WRITTEN = ("w4",)
"""Hand-written sets that the network never saw."""
STEPS, RATE = 6000, 0.3
"""Of gradient descent; more steps change no weight in the third digit."""
FOLDS = 5


@dataclass(frozen=True)
class EvidenceRow:
    """The evidence of one pair.

    Attributes:
        story: The article, or the record of a hand-written set, that the pair is from.
        languages: Such as `en-ru`.
        treatment: `same`, `paraphrase_ok` or a kind of change.
        by_detector: For every detector's name the greatest strength of each of its features.
        fixed: The logit of a pair that one version lacks; None where the words were compared.
    """

    story: str
    languages: str
    treatment: str
    by_detector: Mapping[str, Mapping[str, float]]
    fixed: float | None = None

    @property
    def changed(self) -> bool:
        """Tell whether the meaning differs."""
        return self.treatment not in FAITHFUL

    @property
    def strengths(self) -> dict[str, float]:
        """The greatest strength of every feature."""
        found: dict[str, float] = {}
        for features in self.by_detector.values():
            found |= {name: max(value, found.get(name, 0.0)) for name, value in features.items()}
        return found

    def without(self, dropped: str) -> "EvidenceRow":
        """Leave out a detector or a feature."""
        kept = {
            detector: {name: value for name, value in features.items() if name != dropped}
            for detector, features in self.by_detector.items()
            if detector != dropped
        }
        return replace(self, by_detector=kept)


@dataclass(frozen=True)
class PairSample:
    """Pairs to fit on: evidence (pairs, features), whether each is changed, its share of the loss, and the priors."""

    features: Floats
    changed: Floats
    share: Floats
    prior: Floats


def training_stories() -> list[QuotedStory]:
    """Return the stories on which the weights are fitted."""
    altered = list(altered_stories())
    return [*sample_stories(DEV_SAMPLES, altered=True), *altered[: len(altered) // 2]]


def training_rows(vectors: Vectors) -> list[EvidenceRow]:
    """Return all that the weights are fitted on."""
    written = (row for name in WRITTEN for row in written_rows(name, vectors))
    return [*story_rows(training_stories(), vectors), *written]


def story_rows(stories: Iterable[QuotedStory], vectors: Vectors) -> Iterator[EvidenceRow]:
    """Give the evidence of every scored pair of gold quotes."""
    for story in stories:
        pairs = [("en", other) for other in LANGUAGES[1:]] if "." in story.name else combinations(LANGUAGES, 2)
        for first, second in pairs:
            for treatment, pair in gold_pairs(story, (first, second), vectors):
                yield EvidenceRow(story.name, f"{first}-{second}", treatment, by_detector(pair))


def written_rows(name: str, vectors: Vectors) -> Iterator[EvidenceRow]:
    """Give the evidence of the pairs of a hand-written set."""
    for record, treatment, pair in written_pairs(name, vectors):
        yield EvidenceRow(record, f"en-{pair.second.language}", treatment, by_detector(pair))


def by_detector(pair: PassagePair) -> dict[str, dict[str, float]]:
    """Run every detector on a pair; detectors that find nothing are left out."""
    found = {detect.__name__: strengths(each for each in detect(pair) if each.strength > 0) for detect in DETECTORS}
    return {name: features for name, features in found.items() if features}


def features_of(rows: Iterable[EvidenceRow]) -> list[str]:
    """Return the names of the features whose weights are fitted."""
    return sorted({name for row in rows for name in row.strengths} - {"wording", *UNTRAINED})


def sample(rows: Sequence[EvidenceRow], names: Sequence[str]) -> PairSample:
    """Put rows into arrays to fit on."""
    weight = np.array([1.0 if row.story.split("-")[0] in WRITTEN else STORY for row in rows])
    changed = np.array([float(row.changed) for row in rows])
    prior = np.array([PRIORS.get(name, 0.0) for name in names])
    return PairSample(table(rows, names), changed, weight / weight.sum(), prior)


def table(rows: Sequence[EvidenceRow], names: Sequence[str]) -> Floats:
    """Return the strength of each feature (columns) in each row."""
    found = np.zeros((len(rows), len(names)))
    columns = {name: at for at, name in enumerate(names)}
    for at, row in enumerate(rows):
        for name, value in row.strengths.items():
            if name in columns:
                found[at, columns[name]] = value
    return found


def fit(data: PairSample) -> tuple[Floats, float]:
    """Return the weights and the bias of a logistic model without negative weights, by projected gradient descent."""
    weights, bias = data.prior.copy(), -1.0
    for _ in range(STEPS):
        error = (1 / (1 + np.exp(-(data.features @ weights + bias))) - data.changed) * data.share
        step = data.features.T @ error + STRENGTH * (weights - data.prior)
        weights = np.maximum(0, weights - RATE * step)
        bias -= RATE * float(error.sum())
    return weights, bias


def cross_validated(rows: Sequence[EvidenceRow], names: Sequence[str]) -> Floats:
    """Return the logit of each row by the weights that the other stories give."""
    stories = sorted({row.story for row in rows})
    fold = np.array([stories.index(row.story) % FOLDS for row in rows])
    scores = np.zeros(len(rows))
    for held in range(FOLDS):
        weights, bias = fit(sample([row for row, at in zip(rows, fold, strict=True) if at != held], names))
        scores[fold == held] = table([row for row, at in zip(rows, fold, strict=True) if at == held], names) @ weights
        scores[fold == held] += bias
    return scores


def area_of(rows: Sequence[EvidenceRow], scores: Floats) -> float:
    """Return the area under the ROC curve."""
    changed = np.array([row.changed for row in rows])
    return area(scores[changed], scores[~changed])
