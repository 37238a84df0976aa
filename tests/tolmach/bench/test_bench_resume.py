"""A whole benchmark with real small models in processes of their own, killed on the way."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.support.models.tiny_models import make_m2m100, make_t5

pytestmark = pytest.mark.slow

MEASURED = ("start_seconds", "peak_bytes", "seconds", "segments_per_second", "characters_per_second")


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("models")
    for name in ("t5", "m2m"):
        (folder / name).mkdir()
    make_t5(folder / "t5")
    make_m2m100(folder / "m2m")
    return folder / "t5", folder / "m2m"


def command(models: tuple[Path, ...], folder: Path, *more: str) -> list[str]:
    found = [sys.executable, "-m", "tolmach", "bench", "run", "--set", "samples", "--first", "70", "--quiet"]
    for model in models:
        found += ["--model", str(model)]
    return [*found, "--pair", "en-ru", "--pair", "zh-en", "-o", str(folder), *more]


def environment(cache: Path) -> dict[str, str]:
    return os.environ | {"TOLMACH_CACHE": str(cache), "TOLMACH_OFFLINE": "1"}


def run(words: list[str], cache: Path, *, check: bool = True) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, check=check, env=environment(cache), capture_output=True, encoding="utf-8")


def start(words: list[str], cache: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(words, env=environment(cache), stdout=subprocess.DEVNULL)


def lines_written(folder: Path) -> int:
    return sum(len(path.read_bytes().split(b"\n")) - 1 for path in folder.glob("*/*.jsonl"))


def comparable(folder: Path) -> Any:
    """Return a result without what was measured with a clock, and without its command."""

    def without(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: without(each) for name, each in value.items() if name not in (*MEASURED, "command")}
        return [without(each) for each in value] if isinstance(value, list) else value

    return without(json.loads((folder / "result.json").read_text(encoding="utf-8")))


def test_killed_twice_it_ends_with_the_report_of_an_undisturbed_run(models: tuple[Path, Path], tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    run(command(models, tmp_path / "whole"), cache)
    # A model has 3 chunks in each of two directions, and a line that says what they are of: the second time, the first
    # model has just been done.
    for wanted in (2, 8):
        process = subprocess.Popen(
            command(models, tmp_path / "killed"), env=environment(cache), stdout=subprocess.DEVNULL
        )
        deadline = time.monotonic() + 120
        while lines_written(tmp_path / "killed") < wanted and process.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        assert process.poll() is None, "it was done before it could be killed"
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        time.sleep(1.0)  # its worker notices, and ends
    before = lines_written(tmp_path / "killed")
    run(command(models, tmp_path / "killed"), cache)
    assert before >= 8
    assert comparable(tmp_path / "killed") == comparable(tmp_path / "whole")
    for name in ("report.md", "report.html"):
        assert (tmp_path / "killed" / name).exists()
    result = json.loads((tmp_path / "killed" / "result.json").read_text(encoding="utf-8"))
    assert all(model["start_seconds"] > 0 and model["peak_bytes"] > 2**24 for model in result["models"])
    assert all(one["seconds"] > 0 for table in result["tables"] for one in table["systems"])


def test_a_second_run_translates_nothing(models: tuple[Path, Path], tmp_path: Path) -> None:
    cache, folder = tmp_path / "cache", tmp_path / "bench"
    for _ in range(2):
        run(command(models[:1], folder), cache)
    written = {path: path.stat().st_mtime_ns for path in folder.glob("*/*")}
    run(command(models[:1], folder), cache)
    assert {path: path.stat().st_mtime_ns for path in folder.glob("*/*")} == written


def test_a_model_that_cannot_run_leaves_the_others_measured(models: tuple[Path, Path], tmp_path: Path) -> None:
    # Its weights are not here, and no network is allowed.
    missing = Path("m2m100-418m")
    done = run(command((models[0], missing), tmp_path / "bench"), tmp_path / "cache", check=False)
    assert done.returncode == 1
    assert "not all models could be run" in done.stderr
    result = json.loads((tmp_path / "bench" / "result.json").read_text(encoding="utf-8"))
    assert [bool(model["failed"]) for model in result["models"]] == [False, True]
    assert all(len(table["systems"]) == 1 and len(table["missing"]) == 1 for table in result["tables"])


def test_two_at_once_in_one_folder_are_refused(models: tuple[Path, Path], tmp_path: Path) -> None:
    folder = tmp_path / "bench"
    first = start(command(models, folder), tmp_path / "cache")
    try:
        while not (folder / ".lock").exists():
            time.sleep(0.02)
        second = run(command(models, folder), tmp_path / "cache", check=False)
        assert second.returncode == 2
        assert "another benchmark is at work" in second.stderr
    finally:
        first.kill()
        first.wait()


def test_chunks_with_nothing_to_translate_are_no_other_model(models: tuple[Path, Path], tmp_path: Path) -> None:
    rows = [("The minister said that the talks would go on.", "a"), ("* * *", "* * *"), ("10", "10"), ("***", "***")]
    table = tmp_path / "my.tsv"
    table.write_text("".join(f"{one}\t{other}\n" for one, other in rows), encoding="utf-8")
    words = [sys.executable, "-m", "tolmach", "bench", "run", "--set", str(table), "--pair", "en-ru", "--quiet"]
    words += ["--model", str(models[0]), "-o", str(tmp_path / "bench")]
    run(words, tmp_path / "cache")
    (journal,) = (tmp_path / "bench").glob("*/*.jsonl")
    whole = journal.read_bytes()
    assert b'"method": "kept"' in whole
    result = json.loads((tmp_path / "bench" / "result.json").read_text(encoding="utf-8"))
    assert "revision" in result["tables"][0]["systems"][0]["signature"]


def test_other_weights_of_the_same_name_are_refused(models: tuple[Path, Path], tmp_path: Path) -> None:
    copy = tmp_path / "model"
    shutil.copytree(models[0], copy)
    run(command((copy,), tmp_path / "bench"), tmp_path / "cache")
    make_t5(copy, tied=False)
    done = run(command((copy,), tmp_path / "bench"), tmp_path / "cache", check=False)
    assert done.returncode == 2
    assert "was made with the weights" in done.stderr


def test_interruption_leaves_no_process_and_says_so(models: tuple[Path, Path], tmp_path: Path) -> None:
    words, mark = command(models, tmp_path / "bench"), str(tmp_path)
    process = subprocess.Popen(
        words, env=environment(tmp_path / "cache") | {"MARK": mark}, stderr=subprocess.PIPE, encoding="utf-8",
        # Where the tests run in the background of a script, they inherit that it is ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - there are no threads yet
    )  # fmt: skip
    while lines_written(tmp_path / "bench") < 1 and process.poll() is None:
        time.sleep(0.02)
    assert len(marked(mark)) == 2  # the command and its worker
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Interrupted" in told
    assert "Traceback" not in told
    assert marked(mark) == []


def marked(mark: str) -> list[Path]:
    """Return the processes with this mark in their environment."""
    return [path for path in Path("/proc").glob("[0-9]*/environ") if f"MARK={mark}\0".encode() in read_or_nothing(path)]


def read_or_nothing(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def test_the_example_in_the_package_runs_as_a_script(models: tuple[Path, Path], tmp_path: Path) -> None:
    script = tmp_path / "example.py"
    script.write_text(
        "from pathlib import Path\nfrom eval.bench import BenchPlan, run_bench\n"
        f"plan = BenchPlan(models=({str(models[0])!r},), sets=('samples',), directions=(('en', 'ru'),), first=2)\n"
        "print(len(run_bench(plan, Path('out')).tables[0].systems))\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, str(script)], check=False, cwd=tmp_path, env=environment(tmp_path / "cache"),
        capture_output=True, encoding="utf-8",
    )  # fmt: skip
    assert done.stdout.split() == ["1"], done.stderr
