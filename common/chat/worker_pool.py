"""Runs several jobs in parallel and can end them all at once."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Final, Generic, TypeVar

from common.errors import TolmachError

T = TypeVar("T")

_LONGEST_JOIN: Final = 1.0
"""Seconds that threads get to end after cancellation."""
_JOIN_STEP: Final = 0.05
"""Seconds to wait for one such thread at a time."""
_POLL: Final = 0.2
"""Seconds between two checks for an interruption by the user."""


@dataclass(frozen=True, slots=True)
class _Outcome(Generic[T]):
    index: int
    values: tuple[T, ...] = ()
    error: TolmachError | None = None


def work_through(
    count: int, work: Callable[[int], T], *, alone: Callable[[], bool], workers: int, cut: Callable[[], None]
) -> Iterator[tuple[int, T]]:
    """Yield the index and result of each job as it completes.

    An error, an interruption or an abandoned iteration ends everything: nothing new begins, and `cut` is called. The
    threads are daemons, unlike those of `concurrent.futures`, which Python waits for when it ends.

    Args:
        count: Number of jobs.
        work: Does one job, in a thread; it raises only TolmachError.
        alone: Returns whether the next job runs alone, before any thread starts, so that a wrong address or key fails
            one request only.
        workers: Number of parallel jobs, at least 1.
        cut: Makes running jobs fail at once.

    Raises:
        TolmachError: The first one that `work` raised.
    """
    index = 0
    while index < count and alone():
        yield index, work(index)
        index += 1
    yield from _work_together(range(index, count), work, workers, cut)


def _work_together(
    indices: range, work: Callable[[int], T], workers: int, cut: Callable[[], None]
) -> Iterator[tuple[int, T]]:
    waiting: SimpleQueue[int] = SimpleQueue()
    for index in indices:
        waiting.put(index)
    outcomes: SimpleQueue[_Outcome[T]] = SimpleQueue()
    over = threading.Event()
    threads = [
        threading.Thread(target=_serve, args=(waiting, outcomes, work, over), daemon=True)
        for _ in range(min(workers, len(indices)))
    ]
    for thread in threads:
        thread.start()
    missing = len(indices)
    try:
        while missing:
            outcome = _next(outcomes)
            missing -= 1
            yield outcome.index, _value(outcome)
    finally:
        over.set()
        _end(threads, cut if missing else None)


def _serve(
    waiting: SimpleQueue[int], outcomes: SimpleQueue[_Outcome[T]], work: Callable[[int], T], over: threading.Event
) -> None:
    while not over.is_set():
        try:
            index = waiting.get_nowait()
        except Empty:
            return
        outcome: _Outcome[T] = _Outcome(index)
        try:
            outcome = _Outcome(index, (work(index),))
        except TolmachError as error:
            outcome = _Outcome(index, error=error)
        finally:
            # Even if a bug ends this thread: the reader of the queue must not wait for ever.
            outcomes.put(outcome)


def _end(threads: list[threading.Thread], cut: Callable[[], None] | None) -> None:
    deadline = time.monotonic() + _LONGEST_JOIN
    while any(thread.is_alive() for thread in threads) and time.monotonic() < deadline:
        if cut:
            # Repeated for a thread that was about to start when the others were cut off.
            cut()
        for thread in threads:
            thread.join(_JOIN_STEP)


def _next(outcomes: SimpleQueue[_Outcome[T]]) -> _Outcome[T]:
    # A wait without a timeout cannot be interrupted on every platform.
    while True:
        try:
            return outcomes.get(timeout=_POLL)
        except Empty:
            continue


def _value(outcome: _Outcome[T]) -> T:
    if outcome.error is not None:
        raise outcome.error
    assert outcome.values, "a thread ended before its work was done"  # noqa: S101 - a mistake in the code
    return outcome.values[0]
