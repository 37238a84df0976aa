"""Whether the result of a benchmark fits together: its reports look up every system by every metric."""

from collections.abc import Iterable, Iterator

from eval.bench.result import BenchResult, Breakdown, Table, WorstSegment
from tolmach.results.codec import DecodeError


def check_complete(result: BenchResult) -> None:
    """Refuse a result that no report could be made of.

    Raises:
        DecodeError: A name is that of no system or metric, or something lacks a score; the text says where.
    """
    if not result.metrics:
        raise DecodeError("it has no metrics")
    for number, table in enumerate(result.tables):
        problem = next(_problems(table, result.metrics), None)
        if problem is not None:
            raise DecodeError(f"tables[{number}]: {problem}")


def _problems(table: Table, metrics: tuple[str, ...]) -> Iterator[str]:
    names = [system.name for system in table.systems]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        yield f"two systems are called {twice!r}"
    if names and table.baseline not in names:
        yield f"the baseline {table.baseline!r} is no system"
    yield from (
        f"the speed of {one.name!r} is not above 0"
        for one in table.systems
        if one.segments_per_second is not None and one.segments_per_second <= 0
    )
    yield from _scores(table, names, metrics)
    for breakdown in table.breakdowns:
        yield from _breakdown(breakdown, names)
    for worst in table.worst:
        yield from _worst(worst, names)


def _scores(table: Table, names: list[str], metrics: tuple[str, ...]) -> Iterator[str]:
    scored = {(one.system, one.metric) for one in table.scores}
    yield from (
        f"{name!r} has no score by {metric}" for name in names for metric in metrics if (name, metric) not in scored
    )
    yield from _ghosts((one.system for one in table.scores), names, "a score")
    named = (name for one in table.comparisons for name in (one.system, one.baseline))
    yield from _ghosts(named, names, "a comparison")


def _breakdown(breakdown: Breakdown, names: list[str]) -> Iterator[str]:
    where = f"the breakdown by {breakdown.property}"
    if not breakdown.parts:
        yield f"{where} has no parts"
    for part in breakdown.parts:
        yield from _ghosts(part.scores, names, where)
        yield from (f"{where} has no score of {name!r}" for name in names if name not in part.scores)


def _worst(worst: WorstSegment, names: list[str]) -> Iterator[str]:
    where = f"worst segment {worst.number} of {worst.system!r}"
    yield from _ghosts((worst.system, *worst.outputs), names, where)
    yield from (f"{where} has no score of {name!r}" for name in worst.outputs if name not in worst.scores)


def _ghosts(found: Iterable[str], names: list[str], where: str) -> Iterator[str]:
    return (f"{where} is of {name!r}, which is no system" for name in found if name not in names)
