"""`tolmach run`: translate an article, align the versions, compare their quotes, score, report."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from common.files import write_texts
from common.names import printable
from corpora.article import Article
from eval.types import MetricScore
from tolmach.export.output import Output
from tolmach.export.translations import RESULT, SUFFIXES, own_format, translated_texts
from tolmach.options.clashes import check_outputs
from tolmach.options.command import OptionGroup, TolmachCommand, option, takes
from tolmach.options.common import (
    FORMATS,
    CommonOptions,
    Strictness,
    common_options,
    encoding_option,
    flagged_sentences,
    interface_option,
    private_option,
    source_language_option,
    strict_option,
    target_languages_option,
)
from tolmach.options.models import ModelOptions, model_options
from tolmach.options.paths import ARTICLE, LANGUAGE_FILE, OutputFolder
from tolmach.pages import render_report
from tolmach.results.overview import count_sentences
from tolmach.results.result import Result, VersionTranslation, to_json
from tolmach.tables.results import summary_table
from tolmach.terminal.console import make_progress
from tolmach.workflow.gold_files import read_articles
from tolmach.workflow.pipeline import RunPlan
from tolmach.workflow.pipeline import run as run_pipeline
from tolmach.workflow.translators import load_translator_from, read_references


@dataclass(frozen=True, kw_only=True)
class RunOptions(ModelOptions, CommonOptions):
    """Options of `tolmach run`."""

    article: str
    targets: tuple[str, ...]
    source: str | None
    encoding: str | None
    references: tuple[tuple[str, str], ...]
    folder: Path
    output_format: str | None
    strict: Strictness


@click.command(cls=TolmachCommand)
@click.argument("article", type=ARTICLE)
@target_languages_option
@source_language_option
@encoding_option
@private_option
@option(
    "--reference",
    "references",
    group=OptionGroup.INPUT,
    type=LANGUAGE_FILE,
    multiple=True,
    help="Human version to score a translation against.",
)
@option(
    "--output",
    "-o",
    "folder",
    group=OptionGroup.OUTPUT,
    required=True,
    type=OutputFolder(),
    help="Folder for the translations, result.json and report.html.",
)
@option(
    "--format",
    "output_format",
    group=OptionGroup.OUTPUT,
    type=click.Choice(FORMATS),
    help="Format of the summary; table on a terminal, else json.",
)
@model_options
@strict_option
@interface_option
@common_options
@takes(RunOptions)
def run(options: RunOptions) -> None:
    """Translate an ARTICLE and report on all its versions.

    The versions are aligned and their quotes compared. ARTICLE is a file, a URL, or - for standard input. The folder
    gets the translated articles, result.json and report.html; a summary is printed.

    \b
    Example:
      tolmach run en.txt --to ru --to zh --reference ru=ru.txt -o report/
    """
    progress = make_progress(quiet=options.quiet)
    languages = [options.source] if options.source else []
    (loaded,) = read_articles([options.article], languages, progress, encoding=options.encoding)
    planned = planned_paths(options.folder, loaded, options.targets)
    check_outputs(planned)
    earlier = (options.folder / RESULT).exists()
    foreign = foreign_files(options.folder, planned)
    plan = RunPlan(options.targets, read_references(options.references, progress))
    directions = [(loaded.language, target) for target in options.targets]
    result = run_pipeline(loaded, plan, load_translator_from(options, progress, directions), progress)
    paths = write_run(options.folder, result)
    for path in foreign:
        progress.note(f"replaced {printable(path)}, which no earlier run wrote")
    if earlier:
        progress.note(f"replaced the results of an earlier run in {printable(options.folder)}")
    Output(options.output_format).emit(
        summary_json(result, paths), lambda console: summary_table(console, result, paths)
    )
    options.strict.judge(result)


REPORT = "report.html"


def write_run(folder: Path, result: Result) -> list[Path]:
    """Write the files of a run into `folder`, which is created: all or none.

    Returns:
        The paths written: translations, then result.json, then report.html.

    Raises:
        OutputError: One cannot be written.
    """
    texts = {folder / name: text for name, text in translated_texts(result).items()}
    texts |= {folder / RESULT: to_json(result), folder / REPORT: render_report(result)}
    write_texts(texts)
    return list(texts)


def planned_paths(folder: Path, article: Article, targets: Sequence[str]) -> list[Path]:
    """Return the files that a run will write."""
    names = [f"{target}.{SUFFIXES[own_format(article.meta)]}" for target in dict.fromkeys(targets)]
    return [folder / name for name in (*names, RESULT, REPORT)]


def foreign_files(folder: Path, planned: Sequence[Path]) -> list[Path]:
    """Return the files that a run would replace in a folder without results of an earlier run."""
    return [] if (folder / RESULT).exists() else [path for path in planned if path.exists()]


def summary_json(result: Result, paths: list[Path]) -> str:
    """Return a short summary of a run, as JSON."""
    comparison = result.quotes
    verdicts = [pair.verdict for group in comparison.groups for pair in group.pairs] if comparison else []
    summary = {
        "schema": "tolmach-summary/1",
        "files": [printable(path) for path in paths],
        "translations": {name: _translation(one) for name, one in result.translations.items()},
        "quotes": {"groups": len(comparison.groups) if comparison else 0}
        | {verdict: verdicts.count(verdict) for verdict in sorted(set(verdicts))},
        "scores": {name: _scores(one.metrics) for name, one in result.scores.items()},
        "flagged": flagged_sentences(result),
    }
    return json.dumps(summary, ensure_ascii=False, indent=2) + "\n"


def _translation(one: VersionTranslation) -> dict[str, object]:
    counts = count_sentences(one)
    return {
        "sentences": counts.sentences,
        "flagged": counts.flagged,
        "checks": counts.checks,
        "attempts": counts.attempts,
        "tried_again": counts.tried_again,
        "methods": counts.methods,
        "route": list(one.sentences[0].route) if one.sentences else [],
        "model": one.signature.get("model"),
        "warnings": list(one.warnings),
    }


def _scores(metrics: dict[str, MetricScore]) -> dict[str, dict[str, float | str]]:
    return {name: {"score": metric.score, "signature": metric.signature} for name, metric in metrics.items()}
