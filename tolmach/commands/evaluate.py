"""`tolmach evaluate`: scores of a translation."""

from dataclasses import dataclass

import click

from eval.significance import Resampling
from tolmach.evaluation import EvaluationPlan, evaluate_files
from tolmach.export.output import CsvForm, Output, check_options, write_csv
from tolmach.options.command import OptionGroup, TolmachCommand, option, takes
from tolmach.options.common import (
    LANGUAGE,
    METRIC_OPTION,
    ResultOptions,
    common_options,
    csv_options,
    output_options_for,
    private_option,
)
from tolmach.options.paths import ARTICLE, NAMED_ARTICLE, NAMED_FILE, count
from tolmach.tables.scores import SCORE_COLUMNS, score_rows, scores_latex, scores_markdown, scores_table
from tolmach.terminal.console import make_progress

_FORMATS = ("table", "json", "csv", "markdown", "latex")
_MOST_DRAWN = 100_000
"""Most resamples or trials: each takes eight bytes for every segment."""


@dataclass(frozen=True, kw_only=True)
class EvaluateOptions(ResultOptions):
    """Options of `tolmach evaluate`."""

    hypothesis: tuple[str, str]
    reference: str | None
    more: tuple[str, ...]
    systems: tuple[tuple[str, str], ...]
    sentence_level: bool
    no_checks: bool
    resamples: int
    trials: int
    seed: int
    source: str | None
    language: str | None
    source_language: str | None
    metrics: tuple[str, ...]
    by: str
    escape: bool
    excel: bool


@click.command(cls=TolmachCommand)
@click.argument("hypothesis", type=NAMED_ARTICLE)
@click.argument("reference", required=False, type=ARTICLE)
@option(
    "--reference",
    "more",
    group=OptionGroup.INPUT,
    multiple=True,
    type=ARTICLE,
    help="Another reference; may be repeated.",
)
@option(
    "--system",
    "systems",
    group=OptionGroup.INPUT,
    multiple=True,
    type=NAMED_FILE,
    metavar="NAME=FILE",
    help="Another translation, tested against HYPOTHESIS and each other; may be repeated.",
)
@option("--sentence-level", group=OptionGroup.SCORING, is_flag=True, help="Also score each line of each system.")
@option(
    "--resamples",
    group=OptionGroup.SCORING,
    expert=True,
    type=count(most=_MOST_DRAWN),
    default=1000,
    show_default=True,
    help="Bootstrap resamples of the comparison.",
)
@option(
    "--trials",
    group=OptionGroup.SCORING,
    expert=True,
    type=count(most=_MOST_DRAWN),
    default=10_000,
    show_default=True,
    help="Trials of the randomisation.",
)
@option(
    "--seed",
    group=OptionGroup.SCORING,
    expert=True,
    type=count(0, 2**32 - 1),
    default=12345,
    show_default=True,
    help="Seed of resamples and trials.",
)
@option(
    "--source",
    group=OptionGroup.INPUT,
    type=ARTICLE,
    help="Source text, for quality estimation and neural metrics.",
)
@option(
    "--language",
    group=OptionGroup.INPUT,
    type=LANGUAGE,
    help="Language of hypothesis and reference; detected by default.",
)
@option(
    "--from",
    "source_language",
    group=OptionGroup.INPUT,
    type=LANGUAGE,
    old_names=["--source-language"],
    help="Language of the source; detected by default.",
)
@METRIC_OPTION
@option(
    "--by",
    group=OptionGroup.INPUT,
    default="line",
    show_default=True,
    type=click.Choice(["line", "article"]),
    help="Score corresponding lines, or articles that are aligned first.",
)
@option(
    "--no-checks",
    group=OptionGroup.SCORING,
    expert=True,
    is_flag=True,
    help="Estimate only adequacy from --source, in a third of the time.",
)
@csv_options
@output_options_for(_FORMATS)
@private_option
@common_options
@takes(EvaluateOptions)
def evaluate(options: EvaluateOptions) -> None:
    """Score translations, with or without a reference.

    The HYPOTHESIS is scored against the REFERENCE, or without one against its --source. Files are UTF-8 text. Without a
    reference, the result has adequacy, failed checks, and reference-free metrics. A HYPOTHESIS given as NAME=FILE has
    that name in the result. Every two systems are tested against each other.

    \b
    Example:
      tolmach evaluate mine.ru.txt ref.ru.txt --metric bleu --metric chrf
      tolmach evaluate mine=mine.ru.txt ref.ru.txt --system other=other.ru.txt -o scores.tex
      tolmach evaluate mine.ru.txt --source lines.en.txt --system other=other.ru.txt
      tolmach evaluate article.ru.html --source article.en.html --by article
    """
    references = tuple(filter(None, (options.reference, *options.more)))
    chosen = click.get_current_context().get_parameter_source("metrics") is not click.core.ParameterSource.DEFAULT
    plan = EvaluationPlan(
        options.language,
        options.source_language,
        # The default metrics need a reference.
        options.metrics if references or chosen else (),
        by_article=options.by == "article",
        systems=options.systems,
        sentence_level=options.sentence_level,
        checked=not options.no_checks,
        resampling=Resampling(options.resamples, options.trials, options.seed),
    )
    output = Output(options.output_format, options.output, _FORMATS)
    form = CsvForm(escape=options.escape, excel=options.excel)
    check_options(output, form)  # before hours of work
    found = evaluate_files(
        options.hypothesis, references, options.source, plan=plan, progress=make_progress(quiet=options.quiet)
    )
    write = {"markdown": scores_markdown, "latex": scores_latex}.get(output.form())
    if output.form() == "csv":
        output.write(write_csv(SCORE_COLUMNS, score_rows(found), form))
    elif write:
        output.write(write(found))
    else:
        output.emit(found.to_json(), lambda console: scores_table(console, found))
