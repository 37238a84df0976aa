"""`tolmach quotes`: the quotes of articles."""

from dataclasses import dataclass

import click

from common.progress import SILENT
from tolmach.export.output import CsvForm, Output, check_options
from tolmach.export.quotes import QUOTE_FORMATS, deliver_quotes
from tolmach.options.command import TolmachCommand, takes
from tolmach.options.common import (
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
from tolmach.options.paths import ARTICLE
from tolmach.terminal.console import make_progress
from tolmach.workflow.gold_files import read_articles
from tolmach.workflow.pipeline import find_quotes

_LONG = 50_000
"""Characters of an article whose quotes take more than a second to find."""


@dataclass(frozen=True, kw_only=True)
class QuoteCommandOptions(ReadingOptions, ResultOptions):
    """Options of `tolmach quotes`."""

    escape: bool
    excel: bool


@click.command(cls=TolmachCommand)
@click.argument("articles", nargs=-1, required=True, type=ARTICLE)
@languages_option
@encoding_option
@private_option
@csv_options
@output_options_for(QUOTE_FORMATS)
@interface_option
@common_options
@takes(QuoteCommandOptions)
def quotes(options: QuoteCommandOptions) -> None:
    """Find the quotes of each ARTICLE, with their speakers.

    Each ARTICLE is a file, a URL, or - for standard input. The json has all of them in one result; the csv has a row
    for each quote, in which start and end are offsets in characters, and sentences are numbered from 0.

    \b
    Example:
      tolmach quotes article.html --format table
      tolmach quotes *.txt -o quotes.csv
    """
    progress = make_progress(quiet=options.quiet)
    output = Output(options.output_format, options.output, QUOTE_FORMATS)
    form = CsvForm(escape=options.escape, excel=options.excel)
    check_options(output, form)
    loaded = read_articles(options.articles, options.languages, progress, encoding=options.encoding)
    long = len(loaded) > 1 or len(loaded[0].text) > _LONG
    result = find_quotes(loaded, progress if long else SILENT)
    deliver_quotes(result, output, form)
