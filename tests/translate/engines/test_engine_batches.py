"""Batches hold every request once, are of a bounded size, and run side by side without outliving who asked for them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from translate.engines import batches
from translate.engines.batches import BatchShape, Finished, plan_batches, run_batches
from translate.engines.ctranslate2_engine import share_threads

SHAPES = st.builds(BatchShape, st.integers(1, 8), st.none() | st.integers(1, 200), st.integers(1, 4))


@given(st.lists(st.tuples(st.integers(1, 50), st.integers(0, 3)), max_size=40), SHAPES)
def test_batches_hold_every_request_once_with_its_like(sizes: list[tuple[int, int]], shape: BatchShape) -> None:
    lengths, groups = [length for length, _ in sizes], [(group,) for _, group in sizes]
    planned = plan_batches(lengths, groups, shape)
    assert sorted(index for batch in planned for index in batch) == list(range(len(sizes)))
    for batch in planned:
        assert 1 <= len(batch) <= shape.sentences
        assert len({groups[index] for index in batch}) == 1
        assert [lengths[index] for index in batch] == sorted((lengths[index] for index in batch), reverse=True)
        padded = len(batch) * lengths[batch[0]]
        assert shape.tokens is None or padded <= shape.tokens or len(batch) == 1


@pytest.mark.parametrize(("number", "sizes"), [(1, [1]), (5, [3, 2]), (33, [17, 16]), (65, [17, 17, 17, 14])])
def test_requests_are_shared_out_between_workers(number: int, sizes: list[int]) -> None:
    planned = plan_batches([7] * number, [()] * number, BatchShape(32, workers=2))
    assert [len(batch) for batch in planned] == sizes


def test_no_requests_make_no_batches() -> None:
    assert plan_batches([], [], BatchShape(8)) == []


@dataclass
class Slow:
    """A batch that is done when it was asked so many times."""

    indices: Sequence[int]
    asked: int
    stopped: bool = False

    def done(self) -> bool:
        self.asked -= 1
        return self.asked <= 0

    def take(self) -> list[tuple[int, int]]:
        return [(at, 10 * index) for at, index in enumerate(self.indices)] if self.asked <= 0 else []

    def stop(self) -> None:
        self.stopped = True


@dataclass
class Work:
    """Starts slow batches and keeps them."""

    asked: Sequence[int]
    started: list[Slow] = field(default_factory=list)

    def start(self, indices: Sequence[int]) -> Slow:
        self.started.append(Slow(indices, self.asked[len(self.started)]))
        return self.started[-1]


def test_results_come_as_batches_are_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "_POLL_SECONDS", 0)
    work = Work([9, 1, 1])
    assert list(run_batches([[0, 1], [2], [3]], work.start, workers=2)) == [(2, 20), (3, 30), (0, 0), (1, 10)]


@dataclass
class Piecemeal(Slow):
    """A batch that gives one result each time it is asked."""

    def take(self) -> list[tuple[int, int]]:
        at = len(self.indices) - 1 - max(0, self.asked)
        return [(at, 10 * self.indices[at])]


def test_results_come_before_their_batch_is_done() -> None:
    batch = Piecemeal([4, 5, 6], 3)
    found = run_batches([[4, 5, 6]], lambda _: batch, workers=1)
    assert next(found) == (4, 40)
    assert batch.asked > 0
    found.close()
    assert batch.stopped


def test_no_more_batches_run_than_there_are_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "_POLL_SECONDS", 0)
    work = Work([1] * 100)
    found = run_batches(([at] for at in range(100)), work.start, workers=2)
    for taken in range(1, 50):
        next(found)
        assert len(work.started) <= taken + 2


def test_who_stops_asking_stops_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "_POLL_SECONDS", 0)
    work = Work([1, 99, 99])
    found = run_batches([[0], [1], [2]], work.start, workers=2)
    next(found)
    found.close()
    assert [one.stopped for one in work.started] == [False, True, True]


def test_an_interruption_stops_every_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(batches.time, "sleep", interrupt)
    work = Work([99, 99])
    with pytest.raises(KeyboardInterrupt):
        next(run_batches([[0], [1]], work.start, workers=2))
    assert all(one.stopped for one in work.started)


def test_a_batch_that_fails_stops_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "_POLL_SECONDS", 0)
    work = Work([99])

    def start(indices: Sequence[int]) -> Slow:
        if indices == [1]:
            raise ValueError("no")
        return work.start(indices)

    with pytest.raises(ValueError, match="no"):
        next(run_batches([[0], [1]], start, workers=2))
    assert work.started[0].stopped


def test_what_is_done_at_once_needs_no_waiting() -> None:
    assert list(run_batches([[0], [1]], lambda indices: Finished([*indices]), workers=1)) == [(0, 0), (1, 1)]


@pytest.mark.parametrize(
    ("threads", "device", "shared"),
    [(1, "cpu", (1, 1)), (2, "cpu", (2, 2)), (3, "cpu", (3, 2)), (16, "cpu", (4, 8)), (16, "cuda", (1, 16))],
)
def test_threads_are_shared_between_batches(threads: int, device: str, shared: tuple[int, int]) -> None:
    assert share_threads(threads, device) == shared
