"""`tolmach evaluate`: how good a translation is."""

from typing import Any

import click

from tolmach.console import make_progress
from tolmach.options import LANGUAGE, common_options, output_options
from tolmach.output import Output


@click.command()
@click.argument("hypothesis")
@click.argument("reference", required=False)
@click.option("--source", help="The article that was translated, for scores that need no reference.")
@click.option("--language", type=LANGUAGE, help="Language of hypothesis and reference; detected when not given.")
@click.option(
    "--metric",
    "metrics",
    multiple=True,
    default=("bleu", "chrf"),
    show_default=True,
    help="bleu, chrf, chrf++ or ter; may be repeated.",
)
@click.option(
    "--by",
    default="line",
    show_default=True,
    type=click.Choice(["line", "article"]),
    help="Lines answer each other one to one, or are articles to be aligned first.",
)
@output_options
@common_options
def evaluate(hypothesis: str, reference: str | None, *, quiet: bool, **options: Any) -> None:
    """Score the translation in the file HYPOTHESIS against the REFERENCE, or without one against its --source.

    \b
    Example:
      tolmach evaluate mine.ru.txt ref.ru.txt --metric bleu --metric chrf
      tolmach evaluate mine.ru.txt --source en.txt --by article
    """
    from tolmach.evaluation import EvaluationPlan, evaluate_files  # noqa: PLC0415 - loaded when used
    from tolmach.tables import scores_table  # noqa: PLC0415 - loaded when used

    plan = EvaluationPlan(options["language"], options["metrics"], by_article=options["by"] == "article")
    found = evaluate_files(hypothesis, reference, options["source"], plan=plan, progress=make_progress(quiet=quiet))
    Output(options["output_format"], options["output"]).emit(
        found.to_json(), lambda console: scores_table(console, found)
    )
