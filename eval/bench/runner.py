"""Running a benchmark: a process for each model, one after the other, then the scores."""

import json
import multiprocessing
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import filelock

from corpora.errors import UsageError
from corpora.files import output_errors, write_text
from corpora.progress import SILENT, Progress
from eval.bench.journal import Journal
from eval.bench.machine import describe_machine, library_versions
from eval.bench.models import Measured, journal_path, measured_path, read_measured
from eval.bench.plan import BenchPlan, Task
from eval.bench.result import BenchResult
from eval.bench.scoring import read_outputs, score_bench
from eval.bench.worker import ADVANCE, DONE, FAILED, NOTE, REFUSED, STARTED, Work, identity_of, work

_LOCK: Final = ".lock"


def run_bench(plan: BenchPlan, folder: Path, *, progress: Progress = SILENT) -> BenchResult:
    """Translate, score and test all that a plan asks for; what is there of an earlier run is not done again.

    A model that cannot be run, or not in a direction, has its reason in the result; the others are measured.

    Args:
        plan: What to do.
        folder: Where translations and figures are kept; another run of the same plan in it goes on where this stopped.
        progress: Who is told how far it is.

    Raises:
        UsageError: The plan cannot be carried out, another process is at work in the folder, or it holds translations
            that were made otherwise.
        InputError: A test set or a file of translations cannot be read.
        OutputError: The folder cannot be written.
    """
    plan.check()
    tasks = plan.tasks()
    # What is wrong is told before hours of work.
    loaded = [plan.load(task) for task in tasks]
    for outputs in plan.outputs:
        read_outputs(outputs.path, loaded[0])
    with output_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(folder / _LOCK)
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout as error:
        raise UsageError(f"another benchmark is at work in {folder}", hint="Wait for it, or choose -o") from error
    try:
        for model in plan.models:
            _run_model(plan, model, folder, progress)
        return score_bench(plan, folder, progress=progress)
    finally:
        lock.release()


def _run_model(plan: BenchPlan, model: str, folder: Path, progress: Progress) -> None:
    jobs = tuple((task, journal_path(folder, model, task)) for task in plan.tasks())
    job = Work(plan, model, jobs, 0.0)
    left = tuple((task, path) for task, path in jobs if not _is_finished(job, task, path))
    measured = read_measured(folder, model)
    if not [task for task, _ in left if task.name not in measured.refused]:
        return
    # What is fetched or converted first is no part of a model's start.
    prepared = _Process(Work(plan, model, left, 0.0, prepare=True), Measured(), progress).run(0)
    if not prepared.failed:
        total = sum(len(plan.load(task)) for task, _ in left if task.name not in prepared.refused)
        measured = _Process(Work(plan, model, left, 0.0), measured, progress).run(total)
    measured.failed = prepared.failed or measured.failed
    measured.refused = measured.refused | prepared.refused
    measured.machine, measured.versions = describe_machine(), library_versions()
    write_text(measured_path(folder, model), json.dumps(asdict(measured), ensure_ascii=False, indent=1) + "\n")


def _is_finished(job: Work, task: Task, path: Path) -> bool:
    done = {one.number for chunk in Journal(path, identity_of(job, task)).read() for one in chunk.segments}
    return len(done) == len(job.plan.load(task))


class _Process:
    """One process of a model, and what it tells."""

    def __init__(self, job: Work, measured: Measured, progress: Progress) -> None:
        self._job = job
        self._measured = measured
        self._progress = progress
        self._ended = False

    def run(self, total: int) -> Measured:
        """Let it do its work to the end, and return what was measured.

        Args:
            total: Segments that it has to do.
        """
        # A fresh interpreter: what this process has loaded would count as the model's memory.
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe(duplex=False)
        job = Work(self._job.plan, self._job.model, self._job.tasks, time.time(), self._job.prepare)
        process = context.Process(target=work, args=(job, theirs), daemon=True)
        process.start()
        theirs.close()
        self._measured.failed = ""
        label = f"Preparing {job.model}" if job.prepare else f"Translating with {job.model}"
        try:
            with self._progress.bar(label, total or None, unit="segments") as advance:
                while not self._ended:
                    self._hear(ours.recv(), advance)
        except EOFError:
            process.join()
            self._measured.failed = _why_it_ended(process.exitcode)
        finally:
            if process.is_alive() and not self._ended:
                process.terminate()
            process.join()
            ours.close()
        return self._measured

    def _hear(self, message: tuple[Any, ...], advance: Any) -> None:
        kind, *rest = message
        measured = self._measured
        if kind == ADVANCE:
            advance(rest[0])
        elif kind == NOTE:
            self._progress.note(rest[0])
        elif kind == STARTED:
            measured.starts.append(round(rest[0], 3))
        elif kind == REFUSED:
            measured.refused[rest[0]] = rest[1]
        elif kind == FAILED:
            measured.failed = " ".join(filter(None, [rest[0], rest[1] and f"({rest[1]})"]))
            self._ended = True
        elif kind == DONE:
            measured.peak_bytes = max(measured.peak_bytes, 0 if self._job.prepare else rest[0])
            self._ended = True


def _why_it_ended(status: int | None) -> str:
    if status is not None and status < 0:
        return f"its process was ended by signal {-status}, perhaps for want of memory"
    return f"its process ended with status {status}"
