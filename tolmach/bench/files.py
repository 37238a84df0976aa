"""The files of a benchmark: its result as JSON, and the reports made from it."""

import glob
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, cast

from common.errors import InputError
from common.files import write_texts
from common.json_text import parse_json
from corpora.limits import read_text
from eval.bench.models import MEASURED
from eval.bench.plan import BenchPlan
from eval.bench.result import BenchResult, Breakdown, Table, WorstSegment
from eval.bench.runner import LOCK
from tolmach.bench.markdown import render_markdown
from tolmach.bench.page import render_page
from tolmach.results.codec import DecodeError, decode, encode

SCHEMA: Final = "tolmach-bench/1"
RESULT: Final = "result.json"
MARKDOWN: Final = "report.md"
PAGE: Final = "report.html"


def to_json(result: BenchResult) -> str:
    """Return a result as JSON text."""
    return json.dumps({"schema": SCHEMA, **encode(result, BenchResult)}, ensure_ascii=False, indent=1) + "\n"


def from_json(text: str, where: str) -> BenchResult:
    """Parse JSON text of `to_json`; `where` is its name in errors.

    Raises:
        InputError: It is not a result of a benchmark.
    """
    data = parse_json(text, where, hint="Name the folder that `tolmach bench run -o` wrote")
    schema = data.get("schema") if isinstance(data, dict) else None
    if schema != SCHEMA:
        raise InputError(f"{where} is not a result of a benchmark: its schema is {schema!r}, not {SCHEMA!r}")
    try:
        found = cast("BenchResult", decode(data, BenchResult))
        check_complete(found)
    except DecodeError as error:
        raise InputError(f"{where} is not a result of a benchmark: {error}", hint="Run the benchmark again") from error
    check_comparable(found.tables)
    return found


def read_result(path: Path) -> BenchResult:
    """Return the result in a benchmark's folder, or in a file.

    Raises:
        InputError: It cannot be read, or is not a result.
    """
    file = path / RESULT if path.is_dir() else path
    return from_json(read_text(file), str(file))


def write_reports(result: BenchResult, folder: Path) -> list[Path]:
    """Write the result and its reports into a folder, all or none; return the paths.

    Raises:
        OutputError: They cannot be written.
    """
    texts = {
        folder / RESULT: to_json(result),
        folder / MARKDOWN: render_markdown(result),
        folder / PAGE: render_page(result),
    }
    write_texts(texts)
    return list(texts)


def planned_paths(plan: BenchPlan, folder: Path) -> list[Path]:
    """Return the files that a benchmark will write: the reports, and existing files to resume from."""
    names = [RESULT, MARKDOWN, PAGE, LOCK]
    kept = [MEASURED, *(f"{glob.escape(task.name)}.jsonl" for task in plan.tasks())]
    return [folder / name for name in names] + [path for name in kept for path in folder.glob(f"*/{name}")]


def kept_paths(folder: Path) -> list[Path]:
    """Return the files in a benchmark's folder that cannot be regenerated, unlike the reports."""
    return [folder / RESULT, *folder.glob("*/*.json*")]


def combine(results: Sequence[BenchResult]) -> BenchResult:
    """Return one result with the tables and models of one or more.

    Raises:
        InputError: The results were made with other settings, metrics, signatures or segments, so that they cannot be
            in one report.
    """
    first = results[0]
    for other in results[1:]:
        for name in ("setting", "metrics", "resampling", "adequacy"):
            if getattr(other, name) != getattr(first, name):
                raise InputError(
                    f"the benchmarks differ in {name}: {getattr(first, name)!r} and {getattr(other, name)!r}",
                    hint="Report them apart, or run them with the same options",
                )
    tables = tuple(table for result in results for table in result.tables)
    check_comparable(tables)
    return replace(
        first,
        command="\n".join(dict.fromkeys(result.command for result in results if result.command)),
        # A model that was measured twice has two rows: its start and its memory depend on the machine.
        models=tuple(dict.fromkeys(model for result in results for model in result.models)),
        tables=tables,
    )


def check_comparable(tables: Sequence[Table]) -> None:
    """Refuse tables whose scores cannot be compared.

    Raises:
        InputError: One metric has two signatures in a table, or in tables of one target language, where only the number
            of references may differ; or one set and direction has two contents.
    """
    signatures: dict[tuple[str, str], str] = {}
    contents: dict[tuple[str, str], str] = {}
    for table in tables:
        named = table.set, table.pair
        if contents.setdefault(named, table.digest) != table.digest:
            raise InputError(
                f"{table.set} {table.pair} has other segments or references in one result than in another",
                hint="Report them apart, or run them with the same options",
            )
        by_metric: dict[str, str] = {}
        for score in table.scores:
            target = table.pair.rpartition("-")[2]
            general = "|".join(part for part in score.signature.split("|") if not part.startswith("nrefs:"))
            pairs = (
                (by_metric.setdefault(score.metric, score.signature), score.signature),
                (signatures.setdefault((score.metric, target), general), general),
            )
            for before, here in pairs:
                if before != here:
                    raise InputError(
                        f"{score.metric} of {table.set} {table.pair} has two signatures: {before} and {here}",
                        hint="Such scores cannot be compared; score all with one version and one tokenizer",
                    )


def check_complete(result: BenchResult) -> None:
    """Refuse an incomplete result.

    Raises:
        DecodeError: A name is not of a system or metric, or a score is missing; the message names the place.
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
        yield f"the baseline {table.baseline!r} is not a system"
    yield from (
        f"the speed of {one.name!r} is not above 0"
        for one in table.systems
        if one.segments_per_second is not None and one.segments_per_second <= 0
    )
    yield from _scores(table, names, metrics)
    for breakdown in table.breakdowns:
        yield from _breakdown(breakdown, names)
    for shown in (*table.worst, *table.contrasts):
        yield from _shown(shown, names)
    yield from (
        f"segment {one.number} of {one.system!r} has no output of {name!r}"
        for one in table.contrasts
        for name in names
        if name not in one.outputs
    )


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


def _shown(shown: WorstSegment, names: list[str]) -> Iterator[str]:
    where = f"segment {shown.number} of {shown.system!r}"
    yield from _ghosts((shown.system, *shown.outputs), names, where)
    yield from (f"{where} has no score of {name!r}" for name in shown.outputs if name not in shown.scores)


def _ghosts(found: Iterable[str], names: list[str], where: str) -> Iterator[str]:
    return (f"{where} is of {name!r}, which is not a system" for name in found if name not in names)
