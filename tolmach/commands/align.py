"""`tolmach align`: which sentences of two or more versions answer each other."""

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
@encoding_option
@output_options
@common_options
def align(articles: tuple[str, ...], languages: tuple[str, ...], *, quiet: bool, **output: Any) -> None:
    """Align the sentences of two or more versions of an ARTICLE.

    Each ARTICLE is a file, a URL, or - for standard input.

    \b
    Example:
      tolmach align en.txt ru.txt --format table
    """
    from tolmach.pipeline import align_articles  # noqa: PLC0415 - loaded when used
    from tolmach.result import to_json  # noqa: PLC0415 - loaded when used
    from tolmach.tables import alignment_table  # noqa: PLC0415 - loaded when used

    progress = make_progress(quiet=quiet)
    result = align_articles(read_articles(articles, languages, progress, encoding=output["encoding"]), progress)
    Output(output["output_format"], output["output"]).emit(
        to_json(result), lambda console: alignment_table(console, result)
    )
