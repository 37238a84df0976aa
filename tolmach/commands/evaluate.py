"""`tolmach evaluate`: how good a translation is."""

from typing import Any

import click

from tolmach.export.output import Output
from tolmach.options.common import LANGUAGE, METRIC_OPTION, common_options, output_options, private_option
from tolmach.options.paths import ARTICLE, NAMED_FILE, count
from tolmach.terminal.console import make_progress

_MOST_DRAWN = 100_000
"""Resamples or trials: each takes eight bytes for every segment."""


@click.command()
@click.argument("hypothesis", type=ARTICLE)
@click.argument("reference", required=False, type=ARTICLE)
@click.option("--reference", "more", multiple=True, type=ARTICLE, help="Another reference; may be repeated.")
@click.option(
    "--system",
    "systems",
    multiple=True,
    type=NAMED_FILE,
    metavar="NAME=FILE",
    help="Another translation, compared with HYPOTHESIS by paired tests; may be repeated.",
)
@click.option("--sentence-level", is_flag=True, help="Score each line by itself, too (in JSON).")
@click.option(
    "--resamples",
    type=count(most=_MOST_DRAWN),
    default=1000,
    show_default=True,
    help="Bootstrap resamples of the comparison.",
)
@click.option(
    "--trials", type=count(most=_MOST_DRAWN), default=10_000, show_default=True, help="Trials of the randomisation."
)
@click.option("--seed", type=count(0, 2**32 - 1), default=12345, show_default=True, help="Seed of both.")
@click.option(
    "--source", type=ARTICLE, help="What was translated: for signs that need no reference, and for neural metrics."
)
@click.option("--language", type=LANGUAGE, help="Language of hypothesis and reference; detected when not given.")
@click.option("--source-language", type=LANGUAGE, help="Language of the source; detected when not given.")
@METRIC_OPTION
@click.option(
    "--by",
    default="line",
    show_default=True,
    type=click.Choice(["line", "article"]),
    help="Lines answer each other one to one, or are articles to be aligned first.",
)
@output_options
@private_option
@common_options
def evaluate(hypothesis: str, reference: str | None, *, quiet: bool, **options: Any) -> None:
    """Score the translation in the file HYPOTHESIS against the REFERENCE, or without one against its --source.

    Files are UTF-8 text. Without a reference, adequacy and failed checks are told, and metrics that can do without one.

    \b
    Example:
      tolmach evaluate mine.ru.txt ref.ru.txt --metric bleu --metric chrf
      tolmach evaluate mine.ru.txt ref.ru.txt --system other=other.ru.txt --format table
      tolmach evaluate mine.ru.txt --source lines.en.txt --system other=other.ru.txt
      tolmach evaluate article.ru.html --source article.en.html --by article
    """
    from eval.significance import Resampling  # noqa: PLC0415 - loaded when used
    from tolmach.evaluation.run import evaluate_files  # noqa: PLC0415 - loaded when used
    from tolmach.evaluation.types import EvaluationPlan  # noqa: PLC0415 - loaded when used
    from tolmach.tables.evaluation import scores_table  # noqa: PLC0415 - loaded when used

    references = tuple(filter(None, (reference, *options["more"])))
    chosen = click.get_current_context().get_parameter_source("metrics") is not click.core.ParameterSource.DEFAULT
    plan = EvaluationPlan(
        options["language"],
        options["source_language"],
        # The usual metrics need a reference.
        options["metrics"] if references or chosen else (),
        by_article=options["by"] == "article",
        systems=options["systems"],
        sentence_level=options["sentence_level"],
        resampling=Resampling(options["resamples"], options["trials"], options["seed"]),
    )
    output = Output(options["output_format"], options["output"])
    output.form()  # before hours of work
    found = evaluate_files(hypothesis, references, options["source"], plan=plan, progress=make_progress(quiet=quiet))
    output.emit(found.to_json(), lambda console: scores_table(console, found))
