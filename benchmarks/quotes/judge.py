"""Measure what a judge on this machine adds to the typed evidence, on the alterations of NTREX.

Every scored pair of a faithful or changed quote is read by the judge both ways; what it finds is kept in a file, so
that only the first run needs the model. `dev` is the half on which weights and the judge's scale were fitted, `held`
the rest.

Usage: python -m benchmarks.quotes.judge --cache judge.json [--model NAME] [--part dev|held] [--output FILE]
"""

import argparse
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import numpy as np

from alignment.encoders import load_encoder
from benchmarks.quotes.pairs import FAITHFUL, area
from benchmarks.quotes.stories import QuotedStory, altered_stories
from common.files import write_text
from common.progress import SILENT, Progress
from quotes.facts.passages import Passage, PassagePair
from quotes.facts.vectors import Vectors
from quotes.findings.measure import altered, gather_evidence, strengths
from quotes.judges.base import collect
from tolmach.judges import LocalJudge
from tolmach.terminal.console import make_progress
from translate.engines.base import Scored
from translate.likelihood import LikelihoodModel, Rendition, load_likelihood

STEP = 32
"""Renditions after which the file is written."""


class RememberedReader:
    """A model that remembers in a file what it read; it is loaded for what is new."""

    def __init__(self, name: str, path: Path) -> None:
        self.name = name
        self._path = path
        self._known: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}

    @cached_property
    def model(self) -> LikelihoodModel:
        """The model, loaded when it is first needed."""
        return load_likelihood(self.name, progress=make_progress(quiet=False))

    def signature(self) -> dict[str, str]:
        """Return the name of the model."""
        return {"model": self.name}

    def score(self, renditions: Sequence[Rendition], *, progress: Progress = SILENT) -> list[Scored]:
        """Return what the model finds, or found before."""
        new = [one for one in renditions if self._key(one) not in self._known]
        for start in range(0, len(new), STEP):
            step = new[start : start + STEP]
            for one, scored in zip(step, self.model.score(step, progress=progress), strict=True):
                self._known[self._key(one)] = [[round(value, 4) for value in scored.log_probs], scored.spans]
            write_text(self._path, json.dumps(self._known))
        found = (self._known[self._key(one)] for one in renditions)
        return [Scored(tuple(values), tuple((start, end) for start, end in spans)) for values, spans in found]

    def _key(self, one: Rendition) -> str:
        parts = (self.name, one.source_language, one.source, one.target_language, one.target)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@dataclass(frozen=True)
class PassageItem:
    """A pair of passages, and whether its meaning was changed."""

    languages: str
    changed: bool
    pair: PassagePair


def items(stories: Sequence[QuotedStory], vectors: Vectors) -> Iterator[PassageItem]:
    for story in stories:
        for language in ("ru", "zh"):
            first, second = ({quote.id: quote for quote in story.quotes[one]} for one in ("en", language))
            for name in sorted(first.keys() & second.keys()):
                treatment = story.treatment.get((language, name), "same")
                if (language, name) in story.unscored or treatment == "speaker":
                    continue
                sides = (
                    Passage.of(story.articles["en"], first[name]),
                    Passage.of(story.articles[language], second[name]),
                )
                yield PassageItem(f"en-{language}", treatment not in FAITHFUL, PassagePair(*sides, vectors))


def figures(scores: Sequence[float], chosen: Sequence[PassageItem]) -> dict[str, float]:
    """Return the area under the ROC curve, and how many changes are found where a tenth of the rest is, too."""
    changed = [score for score, item in zip(scores, chosen, strict=True) if item.changed]
    harmless = sorted(score for score, item in zip(scores, chosen, strict=True) if not item.changed)
    threshold = harmless[int(0.9 * len(harmless))]
    return {
        "pairs": len(chosen),
        "area_under_roc": round(area(np.array(changed), np.array(harmless)), 3),
        "recall_at_10_percent_false_alarms": round(sum(score > threshold for score in changed) / len(changed), 3),
    }


def measure(chosen: Sequence[PassageItem], judge: LocalJudge, progress: Progress) -> dict[str, Any]:
    opinions = collect(judge, {place: item.pair for place, item in enumerate(chosen)}, progress)
    said = [answer.altered if answer else 0.0 for answer in judge.score([item.pair for item in chosen])]
    typed = [gather_evidence(item.pair) for item in chosen]
    scores = {
        "judge": said,
        "typed": [altered(strengths(found)) for found in typed],
        "both": [
            altered(strengths([*found, opinions[place]] if place in opinions else found))
            for place, found in enumerate(typed)
        ],
    }
    result: dict[str, Any] = {}
    for languages in ("all", "en-ru", "en-zh"):
        places = [place for place, item in enumerate(chosen) if languages in ("all", item.languages)]
        result[languages] = {
            name: figures([values[place] for place in places], [chosen[place] for place in places])
            for name, values in scores.items()
        }
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, required=True, help="JSON file with what the judge found; made if absent")
    parser.add_argument(
        "--model", default="qwen2.5-coder-1.5b", help="chat model, as `tolmach compare --judge` takes it"
    )
    parser.add_argument("--part", choices=("dev", "held"), default="dev")
    parser.add_argument("--output", type=Path, help="write the figures to this JSON file, beside those that are there")
    arguments = parser.parse_args()
    stories = list(altered_stories())
    half = len(stories) // 2
    chosen = list(items(stories[:half] if arguments.part == "dev" else stories[half:], Vectors(load_encoder())))
    reader = RememberedReader(arguments.model, arguments.cache)
    result = measure(chosen, LocalJudge(cast("LikelihoodModel", reader)), make_progress(quiet=False))
    print(json.dumps({arguments.part: result}, indent=1))
    if arguments.output:
        known = json.loads(arguments.output.read_text(encoding="utf-8")) if arguments.output.exists() else {}
        write_text(arguments.output, json.dumps(known | {arguments.part: result}, indent=1) + "\n")


if __name__ == "__main__":
    main()
