"""`tolmach compare`: how the quotes of several versions differ."""

from dataclasses import dataclass
from pathlib import Path

import click

from alignment.encoders import load_ahead
from tolmach.export.output import CsvForm, Output, check_options, name_page
from tolmach.export.quotes import COMPARISON_FORMATS, deliver_comparison
from tolmach.options.command import OptionGroup, TolmachCommand, option, takes
from tolmach.options.common import (
    CHECK_FAILED,
    ReadingOptions,
    ResultOptions,
    common_options,
    csv_options,
    encoding_option,
    interface_option,
    languages_option,
    output_options_for,
    private_option,
)
from tolmach.options.paths import ARTICLE, MODEL, OutputFile
from tolmach.pages import write_report
from tolmach.pages.groups import DIFFERENT
from tolmach.results.overview import count_verdicts
from tolmach.terminal.console import make_progress
from tolmach.workflow.gold_files import read_articles
from tolmach.workflow.pipeline import Naming, check_versions, compare_articles


@dataclass(frozen=True, kw_only=True)
class CompareCommandOptions(ReadingOptions, ResultOptions):
    """Options of `tolmach compare`."""

    report: Path | None
    force: bool
    full: bool
    names: bool
    strict: bool
    escape: bool
    excel: bool
    tidy: bool
    judge: str | None
    labels: tuple[str, ...]
    original: str | None


@click.command(cls=TolmachCommand)
@click.argument("articles", nargs=-1, required=True, type=ARTICLE)
@languages_option
@option(
    "--label",
    "labels",
    group=OptionGroup.INPUT,
    multiple=True,
    metavar="NAME",
    help="Name of each article, in order; outlet and date of a web page, else its language.",
)
@option(
    "--original",
    group=OptionGroup.INPUT,
    metavar="NUMBER|NAME",
    help="The article that the others derive from: its number, from 1, or its label.",
)
@option(
    "--report", group=OptionGroup.OUTPUT, type=OutputFile(stream=False), help="Also write an HTML report to this file."
)
@option(
    "--all",
    "full",
    group=OptionGroup.OUTPUT,
    is_flag=True,
    help="In a table, show the wordings of all quotes side by side, not the most serious changes.",
)
@option(
    "--names",
    group=OptionGroup.OUTPUT,
    expert=True,
    is_flag=True,
    help="In a table, show also names and terms in quotation marks that may differ.",
)
@option("--strict", group=OptionGroup.CHECKS, is_flag=True, help="Exit with status 3 if a quote may differ.")
@option(
    "--force",
    group=OptionGroup.ALIGNMENT,
    is_flag=True,
    help="Compare also what does not look like versions of one text.",
)
@option(
    "--judge",
    group=OptionGroup.MODEL,
    type=MODEL,
    metavar="MODEL|URL",
    help="Get a second opinion from a chat model: a name from `tolmach models list`, a folder, or a server as http://HOST:PORT/v1#MODEL.",
)
@option("--tidy", group=OptionGroup.OUTPUT, expert=True, is_flag=True, help="In csv, write a row for each finding.")
@encoding_option
@private_option
@csv_options
@output_options_for(COMPARISON_FORMATS)
@interface_option
@common_options
@takes(CompareCommandOptions)
def compare(options: CompareCommandOptions) -> None:
    """Compare the quotes in versions of an ARTICLE.

    Two or more versions are compared. Each is a file, a URL, or - for standard input; two may be in the same language,
    and are then compared word by word. The table counts the quotes that may differ and names the most serious changes;
    --all shows the wordings of all. The page of --format html is the same as that of --report. The csv has a row for
    each passage and pair of versions; its findings are written kind:severity:message and separated by " | ".

    \b
    Example:
      tolmach compare en.txt ru.txt zh.txt --report quotes.html
      tolmach compare first.txt reworded.txt --format table
    """
    progress = make_progress(quiet=options.quiet)
    output = Output(options.output_format, options.output, COMPARISON_FORMATS, quiet=options.quiet)
    form = CsvForm(escape=options.escape, excel=options.excel, tidy=options.tidy)
    check_versions(len(options.articles))
    naming = Naming(options.labels, options.original)
    check_options(output, form, full=options.full, names=options.names)
    judge = None
    if options.judge is not None:
        from tolmach.judges import load_judge  # noqa: PLC0415 - loads the engines of translation

        judge = load_judge(options.judge, progress)
    load_ahead()
    with progress.bar("Reading the articles", None):
        loaded = read_articles(options.articles, options.languages, progress, encoding=options.encoding)
    result = compare_articles(loaded, progress, judge=judge, force=options.force, naming=naming)
    replaced = options.report is not None and options.report.exists()
    if options.report:
        write_report(options.report, result)
    deliver_comparison(result, output, form, full=options.full, names=options.names)
    if options.report and not options.quiet:
        name_page(options.report, replaced=replaced)
    if options.strict and result.quotes and not DIFFERENT.isdisjoint(count_verdicts(result.quotes)):
        raise click.exceptions.Exit(CHECK_FAILED)
