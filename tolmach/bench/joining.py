"""Tables of several benchmarks on the same segments as one: all systems side by side, tested anew."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from eval.bench.kept import read_statistics
from eval.bench.result import BenchResult, Breakdown, Part, SystemFigures, Table
from eval.significance import formulas
from eval.significance.measures import FORMULAS, Measured
from eval.significance.systems import compare_measured

Placed = tuple[Table, Path]
"""A table, and the folder or file that it was read from."""


def join_tables(placed: Sequence[Placed], result: BenchResult) -> tuple[Table, ...]:
    """Return the tables, those on the same segments joined to one where their statistics are there.

    Args:
        placed: Tables that may stand beside each other, see `tolmach.bench.files.check_comparable`.
        result: Tells metrics and resampling, which are the same for all.
    """
    groups: dict[tuple[str, str, str], list[Placed]] = {}
    for table, path in placed:
        groups.setdefault((table.set, table.pair, table.digest), []).append((table, path))
    found: list[Table] = []
    for group in groups.values():
        joined = _join(group, result)
        found += [joined] if joined else [table for table, _ in group]
    return tuple(found)


def _join(group: Sequence[Placed], result: BenchResult) -> Table | None:
    """Return one table of several; None where the statistics of a system are not there."""
    first = group[0][0]
    systems = _systems(group)
    if len(group) == 1 or len(systems) < 2:  # noqa: PLR2004 - a comparison has two sides
        return first
    measured = [_measured(metric, group, systems) for metric in result.metrics]
    whole = [one for one in measured if one is not None]
    if len(whole) < len(measured):
        return None
    compared = compare_measured(whole, baseline=first.baseline or next(iter(systems)), options=result.resampling)
    return replace(
        first,
        baseline=first.baseline or next(iter(systems)),
        systems=tuple(replace(one, agreement=None) for one in systems.values()),
        scores=compared.scores,
        comparisons=compared.comparisons,
        breakdowns=_breakdowns(group, list(systems)),
        worst=tuple(one for table, _ in group for one in table.worst),
        missing={name: why for table, _ in group for name, why in table.missing.items() if name not in systems},
    )


def _systems(group: Sequence[Placed]) -> dict[str, SystemFigures]:
    found: dict[str, SystemFigures] = {}
    for table, _ in group:
        for system in table.systems:
            found.setdefault(system.name, system)
    return found


def _measured(metric: str, group: Sequence[Placed], systems: Mapping[str, SystemFigures]) -> Measured | None:
    scores = [score for table, _ in group for score in table.scores if score.metric == metric]
    known: dict[str, Any] = {}
    for table, path in group:
        for name, statistics in read_statistics(path, (table.set, table.pair), metric).items():
            known.setdefault(name, statistics)
    if not scores or not systems.keys() <= known.keys():
        return None
    return Measured(
        metric=metric,
        signature=_bare(scores[0].signature),
        higher_is_better=scores[0].higher_is_better,
        statistics={name: known[name] for name in systems},
        formula=FORMULAS.get(metric, formulas.mean),
    )


def _bare(signature: str) -> str:
    """Return a metric's signature without the counts of resamples, which are added anew."""
    return "|".join(part for part in signature.split("|") if not part.startswith(_COUNTS))


_COUNTS = tuple(f"{name}:" for name in ("bs", "ar", "seed"))


def _breakdowns(group: Sequence[Placed], names: Sequence[str]) -> tuple[Breakdown, ...]:
    """Return the breakdowns that all tables have by the same metric and parts, with the scores of all systems."""
    found = []
    for breakdown in group[0][0].breakdowns:
        key = breakdown.property, breakdown.metric
        same = [one for table, _ in group for one in table.breakdowns if (one.property, one.metric) == key]
        if len(same) < len(group):
            continue
        parts = []
        for own in zip(*(one.parts for one in same), strict=True):
            scores = {name: score for part in reversed(own) for name, score in part.scores.items()}
            parts.append(Part(own[0].name, own[0].segments, {name: scores[name] for name in names}))
        found.append(replace(breakdown, parts=tuple(parts)))
    return tuple(found)
