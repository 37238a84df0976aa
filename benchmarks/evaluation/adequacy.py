"""Measures the reference-free adequacy of sentences: area under the ROC curve.

    python -m benchmarks.evaluation.adequacy --output docs/results/adequacy.json

Human translations (NTREX-128, even documents, six directions) are compared with damaged ones: of another sentence, cut
in half, with words dropped, replaced, shuffled or moved, looping, or left untranslated. Of each output submitted to
WMT22 500 segments are taken, and a fifth of them exchanged for the translation of another segment or damaged.
`training.adequacy` fits the weights. Needs `TOLMACH_SHARED`.
"""

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import click
import numpy as np

from benchmarks.places import shared_folder
from benchmarks.translation.quality import lines_of, read
from common.files import write_text
from corpora.testsets.loading import read_lines
from eval.qe.adequacy import sentence_adequacy
from translate.models.specs import ALL_DIRECTIONS

WMT22: Final = shared_folder() / "testsets" / "wmt22"
KINDS: Final = ("other", "half", "dropped", "replaced", "shuffled", "moved", "loop", "source")
MIXES: Final = {"mixed": KINDS, "exchanged": KINDS[:1], "damaged": KINDS[1:]}
SHARE: Final = 0.2
_TOUCHED: Final = 0.3
"""Share of the words that are dropped or replaced."""
_TESTED: Final = 200
_SAMPLED: Final = 500
"""Segments of each output of WMT22 that may be damaged."""


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
    """Yield number, kind and text of a damaged translation of each pair, if the damage changes it."""
    for at, (source, target) in enumerate(zip(sources, targets, strict=True)):
        kind = rng.choice(kinds)
        text = damage(target, kind, source, targets, rng)
        if text.strip() and text != target:
            yield at, kind, text


def area(good: Sequence[float], bad: Sequence[float]) -> float:
    """Return the area under the ROC curve: the probability that a good one has the higher score, ties counting half."""
    ordered = np.sort(np.asarray(good))
    below = np.searchsorted(ordered, bad, "left") + np.searchsorted(ordered, bad, "right")
    return float(1.0 - (below / 2 / len(ordered)).mean())


@click.command()
@click.option("--output", type=click.Path(path_type=Path), help="Write the figures as JSON too.")
def main(output: Path | None) -> None:
    """Measure on held-out documents and outputs."""
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
    """Return the area under the ROC curve over all systems, with a fifth of each one's segments being bad."""
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
