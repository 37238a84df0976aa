"""The process in which one model runs, so that start, memory and speed can be measured separately.

The parent starts `python -m eval.bench`, writes the job to its standard input as one line of JSON, and reads messages
from its standard output, one line of JSON each. Standard input stays open: when it ends, the parent has ended, and so
does the worker.
"""

import json
import os
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, Final

from common.errors import TolmachError, UsageError
from corpora.languages import Direction, base_language
from corpora.samples import load_sample
from corpora.testsets import EvaluationSet
from eval.bench.journal import Journal, JournalChunk, JournalSegment, signature_of
from eval.bench.machine import peak_memory
from eval.bench.plan import BenchPlan, Outputs, Task, chunks_of

if TYPE_CHECKING:
    from translate.translator import Translator

NOTE: Final = "note"
ADVANCE: Final = "advance"
REFUSED: Final = "refused"
FAILED: Final = "failed"
STARTED: Final = "started"
DONE: Final = "done"
_GONE: Final = 1
"""Exit status of a worker whose parent has ended."""

Send = Callable[..., None]
"""Sends a message to the parent: its kind, then its values."""


@dataclass(frozen=True, slots=True)
class Work:
    """The work of one process.

    Attributes:
        began: Clock at which the parent started the process, in seconds since the epoch.
        prepare: Whether only to download and convert weights, without measuring.
    """

    plan: BenchPlan
    model: str
    tasks: tuple[tuple[Task, Path], ...]
    began: float
    prepare: bool = False

    def to_line(self) -> str:
        """Return the job as a line of JSON."""
        return json.dumps(asdict(self), default=str) + "\n"

    @classmethod
    def from_line(cls, line: str) -> "Work":
        """Parse a job written by `to_line`."""
        data = json.loads(line)
        plan = {name: _tuples(value) for name, value in data["plan"].items()}
        plan["outputs"] = tuple(Outputs(**one) for one in data["plan"]["outputs"])
        tasks = tuple((Task(one["set"], tuple(one["direction"])), Path(path)) for one, path in data["tasks"])
        return cls(BenchPlan(**plan), data["model"], tasks, data["began"], data["prepare"])


def _tuples(value: Any) -> Any:
    return tuple(_tuples(each) for each in value) if isinstance(value, list) else value


class _Relay:
    """Passes notes to the parent, which owns the terminal."""

    def __init__(self, send: Send) -> None:
        self._send = send

    def bar(self, description: str, total: float | None, *, unit: str = "") -> Any:
        """Show only progress of long steps before the first sentence."""
        del total, unit
        self._send(NOTE, description)
        return _Silent()

    def note(self, message: str) -> None:
        """Pass a note to the parent."""
        self._send(NOTE, message)


class _Silent:
    def __enter__(self) -> Callable[[float], None]:
        return lambda _advance: None

    def __exit__(self, *_error: object) -> None:
        return None


def main() -> None:
    """Do the job on standard input; the last message is `done` or `failed`."""
    # Output of libraries must not mix with the messages.
    messages = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    job = Work.from_line(sys.stdin.readline())
    threading.Thread(target=_die_with_parent, args=(sys.stdin,), daemon=True).start()

    def send(*message: object) -> None:
        """Send one message to the parent, as a line of JSON."""
        messages.write(json.dumps(message) + "\n")
        messages.flush()

    def report(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """Report why the process ended."""
        send(FAILED, f"{kind.__name__}: {str(error).strip() or 'no details'}", "")
        sys.__excepthook__(kind, error, trace)

    sys.excepthook = report
    try:
        work(job, send)
    except TolmachError as error:
        send(FAILED, error.message, error.hint or "")
    else:
        send(DONE, peak_memory())
    messages.flush()
    os._exit(0)  # the thread still waits for the parent


def _die_with_parent(stream: IO[str]) -> None:
    """End this process when its parent ends in any way, as nobody would read its messages."""
    stream.read()
    os._exit(_GONE)


def work(job: Work, send: Send) -> None:
    """Do a job, and report progress to the parent."""
    from translate.loading import load_translator  # noqa: PLC0415 - the parent must not load it

    options = job.plan.translator_options()
    translator = load_translator(job.model, device=job.plan.device, options=options, progress=_Relay(send))
    able = []
    for task, path in job.tasks:
        try:
            translator.route(*task.direction)
        except UsageError as error:
            send(REFUSED, task.name, error.message)
        else:
            able.append((task, path))
    if job.prepare:
        for direction in dict.fromkeys(task.direction for task, _ in able):
            _warm_up(translator, direction)
        return
    for number, (task, path) in enumerate(able):
        _warm_up(translator, task.direction)
        if not number:
            send(STARTED, time.time() - job.began)
        _translate(job.plan, task, Journal(path, identity_of(job.plan, job.model, task)), (translator, send))


def _warm_up(translator: "Translator", direction: Direction) -> None:
    """Translate one sentence that is not in any test set."""
    article = load_sample("lavrov", base_language(direction[0]))
    translator.translate([article.sentences[0].text], source=direction[0], target=direction[1])


def identity_of(plan: BenchPlan, model: str, task: Task) -> dict[str, str]:
    """Return the settings that affect a model's translations of a task, as far as known in advance."""
    loaded = plan.load(task)
    found = {
        "model": model,
        "set": task.set,
        "source language": task.direction[0],
        "target language": task.direction[1],
        "segments": str(len(loaded)),
        "sources": loaded.source_digest[:16],
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


def _translate(plan: BenchPlan, task: Task, journal: Journal, tools: "tuple[Translator, Send]") -> None:
    translator, send = tools
    loaded = plan.load(task)
    before = journal.read()
    there = {one.number for chunk in before for one in chunk.segments}
    known = signature_of(before)
    for numbers in chunks_of(loaded.sources, plan.chunk):
        if not there.issuperset(numbers):
            chunk = _one_chunk(translator, task, loaded, numbers)
            if told := _different(known, chunk.signature):
                raise UsageError(
                    f"{journal.path} was made by {told}", hint="Choose another folder with -o, or remove the file"
                )
            known = {**known, **chunk.signature}
            journal.append(chunk)
        send(ADVANCE, len(numbers), peak_memory())


def _one_chunk(translator: "Translator", task: Task, loaded: EvaluationSet, numbers: tuple[int, ...]) -> JournalChunk:
    source, target = task.direction
    texts = [loaded.sources[number] for number in numbers]
    began = time.perf_counter()
    found, signature = translator.translate_with_signature(texts, source=source, target=target)
    seconds = time.perf_counter() - began
    segments = tuple(
        JournalSegment(number, one.text, one.method, one.attempts) for number, one in zip(numbers, found, strict=True)
    )
    return JournalChunk(segments, seconds, signature)


def _different(before: Mapping[str, str], now: Mapping[str, str]) -> str:
    """Return the contradictions of two signatures; empty if there are none."""
    names = [name for name in now if before.get(name, now[name]) != now[name]]
    return ", ".join(f"{name} {before[name]!r}, not {now[name]!r}" for name in names)
