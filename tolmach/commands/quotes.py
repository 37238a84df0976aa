"""`tolmach quotes`: the quotes of one article."""

from typing import Any

import click

from tolmach.console import make_progress
from tolmach.inputs import read_articles
from tolmach.options import LANGUAGE, common_options, encoding_option, output_options
from tolmach.output import Output


@click.command()
@click.argument("article")
@click.option("--language", type=LANGUAGE, help="Language of the article; detected when not given.")
@encoding_option
@output_options
@common_options
def quotes(article: str, language: str | None, *, quiet: bool, **output: Any) -> None:
    """Find the quotes of an ARTICLE, with their speakers.

    ARTICLE is a file, a URL, or - for standard input.

    \b
    Example:
      tolmach quotes article.html --format table
    """
    from tolmach.pipeline import find_quotes  # noqa: PLC0415 - loaded when used
    from tolmach.result import to_json  # noqa: PLC0415 - loaded when used
    from tolmach.tables import quotes_table  # noqa: PLC0415 - loaded when used

    (loaded,) = read_articles(
        [article], [language] if language else [], make_progress(quiet=quiet), encoding=output["encoding"]
    )
    result = find_quotes(loaded)
    Output(output["output_format"], output["output"]).emit(
        to_json(result), lambda console: quotes_table(console, result)
    )
