"""What the first use of the translator costs: the demonstration and an article, with an empty cache and a full one.

    python -m benchmarks.translation.first_use --output docs/results/translator_first_use.json

Memory is the greatest sum over all processes of a command, with shared pages counted once, read ten times a second from
`/proc`, so this runs on Linux only. It needs a package index, and takes the model that `auto` takes there.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.places import ROOT
from common.files import folder_size, write_text
from tolmach import read_result

_ARTICLES = [f"corpora/samples/articles/{name}/en.txt" for name in ("a02", "a03")]
_INTO_RUSSIAN = ("--to", "ru", "--format", "json", "-o")
RUNS = (
    ("demonstration, comparison only", "first", ("demo", "--no-translate", "-o")),
    ("demonstration, empty cache", "first", ("demo", "-o")),
    ("an article into Russian, empty cache", "second", ("translate", _ARTICLES[0], *_INTO_RUSSIAN)),
    ("another article, full cache", "second", ("translate", _ARTICLES[1], *_INTO_RUSSIAN)),
)
"""Name, cache and command of each run, in this order; where its result goes is added."""
_PAUSE = 0.1
"""Seconds between two readings of the memory: reading takes a few milliseconds for each process."""


@dataclass(frozen=True, slots=True)
class Use:
    """A command.

    Attributes:
        seconds: From its start to its end.
        processor_seconds: Of all its processes.
        peak_mb: Most memory that its processes had together, in MB.
        cache_mb: What its cache holds afterwards, in MB.
        sentences: Sentences of the article.
        flagged: Of those, with a note of a check, by target language.
    """

    run: str
    seconds: float
    processor_seconds: float
    peak_mb: int
    cache_mb: int
    sentences: int = 0
    flagged: dict[str, int] | None = None


def main() -> None:
    """Measure the demonstration without translation, with an empty cache, and with a full one."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--output", type=Path, help="file for the figures")
    output: Path | None = parser.parse_args().output
    with tempfile.TemporaryDirectory() as folder:
        uses = [asdict(_use(Path(folder), *each)) for each in RUNS]
    print(json.dumps(uses))
    if output:
        write_text(output, json.dumps(uses, indent=1) + "\n")


def _use(folder: Path, name: str, cache_name: str, arguments: Sequence[str]) -> Use:
    cache, result = folder / cache_name, folder / f"{name}/"
    environment = {key: value for key, value in os.environ.items() if not key.startswith("TOLMACH_")}
    command = [sys.executable, "-m", "tolmach", *arguments, f"{result}/"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began, peak = time.perf_counter(), 0
    with subprocess.Popen(command, cwd=ROOT, env=environment | {"TOLMACH_CACHE": str(cache)}) as process:  # noqa: S603
        while process.poll() is None:
            peak = max(peak, tree_memory(process.pid))
            time.sleep(_PAUSE)
    if process.returncode:
        sys.exit(f"the command ended with status {process.returncode}")
    seconds, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    flagged, sentences = {}, 0
    for path in result.glob("**/*.json"):
        for language, translation in read_result(path).translations.items():
            flagged[language] = sum(bool(one.checks) for one in translation.sentences)
            sentences = len(translation.sentences)
    return Use(
        name,
        round(seconds, 1),
        round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 1),
        peak // 1_000_000,
        folder_size(cache) // 1_000_000,
        sentences,
        flagged,
    )


def tree_memory(process: int) -> int:
    """Return the memory of a process and all below it, in bytes; of a shared page, each has a part."""
    folder = Path("/proc", str(process))
    try:
        summary = (folder / "smaps_rollup").read_text(encoding="ascii")
        children = "".join(path.read_text(encoding="ascii") for path in folder.glob("task/*/children"))
    except OSError:  # it has just ended
        return 0
    own = int(summary.partition("\nPss:")[2].split()[0]) * 1024
    return own + sum(tree_memory(int(child)) for child in children.split())


if __name__ == "__main__":
    main()
