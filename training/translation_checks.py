"""Fit the weights of `translate/checks/content.toml`: indicators of omitted, added or changed content.

Logistic models without negative weights, fitted by projected gradient descent on translations by humans, from which
clauses are left out and into which others are put, and on the hand-written development set. The two directions of a
language pair share all weights. Of WMT22 every fourth line is used, of FLORES-200, the only one with Russian and
Chinese together, every sixth (seed 5, `TOLMACH_SHARED`); NTREX and the test set of translation faults are held out.

    python -m training.translation_checks [--write]
"""

import json
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.places import GOLD, ROOT, shared_folder
from benchmarks.translation.damage import DAMAGES, HumanTranslation
from common.files import write_text
from translate.checks import Checker, SentencePair
from translate.checks.content import similarity_features, surplus_features
from translate.checks.types import PairReading

Floats = NDArray[np.float64]
DEV = GOLD / "translation_faults" / "dev.jsonl"
TARGET = ROOT / "translate" / "checks" / "content.toml"
DROPPED = ("drop_last", "drop_first", "drop_middle", "cut_and_stopped")
ADDED = ("add_sentence", "add_clause")
WRITTEN = 4.0
"""Weight of a hand-written row relative to one made by a rule."""
FALSE_ALARMS = {"surplus": 0.005, "similarity": 0.003}
"""Share of good translations that may exceed the threshold, for each axis; the bias is set so that it is 0."""
SHORT = {"en": 260, "ru": 260, "zh": 90}
"""Most characters of two joined texts."""
STEP, STEP_FLORES = 4, 6
"""Step between used lines."""
DECAY = 1e-3
STEPS = 6000


@dataclass
class Rows:
    """Features (rows, features), whether there is a fault, the weight of each row in the loss, and its group."""

    features: list[dict[str, float]] = field(default_factory=list)
    faulty: list[bool] = field(default_factory=list)
    weight: list[float] = field(default_factory=list)
    group: list[int] = field(default_factory=list)
    kind: list[str] = field(default_factory=list)

    def add(self, features: dict[str, float], faulty: bool, weight: float, group: int, kind: str) -> None:  # noqa: FBT001 - a row
        """Append a row."""
        self.features.append(features)
        self.faulty.append(faulty)
        self.weight.append(weight)
        self.group.append(group)
        self.kind.append(kind)


def samples() -> Iterator[list[HumanTranslation]]:
    """Yield the human translations of every direction, in the order of their documents."""
    wmt = shared_folder() / "testsets" / "wmt22"
    for pair in ("en-ru", "ru-en", "en-zh", "zh-en"):
        source, target = pair.split("-")
        yield _lines(wmt / pair / f"src.{source}", wmt / pair / f"ref.A.{target}", pair)[::STEP]
    flores = shared_folder() / "testsets" / "flores200-devtest"
    for pair in ("ru-zh", "zh-ru"):
        source, target = pair.split("-")
        yield _lines(flores / f"{source}.txt", flores / f"{target}.txt", pair)[::STEP_FLORES]


def _lines(source: Path, target: Path, pair: str) -> list[HumanTranslation]:
    texts = [path.read_text(encoding="utf-8").split("\n") for path in (source, target)]
    count = min(map(len, texts))
    return [
        HumanTranslation(one.strip(), other.strip(), *pair.split("-"))
        for one, other in zip(texts[0][:count], texts[1][:count], strict=True)
        if one.strip() and other.strip()
    ]


def damaged(
    listed: Sequence[HumanTranslation], kinds: Sequence[str], rng: random.Random
) -> Iterator[tuple[int, str, HumanTranslation]]:
    """Yield each sample unchanged (`good`), and once damaged in a possible way."""
    for at, single in enumerate(listed):
        sample = _joined(single, listed[at + 1]) if at % 3 == 0 and at + 1 < len(listed) else single
        yield at, "good", sample
        near = [*listed[max(0, at - 4) : at], *listed[at + 1 : at + 5]]
        for kind in rng.sample(list(kinds), len(kinds)):
            text = DAMAGES[kind](sample, near, rng)
            if text and text != sample.target:
                yield at, kind, HumanTranslation(sample.source, text, sample.source_language, sample.target_language)
                break


def _joined(one: HumanTranslation, other: HumanTranslation) -> HumanTranslation:
    """Join two short texts to a segment of several sentences."""
    if len(one.target) + len(other.target) > SHORT[one.target_language]:
        return one
    space = "" if one.source_language == "zh" else " "
    return HumanTranslation(
        one.source + space + other.source,
        one.target + one.glue + other.target,
        one.source_language,
        one.target_language,
    )


def collect() -> tuple[Rows, Rows]:
    """Return the rows of both models."""
    rng = random.Random(5)  # noqa: S311 - no secret
    surplus, similarity = Rows(), Rows()
    kinds = (*DROPPED, *ADDED, "other_sentence")
    made = [row for listed in samples() for row in damaged(listed, kinds, rng)]
    pairs = [SentencePair(row.source, row.target, row.source_language, row.target_language) for _, _, row in made]
    for reading, (at, kind, _) in zip(Checker().readings(pairs), made, strict=True):
        if reading.encoded:
            _add(surplus, similarity, reading, kind, 1.0, at)
    written = [json.loads(line) for line in DEV.read_text(encoding="utf-8").splitlines()]
    pairs = [SentencePair(row["source"], row["hypothesis"], *row["direction"].split("-")) for row in written]
    renamed = {"dropped": "drop_last", "added": "add_clause", "meaning": "other_sentence", None: "good"}
    for at, (reading, row) in enumerate(zip(Checker().readings(pairs), written, strict=True)):
        if reading.encoded and row["fault"] in renamed:
            _add(surplus, similarity, reading, renamed[row["fault"]], WRITTEN, at)
    return surplus, similarity


def _add(surplus: Rows, similarity: Rows, reading: PairReading, kind: str, weight: float, group: int) -> None:
    label = f"{kind}{'*' if weight > 1 else ''}"
    axes = {0} if kind in DROPPED else {1} if kind in ADDED else {0, 1} if kind == "good" else set()
    for axis in axes:
        surplus.add(surplus_features(reading, axis), kind != "good", weight, group, label)
    if kind in {"good", "other_sentence"}:
        similarity.add(similarity_features(reading), kind != "good", weight, group, label)


def fit(features: Floats, faulty: Floats, weight: Floats) -> tuple[Floats, float]:
    """Return non-negative weights and bias, by Adam (Kingma and Ba 2015, https://arxiv.org/abs/1412.6980)."""
    values = np.zeros(features.shape[1] + 1)
    values[-1] = -3.0
    rows = np.hstack([features, np.ones((len(features), 1))])
    first, second = np.zeros_like(values), np.zeros_like(values)
    for step in range(1, STEPS + 1):
        error = (1 / (1 + np.exp(-rows @ values)) - faulty) * weight
        slope = rows.T @ error / weight.sum() + DECAY * np.append(values[:-1], 0) / 10
        first, second = 0.9 * first + 0.1 * slope, 0.999 * second + 0.001 * slope**2
        values -= 0.03 * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
        values[:-1] = np.maximum(values[:-1], 0)
    return values[:-1], float(values[-1])


def report(name: str, rows: Rows) -> tuple[dict[str, float], float]:
    """Fit a model, print its cross-validated results over lines, and return weights and bias."""
    names = list(dict.fromkeys(name for row in rows.features for name in row))
    table = np.array([[row.get(each, 0.0) for each in names] for row in rows.features])
    faulty, weight = np.array(rows.faulty, float), np.array(rows.weight)
    group, kind = np.array(rows.group), np.array(rows.kind)
    logits = np.zeros(len(faulty))
    for fold in range(4):
        held = group % 4 == fold
        values, bias = fit(table[~held], faulty[~held], weight[~held])
        logits[held] = table[held] @ values + bias
    limit = np.quantile(logits[kind == "good"], 1 - FALSE_ALARMS[name])
    print(
        name,
        "share above the limit:",
        {each: round(float((logits[kind == each] > limit).mean()), 3) for each in sorted(set(rows.kind))},
    )
    values, bias = fit(table, faulty, weight)
    own = table @ values + bias
    limit = float(np.quantile(own[kind == "good"], 1 - FALSE_ALARMS[name]))
    return dict(zip(names, map(float, values), strict=True)), bias - limit


def main() -> None:
    lines = ["# Weights of the signs in content.py, written by training.translation_checks; the limit is at 0."]
    for name, rows in zip(("surplus", "similarity"), collect(), strict=True):
        weights, bias = report(name, rows)
        lines += ["", f"[{name}]", f"bias = {bias:.3f}", "", f"[{name}.weights]"]
        lines += [f"{each} = {value:.3f}" for each, value in weights.items()]
    text = "\n".join(lines) + "\n"
    print(text)
    if "--write" in sys.argv:
        write_text(TARGET, text)


if __name__ == "__main__":
    main()
