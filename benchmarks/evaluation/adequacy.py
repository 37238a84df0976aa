"""Fits and measures the reference-free adequacy of sentences.

    python -m benchmarks.evaluation.adequacy fit       writes eval/qe/adequacy.toml and eval/qe/fluency.npz
    python -m benchmarks.evaluation.adequacy measure --output docs/results/adequacy.json

Fitted on human translations (NTREX-128, odd documents, six directions) against damaged ones: of another sentence, cut
in half, with words dropped, replaced, shuffled or moved, looping, or left untranslated. Measured on the even documents,
and on 500 segments of each output submitted to WMT22, a fifth of which is exchanged for the translation of another
segment or damaged: area under ROC.
Needs `TOLMACH_SHARED` (default `../shared/data`).
"""

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import click
import numpy as np

from benchmarks.places import ROOT, shared_folder
from benchmarks.translation.quality import lines_of, read
from common.files import replacing, write_text
from corpora.testsets.loading import read_lines
from eval.qe.adequacy import sentence_adequacy
from eval.qe.features import FEATURES, measure_features
from eval.qe.fluency import DATA, FluencyModel, pack, train
from eval.qe.reference_free import embedded_encoder
from translate.models.specs import ALL_DIRECTIONS

WMT22: Final = shared_folder() / "testsets" / "wmt22"
WEIGHTS: Final = ROOT / "eval" / "qe" / "adequacy.toml"
KINDS: Final = ("other", "half", "dropped", "replaced", "shuffled", "moved", "loop", "source")
MIXES: Final = {"mixed": KINDS, "exchanged": KINDS[:1], "damaged": KINDS[1:]}
SHARE: Final = 0.2
LANGUAGES: Final = ("en", "ru", "zh")
_TOUCHED: Final = 0.3
"""Share of the words that are dropped or replaced."""
_FITTED: Final = 900
_HEAD: Final = """\
# Weights of `eval.qe.adequacy`: logistic models of human translations (NTREX-128, odd documents) against damaged ones,
# by target language. Written by `python -m benchmarks.evaluation.adequacy fit`.

"""
_TESTED: Final = 200
_SAMPLED: Final = 500
"""Segments of each output of WMT22 on which damage is looked for."""


def damage(text: str, kind: str, source: str, others: Sequence[str], rng: random.Random) -> str:
    """Return a damaged translation."""
    if kind in {"other", "source"}:
        return rng.choice(others) if kind == "other" else source
    words, glue = (text.split(), " ") if " " in text else (list(text), "")
    other = rng.choice(others)
    strange = (other.split() if glue else list(other)) or [""]
    end = max(1, len(words) // 3)
    middle = len(words) // 2
    made = {
        "half": lambda: words[: max(1, middle)],
        "dropped": lambda: [word for word in words if rng.random() > _TOUCHED],
        "replaced": lambda: [rng.choice(strange) if rng.random() < _TOUCHED else word for word in words],
        "shuffled": lambda: rng.sample(words, len(words)),
        "moved": lambda: words[middle:] + words[:middle],
        "loop": lambda: words[:end] + words[max(0, end - 3) : end] * 6,
    }
    return glue.join(made[kind]())


def damaged(
    sources: Sequence[str], targets: Sequence[str], rng: random.Random, kinds: Sequence[str] = KINDS
) -> Iterator[tuple[int, str, str]]:
    """Yield number, kind and text of a damaged translation of each pair, where the damage leaves another text."""
    for at, (source, target) in enumerate(zip(sources, targets, strict=True)):
        kind = rng.choice(kinds)
        text = damage(target, kind, source, targets, rng)
        if text.strip() and text != target:
            yield at, kind, text


def area(good: Sequence[float], bad: Sequence[float]) -> float:
    """Return the area under ROC: the chance that a good one has the higher score, ties counting half."""
    ordered = np.sort(np.asarray(good))
    below = np.searchsorted(ordered, bad, "left") + np.searchsorted(ordered, bad, "right")
    return float(1.0 - (below / 2 / len(ordered)).mean())


@click.group()
def main() -> None:
    """Fit or measure the adequacy of sentences."""


@main.command()
def fit() -> None:
    """Train the models of fluency and fit the weights on the odd documents, and write them."""
    numbers = lines_of("odd", 1, 10**6)
    halves = numbers[: len(numbers) // 2], numbers[len(numbers) // 2 :]
    rng = random.Random(1)  # noqa: S311 - not for secrets
    rows: dict[str, list[Any]] = {language: [] for language in LANGUAGES}
    labels: dict[str, list[float]] = {language: [] for language in LANGUAGES}
    # A model of fluency knows the sentences that it was trained on: each half is read by that of the other.
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


def _examples(
    sources: list[str], targets: list[str], direction: tuple[str, str], tools: tuple[FluencyModel, random.Random]
) -> tuple[Any, list[float]]:
    """Return the features of good and damaged translations, and 1 or 0 for each."""
    fluency, rng = tools
    bad = list(damaged(sources, targets, rng))
    pairs = [*zip(sources, targets, strict=True), *((sources[at], text) for at, _, text in bad)]
    found = measure_features(
        [one for one, _ in pairs], [other for _, other in pairs], direction, embedded_encoder(), fluency=fluency
    )
    return found, [1.0] * len(sources) + [0.0] * len(bad)


def weights_text(language: str, features: Any, labels: Any) -> str:
    """Return the weights for one target language as TOML.

    A feature that would speak against its meaning, since others say the same better, has weight 0.
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


@main.command()
@click.option("--output", type=click.Path(path_type=Path), help="Write the figures as JSON too.")
def measure(output: Path | None) -> None:
    """Measure on documents and outputs that the weights have not seen."""
    found = {"ntrex": dict(_ntrex()), "wmt22": dict(_wmt22())}
    print(json.dumps(found, ensure_ascii=False, indent=1))
    if output:
        write_text(output, json.dumps(found, ensure_ascii=False, indent=1) + "\n")


def _ntrex() -> Iterator[tuple[str, Any]]:
    rng = random.Random(2)  # noqa: S311 - not for secrets
    for source, target in ALL_DIRECTIONS:
        numbers = rng.sample(lines_of("even", 1, 10**6), _TESTED)
        sources, targets = read(source, numbers), read(target, numbers)
        bad = list(damaged(sources, targets, rng))
        pairs = [*zip(sources, targets, strict=True), *((sources[at], text) for at, _, text in bad)]
        scores = _score([one for one, _ in pairs], [other for _, other in pairs], (source, target))
        good = scores[: len(sources)]
        by_kind = {kind: area(good, [score for (_, one, _), score in zip(bad, scores[len(sources) :], strict=True)
                                     if one == kind]) for kind in KINDS}  # fmt: skip
        yield f"{source}-{target}", {"auc": area(good, scores[len(sources) :]), "by_kind": by_kind}


def _wmt22() -> Iterator[tuple[str, Any]]:
    for folder in sorted(WMT22.iterdir()):
        source, target = folder.name.split("-")
        everything = read_lines(folder / f"src.{source}")
        rng = random.Random(folder.name)  # noqa: S311 - not for secrets
        numbers = sorted(rng.sample(range(len(everything)), _SAMPLED))
        sources = [everything[number] for number in numbers]
        outputs = {
            path.name.split(".")[1]: [read_lines(path)[number] for number in numbers]
            for path in sorted(folder.glob("hyp.*"))
        }
        scores = {name: _score(sources, texts, (source, target)) for name, texts in outputs.items()}
        row: dict[str, Any] = {"systems": len(outputs), "segments": len(sources)}
        row["auc"] = {
            mix: _detection(sources, outputs, scores, (folder.name, mix)) for mix in ("mixed", "exchanged", "damaged")
        }
        yield folder.name, row


def _score(sources: Sequence[str], texts: Sequence[str], direction: tuple[str, str]) -> list[float]:
    return sentence_adequacy(sources, texts, source_language=direction[0], target_language=direction[1])


def _detection(
    sources: Sequence[str],
    outputs: Mapping[str, Sequence[str]],
    scores: Mapping[str, Sequence[float]],
    case: tuple[str, str],
) -> float:
    """Return the area under ROC over all systems, a fifth of each one's segments being bad."""
    pair, mix = case
    kinds = MIXES[mix]
    rng = random.Random(f"{pair} {mix}")  # noqa: S311 - not for secrets
    good: list[float] = []
    bad: list[float] = []
    for name, texts in outputs.items():
        chosen = set(rng.sample(range(len(sources)), int(SHARE * len(sources))))
        good += [score for at, score in enumerate(scores[name]) if at not in chosen and texts[at].strip()]
        numbers = sorted(at for at in chosen if texts[at].strip())
        changed = list(damaged([sources[at] for at in numbers], [texts[at] for at in numbers], rng, kinds))
        source, _, target = pair.partition("-")
        bad += _score([sources[numbers[at]] for at, *_ in changed], [text for *_, text in changed], (source, target))
    return area(good, bad)


if __name__ == "__main__":
    main()
