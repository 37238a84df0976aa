"""Tables of several benchmarks on the same segments as one: all systems side by side, tested again."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from eval.bench.kept import read_statistics
from eval.bench.result import BenchResult, Breakdown, Part, SystemFigures, Table, WorstSegment
from eval.counts import formulas
from eval.significance.measures import FORMULAS, MeasuredMetric
from eval.significance.systems import compare_measured

_COUNTS = ("bs:", "ar:", "seed:")
PlacedTable = tuple[Table, Path]
"""A table, and the folder or file that it was read from."""


def join_tables(placed: Sequence[PlacedTable], result: BenchResult) -> tuple[Table, ...]:
    """Return the tables, those on the same segments joined to one where their statistics are there.

    Args:
        placed: Tables that may stand beside each other, see `tolmach.bench.files.check_comparable`.
        result: Tells metrics and resampling, which are the same for all.
    """
    groups: dict[tuple[str, str, str], list[PlacedTable]] = {}
    for table, path in placed:
        groups.setdefault((table.set, table.pair, table.digest), []).append((table, path))
    found: list[Table] = []
    for group in groups.values():
        joined = _join(group, result)
        found += [joined] if joined else [table for table, _ in group]
    return tuple(found)


def _join(group: Sequence[PlacedTable], result: BenchResult) -> Table | None:
    """Return one table of several; None where they must stay apart.

    That is where two systems have one name, but are not the same, and where statistics are not there.
    """
    filled = [(table, path) for table, path in group if table.systems]
    missing = {name: why for table, _ in group for name, why in table.missing.items()}
    if len(filled) <= 1:
        return replace(filled[0][0] if filled else group[0][0], missing=missing)
    first = filled[0][0]
    systems = _systems(filled)
    measured = [one for metric in result.metrics if (one := _measured(metric, filled))]
    if len(systems) < 2 or len(measured) < len(result.metrics):  # noqa: PLR2004 - a comparison has two sides
        return None
    compared = compare_measured(measured, baseline=first.baseline, options=result.resampling)
    return replace(
        first,
        systems=tuple(replace(one, agreement=None) for one in systems.values()),
        reference=next((table.reference for table, _ in filled if table.reference), None),
        scores=compared.scores,
        comparisons=compared.comparisons,
        breakdowns=_breakdowns(filled, list(systems)),
        worst=tuple(_worst(filled)),
        missing={name: why for name, why in missing.items() if name not in systems},
    )


def _systems(group: Sequence[PlacedTable]) -> dict[str, SystemFigures]:
    found: dict[str, SystemFigures] = {}
    for table, _ in group:
        for system in table.systems:
            found.setdefault(system.name, system)
    return found


def _worst(group: Sequence[PlacedTable]) -> Iterator[WorstSegment]:
    """Yield the worst segments of each system, from the first table that has it."""
    told: set[str] = set()
    for table, _ in group:
        yield from (one for one in table.worst if one.system not in told)
        told |= {system.name for system in table.systems}


def _measured(metric: str, group: Sequence[PlacedTable]) -> MeasuredMetric | None:
    """Return the statistics of all systems; None where one has none, or two of one name have different ones."""
    scores = [score for table, _ in group for score in table.scores if score.metric == metric]
    known: dict[str, Any] = {}
    for table, path in group:
        found = read_statistics(path, (table.set, table.pair), metric)
        for system in table.systems:
            own = found.get(system.name)
            if own is None or not np.array_equal(known.setdefault(system.name, own), own):
                return None
    return MeasuredMetric(
        metric=metric,
        signature=_bare(scores[0].signature),
        higher_is_better=scores[0].higher_is_better,
        statistics=known,
        formula=FORMULAS.get(metric, formulas.mean),
    )


def _bare(signature: str) -> str:
    """Return a metric's signature without the counts of resamples, which are added again."""
    return "|".join(part for part in signature.split("|") if not part.startswith(_COUNTS))


def _breakdowns(group: Sequence[PlacedTable], names: Sequence[str]) -> tuple[Breakdown, ...]:
    """Return the breakdowns that all tables have by the same metric and parts, with the scores of all systems."""
    found = []
    for breakdown in group[0][0].breakdowns:
        key = breakdown.property, breakdown.metric
        same = [one for table, _ in group for one in table.breakdowns if (one.property, one.metric) == key]
        if len(same) < len(group) or len({_parts(one) for one in same}) > 1:
            continue
        parts = []
        for own in zip(*(one.parts for one in same), strict=True):
            scores = {name: score for part in reversed(own) for name, score in part.scores.items()}
            parts.append(Part(own[0].name, own[0].segments, {name: scores[name] for name in names}))
        found.append(replace(breakdown, parts=tuple(parts)))
    return tuple(found)


def _parts(breakdown: Breakdown) -> tuple[tuple[str, int], ...]:
    return tuple((part.name, part.segments) for part in breakdown.parts)
