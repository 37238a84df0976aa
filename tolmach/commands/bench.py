"""`tolmach bench`: which model translates best, how fast, and whether the difference is real."""

import shlex
import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click
from click.shell_completion import CompletionItem

from common.errors import TolmachError, UsageError
from common.extras import require_extra
from common.names import is_folder, printable
from common.secrets import redact
from corpora.samples import sample_stories
from corpora.samples.stories import is_story, read_stories
from corpora.testsets import find_folder, locate_set
from corpora.testsets.registry import known_sets
from corpora.testsets.user_files import USER_FORMATS
from tolmach import bench as reports
from tolmach.export.output import Output
from tolmach.options.clashes import check_outputs
from tolmach.options.command import OptionGroup, TolmachGroup, matching, option, takes
from tolmach.options.common import (
    METRIC_OPTION,
    PAIR,
    CommonOptions,
    ResultOptions,
    common_options,
    interface_option,
    output_options,
    output_options_for,
)
from tolmach.options.models import RunningOptions, running_options
from tolmach.options.paths import MODEL, NAMED_FILE, InputFolder, InputName, OutputFolder, count
from tolmach.terminal.console import make_progress

if TYPE_CHECKING:
    from eval.bench.result import BenchResult

FORMATS = ("table", "json", "markdown", "html")


class TestSetType(InputName):
    """A test set: a user's file, or the name of a set with a known folder."""

    def read(self, value: str) -> Iterable[Path]:
        """Return the file or the folder."""
        path = Path(value)
        place = path if path.suffix.lower() in USER_FORMATS else find_folder(locate_set(value))
        return (place,) if place else ()

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the names of sets, else let the shell complete a file."""
        names = matching((entry.name for entry in known_sets()), incomplete)
        return names or super().shell_complete(ctx, param, incomplete)


def _stories(folder: Path) -> Iterable[Path]:
    return [place for place in (folder, *folder.iterdir()) if is_folder(place) and is_story(place)]


def _kept(folder: Path) -> Iterable[Path]:
    return reports.kept_paths(folder)


@dataclass(frozen=True, kw_only=True)
class GoldOptions(ResultOptions):
    """Options of `tolmach bench` without a subcommand."""

    alignment: bool
    quotes: bool
    folder: Path | None


@click.group(cls=TolmachGroup, invoke_without_command=True)
@option("--alignment", group=OptionGroup.SCORING, is_flag=True, help="Measure sentence alignment on gold alignments.")
@option("--quotes", group=OptionGroup.SCORING, is_flag=True, help="Measure quotes on gold quotes.")
@option(
    "--gold",
    "folder",
    group=OptionGroup.INPUT,
    type=InputFolder(_stories),
    help="Your own stories with gold.json, see docs/evaluation.md, instead of the samples.",
)
@output_options_for(("table", "json", "markdown"))
@common_options
@takes(GoldOptions)
def bench(options: GoldOptions) -> None:
    """Benchmark translation models on test sets.

    A benchmark reports quality with significance, speed, memory, start and size.

    \b
    Example:
      tolmach bench run --model t5-enruzh-base --model qwen2.5-coder-1.5b --set ntrex --pair en-ru -o bench
      tolmach bench report bench --format html -o report.html
      tolmach bench --alignment --quotes
    """
    if click.get_current_context().invoked_subcommand:
        if options.alignment or options.quotes or options.folder:
            raise UsageError(
                "--alignment, --quotes and --gold go without a subcommand", hint="tolmach bench --alignment"
            )
        return
    if not (options.alignment or options.quotes):
        raise UsageError("nothing to measure", hint="tolmach bench --help shows what there is")
    from eval.bench.gold import measure_alignment, measure_quotes  # noqa: PLC0415 - loaded when used

    to = Output(options.output_format, options.output, ("table", "json", "markdown"))
    to.form()  # before the work
    progress = make_progress(quiet=options.quiet)
    stories = read_stories(options.folder) if options.folder else sample_stories()
    aligned = measure_alignment(stories, progress=progress) if options.alignment else ()
    quoted = measure_quotes(stories, progress=progress) if options.quotes else ()
    if to.form() == "markdown":
        to.write(reports.gold_markdown(aligned, quoted))
        return
    to.emit(reports.gold_text(aligned, quoted), lambda console: reports.gold_tables(console, aligned, quoted))


@dataclass(frozen=True, kw_only=True)
class BenchRunOptions(RunningOptions, CommonOptions):
    """Options of `tolmach bench run`."""

    models: tuple[str, ...]
    sets: tuple[str, ...]
    directions: tuple[tuple[str, str], ...]
    first: int | None
    setting: Literal["plain", "full"]
    metrics: tuple[str, ...]
    systems: tuple[tuple[str, str], ...]
    submitted: bool
    references: tuple[str, ...]
    baseline: str | None
    no_estimates: bool
    folder: Path
    output_format: str


@bench.command()
@option(
    "--model",
    "models",
    group=OptionGroup.INPUT,
    multiple=True,
    type=MODEL,
    help="Model to measure; may be repeated. The first is the baseline.",
)
@option(
    "--set",
    "sets",
    group=OptionGroup.INPUT,
    multiple=True,
    required=True,
    type=TestSetType(),
    help="Test set, or a .tsv, .tmx or .jsonl file.",
)
@option(
    "--pair",
    "directions",
    group=OptionGroup.INPUT,
    multiple=True,
    type=PAIR,
    help="Direction, as in en-ru; default: all.",
)
@option(
    "--first",
    group=OptionGroup.INPUT,
    type=count(),
    help="Use only this many segments from the beginning of each set.",
)
@option(
    "--system",
    "systems",
    old_names=["--outputs"],
    group=OptionGroup.INPUT,
    multiple=True,
    type=NAMED_FILE,
    metavar="NAME=FILE",
    help="Translations by another program, one line per segment of the set; may be repeated.",
)
@option(
    "--submitted",
    group=OptionGroup.INPUT,
    expert=True,
    is_flag=True,
    help="Also score the outputs submitted with the set.",
)
@option(
    "--reference",
    "references",
    group=OptionGroup.INPUT,
    expert=True,
    multiple=True,
    metavar="NAME",
    help="Reference of the set to score against.",
)
@option(
    "--setting",
    group=OptionGroup.DECODING,
    type=click.Choice(["plain", "full"]),
    default="plain",
    show_default=True,
    help="plain: the model as its authors recommend, one attempt, unprocessed; full: as in tolmach translate.",
)
@METRIC_OPTION
@option(
    "--baseline",
    group=OptionGroup.SCORING,
    expert=True,
    metavar="NAME",
    help="Baseline system, instead of the first or best.",
)
@option(
    "--no-estimates",
    old_names=["--no-checks"],
    group=OptionGroup.SCORING,
    expert=True,
    is_flag=True,
    help="Skip quality estimation, which takes 20 ms a segment.",
)
@running_options
@option(
    "--output",
    "-o",
    "folder",
    group=OptionGroup.OUTPUT,
    type=OutputFolder(),
    default=Path("bench"),
    show_default=True,
    help="Folder for translations and reports; an interrupted benchmark resumes there.",
)
@option(
    "--format",
    "output_format",
    group=OptionGroup.OUTPUT,
    type=click.Choice(FORMATS),
    default="table",
    show_default=True,
    help="Format of the printed result.",
)
@interface_option
@common_options
@takes(BenchRunOptions)
def run(options: BenchRunOptions) -> None:
    """Translate test sets with models and measure.

    An interrupted benchmark resumes. Writes result.json, report.md and report.html into the folder with the
    translations; results of earlier runs with the same settings are included. `tolmach bench list` shows the sets;
    missing ones are downloaded by `tolmach corpora fetch`, or found in the folders of TOLMACH_TESTSETS.

    \b
    Example:
      tolmach bench run --model t5-enruzh-base --model qwen2.5-coder-1.5b --set ntrex --pair en-ru --first 200 -o bench
      tolmach bench run --model qwen2.5-coder-1.5b --set my.tsv --pair en-zh --system other=other.zh.txt
    """
    from eval.bench import BenchPlan, Outputs, run_bench  # noqa: PLC0415 - loaded when used

    progress = make_progress(quiet=options.quiet)
    plan = BenchPlan(
        models=options.models,
        sets=options.sets,
        directions=options.directions,
        first=options.first,
        setting=options.setting,
        metrics=options.metrics,
        outputs=tuple(Outputs(name, path) for name, path in options.systems),
        submitted=options.submitted,
        references=options.references,
        baseline=options.baseline,
        checks=not options.no_estimates,
        device=options.device,
        engine=options.engine,
        precision=options.precision,
        threads=options.threads,
        beam_size=options.beam_size,
        batch_size=options.batch_size,
        server=options.server,
        server_model=options.server_model,
    )
    if options.models and not options.server:
        require_extra("translate")  # before hours of work
    check_outputs(reports.planned_paths(plan, options.folder))
    result = run_bench(plan, options.folder, progress=progress)
    result = replace(result, command=redact(printable(shlex.join(["tolmach", *sys.argv[1:]]))))
    paths = reports.write_reports(result, options.folder)
    _emit(result, Output(options.output_format, formats=FORMATS))
    for path in paths:
        progress.note(f"Written: {path}")
    if result.failures:
        raise TolmachError(
            f"not all models could be run: {', '.join(result.failures)}",
            hint="See the report for the reason; finished work is kept",
        )


@bench.command("list")
@output_options
@common_options
@takes(ResultOptions)
def list_sets(options: ResultOptions) -> None:
    """List the test sets and whether they are available.

    \b
    Example:
      tolmach bench list
    """
    Output(options.output_format, options.output).show(reports.describe_sets(), reports.sets_table)


@dataclass(frozen=True, kw_only=True)
class ReportOptions(ResultOptions):
    """Options of `tolmach bench report`."""

    folders: tuple[Path, ...]


@bench.command()
@click.argument("folders", nargs=-1, required=True, type=InputFolder(_kept, files=True))
@output_options_for(FORMATS)
@interface_option
@common_options
@takes(ReportOptions)
def report(options: ReportOptions) -> None:
    """Report benchmarks as a table or a page.

    FOLDERS are those of `tolmach bench run -o`, or their result.json; several become one report.

    \b
    Example:
      tolmach bench report bench --format markdown
      tolmach bench report small/ large/ --format html -o both.html
    """
    output = Output(options.output_format, options.output, FORMATS, quiet=options.quiet)
    output.form()  # before the work
    _emit(reports.combine([reports.read_result(folder) for folder in options.folders]), output)


def _emit(result: "BenchResult", output: Output) -> None:
    form = output.form()
    if form == "markdown":
        output.write(reports.render_markdown(result))
    elif form == "html":
        output.write_page(reports.render_page(result))
    else:
        output.emit(reports.to_json(result), lambda console: reports.bench_tables(console, result))
