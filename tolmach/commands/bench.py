"""`tolmach bench`: which model translates best, how fast, and whether the difference is real."""

import json
import shlex
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from common.errors import TolmachError, UsageError
from common.names import is_folder, printable
from common.secrets import redact
from tolmach.export.output import Output
from tolmach.options.clashes import check_outputs
from tolmach.options.common import METRIC_OPTION, common_options, output_options, output_options_for
from tolmach.options.paths import MODEL, MOST_THREADS, NAMED_FILE, InputFolder, InputName, OutputFolder, count
from tolmach.terminal.console import make_progress

FORMATS = ("table", "json", "markdown", "html")


class PairType(click.ParamType[tuple[str, str]]):
    """A direction on the command line, as `en-ru`."""

    name = "pair"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        """Return source and target.

        Raises:
            UsageError: It is no pair of known languages.
        """
        del param, ctx
        if isinstance(value, tuple):
            return value
        from corpora.languages import parse_language  # noqa: PLC0415 - loaded when used
        from corpora.testsets.registry import parse_pair  # noqa: PLC0415 - loaded when used

        source, target = parse_pair(value)
        return parse_language(source), parse_language(target)


class TestSetType(InputName):
    """A test set: a file of the user's, or the name of a set whose folder is known."""

    def read(self, value: str) -> Iterable[Path]:
        """Return the file or the folder."""
        from corpora.testsets import find_folder, locate_set  # noqa: PLC0415 - loaded when used
        from corpora.testsets.user_files import USER_FORMATS  # noqa: PLC0415 - loaded when used

        path = Path(value)
        place = path if path.suffix.lower() in USER_FORMATS else find_folder(locate_set(value))
        return (place,) if place else ()


def _stories(folder: Path) -> Iterable[Path]:
    from corpora.samples.stories import is_story  # noqa: PLC0415 - loaded when used

    return [place for place in (folder, *folder.iterdir()) if is_folder(place) and is_story(place)]


def _kept(folder: Path) -> Iterable[Path]:
    from tolmach.bench.files import kept_paths  # noqa: PLC0415 - loaded when used

    return kept_paths(folder)


@click.group(invoke_without_command=True)
@click.option("--alignment", is_flag=True, help="Measure sentence alignment on gold alignments.")
@click.option("--quotes", is_flag=True, help="Measure quotes on gold quotes.")
@click.option(
    "--gold", "folder", type=InputFolder(_stories),
    help="Stories of your own with gold.json, see docs/evaluation.md, rather than the samples.",
)  # fmt: skip
@output_options_for(("table", "json", "markdown"))
@common_options
@click.pass_context
def bench(
    context: click.Context, /, *, alignment: bool, quotes: bool, folder: Path | None, quiet: bool, **output: Any
) -> None:
    """Benchmark models on test sets: quality with significance, speed, memory, start, size.

    \b
    Example:
      tolmach bench run --model t5-enruzh-base --model qwen2.5-coder-1.5b --set ntrex --pair en-ru -o bench
      tolmach bench report bench --format html -o report.html
      tolmach bench --alignment --quotes
    """
    if context.invoked_subcommand:
        if alignment or quotes or folder:
            raise UsageError(
                "--alignment, --quotes and --gold go without a subcommand", hint="tolmach bench --alignment"
            )
        return
    if not (alignment or quotes):
        raise UsageError("nothing to measure", hint="tolmach bench --help shows what there is")
    from corpora.samples import sample_stories  # noqa: PLC0415 - loaded when used
    from corpora.samples.stories import read_stories  # noqa: PLC0415 - loaded when used
    from eval.bench.gold import measure_alignment, measure_quotes  # noqa: PLC0415 - loaded when used
    from tolmach.bench.gold_tables import gold_markdown, gold_tables, gold_text  # noqa: PLC0415 - loaded when used

    to = Output(output["output_format"], output["output"], ("table", "json", "markdown"))
    to.form()  # before the work
    progress = make_progress(quiet=quiet)
    stories = read_stories(folder) if folder else sample_stories()
    aligned = measure_alignment(stories, progress=progress) if alignment else ()
    quoted = measure_quotes(stories, progress=progress) if quotes else ()
    if to.form() == "markdown":
        to.write(gold_markdown(aligned, quoted))
        return
    to.emit(gold_text(aligned, quoted), lambda console: gold_tables(console, aligned, quoted))


@bench.command()
@click.option(
    "--model", "models", multiple=True, type=MODEL,
    help="Model to measure; may be repeated. The first is the baseline.",
)  # fmt: skip
@click.option(
    "--set",
    "sets",
    multiple=True,
    required=True,
    type=TestSetType(),
    help="Test set, or a .tsv, .tmx or .jsonl file.",
)
@click.option("--pair", "directions", multiple=True, type=PairType(), help="Direction, as en-ru; all if none is named.")
@click.option("--first", type=count(), help="Take only so many segments from the beginning of each set.")
@click.option(
    "--setting",
    type=click.Choice(["plain", "full"]),
    default="plain",
    show_default=True,
    help="plain: the model as its authors say, one attempt, its own text; full: what tolmach translate does.",
)
@METRIC_OPTION
@click.option(
    "--outputs", "outputs", multiple=True, type=NAMED_FILE, metavar="NAME=FILE",
    help="Translations by another program, a line for each segment of the set; may be repeated.",
)  # fmt: skip
@click.option("--submitted", is_flag=True, help="Score the outputs that come with the set, too.")
@click.option("--reference", "references", multiple=True, metavar="NAME", help="Reference of the set to score against.")
@click.option(
    "--baseline", metavar="NAME", help="System that all others are compared with, rather than the first or best."
)
@click.option("--no-checks", is_flag=True, help="Leave out what needs no reference, which takes 20 ms a segment.")
@click.option("--device", type=click.Choice(["auto", "cpu", "cuda"]), default="auto", show_default=True)
@click.option("--engine", type=click.Choice(["auto", "ctranslate2", "transformers"]), default="auto", show_default=True)
@click.option("--precision", default="auto", show_default=True, help="As for tolmach translate.")
@click.option("--threads", type=count(most=MOST_THREADS), help="CPU threads; all cores where not given.")
@click.option("--beam-size", type=count(), help="Hypotheses kept in the search.")
@click.option("--batch-size", type=count(), help="Most sentences decoded together.")
@click.option("--server", metavar="URL", help="Server with OpenAI's interface that runs the model, up to and with /v1.")
@click.option("--server-model", metavar="NAME", help="What the server calls the model, where it has several.")
@click.option(
    "--output", "-o", "folder", type=OutputFolder(), default=Path("bench"),
    show_default=True, help="Folder for translations and reports; an interrupted benchmark goes on there.",
)  # fmt: skip
@click.option(
    "--format", "output_format", type=click.Choice(FORMATS), default="table", show_default=True, help="What is printed."
)
@common_options
def run(folder: Path, *, output_format: str, quiet: bool, **options: Any) -> None:
    """Translate test sets with models, score, test and measure; resumes where it was interrupted.

    Writes result.json, report.md and report.html into the folder, beside the translations; what earlier runs with the
    same settings left there is in the report, too. `tolmach bench list` shows the sets; sets that are not here are
    fetched with `tolmach corpora fetch`, or found in the folders that TOLMACH_TESTSETS names.

    \b
    Example:
      tolmach bench run --model t5-enruzh-base --model qwen2.5-coder-1.5b --set ntrex --pair en-ru --first 200 -o bench
      tolmach bench run --model qwen2.5-coder-1.5b --set my.tsv --pair en-zh --outputs other=other.zh.txt
    """
    from eval.bench import BenchPlan, Outputs, run_bench  # noqa: PLC0415 - loaded when used
    from tolmach.bench.files import planned_paths, write_reports  # noqa: PLC0415 - loaded when used

    options["checks"] = not options.pop("no_checks")
    options["outputs"] = tuple(Outputs(name, path) for name, path in options["outputs"])
    progress = make_progress(quiet=quiet)
    plan = BenchPlan(**options)
    check_outputs(planned_paths(plan, folder))
    result = run_bench(plan, folder, progress=progress)
    result = replace(result, command=redact(printable(shlex.join(["tolmach", *sys.argv[1:]]))))
    paths = write_reports(result, folder)
    _emit(result, Output(output_format, formats=FORMATS))
    for path in paths:
        progress.note(f"Written: {path}")
    if result.failures:
        raise TolmachError(
            f"not all models could be run: {', '.join(result.failures)}",
            hint="The report says why; what is done is kept",
        )


@bench.command("list")
@output_options
@common_options
def list_sets(*, quiet: bool, **output: Any) -> None:  # noqa: ARG001 - every command takes it
    """List the test sets: directions, segments, licence, and whether they are here.

    \b
    Example:
      tolmach bench list
    """
    from tolmach.bench.catalogue import describe_sets, sets_table  # noqa: PLC0415 - loaded when used

    found = describe_sets()
    text = json.dumps(found, ensure_ascii=False, indent=2) + "\n"
    Output(output["output_format"], output["output"]).emit(text, lambda console: sets_table(console, found))


@bench.command()
@click.argument("folders", nargs=-1, required=True, type=InputFolder(_kept, files=True))
@output_options_for(FORMATS)
@common_options
def report(folders: tuple[Path, ...], *, quiet: bool, **output: Any) -> None:  # noqa: ARG001 - every command takes it
    """Show what benchmarks found: as a table, Markdown, JSON, or one HTML page with plots.

    FOLDERS are what `tolmach bench run -o` wrote, or their result.json; several are put into one report, and systems on
    the same segments into one table.

    \b
    Example:
      tolmach bench report bench --format markdown
      tolmach bench report small/ large/ --format html -o both.html
    """
    from tolmach.bench.files import combine, read_result  # noqa: PLC0415 - loaded when used

    _emit(
        combine([read_result(folder) for folder in folders], folders),
        Output(output["output_format"], output["output"], FORMATS),
    )


def _emit(result: Any, output: Output) -> None:
    from tolmach.bench.files import to_json  # noqa: PLC0415 - loaded when used

    form = output.form()
    if form == "markdown":
        from tolmach.bench.markdown import render_markdown  # noqa: PLC0415 - loaded when used

        output.write(render_markdown(result))
    elif form == "html":
        from tolmach.bench.page import render_page  # noqa: PLC0415 - loaded when used

        output.write(render_page(result))
    else:
        from tolmach.bench.tables import bench_tables  # noqa: PLC0415 - loaded when used

        output.emit(to_json(result), lambda console: bench_tables(console, result))
