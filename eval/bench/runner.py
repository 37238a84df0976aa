"""Runs a benchmark: a process for each model, one after the other, then the scores."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final

import filelock

from common.errors import UsageError
from common.files import output_errors, write_text
from common.progress import SILENT, Progress
from corpora.testsets import EvaluationSet
from eval.bench.journal import Journal
from eval.bench.machine import describe_machine, library_versions
from eval.bench.models import MeasuredModel, check_weights, journal_path, measured_path, read_measured
from eval.bench.plan import BenchPlan, Task
from eval.bench.result import BenchResult
from eval.bench.scoring import check_plan, score_bench
from eval.bench.systems import read_outputs
from eval.bench.worker import ADVANCE, DONE, FAILED, NOTE, REFUSED, STARTED, Work, identity_of
from eval.metrics import require_metrics
from translate.loading import choose_model
from translate.models.registry import find_model
from translate.options import AUTO
from translate.weights.store import WeightsStore

LOCK: Final = ".lock"
_LAST_SECONDS: Final = 30
"""Seconds that a worker may take to end after its last message."""


def run_bench(plan: BenchPlan, folder: Path, *, progress: Progress = SILENT) -> BenchResult:
    """Run the plan: translate, score and test; finished work of an earlier run is not repeated.

    The result has the reason why a model cannot be run; the others are measured.

    Args:
        plan: The plan.
        folder: Folder of translations and figures; another run of the same plan resumes there.
        progress: Receives the progress.

    Raises:
        UsageError: The plan cannot be carried out, a model is not known, another process uses the folder, or it has
            translations with other settings.
        InputError: A test set or a file of translations cannot be read.
        OfflineError: A metric needs a download, and the user allows no network.
        NetworkError: A download for a metric fails.
        OutputError: The folder cannot be written.
    """
    plan.check()
    # Errors are reported before hours of work.
    plan = _resolved(plan, progress)
    loaded = {task: plan.load(task) for task in plan.tasks()}
    check_plan(plan, folder)
    for outputs in plan.outputs:
        read_outputs(outputs.path, plan)
    require_metrics(plan.metrics, progress=progress)
    with output_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(folder / LOCK)
        try:
            lock.acquire(timeout=0)
        except filelock.Timeout as error:
            raise UsageError(f"another benchmark is at work in {folder}", hint="Wait for it, or choose -o") from error
    try:
        left = {model: _left(plan, model, folder, loaded) for model in plan.models}
        for model in [model for model, jobs in left.items() if jobs and not plan.server]:
            find_model(model)
        works = [Work(plan, model, jobs, 0.0) for model, jobs in left.items()]
        # All are prepared before the first translates, so that errors and downloads come early.
        shown = [NotedOnce(progress) for _ in works]
        prepared = [_prepare(*each) for each in zip(works, shown, strict=True)]
        for work, found, once in zip(works, prepared, shown, strict=True):
            _run_model(work, folder, (loaded, found), once)
        return score_bench(plan, folder, progress=progress)
    finally:
        lock.release()


class NotedOnce:
    """Shows progress without notes that were shown before: two processes of a model have the same ones."""

    def __init__(self, progress: Progress) -> None:
        self.bar = progress.bar
        self._note = progress.note
        self._known: set[str] = set()

    def note(self, message: str) -> None:
        """Show a note the first time."""
        if message not in self._known:
            self._known.add(message)
            self._note(message)


def _resolved(plan: BenchPlan, progress: Progress) -> BenchPlan:
    """Return the plan with the name of the model that `auto` selects, for the report."""
    if plan.server or AUTO not in plan.models:
        return plan
    directions = [task.direction for task in plan.tasks()]
    chosen = choose_model(WeightsStore(), progress, directions).name
    names = [chosen if model == AUTO else model for model in plan.models]
    resolved = replace(plan, models=tuple(names))
    resolved.check()
    return resolved


def _left(
    plan: BenchPlan, model: str, folder: Path, loaded: dict[Task, EvaluationSet]
) -> tuple[tuple[Task, Path], ...]:
    """Return a model's remaining tasks; refuse translations with other settings."""
    found = []
    for task, one in loaded.items():
        path = journal_path(folder, model, task)
        chunks = Journal(path, identity_of(plan, model, task)).read()
        check_weights(model, task, path, chunks)
        if len({segment.number for chunk in chunks for segment in chunk.segments}) < len(one):
            found.append((task, path))
    return tuple(found)


def _prepare(job: Work, progress: Progress) -> MeasuredModel:
    """Download and convert a model, which does not count as its start, and return its unsupported tasks."""
    if not job.tasks:
        return MeasuredModel()
    found = _Process(_as(job, prepare=True), MeasuredModel(), progress).run(0)
    for reason in filter(None, [found.failed, *found.refused.values()]):
        progress.note(f"{job.model}: {reason}")
    return found


def _run_model(
    job: Work, folder: Path, known: tuple[dict[Task, EvaluationSet], MeasuredModel], progress: Progress
) -> None:
    loaded, prepared = known
    measured = read_measured(folder, job.model)
    before = asdict(measured)

    def save() -> None:
        """Save the current state, as this process may be killed at any moment."""
        text = json.dumps(asdict(measured), ensure_ascii=False, indent=1) + "\n"
        write_text(measured_path(folder, job.model), text)

    # A formerly unsupported task may be supported now.
    measured.refused, measured.failed = {}, ""
    if job.tasks:
        measured.machine = _both(measured.machine, describe_machine())
        measured.versions = _both(measured.versions, library_versions())
        measured.refused, measured.failed = prepared.refused, prepared.failed
        able = [task for task, _ in job.tasks if task.name not in prepared.refused]
        if able and not prepared.failed:
            _Process(_as(job), measured, progress, save).run(sum(len(loaded[task]) for task in able))
    if asdict(measured) != before:
        save()


def _both(before: Mapping[str, str], now: Mapping[str, str]) -> dict[str, str]:
    """Join facts of all processes of a model: if it resumed elsewhere, its speed is that of both machines."""
    found = dict(before)
    for name, value in now.items():
        known = found.get(name, value)
        found[name] = known if value in known.split(" and ") else f"{known} and {value}"
    return found


def _as(job: Work, *, prepare: bool = False) -> Work:
    return Work(job.plan, job.model, job.tasks, time.time(), prepare)


class _Process:
    """One process of a model, and its messages."""

    def __init__(
        self, job: Work, measured: MeasuredModel, progress: Progress, save: Callable[[], None] = lambda: None
    ) -> None:
        self._job = job
        self._save = save
        self._measured = measured
        self._progress = progress
        self._ended = False

    def run(self, total: int) -> MeasuredModel:
        """Let it finish its work, and return the measurements."""
        # A fresh interpreter: libraries loaded here would count as the model's memory. A new session:
        # Ctrl-C reaches it only through this process.
        words = [sys.executable, "-P", "-m", "eval.bench"]
        process = subprocess.Popen(  # noqa: S603 - our own command
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8", start_new_session=True
        )
        assert process.stdin is not None  # noqa: S101 - both are pipes
        assert process.stdout is not None  # noqa: S101 - as above
        label = f"Preparing {self._job.model}" if self._job.prepare else f"Translating with {self._job.model}"
        try:
            process.stdin.write(self._job.to_line())
            process.stdin.flush()
            with self._progress.bar(label, total or None, unit="segments") as advance:
                for line in process.stdout:
                    self._receive(json.loads(line), advance)
            status = process.wait(_LAST_SECONDS)
        except (BrokenPipeError, subprocess.TimeoutExpired):
            status = process.poll() or 1  # it ended before it read its job, or it hangs
        finally:
            process.kill()
            process.wait()
            process.stdout.close()
            with suppress(BrokenPipeError):  # it ended before it read its job
                process.stdin.close()
        if not self._ended:
            self._measured.failed = _why_it_ended(status)
        return self._measured

    def _receive(self, message: list[Any], advance: Callable[[float], None]) -> None:
        kind, *rest = message
        measured = self._measured
        if kind == ADVANCE:
            advance(rest[0])
            measured.peak_bytes = max(measured.peak_bytes, rest[1])
            self._save()
        elif kind == NOTE:
            self._progress.note(rest[0])
        elif kind == STARTED:
            measured.starts.append(round(rest[0], 3))
            self._save()
        elif kind == REFUSED:
            measured.refused[rest[0]] = rest[1]
        elif kind == FAILED:
            measured.failed = " ".join(filter(None, [rest[0], rest[1] and f"({rest[1]})"]))
            self._ended = True
        elif kind == DONE:
            measured.peak_bytes = max(measured.peak_bytes, 0 if self._job.prepare else rest[0])
            self._ended = True


def _why_it_ended(status: int) -> str:
    if status < 0:
        return f"its process was ended by signal {-status}, perhaps for want of memory"
    return f"its process ended with status {status}"
