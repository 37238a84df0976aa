"""Content of a benchmark's folder beyond a plan: translations of earlier plans, and statistics."""

import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile

import numpy as np

from common.errors import TolmachError
from common.files import replacing
from eval.bench.journal import read_identity
from eval.bench.plan import BenchPlan, Task
from eval.bench.worker import identity_of
from eval.significance.measures import MeasuredMetric

STATISTICS: Final = "statistics.npz"
"""File of the statistics of each system, so that systems of several folders can be compared."""
_APART: Final = "\t"


def archived_models(plan: BenchPlan, folder: Path) -> tuple[dict[Task, list[str]], dict[Path, str]]:
    """Return the models in a folder that earlier plans ran with the same settings.

    Returns:
        The models besides the plan's own, by task; and the reasons why other journals are left out.
    """
    found: dict[Task, list[str]] = {}
    otherwise: dict[Path, str] = {}
    planned = plan.tasks()
    for path in sorted(folder.glob("*/*.jsonl")):
        identity = read_identity(path)
        if not {"model", "set", "source language", "target language"} <= identity.keys():
            otherwise[path] = "it is not a journal of a benchmark"
            continue
        model = identity["model"]
        task = Task(identity["set"], (identity["source language"], identity["target language"]))
        if task in planned and model in plan.models:
            continue
        try:
            same = identity == identity_of(plan, model, task)
        except TolmachError as error:
            otherwise[path] = error.message
            continue
        if same:
            found.setdefault(task, []).append(model)
        else:
            otherwise[path] = "it was made with other settings"
    return found, otherwise


def write_statistics(folder: Path, tables: Mapping[tuple[str, str], Sequence[MeasuredMetric]]) -> None:
    """Write the statistics of all systems, by set and direction."""
    arrays: dict[str, Any] = {
        _APART.join((*place, one.metric, system)): statistics
        for place, measured in tables.items()
        for one in measured
        for system, statistics in one.statistics.items()
    }
    with replacing(folder / STATISTICS) as path, path.open("wb") as file:
        numbered: dict[str, Any] = {str(number): array for number, array in enumerate(arrays.values())}
        np.savez_compressed(file, **numbered, names=np.array(list(arrays), dtype=str))


def read_statistics(folder: Path, place: tuple[str, str], metric: str) -> dict[str, "np.typing.NDArray[np.float64]"]:
    """Return the statistics of each system by a metric on one set and direction; none if missing."""
    try:
        place_of = folder if folder.is_dir() else folder.parent
        with (place_of / STATISTICS).open("rb") as file, np.load(file, allow_pickle=False) as data:
            names = data["names"].tolist()
            wanted = [(at, name.split(_APART)) for at, name in enumerate(names)]
            return {parts[3]: data[str(at)] for at, parts in wanted if tuple(parts[:3]) == (*place, metric)}
    except (OSError, EOFError, ValueError, LookupError, BadZipFile, zlib.error):
        return {}
