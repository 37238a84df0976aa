"""The files of a benchmark: its result as JSON, and the reports made from it."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, cast

from corpora.errors import InputError
from corpora.files import write_texts
from eval.bench.result import BenchResult
from tolmach.codec import DecodeError, decode, encode

SCHEMA: Final = "tolmach-bench/1"
RESULT: Final = "result.json"
MARKDOWN: Final = "report.md"
PAGE: Final = "report.html"


def to_json(result: BenchResult) -> str:
    """Return a result as JSON text."""
    return json.dumps({"schema": SCHEMA, **encode(result, BenchResult)}, ensure_ascii=False, indent=1) + "\n"


def from_json(text: str, where: str) -> BenchResult:
    """Read what `to_json` wrote; `where` is what errors call it.

    Raises:
        InputError: It is no result of a benchmark.
    """
    try:
        data: Any = json.loads(text)
        schema = data.get("schema") if isinstance(data, dict) else None
        if schema != SCHEMA:
            raise InputError(f"{where} is no result of a benchmark: its schema is {schema!r}, not {SCHEMA!r}")
        return cast("BenchResult", decode(data, BenchResult))
    except (ValueError, DecodeError) as error:
        raise InputError(f"{where} is no result of a benchmark: {error}", hint="Run the benchmark again") from error


def read_result(path: Path) -> BenchResult:
    """Return the result in a benchmark's folder, or in a file.

    Raises:
        InputError: It cannot be read, or is no result.
    """
    file = path / RESULT if path.is_dir() else path
    try:
        return from_json(file.read_text(encoding="utf-8"), str(file))
    except OSError as error:
        raise InputError(
            f"cannot read {file}: {error.strerror}", hint="Name the folder that `tolmach bench run -o` wrote"
        ) from error
    except UnicodeDecodeError as error:
        raise InputError(f"{file} is not UTF-8 text") from error


def write_reports(result: BenchResult, folder: Path) -> list[Path]:
    """Write the result and its reports into a folder, all or none; return the paths.

    Raises:
        OutputError: They cannot be written.
    """
    from tolmach.bench.markdown import render_markdown  # noqa: PLC0415 - loaded when used
    from tolmach.bench.page import render_page  # noqa: PLC0415 - loaded when used

    texts = {
        folder / RESULT: to_json(result),
        folder / MARKDOWN: render_markdown(result),
        folder / PAGE: render_page(result),
    }
    write_texts(texts)
    return list(texts)


def combine(results: list[BenchResult]) -> BenchResult:
    """Return several results as one: the tables of all, the models of all.

    Systems of different results are not compared with each other, since they were not resampled together.

    Raises:
        InputError: The results were made with other settings or metrics, so that they do not belong in one report.
    """
    first = results[0]
    for other in results[1:]:
        for name in ("setting", "metrics", "resampling", "adequacy"):
            if getattr(other, name) != getattr(first, name):
                raise InputError(
                    f"the benchmarks differ in {name}: {getattr(first, name)!r} and {getattr(other, name)!r}",
                    hint="Report them apart, or run them with the same options",
                )
    models = {model.name: model for result in results for model in result.models}
    return replace(
        first,
        command="\n".join(dict.fromkeys(result.command for result in results if result.command)),
        models=tuple(models.values()),
        tables=tuple(table for result in results for table in result.tables),
    )
