"""`tolmach translate`: an article in other languages, and nothing else."""

from pathlib import Path
from typing import Any

import click

from tolmach.console import make_progress
from tolmach.inputs import read_articles
from tolmach.options import (
    common_options,
    encoding_option,
    model_options,
    source_language_option,
    target_languages_option,
)
from tolmach.output import Output
from tolmach.strictness import strict_option

FORMATS = ("text", "json")


@click.command()
@click.argument("article")
@target_languages_option
@source_language_option
@encoding_option
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path),
    help="Write to this file, or with several languages into this folder.",
)
@click.option(
    "--format",
    "output_format",
    default="text",
    show_default=True,
    type=click.Choice(FORMATS),
    help="The translation alone, or all that is known of it.",
)
@model_options
@strict_option
@common_options
def translate(
    article: str, targets: tuple[str, ...], source: str | None, output: Path | None, *, quiet: bool, **options: Any
) -> None:
    """Translate an ARTICLE.

    ARTICLE is a file, a URL, or - for standard input. Text comes out as text, Markdown as Markdown.

    \b
    Example:
      tolmach translate article.md --to zh -o article.zh.md
    """
    from tolmach.delivery import check_destination, check_outputs, deliver_translations, planned_paths  # noqa: PLC0415 - loaded when used
    from tolmach.pipeline import translate_article  # noqa: PLC0415 - loaded when used
    from tolmach.result import to_json  # noqa: PLC0415 - loaded when used
    from tolmach.translators import load_translator_from  # noqa: PLC0415 - loaded when used

    progress = make_progress(quiet=quiet)
    (loaded,) = read_articles([article], [source] if source else [], progress, encoding=options["encoding"])
    if options["output_format"] == "text":
        check_destination(targets, output)
    if output:
        check_outputs([output, *planned_paths(output, loaded, targets)], [article])
    result = translate_article(loaded, targets, load_translator_from(options, progress), progress)
    if options["output_format"] == "json":
        Output("json", output).emit(to_json(result), lambda _console: None)
    else:
        deliver_translations(result, output)
    options["strict"].judge(result)
