"""Speed, memory and start of Tolmach's translation, compared with transformers and CTranslate2 with the same weights.

    python -m benchmarks.translation.speed [--model marian] [--model t5] [--model index] [--sentences 256] [--length 32]
        [--rounds 3] [--folder FOLDER] [--output docs/results/translation_speed.json]

Models are a Marian of the size of opus-mt, a T5 of that of T5-base, both random, and the fallback from PyPI, which must
be cached. Every answer has the same number of tokens. Each run is a separate process, alternating between systems in
each round; a ratio is the median of the rounds' ratios, so that other load on the machine affects both sides. Rates are
measured from the loaded model to the last text, including the tokenizer; peaks are of the whole process, model and
libraries included. Lines of NTREX-128 are read where `TOLMACH_SHARED` (default `../shared/data`) has them.
"""

# ruff: noqa: PLC0415 - this process must stay small, so as not to affect the measurements

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.alignment.sentences import machine
from benchmarks.translation.models import KINDS, sentences
from benchmarks.translation.systems import SYSTEMS, TranslationJob
from common.files import write_text

INDEX = "qwen2.5-coder-1.5b"
OURS = "tolmach"
STARTS = 3
Figures = dict[str, Any]


def child(job: TranslationJob) -> Figures:
    """Run one job in a separate process, and return its printed figures."""
    command = [sys.executable, "-m", "benchmarks.translation.systems", json.dumps(asdict(job))]
    done = subprocess.run(command, check=False, capture_output=True, text=True, encoding="utf-8")  # noqa: S603
    if done.returncode:
        raise SystemExit(f"{job.system} with {job.kind} failed:\n{done.stderr}")
    found: Figures = json.loads(done.stdout.splitlines()[-1])
    return found


def prepare(kind: str, folder: Path, number: int, length: int) -> TranslationJob:
    """Return a job with the model, which is made if missing."""
    if kind in KINDS:
        code = "import sys, pathlib, benchmarks.translation.models as m; m.make(sys.argv[1], pathlib.Path(sys.argv[2]))"
        subprocess.run([sys.executable, "-c", code, kind, str(folder)], check=True)  # noqa: S603
        converted = folder / f"{kind}-converted"
        shutil.rmtree(converted, ignore_errors=True)  # the conversion is measured, too
        return TranslationJob("", kind, str(folder / kind), str(converted), number, length)
    from translate.models.registry import find_model
    from translate.weights.store import WeightsStore

    spec, store = find_model(INDEX), WeightsStore()
    path, manifest = store.locate(spec), store.manifest(spec)
    if path is None or manifest is None:
        raise SystemExit(f"{INDEX} is not there: tolmach models fetch {INDEX}")
    converted = store.derived(spec, "ctranslate2", ("en", "ru"))
    gguf = next(one.name for one in path.glob("*.gguf"))
    return TranslationJob(
        "", kind, str(path), str(converted), number, length, gguf, manifest.revision, tuple(spec.stop_tokens)
    )


def measure(job: TranslationJob, systems: Sequence[str], rounds: int) -> Figures:
    """Return the figures of all systems, and Tolmach's ratios to them."""
    runs: dict[str, list[Figures]] = {system: [] for system in systems}
    for number in range(rounds):
        # Each round begins with another system, so that none is always the first.
        turned = number % len(systems)
        for system in (*systems[turned:], *systems[:turned]):
            runs[system].append(child(replace(job, system=system)))
            print(job.kind, number, system, runs[system][-1], flush=True)
    answers = job.number * job.length
    found = {}
    for system, figures in runs.items():
        seconds = median(one["seconds"] for one in figures)
        found[system] = {
            "tokens_per_second": round(answers / seconds, 1),
            "sentences_per_second": round(job.number / seconds, 2),
            "seconds": [round(one["seconds"], 2) for one in figures],
            "peak_mb": median(one["peak_mb"] for one in figures),
        }
    return {"systems": found, "ratios": {other: ratios(runs[OURS], runs[other]) for other in systems if other != OURS}}


def ratios(ours: Sequence[Figures], theirs: Sequence[Figures]) -> dict[str, float]:
    """Return Tolmach's speed relative to the other, and its share of the other's memory."""
    pairs = list(zip(ours, theirs, strict=True))
    return {
        "speed": round(median(other["seconds"] / own["seconds"] for own, other in pairs), 2),
        "memory": round(median(own["peak_mb"] / other["peak_mb"] for own, other in pairs), 3),
    }


def start_seconds(job: TranslationJob) -> float:
    """Return the time from the start of a process to its first translated sentence."""

    def once() -> float:
        began = time.time()
        return float(child(replace(job, system="start", number=1))["clock"]) - began

    return round(median(once() for _ in range(STARTS)), 2)


def command_seconds(job: TranslationJob, folder: Path) -> float:
    """Return the total time of `tolmach translate` for a text of one sentence."""
    text = folder / "sentence.txt"
    model = INDEX if job.kind == "index" else job.path
    command = [
        str(Path(sys.executable).with_name("tolmach")),
        "translate",
        str(text),
        "--from",
        "en",
        "--to",
        "ru",
        "--model",
        model,
    ]
    command += ["--attempts", "1", "--quiet", "--offline", "-o", str(folder / "translation.txt")]

    def once() -> float:
        # A sentence that is not cached: another number each time.
        write_text(text, f"Committee {time.time_ns() % 100_000} counted the votes on Monday.\n")
        began = time.time()
        done = subprocess.run(command, check=False, capture_output=True, text=True, encoding="utf-8")  # noqa: S603
        if done.returncode:
            raise SystemExit(f"the command failed:\n{done.stderr}")
        return time.time() - began

    once()  # random models are converted in the command's own cache
    return round(median(once() for _ in range(STARTS)), 2)


def signature(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return the settings that affect the figures."""
    from importlib.metadata import version

    from translate.engines.ctranslate2_engine import available_cores
    from translate.types import DecodeOptions

    libraries = ("ctranslate2", "transformers", "torch", "tokenizers", "sentencepiece")
    return {
        **machine(),
        **{name: version(name) for name in libraries},
        "cores": available_cores(),
        "batch_size": arguments.batch_size or DecodeOptions().batch_size,
        "examples": arguments.examples,
        "length": arguments.length,
        "rounds": arguments.rounds,
        "texts": sentences(1)[1],
    }


def chosen(arguments: argparse.Namespace) -> Iterator[tuple[str, list[str]]]:
    for kind in arguments.model or [*KINDS, "index"]:
        yield kind, [one for one in SYSTEMS if one not in set(arguments.without)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", action="append", choices=[*KINDS, "index"], help="default: all three")
    parser.add_argument("--sentences", type=int, default=256, help="texts of one run (default: 256)")
    parser.add_argument("--length", type=int, default=32, help="tokens of every answer (default: 32)")
    parser.add_argument("--batch-size", type=int, help="sentences of one of Tolmach's batches; its default if not")
    parser.add_argument("--examples", type=int, help="translations a chat model is shown; the registry's number if not")
    parser.add_argument("--rounds", type=int, default=3, help="runs of every system (default: 3)")
    parser.add_argument("--without", action="append", choices=list(SYSTEMS), default=[], help="leave a system out")
    parser.add_argument("--no-command", action="store_true", help="leave out the start of the command")
    parser.add_argument("--folder", type=Path, help="where random models are made and kept; a temporary one if not")
    parser.add_argument("--output", type=Path, help="JSON file that the figures are put into")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        for kind, systems in chosen(arguments):
            job = replace(prepare(kind, folder, arguments.sentences, arguments.length), batch_size=arguments.batch_size)
            conversion = child(replace(job, system="convert"))
            figures: Figures = {"sentences": job.number} | measure(job, systems, arguments.rounds)
            start = {"engine_seconds": start_seconds(job)}
            if not arguments.no_command:
                start["command_seconds"] = command_seconds(job, folder)
            figures |= {"start": start, "signature": signature(arguments)}
            if kind in KINDS:
                figures["conversion"] = conversion
            print(json.dumps({kind: figures}, indent=1), flush=True)
            if arguments.output:
                keep(arguments.output, kind, figures)


def keep(path: Path, kind: str, figures: Mapping[str, Any]) -> None:
    """Update the figures of one model in the file, keeping the others'."""
    before = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    write_text(path, json.dumps(before | {kind: figures}, indent=1) + "\n")


if __name__ == "__main__":
    main()
