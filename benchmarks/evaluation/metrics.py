"""Scores and paired tests compared with sacrebleu's command line.

    python -m benchmarks.evaluation.metrics scores --output docs/results/wmt22_scores.json
    python -m benchmarks.evaluation.metrics speed --output docs/results/significance_speed.json

`scores`: BLEU and chrF of every output submitted to WMT22, by `eval.evaluate`, and by the command `sacrebleu` with
twelve decimals; signatures too. `speed`: paired bootstrap of ten systems on 2,000 segments by sacrebleu and by
`eval.significance`, in turn, medians of rounds. Needs `TOLMACH_SHARED` (default `../shared/data`).
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any, Final

import click
from sacrebleu.significance import PairedTest

from benchmarks.evaluation.adequacy import WMT22
from common.files import write_text
from corpora.testsets.loading import read_lines
from eval import METRICS, evaluate
from eval.bench.machine import describe_machine, library_versions
from eval.significance import Resampling, compare_systems
from eval.significance.systems import compare_measured, measure_texts
from eval.types import Segments

METRIC_NAMES: Final = ("bleu", "chrf")
SYSTEMS: Final = 10
SEGMENTS: Final = 2000
RESAMPLES: Final = 1000
TRIALS: Final = 10_000
CASES: Final = (("en-ru", "A"), ("zh-en", "AB"), ("en-zh", "AB"))
"""Directions, and the names of the references."""


@click.group()
def main() -> None:
    """Compare scores and speed with sacrebleu."""


@main.command()
@click.option("--output", type=click.Path(path_type=Path), help="Write the figures as JSON too.")
def scores(output: Path | None) -> None:
    """Score every output of WMT22 twice."""
    rows = [row for folder in sorted(WMT22.iterdir()) for row in _scored(folder)]
    found = {
        "rows": rows,
        "equal": sum(row["equal"] for row in rows),
        "number": len(rows),
        "versions": library_versions(("sacrebleu",)),
    }
    print(f"{found['equal']} of {found['number']} scores and signatures are equal")
    if output:
        write_text(output, json.dumps(found, ensure_ascii=False, indent=1) + "\n")


def _scored(folder: Path) -> list[dict[str, Any]]:
    source, target = folder.name.split("-")
    del source
    references = sorted(folder.glob("ref.*"))
    rows = []
    for path in sorted(folder.glob("hyp.*")):
        lists = [list(read_lines(reference)) for reference in references]
        for metric in METRIC_NAMES:
            ours = evaluate(read_lines(path), _given(lists), target_language=target, metrics=[metric])[metric]
            theirs = _command(path, references, metric, target)
            equal = (f"{ours.score:.12f}", ours.signature) == (f"{theirs['score']:.12f}", theirs["signature"])
            row = {"pair": folder.name, "system": path.name.split(".")[1], "metric": metric, "score": ours.score}
            row |= {"sacrebleu": theirs["score"], "signature": ours.signature, "equal": equal}
            rows.append(row)
            print(f"{folder.name} {row['system']:<20} {metric:<5} {ours.score:.4f} {'equal' if equal else 'DIFFERENT'}")
    return rows


def _given(lists: Sequence[Sequence[str]]) -> list[list[str | None]]:
    return [list(lines) for lines in lists]


def _command(path: Path, references: Sequence[Path], metric: str, language: str) -> dict[str, Any]:
    tokenizer = ["--tokenize", "zh"] if language == "zh" and metric == "bleu" else []
    words = [sys.executable, "-m", "sacrebleu", *map(str, references), "--input", str(path), "--metrics", metric]
    done = subprocess.run(  # noqa: S603 - our own words
        [*words, *tokenizer, "--width", "12"], check=True, capture_output=True, encoding="utf-8"
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@main.command()
@click.option("--rounds", default=5, show_default=True, help="Rounds of which medians are taken.")
@click.option("--output", type=click.Path(path_type=Path), help="Write the figures as JSON too.")
def speed(rounds: int, output: Path | None) -> None:
    """Time paired bootstraps of ten systems on 2,000 segments, or on as many as there are."""
    rows = [_timed(case, metric, rounds) for case in CASES for metric in METRIC_NAMES]
    found = {
        "systems": SYSTEMS, "resamples": RESAMPLES, "trials": TRIALS, "rows": rows,
        "machine": describe_machine(), "versions": library_versions(("sacrebleu", "numpy")),
    }  # fmt: skip
    print(json.dumps(rows, indent=1))
    if output:
        write_text(output, json.dumps(found, ensure_ascii=False, indent=1) + "\n")


def _timed(case: tuple[str, str], metric: str, rounds: int) -> dict[str, Any]:
    pair, names = case
    folder, language = WMT22 / pair, pair.partition("-")[2]
    references = [list(read_lines(folder / f"ref.{name}.{language}"))[:SEGMENTS] for name in names]
    paths = sorted(folder.glob("hyp.*"))[:SYSTEMS]
    outputs = {path.name.split(".")[1]: list(read_lines(path))[: len(references[0])] for path in paths}
    baseline = next(iter(outputs))
    measured = [measure_texts(metric, outputs, Segments(references, language))]
    few = Resampling(trials=1)

    def scorer() -> Any:
        # A new one each time: sacrebleu's tokenizers cache lines.
        return METRICS[metric].build(language, sentence_level=False)

    def compare(options: Resampling | None = None) -> object:
        return compare_systems(
            outputs, references, target_language=language, metrics=[metric], baseline=baseline, options=options
        )

    tasks: dict[str, Callable[[], object]] = {
        "sacrebleu": lambda: _bootstrap({metric: scorer()}, outputs, references),
        "statistics": lambda: _extract(scorer(), outputs, references),
        "both tests": compare,
        "bootstrap": lambda: compare(few),
        "resampling": lambda: compare_measured(measured, baseline=baseline, options=few),
    }
    seconds: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(rounds):
        for name, task in tasks.items():
            began = time.perf_counter()
            task()
            seconds[name].append(time.perf_counter() - began)
    middle = {name: median(values) for name, values in seconds.items()}
    # The rest of sacrebleu's time once it has the statistics.
    theirs = max(0.0, middle["sacrebleu"] - middle["statistics"])
    return {
        "pair": pair, "references": len(references), "segments": len(references[0]), "metric": metric,
        "seconds": {name: round(value, 4) for name, value in middle.items()},
        "ratio_whole": round(middle["sacrebleu"] / middle["bootstrap"], 1),
        "ratio_whole_with_randomisation": round(middle["sacrebleu"] / middle["both tests"], 1),
        "ratio_resampling": round(theirs / middle["resampling"], 1),
    }  # fmt: skip


Texts = Sequence[Sequence[str]]


def _bootstrap(metrics: Mapping[str, Any], outputs: Mapping[str, Sequence[str]], references: Texts) -> None:
    PairedTest(list(outputs.items()), dict(metrics), references, "bs", RESAMPLES)()


def _extract(scorer: Any, outputs: Mapping[str, Sequence[str]], references: Texts) -> None:
    for texts in outputs.values():
        scorer._extract_corpus_statistics(texts, references)  # noqa: SLF001 - there is no public way to them


if __name__ == "__main__":
    main()
