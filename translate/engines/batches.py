"""Which requests run together, and how several batches run at once."""

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
    """How large batches may be.

    Attributes:
        sentences: Most requests in one, at least 1.
        tokens: Most tokens in one, padding included; a request that is longer alone has a batch of its own. None knows
            no limit.
        workers: How many batches run at once: few requests are shared out between them.
    """

    sentences: int
    tokens: int | None = None
    workers: int = 1


class Running(Protocol[Made_co]):
    """A batch that is being worked on."""

    def done(self) -> bool:
        """Return whether its results are there."""
        ...

    def results(self) -> Sequence[Made_co]:
        """Return its results, in the order of its requests."""
        ...

    def stop(self) -> None:
        """Let the work end as soon as it can; nobody wants the results any more."""
        ...


@dataclass(frozen=True, slots=True)
class Finished(Generic[Result]):
    """A batch that was done as soon as it was begun."""

    found: list[Result]

    def done(self) -> bool:
        """Tell that it is."""
        return True

    def results(self) -> list[Result]:
        """Return the results."""
        return self.found

    def stop(self) -> None:
        """Do nothing: there is nothing left to stop."""


def plan_batches(lengths: Sequence[int], groups: Sequence[tuple[int, ...]], shape: BatchShape) -> list[list[int]]:
    """Return batches of indices, each of one group and of similar lengths, longest first.

    Args:
        lengths: Tokens of each request.
        groups: Which requests may share a batch: those with the same value.
        shape: How large a batch may be.
    """
    order = sorted(range(len(lengths)), key=lambda index: (groups[index], lengths[index], -index), reverse=True)
    batches: list[list[int]] = []
    for _, members in groupby(order, key=groups.__getitem__):
        batches += _share_out(list(members), lengths, shape)
    return batches


def _share_out(members: Sequence[int], lengths: Sequence[int], shape: BatchShape) -> Iterator[list[int]]:
    """Yield the members of one group, sorted by falling length, in batches of about one size."""
    rounds = -(-len(members) // (shape.sentences * shape.workers))
    # As many batches as workers, or twice as many, and so on: a last one of few would leave the others waiting.
    size = -(-len(members) // (rounds * shape.workers))
    start = 0
    while start < len(members):
        room = size if shape.tokens is None else min(size, shape.tokens // max(1, lengths[members[start]]))
        yield list(members[start : start + max(1, room)])
        start += max(1, room)


def run_batches(
    batches: Iterable[Sequence[int]], start: Callable[[Sequence[int]], Running[Result]], *, workers: int
) -> Iterator[tuple[int, Result]]:
    """Yield the index and result of each request as soon as its batch is done, in no particular order.

    An interruption is seen at once, and stops what is running: Python handles signals between its own instructions
    only, so that inside one call which takes minutes, Ctrl-C would seem dead. Who stops asking stops the work, too.

    Args:
        batches: Indices of the requests of each batch.
        start: Begins the work on one; called from this thread.
        workers: How many may be running; no more are begun, so that memory and what an interruption loses stay small.
    """
    waiting = iter(batches)
    running: list[tuple[Sequence[int], Running[Result]]] = []
    try:
        while True:
            while len(running) < workers and (indices := next(waiting, None)) is not None:
                running.append((indices, start(indices)))
            if not running:
                return
            at = _first_done(running)
            if at is None:
                time.sleep(_POLL_SECONDS)
                continue
            indices, batch = running.pop(at)
            # The next one is begun before its results are handed out, so that no worker waits for who takes them.
            if (following := next(waiting, None)) is not None:
                running.append((following, start(following)))
            yield from zip(indices, batch.results(), strict=True)
    finally:
        for _, batch in running:
            batch.stop()


def _first_done(running: Sequence[tuple[Sequence[int], Running[Result]]]) -> int | None:
    return next((at for at, (_, batch) in enumerate(running) if batch.done()), None)
