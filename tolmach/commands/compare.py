"""`tolmach compare`: how the quotes of several versions differ."""

from pathlib import Path
from typing import Any

import click

from tolmach.export.quotes import COMPARISON_FORMATS, SUFFIX_HELP, check_options, deliver_comparison, named_output
from tolmach.judges.load import load_judge
from tolmach.options.common import (
    LANGUAGE,
    common_options,
    encoding_option,
    formula_option,
    output_options_for,
    private_option,
)
from tolmach.options.paths import ARTICLE, MODEL, OutputFile
from tolmach.terminal.console import make_progress
from tolmach.workflow.inputs import read_articles


@click.command()
@click.argument("articles", nargs=-1, required=True, type=ARTICLE)
@click.option(
    "--language",
    "languages",
    type=LANGUAGE,
    multiple=True,
    help="Language of each article, in order; detected when not given.",
)
@click.option("--report", type=OutputFile(stream=False), help="Write an HTML report to this file too.")
@click.option(
    "--all", "full", is_flag=True, help="In a table, show the wordings of what is the same, too, instead of one line."
)
@click.option(
    "--judge",
    type=MODEL,
    metavar="MODEL|URL",
    help="Ask a chat model, too: a name from `tolmach models list`, a folder, or a server as http://HOST:PORT/v1#MODEL.",
)
@encoding_option
@private_option
@formula_option
@output_options_for(COMPARISON_FORMATS, format_help=SUFFIX_HELP)
@common_options
def compare(
    articles: tuple[str, ...],
    languages: tuple[str, ...],
    report: Path | None,
    *,
    judge: str | None,
    quiet: bool,
    **options: Any,
) -> None:
    """Compare how the quotes of two or more versions of an ARTICLE are worded.

    Each ARTICLE is a file, a URL, or - for standard input; two may be in the same language, and are then compared
    word by word. The table shows the gravest differences first. The page of --format html is the one that --report
    writes. The csv has a row for each passage and pair of versions; its findings are written kind:severity:message
    and parted by " | ".

    \b
    Example:
      tolmach compare en.txt ru.txt zh.txt --report quotes.html
      tolmach compare first.txt reworded.txt --format table
    """
    from tolmach.report import write_report  # noqa: PLC0415 - loaded when used
    from tolmach.workflow.pipeline import check_versions, compare_articles  # noqa: PLC0415 - loaded when used

    progress = make_progress(quiet=quiet)
    output = named_output(options["output_format"], options["output"], COMPARISON_FORMATS)
    chosen = {"full": options["full"], "escape": options["escape"]}
    check_versions(len(articles))
    check_options(output, **chosen)
    asked = load_judge(judge, progress) if judge is not None else None
    loaded = read_articles(articles, languages, progress, encoding=options["encoding"])
    result = compare_articles(loaded, progress, judge=asked)
    if report:
        write_report(report, result)
    deliver_comparison(result, output, **chosen)
