"""`tolmach compare`: how the quotes of several versions differ."""

from pathlib import Path
from typing import Any

import click

from tolmach.console import make_progress
from tolmach.inputs import read_articles
from tolmach.options import LANGUAGE, common_options, encoding_option, output_options
from tolmach.output import Output


@click.command()
@click.argument("articles", nargs=-1, required=True)
@click.option(
    "--language",
    "languages",
    type=LANGUAGE,
    multiple=True,
    help="Language of each article, in order; detected when not given.",
)
@click.option(
    "--report", type=click.Path(path_type=Path, dir_okay=False), help="Write an HTML report to this file too."
)
@encoding_option
@output_options
@common_options
def compare(
    articles: tuple[str, ...], languages: tuple[str, ...], report: Path | None, *, quiet: bool, **output: Any
) -> None:
    """Compare how the quotes of two or more versions of an ARTICLE are worded.

    Each ARTICLE is a file, a URL, or - for standard input; two may be in the same language.

    \b
    Example:
      tolmach compare en.txt ru.txt zh.txt --report quotes.html
    """
    from tolmach.pipeline import compare_articles  # noqa: PLC0415 - loaded when used
    from tolmach.report import write_report  # noqa: PLC0415 - loaded when used
    from tolmach.result import to_json  # noqa: PLC0415 - loaded when used
    from tolmach.tables import comparison_table  # noqa: PLC0415 - loaded when used

    progress = make_progress(quiet=quiet)
    result = compare_articles(read_articles(articles, languages, progress, encoding=output["encoding"]), progress)
    if report:
        write_report(report, result)
    Output(output["output_format"], output["output"]).emit(
        to_json(result), lambda console: comparison_table(console, result)
    )
