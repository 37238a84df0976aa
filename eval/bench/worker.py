"""The process in which one model runs: its start, its memory and its speed are then its own, and nobody else's."""

import multiprocessing
import multiprocessing.connection
import os
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from corpora.errors import TolmachError, UsageError
from corpora.languages import base_language
from corpora.samples import load_sample
from corpora.testsets import EvaluationSet
from eval.bench.journal import Chunk, Journal, Segment
from eval.bench.machine import peak_memory
from eval.bench.plan import BenchPlan, Direction, Task, chunks_of

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from translate.translator import Translator

NOTE: Final = "note"
ADVANCE: Final = "advance"
REFUSED: Final = "refused"
FAILED: Final = "failed"
STARTED: Final = "started"
DONE: Final = "done"
_GONE: Final = 1
"""Exit status of a worker whose parent has died."""


@dataclass(frozen=True, slots=True)
class Work:
    """What one process does.

    Attributes:
        plan: The benchmark.
        model: The model that runs here.
        tasks: What it translates, and the journal of each.
        began: Clock at which the parent started the process, in seconds since the epoch.
        prepare: Only bring weights into the form that they run in; nothing is measured.
    """

    plan: BenchPlan
    model: str
    tasks: tuple[tuple[Task, Path], ...]
    began: float
    prepare: bool = False


class _Relay:
    """Passes notes on to the parent, which owns the terminal."""

    def __init__(self, connection: "Connection[Any, Any]") -> None:
        self._connection = connection

    def bar(self, description: str, total: float | None, *, unit: str = "") -> Any:
        """Show nothing but what takes long before the first sentence."""
        del total, unit
        self._connection.send((NOTE, description))
        return _Silent()

    def note(self, message: str) -> None:
        """Pass a note on."""
        self._connection.send((NOTE, message))


class _Silent:
    def __enter__(self) -> Callable[[float], None]:
        return lambda _advance: None

    def __exit__(self, *_error: object) -> None:
        return None


def work(job: Work, connection: "Connection[Any, Any]") -> None:
    """Do a job, and tell the parent what becomes of it; the last message is `done` or `failed`."""
    _die_with_parent()
    try:
        _work(job, connection)
    except TolmachError as error:
        connection.send((FAILED, error.message, error.hint or ""))
    except KeyboardInterrupt:
        os._exit(130)  # the parent got it too, and tells the user
    else:
        connection.send((DONE, peak_memory()))


def _die_with_parent() -> None:
    """End this process when its parent does, however it ends: nobody would read what it writes."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def wait() -> None:
        multiprocessing.connection.wait([parent.sentinel])
        os._exit(_GONE)

    threading.Thread(target=wait, daemon=True).start()


def _work(job: Work, connection: "Connection[Any, Any]") -> None:
    from translate.loading import load_translator  # noqa: PLC0415 - the parent must not load it

    relay = _Relay(connection)
    options = job.plan.translator_options()
    translator = load_translator(job.model, device=job.plan.device, options=options, progress=relay)
    able = []
    for task, path in job.tasks:
        try:
            translator.route(*task.direction)
        except UsageError as error:
            connection.send((REFUSED, task.name, error.message))
        else:
            able.append((task, path))
    if job.prepare:
        for direction in dict.fromkeys(task.direction for task, _ in able):
            _warm_up(translator, direction)
        return
    for number, (task, path) in enumerate(able):
        _warm_up(translator, task.direction)
        if not number:
            connection.send((STARTED, time.time() - job.began))
        _translate(job.plan, task, Journal(path, identity_of(job, task)), (translator, connection))


def _warm_up(translator: "Translator", direction: Direction) -> None:
    """Translate one sentence that is in no test set."""
    article = load_sample("lavrov", base_language(direction[0]))
    translator.translate([article.sentences[0].text], source=direction[0], target=direction[1])


def identity_of(job: Work, task: Task) -> dict[str, str]:
    """Return what the translations of a task depend on, as far as it is known before they are made."""
    plan = job.plan
    found = {
        "model": job.model,
        "set": task.set,
        "pair": task.pair,
        "segments": plan.load(task).digest[:16],
        "setting": plan.setting,
        "chunk": str(plan.chunk),
        "engine": plan.engine,
        "device": plan.device,
        "precision": plan.precision,
    }
    extra = {
        "threads": plan.threads,
        "beam size": plan.beam_size,
        "batch size": plan.batch_size,
        "server": plan.server,
        "server model": plan.server_model,
    }
    return found | {name: str(value) for name, value in extra.items() if value is not None}


def _translate(plan: BenchPlan, task: Task, journal: Journal, tools: "tuple[Translator, Connection[Any, Any]]") -> None:
    translator, connection = tools
    loaded = plan.load(task)
    before = journal.read()
    there = {one.number for chunk in before for one in chunk.segments}
    for numbers in chunks_of(loaded.sources, plan.chunk):
        if not there.issuperset(numbers):
            chunk = _one_chunk(translator, task, loaded, numbers)
            if before and before[0].signature != chunk.signature:
                raise UsageError(
                    f"{journal.path} was made by {_different(before[0].signature, chunk.signature)}",
                    hint="Choose another folder with -o, or remove the file",
                )
            journal.append(chunk)
        connection.send((ADVANCE, len(numbers)))


def _one_chunk(translator: "Translator", task: Task, loaded: EvaluationSet, numbers: tuple[int, ...]) -> Chunk:
    source, target = task.direction
    texts = [loaded.sources[number] for number in numbers]
    began = time.perf_counter()
    found, signature = translator.translate_signed(texts, source=source, target=target)
    seconds = time.perf_counter() - began
    segments = tuple(
        Segment(number, one.text, one.method, one.attempts) for number, one in zip(numbers, found, strict=True)
    )
    return Chunk(segments, seconds, signature)


def _different(before: Mapping[str, str], now: Mapping[str, str]) -> str:
    names = [name for name in {**before, **now} if before.get(name) != now.get(name)]
    return ", ".join(f"{name} {before.get(name)!r}, not {now.get(name)!r}" for name in names)
