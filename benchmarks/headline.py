"""Print the headline figures of two commits or checkouts side by side, with the difference.

    python -m benchmarks.headline OLD NEW [--only NAME …] [--keep FOLDER]

The benchmarks are listed in `headline.toml`. Every benchmark runs in the checkout that it measures, in a separate
process. A commit is checked out into a temporary folder. `--keep` keeps the JSON of commits, and reuses it instead of
measuring again. Development data is read from `TOLMACH_SHARED`.
"""

import argparse
import json
import math
import os
import subprocess
import sys
import tarfile
import tempfile
import time
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from statistics import median
from typing import Any, Final

from benchmarks.places import ROOT, shared_folder
from common.files import write_text

TABLE: Final = ROOT / "benchmarks" / "headline.toml"
Figures = dict[str, float]


@dataclass(frozen=True)
class Benchmark:
    """A script and the figures to read from its JSON; see the head of `headline.toml`."""

    name: str
    calls: tuple[str, ...]
    figures: tuple[str, ...]
    lower: tuple[str, ...] = ()
    rounds: int = 0
    printed: bool = False


@dataclass(frozen=True)
class Checkout:
    """A folder to measure, and its commit; None if the folder may have changed since."""

    folder: Path
    commit: str | None


@dataclass(frozen=True)
class FigureRow:
    """One figure of both checkouts; None if missing."""

    name: str
    old: float | None
    new: float | None
    lower: bool = False
    ratio: float | None = None

    def change(self) -> str:
        """Return the ratio of a speed or the difference of another figure, marked if worse."""
        if self.old is None or self.new is None:
            return "missing"
        if self.ratio is not None:
            return f"×{self.ratio:.2f}"
        worse = self.new > self.old if self.lower else self.new < self.old
        return f"{self.new - self.old:+.4f}{' !' if worse else ''}" if self.new != self.old else "="


def read_table(text: str) -> tuple[list[Benchmark], list[str]]:
    """Return the benchmarks, and the names of omitted ones."""
    table = tomllib.loads(text)
    left_out = table.pop("left_out")
    found = []
    for name, entry in table.items():
        calls, figures, lower = (tuple(entry.get(key, ())) for key in ("calls", "figures", "lower"))
        found.append(Benchmark(name, calls, figures, lower, entry.get("rounds", 0), entry.get("printed", False)))
    return found, left_out


def flattened(record: Any, path: str = "") -> Iterator[tuple[str, float]]:
    """Yield every number of a JSON record with its path, as in `results/en-ru/f1`."""
    if isinstance(record, Mapping | list):
        entries = record.items() if isinstance(record, Mapping) else enumerate(record)
        for key, value in entries:
            yield from flattened(value, f"{path}/{key}" if path else str(key))
    elif isinstance(record, int | float) and not isinstance(record, bool) and math.isfinite(record):
        yield path, float(record)


def chosen(record: Any, benchmark: Benchmark) -> Figures:
    """Return the figures of a benchmark."""
    return {name: value for name, value in flattened(record) if _matches(name, benchmark.figures)}


def _matches(name: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def printed_json(text: str) -> Any:
    """Return the JSON after other lines."""
    return json.loads(text[f"\n{text}".index("\n{\n") :])


def command(benchmark: Benchmark, checkout: Path) -> list[str]:
    """Return the arguments of `python` for a benchmark in the layout of a checkout.

    Raises:
        LookupError: The checkout does not have the script.
    """
    for call in benchmark.calls:
        script, *words = call.format(shared=shared_folder().resolve()).split()
        if script.endswith(".py"):
            if (checkout / script).is_file():
                return [script, *words]
        elif (checkout / script.replace(".", "/")).with_suffix(".py").is_file():
            return ["-m", script, *words]
    raise LookupError(f"{checkout} has no {benchmark.name}")


def run(benchmark: Benchmark, checkout: Path) -> Any:
    """Run a benchmark once and return its JSON.

    Raises:
        LookupError: It does not exist, or failed.
    """
    words = command(benchmark, checkout)
    shared = str(shared_folder().resolve())
    environment = os.environ | {"PYTHONPATH": str(checkout), "TOLMACH_SHARED": shared, "PYTHONHASHSEED": "0"}
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "figures.json"
        words += [] if benchmark.printed else ["--output", str(output)]
        done = subprocess.run(  # noqa: S603 - our own scripts
            [sys.executable, *words],
            cwd=checkout,
            env=environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        if done.returncode:
            raise LookupError(f"{' '.join(words[:2])} failed: {done.stderr.strip().splitlines()[-1:]}")
        return printed_json(done.stdout) if benchmark.printed else json.loads(output.read_text(encoding="utf-8"))


def measured(benchmark: Benchmark, checkout: Checkout, keep: Path | None) -> Figures:
    """Return the figures of a checkout, from the folder of kept ones if possible; none if it failed."""
    path = keep / checkout.commit / f"{benchmark.name}.json" if keep and checkout.commit else None
    began = time.perf_counter()
    try:
        kept = json.loads(path.read_text(encoding="utf-8")) if path and path.exists() else None
        record = kept or run(benchmark, checkout.folder)
    except LookupError as error:
        print(error.args[0], file=sys.stderr, flush=True)
        return {}
    print(f"{benchmark.name} {checkout.folder} {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_text(path, json.dumps(record, ensure_ascii=False))
    return chosen(record, benchmark)


def compared(benchmark: Benchmark, old: Checkout, new: Checkout, keep: Path | None) -> list[FigureRow]:
    """Measure both checkouts: once, or in turn for speed."""
    if not benchmark.rounds:
        return rows(benchmark, measured(benchmark, old, keep), measured(benchmark, new, keep))
    turns = [(measured(benchmark, old, None), measured(benchmark, new, None)) for _ in range(benchmark.rounds)]
    return speed_rows(benchmark, turns)


def rows(benchmark: Benchmark, old: Figures, new: Figures) -> list[FigureRow]:
    """Return a row for every figure of either."""
    return [
        FigureRow(f"{benchmark.name}: {name}", old.get(name), new.get(name), _matches(name, benchmark.lower))
        for name in dict.fromkeys([*old, *new])
    ]


def speed_rows(benchmark: Benchmark, turns: Sequence[tuple[Figures, Figures]]) -> list[FigureRow]:
    """Return the medians of the rounds, and the median of the rounds' ratios of new to old."""
    found = []
    for name in turns[0][0]:
        pairs = [(old[name], new[name]) for old, new in turns if name in old and name in new and old[name]]
        if pairs:
            old, new = (median(values) for values in zip(*pairs, strict=True))
            ratio = median(after / before for before, after in pairs)
            found.append(FigureRow(f"{benchmark.name}: {name}", old, new, ratio=ratio))
    return found


def render(found: Sequence[FigureRow], names: tuple[str, str]) -> str:
    """Return the rows as a Markdown table; `!` marks worse figures."""
    lines = [f"| figure | {names[0]} | {names[1]} | change |", "| --- | --- | --- | --- |"]
    lines += [f"| {row.name} | {_number(row.old)} | {_number(row.new)} | {row.change()} |" for row in found]
    return "\n".join(lines)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.4f}".rstrip("0").rstrip(".")


@contextmanager
def checkout_of(name: str) -> Iterator[Checkout]:
    """Yield a folder unchanged, or a commit in a temporary folder."""
    if Path(name).is_dir():
        yield Checkout(Path(name).resolve(), None)
        return
    commit = _git("rev-parse", "--verify", f"{name}^{{commit}}")
    with tempfile.TemporaryDirectory() as folder:
        archive, place = Path(folder) / "commit.tar", Path(folder) / commit[:10]
        _git("archive", "--output", str(archive), commit)
        with tarfile.open(archive) as files:
            files.extractall(place, filter="data")
        yield Checkout(place, commit)


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=True)  # noqa: S603, S607
    return done.stdout.strip()


def main() -> None:
    benchmarks, left_out = read_table(TABLE.read_text(encoding="utf-8"))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("old", help="commit or folder")
    parser.add_argument("new", help="commit or folder")
    parser.add_argument("--only", nargs="+", choices=[one.name for one in benchmarks], help="run these alone")
    parser.add_argument("--keep", type=Path, help="folder that keeps the JSON of commits")
    arguments = parser.parse_args()
    found: list[FigureRow] = []
    with checkout_of(arguments.old) as old, checkout_of(arguments.new) as new:
        for benchmark in benchmarks:
            if not arguments.only or benchmark.name in arguments.only:
                found += compared(benchmark, old, new, arguments.keep)
    print(render(found, (arguments.old, arguments.new)))
    print("\nLeft out:", *left_out, sep="\n- ")


if __name__ == "__main__":
    main()
