"""`tolmach run`: translate an article, align the versions, compare their quotes, score, report."""

from dataclasses import dataclass
from pathlib import Path

import click

from common.names import printable
from tolmach.export.output import Output
from tolmach.export.runs import foreign_files, planned_paths, summary_json, write_run
from tolmach.options.clashes import check_outputs
from tolmach.options.command import OptionGroup, TolmachCommand, option, takes
from tolmach.options.common import (
    FORMATS,
    CommonOptions,
    common_options,
    encoding_option,
    private_option,
    source_language_option,
    target_languages_option,
)
from tolmach.options.models import ModelOptions, model_options
from tolmach.options.paths import ARTICLE, LANGUAGE_FILE, OutputFolder
from tolmach.options.strict import Strictness, strict_option
from tolmach.tables.results import summary_table
from tolmach.terminal.console import make_progress
from tolmach.workflow.inputs import read_articles
from tolmach.workflow.pipeline import RunPlan
from tolmach.workflow.pipeline import run as run_pipeline
from tolmach.workflow.translators import load_translator_from, read_references


@dataclass(frozen=True, kw_only=True)
class RunOptions(ModelOptions, CommonOptions):
    """What `tolmach run` is asked."""

    article: str
    targets: tuple[str, ...]
    source: str | None
    encoding: str | None
    references: tuple[tuple[str, str], ...]
    folder: Path
    output_format: str | None
    strict: Strictness


@click.command(cls=TolmachCommand)
@click.argument("article", type=ARTICLE)
@target_languages_option
@source_language_option
@encoding_option
@private_option
@option(
    "--reference",
    "references",
    group=OptionGroup.INPUT,
    type=LANGUAGE_FILE,
    multiple=True,
    help="Human version to score a translation against.",
)
@option(
    "--output",
    "-o",
    "folder",
    group=OptionGroup.OUTPUT,
    required=True,
    type=OutputFolder(),
    help="Folder for the translations, result.json and report.html.",
)
@option(
    "--format",
    "output_format",
    group=OptionGroup.OUTPUT,
    type=click.Choice(FORMATS),
    help="Form of the summary; table on a terminal, else json.",
)
@model_options
@strict_option
@common_options
@takes(RunOptions)
def run(options: RunOptions) -> None:
    """Translate an ARTICLE, align and compare the versions, and write a report.

    ARTICLE is a file, a URL, or - for standard input. Into the folder go the translated articles, result.json
    and report.html; a summary is printed.

    \b
    Example:
      tolmach run en.txt --to ru --to zh --reference ru=ru.txt -o report/
    """
    progress = make_progress(quiet=options.quiet)
    languages = [options.source] if options.source else []
    (loaded,) = read_articles([options.article], languages, progress, encoding=options.encoding)
    planned = planned_paths(options.folder, loaded, options.targets)
    check_outputs(planned)
    foreign = foreign_files(options.folder, planned)
    plan = RunPlan(options.targets, read_references(options.references, progress))
    result = run_pipeline(loaded, plan, load_translator_from(options, progress), progress)
    paths = write_run(options.folder, result)
    for path in foreign:
        progress.note(f"replaced {printable(path)}, which no earlier run wrote")
    Output(options.output_format).emit(
        summary_json(result, paths), lambda console: summary_table(console, result, paths)
    )
    options.strict.judge(result)
