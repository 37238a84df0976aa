"""`tolmach quotes`: the quotes of articles."""

from typing import Any

import click

from common.progress import SILENT
from tolmach.export.quotes import QUOTE_FORMATS, SUFFIX_HELP, check_options, deliver_quotes, named_output
from tolmach.options.common import (
    LANGUAGE,
    common_options,
    encoding_option,
    formula_option,
    output_options_for,
    private_option,
)
from tolmach.options.paths import ARTICLE
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
@encoding_option
@private_option
@formula_option
@output_options_for(QUOTE_FORMATS, format_help=SUFFIX_HELP)
@common_options
def quotes(articles: tuple[str, ...], languages: tuple[str, ...], *, quiet: bool, **options: Any) -> None:
    """Find the quotes of each ARTICLE, with their speakers.

    Each ARTICLE is a file, a URL, or - for standard input. The json holds all of them in one result; the csv has a row
    for each quote, in which start and end count characters of the text that was read, and sentences count from 0.

    \b
    Example:
      tolmach quotes article.html --format table
      tolmach quotes *.txt -o quotes.csv
    """
    from tolmach.workflow.pipeline import find_quotes  # noqa: PLC0415 - loaded when used

    progress = make_progress(quiet=quiet)
    output = named_output(options["output_format"], options["output"], QUOTE_FORMATS)
    check_options(output, escape=options["escape"])
    loaded = read_articles(articles, languages, progress, encoding=options["encoding"])
    # One article is done before a bar could be read.
    result = find_quotes(loaded, progress if len(loaded) > 1 else SILENT)
    deliver_quotes(result, output, escape=options["escape"])
