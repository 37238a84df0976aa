"""Translations of earlier plans in a benchmark's folder."""

from pathlib import Path

from common.errors import TolmachError
from eval.bench.journal import read_identity
from eval.bench.plan import BenchPlan, Task
from eval.bench.worker import identity_of


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
