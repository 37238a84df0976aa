"""The machine, and the memory of a process."""

import os
import platform
import resource
import sys
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Final

LIBRARIES: Final = ("tolmach", "sacrebleu", "ctranslate2", "transformers", "torch", "tokenizers", "sentencepiece")


def describe_machine() -> dict[str, str]:
    """Return processor, cores, memory, system and Python, by name."""
    found = {
        "processor": _processor(),
        "cores": str(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()),
        "memory": f"{_memory_gib():.0f} GiB",
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }
    return {name: value for name, value in found.items() if value}


def library_versions(names: Sequence[str] = LIBRARIES) -> dict[str, str]:
    """Return the versions of the installed ones among some libraries."""
    found = {}
    for name in names:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def peak_memory() -> int:
    """Return the peak memory of this process, in bytes."""
    try:
        # The alternative, ru_maxrss, includes the parent's memory at the start of this process.
        status = Path("/proc/self/status").read_text(encoding="ascii")
        return int(status.partition("VmHWM:")[2].split()[0]) << 10
    except (OSError, IndexError, ValueError):
        used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return used if sys.platform == "darwin" else used << 10


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")


def _memory_gib() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
