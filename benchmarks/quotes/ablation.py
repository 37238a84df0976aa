"""Measure what each detector and each feature of changed meaning adds.

One is left out at a time and the weights of the others are fitted again, as `training.quote_findings` does. What the
weights are fitted on is scored by cross-validation, story by story; the unseen articles and NTREX documents are
compared as whole texts, with extracted quotes. Intervals are of the loss, over 1,000 draws of whole documents, at 95 %.

Usage: python -m benchmarks.quotes.ablation [--dev] [--output docs/results/quote_ablation.json]
"""

import argparse
import json
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alignment.encoders import load_encoder
from benchmarks.quotes.comparison import Judged, extracted_quotes, judged
from benchmarks.quotes.evidence import (
    PRIORS,
    UNTRAINED,
    WRITTEN,
    EvidenceRow,
    Floats,
    by_detector,
    cross_validated,
    features_of,
    fit,
    sample,
    table,
    training_rows,
)
from benchmarks.quotes.stories import HELD_SAMPLES, QuotedStory, altered_stories, sample_stories
from common.data import load_table
from common.files import write_text
from quotes.facts.passages import Passage, PassagePair
from quotes.facts.vectors import Vectors
from quotes.findings import measure
from quotes.findings.divergence.model import compare_answers

DRAWS = 1_000
SEED = 5
ALARMS = 0.1
INTERVAL = (2.5, 97.5)
NOTHING = "nothing"
"""Name of the row in which nothing is left out."""


@dataclass(frozen=True)
class AblationData:
    """What the weights are fitted on, and the unseen parts by name."""

    training: Sequence[EvidenceRow]
    unseen: dict[str, list[EvidenceRow]]

    def without(self, dropped: str) -> "AblationData":
        """Leave out a detector or a feature everywhere."""
        unseen = {part: [row.without(dropped) for row in rows] for part, rows in self.unseen.items()}
        return AblationData([row.without(dropped) for row in self.training], unseen)


def gather(vectors: Vectors, *, dev: bool) -> AblationData:
    """Gather all evidence once."""
    altered = list(altered_stories())
    unseen = (
        {}
        if dev
        else {
            "held-samples": list(sample_stories(HELD_SAMPLES, altered=True)),
            "held-ntrex": altered[len(altered) // 2 :],
        }
    )
    return AblationData(
        training_rows(vectors), {part: list(extracted_rows(stories, vectors)) for part, stories in unseen.items()}
    )


def extracted_rows(stories: Iterable[QuotedStory], vectors: Vectors) -> Iterator[EvidenceRow]:
    """Give the evidence of every scored quote as the comparison of whole articles finds it."""
    for item in judged(stories, extracted_quotes):
        pair = _pair(item, vectors)
        score = min(max(item.altered, 1e-6), 1 - 1e-6)
        fixed = None if pair else math.log(score / (1 - score))
        found = _neutral() | by_detector(pair) if pair else {}
        yield EvidenceRow(item.story.name, item.languages, item.treatment, found, fixed)


def _neutral() -> dict[str, dict[str, float]]:
    """Return what counts where a pair cannot be asked for evidence that all others have, as in the comparison."""
    return {compare_answers.__name__: load_table(measure.__name__, "weights.toml")["neutral"]}


def _pair(item: Judged, vectors: Vectors) -> PassagePair | None:
    first, second = item.group.members
    if not first or not second:
        return None
    one, other = (item.story.articles[language] for language in item.languages.split("-"))
    casts = tuple(
        tuple(dict.fromkeys(q.speaker_name for q in extracted_quotes(item.story, language) if q.speaker_name))
        for language in item.languages.split("-")
    )
    return PassagePair(Passage.of(one, first), Passage.of(other, second), vectors, (casts[0], casts[1]))


def scores(data: AblationData) -> dict[str, Floats]:
    """Fit the weights and return the logit of every scored row of each part."""
    names = features_of(data.training)
    written = np.array([_is_written(row) for row in data.training])
    held_out = cross_validated(data.training, names)
    found = {"dev": held_out[~written], "written": held_out[written]}
    weights, bias = fit(sample(data.training, names))
    columns = [*names, *UNTRAINED]
    all_weights = np.array([*weights, *(PRIORS[name] for name in UNTRAINED)])
    for part, rows in data.unseen.items():
        logits = table(rows, columns) @ all_weights + bias
        fixed = np.array([np.nan if row.fixed is None else row.fixed for row in rows])
        found[part] = np.where(np.isnan(fixed), logits, fixed)
    return found


def _is_written(row: EvidenceRow) -> bool:
    return row.story.split("-")[0] in WRITTEN


def scored_rows(data: AblationData) -> dict[str, list[EvidenceRow]]:
    """Return the rows of each part in the order of `scores`."""
    parts = {"dev": False, "written": True}
    fitted = {part: [row for row in data.training if _is_written(row) == turn] for part, turn in parts.items()}
    return {**fitted, **data.unseen}


@dataclass(frozen=True)
class Resampled:
    """Pairs, and how often each document is in each draw: shape (draws, pairs). The first draw has each once."""

    changed: NDArray[np.bool_]
    counts: Floats

    @classmethod
    def of(cls, rows: Sequence[EvidenceRow]) -> "Resampled":
        """Draw documents with replacement."""
        documents = sorted({row.story for row in rows})
        drawn = np.random.default_rng(SEED).multinomial(len(documents), [1 / len(documents)] * len(documents), DRAWS)
        counts = np.vstack([np.ones(len(documents)), drawn])
        place = [documents.index(row.story) for row in rows]
        return cls(np.array([row.changed for row in rows]), counts[:, place])

    def areas(self, logits: Floats) -> Floats:
        """Return the area under the ROC curve for each draw."""
        high, low = logits[self.changed, None], logits[~self.changed]
        wins = (high > low) + 0.5 * (high == low)
        changed, faithful = self.counts[:, self.changed], self.counts[:, ~self.changed]
        with np.errstate(invalid="ignore"):
            return np.asarray(((changed @ wins) * faithful).sum(1) / (changed.sum(1) * faithful.sum(1)))

    def recalls(self, logits: Floats) -> Floats:
        """Return for each draw the share of changed pairs above all but the highest tenth of the faithful ones."""
        low = np.sort(logits[~self.changed])
        faithful = self.counts[:, ~self.changed][:, np.argsort(logits[~self.changed])].cumsum(1)
        place = (faithful >= (1 - ALARMS) * faithful[:, -1:]).argmax(1)
        changed = self.counts[:, self.changed]
        found = logits[self.changed] > low[place][:, None]
        with np.errstate(invalid="ignore"):
            return np.asarray((changed * found).sum(1) / changed.sum(1))

    def losses(self, whole: Floats, less: Floats) -> dict[str, list[float]]:
        """Return what is lost of area and recall, each with its interval."""
        lost = {
            "area": self.areas(whole) - self.areas(less),
            "recall": self.recalls(whole) - self.recalls(less),
        }
        return {
            name: [round(float(value), 3) for value in (draws[0], *np.nanpercentile(draws[1:], INTERVAL))]
            for name, draws in lost.items()
        }


def ablation(data: AblationData) -> dict[str, Any]:
    """Leave out every detector, then every feature."""
    parts = {part: Resampled.of(rows) for part, rows in scored_rows(data).items()}
    whole = scores(data)
    result: dict[str, Any] = {NOTHING: {part: _figures(one, whole[part]) for part, one in parts.items()}}
    for dropped in _parts_of_evidence(data):
        less = scores(data.without(dropped))
        result[dropped] = {part: one.losses(whole[part], less[part]) for part, one in parts.items()}
        print(json.dumps({dropped: result[dropped]}), flush=True)
    return result


def _parts_of_evidence(data: AblationData) -> list[str]:
    """Return the names of all detectors that find anything, and of all features with a weight."""
    rows = [*data.training, *(row for part in data.unseen.values() for row in part)]
    detectors = sorted({name for row in rows for name in row.by_detector} - {"compare_wording"})
    return [*detectors, *sorted({*features_of(rows), *(UNTRAINED if data.unseen else ())} - {"judge"})]


def _figures(part: Resampled, logits: Floats) -> dict[str, float]:
    area, found = part.areas(logits)[0], part.recalls(logits)[0]
    return {"pairs": len(logits), "area": round(float(area), 3), "recall": round(float(found), 3)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dev", action="store_true", help="leave the unseen parts unseen")
    parser.add_argument("--output", type=Path, help="write the figures to this JSON file")
    arguments = parser.parse_args()
    result = ablation(gather(Vectors(load_encoder()), dev=arguments.dev))
    if arguments.output:
        write_text(arguments.output, json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
