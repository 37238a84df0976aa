"""Batches in CTranslate2's queue, and what becomes of those that nobody waits for any more.

CTranslate2 works in threads of its own, and the end of the process waits for them. After Ctrl-C that is no use: a beam
search cannot be stopped, and may go on for a minute; a greedy one ends at its next token, but asks Python first, which
must still be there to answer.
"""

import atexit
import ctypes
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from threading import Event
from typing import Any, Generic, TypeVar

_POLL_SECONDS = 0.004

Result = TypeVar("Result")


@dataclass(frozen=True)
class QueuedBatch(Generic[Result]):
    """A batch that CTranslate2 works on.

    Attributes:
        pending: Its results to come, one for each request.
        read: Makes a result of the place of a request and what CTranslate2 says about it.
        model: What works on it.
        watch: What ends it early; None where nothing does.
    """

    pending: Sequence[Any]
    read: Callable[[int, Any], Result]
    model: Any
    watch: "Watch | None" = None

    def done(self) -> bool:
        """Tell whether its results are there."""
        return all(one.done() for one in self.pending)

    def results(self) -> list[Result]:
        """Return its results, in the order of its requests."""
        return [self.read(at, one.result()) for at, one in enumerate(self.pending)]

    def stop(self) -> None:
        """Let the work end as soon as it can, and not keep the process from ending."""
        if self.watch:
            self.watch.stop.set()
        unwanted = _unwanted()
        unwanted[:] = [batch for batch in unwanted if not batch.done()] + [self]


@dataclass(frozen=True)
class Watch:
    """What CTranslate2 asks in a greedy search after each token: whether the request has had its last one.

    Attributes:
        left: Tokens that each request may still have, those that are forced included.
        stop: Set when the results are not wanted any more.
    """

    left: list[int]
    stop: Event = field(default_factory=Event)

    def __call__(self, step: Any) -> bool:
        """Return whether this was the last token of its request."""
        self.left[step.batch_id] -= 1
        return self.left[step.batch_id] <= 0 or self.stop.is_set()


@cache
def _unwanted() -> list[QueuedBatch[Any]]:
    """Return the batches that nobody waits for, to which the end of the process attends."""
    batches: list[QueuedBatch[Any]] = []
    atexit.register(leave, batches)
    return batches


def leave(batches: Sequence[QueuedBatch[Any]]) -> None:
    """Wait for batches that end at their next token, and let the process end without the others."""
    for batch in batches:
        while batch.watch and not batch.done():
            time.sleep(_POLL_SECONDS)
        if not batch.done():
            # A model that is never taken down does not wait for its threads; the system ends them with the process.
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(batch.model))
