"""Several questions under way at the same time, and an end to all of them at once."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Final, Generic, TypeVar

from common.errors import TolmachError

T = TypeVar("T")

_FAREWELL: Final = 1.0
"""Seconds that the threads get to see that their work was taken away."""
_BLINK: Final = 0.05
"""Seconds between two looks at such a thread."""
_GLANCE: Final = 0.2
"""Seconds between two looks whether the user interrupts."""


@dataclass(frozen=True, slots=True)
class _Outcome(Generic[T]):
    index: int
    values: tuple[T, ...] = ()
    error: TolmachError | None = None


def work_through(
    indices: range, work: Callable[[int], T], *, workers: int, cut: Callable[[], None]
) -> Iterator[tuple[int, T]]:
    """Yield each index and what `work` makes of it, in the order in which they are done.

    An error, an interruption, or an iteration that is given up end everything: nothing new is begun, and `cut` is
    called. The threads are daemons, unlike those of `concurrent.futures`, which Python waits for when it ends.

    Args:
        indices: What is to be done.
        work: Does one piece, in a thread; it raises TolmachError and nothing else.
        workers: Most pieces under way at a time, at least 1.
        cut: Makes the pieces under way fail at once.

    Raises:
        TolmachError: The first one that `work` raised.
    """
    waiting: SimpleQueue[int] = SimpleQueue()
    for index in indices:
        waiting.put(index)
    outcomes: SimpleQueue[_Outcome[T]] = SimpleQueue()
    over = threading.Event()
    crew = [
        threading.Thread(target=_serve, args=(waiting, outcomes, work, over), daemon=True)
        for _ in range(min(workers, len(indices)))
    ]
    for one in crew:
        one.start()
    missing = len(indices)
    try:
        while missing:
            outcome = _next(outcomes)
            missing -= 1
            yield outcome.index, _value(outcome)
    finally:
        over.set()
        _dismiss(crew, cut if missing else None)


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
            # Also where a mistake in the code ends this thread: whoever waits must not wait for ever.
            outcomes.put(outcome)


def _dismiss(crew: list[threading.Thread], cut: Callable[[], None] | None) -> None:
    deadline = time.monotonic() + _FAREWELL
    while any(one.is_alive() for one in crew) and time.monotonic() < deadline:
        if cut:
            # Again, too, for a thread that was about to begin when the others were cut off.
            cut()
        for one in crew:
            one.join(_BLINK)


def _next(outcomes: SimpleQueue[_Outcome[T]]) -> _Outcome[T]:
    # A wait without an end cannot be interrupted everywhere.
    while True:
        try:
            return outcomes.get(timeout=_GLANCE)
        except Empty:
            continue


def _value(outcome: _Outcome[T]) -> T:
    if outcome.error is not None:
        raise outcome.error
    assert outcome.values, "a thread ended before its work was done"  # noqa: S101 - a mistake in the code
    return outcome.values[0]
