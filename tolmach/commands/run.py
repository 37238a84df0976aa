"""`tolmach run`: translate an article, align the versions, compare their quotes, score, report."""

from pathlib import Path
from typing import Any

import click

from common.names import printable
from tolmach.export.output import Output
from tolmach.options.clashes import check_outputs
from tolmach.options.common import (
    FORMATS,
    common_options,
    encoding_option,
    private_option,
    source_language_option,
    target_languages_option,
)
from tolmach.options.models import model_options
from tolmach.options.paths import ARTICLE, LANGUAGE_FILE, OutputFolder
from tolmach.options.strict import strict_option
from tolmach.terminal.console import make_progress
from tolmach.workflow.inputs import read_articles


@click.command()
@click.argument("article", type=ARTICLE)
@target_languages_option
@source_language_option
@encoding_option
@private_option
@click.option(
    "--reference", "references", type=LANGUAGE_FILE, multiple=True, help="Human version to score a translation against."
)
@click.option(
    "--output",
    "-o",
    "folder",
    required=True,
    type=OutputFolder(),
    help="Folder for the translations, result.json and report.html.",
)
@click.option(
    "--format", "output_format", type=click.Choice(FORMATS), help="Form of the summary; table on a terminal, else json."
)
@model_options
@strict_option
@common_options
def run(
    article: str, targets: tuple[str, ...], source: str | None, folder: Path, *, quiet: bool, **options: Any
) -> None:
    """Translate an ARTICLE, align and compare the versions, and write a report.

    ARTICLE is a file, a URL, or - for standard input. Into the folder go the translated articles, result.json
    and report.html; a summary is printed.

    \b
    Example:
      tolmach run en.txt --to ru --to zh --reference ru=ru.txt -o report/
    """
    from tolmach.export import runs  # noqa: PLC0415 - loaded when used
    from tolmach.tables.results import summary_table  # noqa: PLC0415 - loaded when used
    from tolmach.workflow.pipeline import RunPlan  # noqa: PLC0415 - loaded when used
    from tolmach.workflow.pipeline import run as run_pipeline  # noqa: PLC0415 - loaded when used
    from tolmach.workflow.translators import load_translator_from, read_references  # noqa: PLC0415 - loaded when used

    progress = make_progress(quiet=quiet)
    (loaded,) = read_articles([article], [source] if source else [], progress, encoding=options["encoding"])
    planned = runs.planned_paths(folder, loaded, targets)
    check_outputs(planned)
    foreign = runs.foreign_files(folder, planned)
    plan = RunPlan(targets, read_references(options["references"], progress))
    result = run_pipeline(loaded, plan, load_translator_from(options, progress), progress)
    paths = runs.write_run(folder, result)
    for path in foreign:
        progress.note(f"replaced {printable(path)}, which no earlier run wrote")
    Output(options["output_format"]).emit(
        runs.summary_json(result, paths), lambda console: summary_table(console, result, paths)
    )
    options["strict"].judge(result)
