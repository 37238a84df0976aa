"""Measure how well versions of one text are distinguished from other documents.

    python -m benchmarks.alignment.comparability [--output docs/results/alignment-relation.json]

Versions are gold pairs, and parts of them: half of the target, a fifth of its sentences but at least four, both sides
with as much text of other documents added. Other documents are all mismatched pairs of a set, in the same two
languages, and disjoint halves of one story, the hardest case. `training.comparability` fits the weights.
"""

import argparse
import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alignment.comparability import RelationFeatures, judge_relation
from alignment.encoders import Encoder, load_encoder
from alignment.first_pass.anchors import survey
from alignment.first_pass.overlaps import Runs, encode_runs
from alignment.types import Relation
from benchmarks.alignment.data import Document, held_out_sets, ntrex_documents, split_halves, training_samples
from common.files import write_text

SEED = 11
LONG_ENOUGH = 8  # least sentences of a document to make parts from
LITTLE = 3  # sentences up to which the model does not refuse
FIFTH = 0.2
FALSE_KINDS = ("mismatched", "disjoint halves")
WORST = 5

Case = tuple[str, str, Document]


@dataclass
class SurveyCache:
    """Surveys of documents; each text is encoded once."""

    encoder: Encoder

    def __post_init__(self) -> None:
        self._known: dict[tuple[str, tuple[str, ...]], Runs] = {}

    def features_of(self, document: Document) -> RelationFeatures:
        """Return the features of a pair."""
        return RelationFeatures.of(len(document.source), len(document.target), survey(*self._runs(document)))

    def judge(self, document: Document) -> Relation:
        """Return the judgement of a pair."""
        return judge_relation(len(document.source), len(document.target), survey(*self._runs(document)))

    def _runs(self, document: Document) -> tuple[Runs, Runs]:
        source = self._encoded(document.languages[0], document.source)
        return source, self._encoded(document.languages[1], document.target)

    def _encoded(self, language: str, sentences: Sequence[str]) -> Runs:
        key = (language, tuple(sentences))
        if key not in self._known:
            self._known[key] = encode_runs(sentences, language, 1, self.encoder)
        return self._known[key]


def versions(documents: Sequence[Document], chance: random.Random) -> Iterator[Case]:
    """Yield pairs that are versions of one another, whole and parts, by kind, name and document."""
    for document in documents:
        yield "whole", document.name, document
        source, target = document.source, document.target
        if len(target) < LONG_ENOUGH:
            continue
        middle = len(target) // 2
        kept = sorted(chance.sample(range(len(target)), max(round(len(target) * FIFTH), LITTLE + 1)))
        yield "half", document.name, paired(document, source, target[:middle])
        yield "half", document.name, paired(document, source, target[middle:])
        yield "a fifth", document.name, paired(document, source, [target[at] for at in kept])
        others = [one for one in documents if one.languages == document.languages and one.name != document.name]
        if len(others) > 1:
            before, behind = chance.sample(others, 2)
            wider = [*source, *before.source[: len(source)]], [*behind.target[: len(target)], *target]
            yield "added", document.name, paired(document, *wider)


def mismatched(
    documents: Sequence[Document], apart: Callable[[Document, Document], bool] | None = None
) -> Iterator[Case]:
    """Yield the source of each document with the target of each other one in the same languages."""
    for one in documents:
        for other in documents:
            alike = one.languages == other.languages and one.name != other.name
            if alike and (apart is None or apart(one, other)):
                yield "mismatched", f"{one.name} | {other.name}", paired(one, one.source, other.target)


def disjoint(documents: Sequence[Document]) -> Iterator[Case]:
    """Yield the first half of a source with the second of its target, without the middle."""
    for document in documents:
        if len(document.target) >= LONG_ENOUGH and len(document.source) >= LONG_ENOUGH:
            halves = document.source[: len(document.source) // 2 - 1], document.target[len(document.target) // 2 + 1 :]
            yield "disjoint halves", document.name, paired(document, *halves)


def paired(document: Document, source: Sequence[str], target: Sequence[str]) -> Document:
    return Document(document.name, document.languages, source, target, ())


def report(documents: Sequence[Document], surveys: SurveyCache, chance: random.Random) -> dict[str, Any]:
    """Count correct judgements, by kind, and list the worst errors.

    Pairs of which one side has up to three sentences are counted apart: they are never refused.
    """
    kinds: dict[str, dict[str, Any]] = {}
    for kind, name, document in [*versions(documents, chance), *mismatched(documents), *disjoint(documents)]:
        one = kinds.setdefault(kind, {"pairs": 0, "short": 0, "right": 0, "worst": []})
        if min(len(document.source), len(document.target)) <= LITTLE:
            one["short"] += 1
            continue
        relation = surveys.judge(document)
        right = relation.related != (kind in FALSE_KINDS)
        one["pairs"], one["right"] = one["pairs"] + 1, one["right"] + right
        if not right:
            mistake = {"document": name, "languages": "-".join(document.languages), "reason": relation.reason}
            one["worst"].append({**mistake, "probability": round(relation.probability, 3)})
    for kind, one in kinds.items():
        one["worst"].sort(key=lambda each: each["probability"], reverse=kind in FALSE_KINDS)
        del one["worst"][WORST:]
    return kinds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, help="write the figures as JSON too")
    arguments = parser.parse_args()
    encoder = load_encoder()
    surveys, chance = SurveyCache(encoder), random.Random(SEED)  # noqa: S311 - no secret
    fitted = {
        "NTREX even (fitted on)": split_halves(ntrex_documents())[0],
        "a01 to a04 (fitted on)": training_samples(),
    }
    results = {name: report(each, surveys, chance) for name, each in (fitted | held_out_sets()).items()}
    for name, kinds in results.items():
        counts = (f"{kind} {one['right']}/{one['pairs']} (short {one['short']})" for kind, one in kinds.items())
        print(name, ", ".join(counts))
    if arguments.output:
        record = {"encoder": f"{encoder.name} {encoder.revision}", "results": results}
        write_text(arguments.output, json.dumps(record, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
