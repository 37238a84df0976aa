"""Groups requests into batches, and runs several batches in parallel."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Generic, Protocol, TypeVar

_POLL_SECONDS = 0.004

Result = TypeVar("Result")
Made_co = TypeVar("Made_co", covariant=True)


@dataclass(frozen=True, slots=True)
class BatchShape:
    """Limits of batches.

    Attributes:
        sentences: Most requests in one, at least 1.
        tokens: Most tokens in one, padding included; a longer request forms its own batch. None for no limit.
        workers: Number of parallel batches; few requests are divided between them.
    """

    sentences: int
    tokens: int | None = None
    workers: int = 1


class Running(Protocol[Made_co]):
    """A batch in progress."""

    def done(self) -> bool:
        """Return whether all its results are ready."""
        ...

    def take(self) -> Sequence[tuple[int, Made_co]]:
        """Return the results that came since the last call, each with the place of its request in the batch."""
        ...

    def stop(self) -> None:
        """End the work as soon as possible; the results are not needed any more."""
        ...


@dataclass(frozen=True, slots=True)
class Finished(Generic[Result]):
    """A batch that was complete when it started."""

    found: list[Result]

    def done(self) -> bool:
        """Return true."""
        return True

    def take(self) -> list[tuple[int, Result]]:
        """Return the results."""
        return list(enumerate(self.found))

    def stop(self) -> None:
        """Do nothing."""


def plan_batches(lengths: Sequence[int], groups: Sequence[tuple[int, ...]], shape: BatchShape) -> list[list[int]]:
    """Return batches of indices, each of one group and of similar lengths, longest first."""
    order = sorted(range(len(lengths)), key=lambda index: (groups[index], lengths[index], -index), reverse=True)
    batches: list[list[int]] = []
    for _, members in groupby(order, key=groups.__getitem__):
        batches += _share_out(list(members), lengths, shape)
    return batches


def _share_out(members: Sequence[int], lengths: Sequence[int], shape: BatchShape) -> Iterator[list[int]]:
    """Yield the members of one group, sorted by falling length, in batches of similar size."""
    rounds = -(-len(members) // (shape.sentences * shape.workers))
    # As many batches as workers, or a multiple: a small last one would leave the others waiting.
    size = -(-len(members) // (rounds * shape.workers))
    start = 0
    while start < len(members):
        room = size if shape.tokens is None else min(size, shape.tokens // max(1, lengths[members[start]]))
        yield list(members[start : start + max(1, room)])
        start += max(1, room)


def run_batches(
    batches: Iterable[Sequence[int]], start: Callable[[Sequence[int]], Running[Result]], *, workers: int
) -> Iterator[tuple[int, Result]]:
    """Yield the index and result of each request as soon as its batch gives it, in no particular order.

    An interruption takes effect at once and stops running batches: Python handles signals only between its own
    instructions, so Ctrl-C would have no effect during a call of minutes. Abandoning the iteration stops the work, too.

    Args:
        batches: Indices of the requests of each batch.
        start: Starts one; called from this thread.
        workers: Most running batches, so that memory use and losses by an interruption stay small.
    """
    waiting = iter(batches)
    running: list[tuple[Sequence[int], Running[Result]]] = []
    try:
        while True:
            while len(running) < workers and (indices := next(waiting, None)) is not None:
                running.append((indices, start(indices)))
            if not running:
                return
            found: list[tuple[int, Result]] = []
            for at, (indices, batch) in enumerate(running):
                done = batch.done()  # asked first: what comes in between is taken now or the next time
                found = [(indices[place], result) for place, result in batch.take()]
                if done:
                    del running[at]
                    # The next one is begun before results are handed out, so that no worker waits for who takes them.
                    if (following := next(waiting, None)) is not None:
                        running.append((following, start(following)))
                if done or found:
                    break
            else:
                time.sleep(_POLL_SECONDS)
            yield from found
    finally:
        for _, batch in running:
            batch.stop()
