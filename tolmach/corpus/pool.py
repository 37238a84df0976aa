"""Worker processes on this machine; one that dies is replaced, and its block done again."""

import os
import signal
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from multiprocessing import connection, get_context, parent_process
from typing import TYPE_CHECKING, Any, Final, cast

from common.errors import TolmachError
from tolmach.corpus.folder import BlockReport
from tolmach.corpus.plan import StoryBlock
from tolmach.corpus.worker import BlockWorker, CorpusJob

if TYPE_CHECKING:
    from multiprocessing.connection import Connection as _Connection

    Connection = _Connection[Any, Any]

_THREADS: Final = "OMP_NUM_THREADS"
_MOST_LOSSES: Final = 30
"""Deaths in a row, without a block done between them, after which the machine rather than a story is at fault."""


def run_in_processes(job: CorpusJob, blocks: Iterable[StoryBlock], workers: int) -> Iterator[BlockReport]:
    """Do blocks in processes; yield the report of each as it is done.

    Raises:
        TolmachError: A worker could not do anything at all, or they die one after the other.
    """
    waiting = iter(blocks)
    crew: dict[Connection, _Process] = {}
    losses = 0

    def start(block: StoryBlock) -> None:
        """Start a process for a block."""
        process = _Process(job, block)
        crew[process.pipe] = process

    try:
        for _, block in zip(range(workers), waiting, strict=False):
            start(block)
        while crew:
            for pipe in connection.wait(list(crew)):
                process = crew.pop(cast("Connection", pipe))
                report = process.receive()
                losses = losses + 1 if report is None else 0
                if losses > _MOST_LOSSES:
                    raise TolmachError("worker processes die one after the other", hint="Give fewer --workers")
                if report is None:
                    process.stop()
                    start(process.block)
                    continue
                following = next(waiting, None)
                if following is None:
                    process.stop()
                else:
                    process.give(following)
                    crew[process.pipe] = process
                yield report
    finally:
        for process in crew.values():
            process.stop()


class _Process:
    """A process with its pipe, and the block that it is at."""

    def __init__(self, job: CorpusJob, block: StoryBlock) -> None:
        context = get_context("spawn")  # a fork would copy threads' locks
        self.pipe, theirs = context.Pipe()
        self._process = context.Process(target=_work, args=(job, theirs), daemon=True)
        with _one_thread():
            self._process.start()
        theirs.close()  # so that the pipe ends with the process
        self.give(block)

    def give(self, block: StoryBlock) -> None:
        """Give the process its next block."""
        self.block = block
        try:
            self.pipe.send(block)
        except OSError:  # it is dead, which is noticed when its answer is read
            return

    def receive(self) -> BlockReport | None:
        """Return the report of its block; None if it died."""
        try:
            answer = self.pipe.recv()
        except (EOFError, OSError):
            return None
        if isinstance(answer, BlockReport):
            return answer
        message, hint = answer
        raise TolmachError(message, hint=hint)

    def stop(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.join()
        self.pipe.close()


@contextmanager
def _one_thread() -> Iterator[None]:
    """Let processes that start meanwhile use one BLAS thread each: there are as many of them as cores."""
    before = os.environ.get(_THREADS)
    os.environ[_THREADS] = "1"
    try:
        yield
    finally:
        del os.environ[_THREADS]
        if before is not None:
            os.environ[_THREADS] = before


def _work(job: CorpusJob, pipe: "Connection") -> None:
    """Do the blocks that come through a pipe; answer with reports, or with the message and hint of an error."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the parent, which ends its workers
    threading.Thread(target=_die_with_parent, daemon=True).start()
    try:
        worker = BlockWorker(job)
        while True:
            pipe.send(worker.do(pipe.recv()))
    except TolmachError as error:
        pipe.send((error.message, error.hint))
    except EOFError:
        return


def _die_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)
