"""`tolmach corpus`: the steps of one article, for as many as there are."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import click
from rich.console import Console

from alignment.encoders import load_ahead
from common.errors import UsageError
from common.extras import require_extra
from common.names import printable
from tolmach.corpus.cluster import LOCAL
from tolmach.corpus.demo import DEMO_QUERY, write_demo
from tolmach.corpus.folder import CorpusFolder, describe
from tolmach.corpus.index.building import index_corpus
from tolmach.corpus.index.search import QuoteFilter, QuoteIndex
from tolmach.corpus.plan import BLOCK_TOKENS
from tolmach.corpus.run import RunSettings, run_corpus
from tolmach.corpus.steps import STEPS
from tolmach.corpus.worker import CorpusJob
from tolmach.export.output import CsvForm, Output, check_options
from tolmach.export.search import SEARCH_FORMATS, deliver_search, draw_search
from tolmach.options.clashes import check_outputs
from tolmach.options.command import OptionGroup, TolmachGroup, option, takes
from tolmach.options.common import (
    CHECK_FAILED,
    FORMATS,
    LANGUAGE,
    CommonOptions,
    ResultOptions,
    common_options,
    csv_options,
    interface_option,
    output_options_for,
    private_option,
)
from tolmach.options.models import ModelOptions, model_options
from tolmach.options.paths import MOST_THREADS, InputFolder, OutputFolder, count
from tolmach.terminal.console import make_console, make_progress, plain_table, say

_NO_RAY = "none"
_LAST_PORT = 65_535
_MOST_FOUND = 1_000


class _Steps(click.ParamType[tuple[str, ...]]):
    """Names of steps, separated by commas."""

    name = "steps"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        """Return the steps in the order in which they are done."""
        if isinstance(value, tuple):
            return value
        named = [word.strip() for word in value.split(",")]
        wrong = [word for word in named if word not in STEPS]
        if wrong:
            self.fail(f"{printable(wrong[0])!r} is no step; known: {', '.join(STEPS)}", param, ctx)
        return tuple(step for step in STEPS if step in named)


@dataclass(frozen=True, kw_only=True)
class CorpusRunOptions(ModelOptions, CommonOptions):
    """Options of `tolmach corpus run`."""

    source: Path
    output: Path
    steps: tuple[str, ...]
    targets: tuple[str, ...]
    form: Literal["parquet", "jsonl"]
    workers: int | None
    ray: str | None
    block_tokens: int
    strict: bool

    def job(self) -> CorpusJob:
        """Return what is to be done.

        Raises:
            UsageError: Languages are named without the step `translate`, or the reverse.
        """
        if bool(self.targets) != ("translate" in self.steps):
            raise UsageError("translation needs a language and a step", hint="Give --steps …,translate and --to both")
        models = self if self.targets else None
        return CorpusJob(
            input=self.source.resolve(),
            output=self.output.resolve(),
            steps=self.steps,
            targets=self.targets,
            form=self.form,
            models=models,
        )

    def settings(self) -> RunSettings:
        """Return how it is distributed: with Ray where that is installed."""
        ray = self.ray or (LOCAL if find_spec("ray") else _NO_RAY)
        return RunSettings(workers=self.workers, ray=None if ray == _NO_RAY else ray, block_tokens=self.block_tokens)


@click.group(cls=TolmachGroup)
def corpus() -> None:
    """Process a corpus of articles.

    \b
    Example:
      tolmach corpus run articles.jsonl -o corpus/
    """


@corpus.command()
@click.argument("source", metavar="INPUT", type=InputFolder(lambda folder: (folder,), files=True))
@option(
    "--output",
    "-o",
    group=OptionGroup.OUTPUT,
    required=True,
    type=OutputFolder(),
    help="Folder for the tables, manifest.json and quarantine.jsonl; a run that was interrupted there is resumed.",
)
@option(
    "--format",
    "form",
    group=OptionGroup.OUTPUT,
    type=click.Choice(["parquet", "jsonl"]),
    default="parquet",
    show_default=True,
    help="Form of the tables.",
)
@option(
    "--steps",
    type=_Steps(),
    default="quotes,align,compare",
    show_default=True,
    metavar="NAMES",
    help=f"Some of {', '.join(STEPS)}, separated by commas.",
)
@option("--to", "targets", group=OptionGroup.OUTPUT, type=LANGUAGE, multiple=True, help="Language to translate into.")
@option(
    "--workers",
    expert=True,
    type=count(most=MOST_THREADS),
    metavar="N",
    help="Number of workers; default: one for each core.",
)
@option(
    "--ray",
    metavar="ADDRESS",
    help=f"Ray cluster, as ray://HOST:PORT or auto; `{LOCAL}` starts Ray here, `{_NO_RAY}` uses processes. "
    f"Default: `{LOCAL}` if Ray is installed.",
)
@option(
    "--block-tokens",
    expert=True,
    type=count(),
    default=BLOCK_TOKENS,
    show_default=True,
    help="Size of a block, which is what an interruption loses; larger ones make fewer files.",
)
@option("--strict", group=OptionGroup.CHECKS, is_flag=True, help="Exit with status 3 if an article is quarantined.")
@model_options
@private_option
@common_options
@takes(CorpusRunOptions)
def run(options: CorpusRunOptions) -> None:
    """Process all articles of INPUT, in blocks.

    Their quotes are found, and versions of one story aligned and compared; --to translates them, too. INPUT is a
    folder, whose subfolders hold versions of one story each; a .jsonl or .parquet file, or a folder of .parquet files,
    with the fields text, and if known id, story, language, outlet, date, url and title; or a .txt file with one address
    per line. An article that cannot be used goes to the quarantine with the reason, and the others go on. The same
    command again resumes a run, and does what was added to INPUT since: what is done is not done twice.

    \b
    Example:
      tolmach corpus run articles.jsonl -o corpus/
    """
    progress = make_progress(quiet=options.quiet)
    folder = CorpusFolder(options.output)
    check_outputs([folder.manifest, folder.quarantine])
    summary = run_corpus(options.job(), progress, options.settings())
    Output().show(summary, _draw)
    if summary["failures"]:
        say(f"{summary['quarantined']} of {summary['records']} articles are in quarantine: "
            f"{printable(folder.quarantine)}")  # fmt: skip
        if options.strict:
            raise click.exceptions.Exit(CHECK_FAILED)


@corpus.command()
@click.argument("folder", type=InputFolder(lambda folder: (folder,)))
@option("--format", "output_format", group=OptionGroup.OUTPUT, type=click.Choice(FORMATS), help="Form of the answer.")
@common_options
def status(folder: Path, *, output_format: str | None, quiet: bool) -> None:  # noqa: ARG001 - every command takes it
    """Say how far the run in FOLDER is.

    It also says how fast the run goes, how long it still takes, and what failed.

    \b
    Example:
      tolmach corpus status corpus/
    """
    Output(output_format).show(describe(CorpusFolder(folder)), _draw)


@corpus.command()
@click.argument("folder", type=InputFolder(lambda folder: (folder,)))
@option("--format", "output_format", group=OptionGroup.OUTPUT, type=click.Choice(FORMATS), help="Form of the answer.")
@common_options
def index(folder: Path, *, output_format: str | None, quiet: bool) -> None:
    """Index the quotes in FOLDER for searches.

    Quotes that are one utterance, in any of the languages, are put together, and each is compared with the earliest.
    The same command again adds what is new and leaves the rest as it is; it may run beside `tolmach corpus run`.

    \b
    Example:
      tolmach corpus index corpus/
    """
    require_extra("index")
    load_ahead()
    figures = index_corpus(CorpusFolder(folder), make_progress(quiet=quiet))
    if not figures["new_parts"]:
        say("The index was up to date")
    Output(output_format).show(figures, _draw)


@dataclass(frozen=True, kw_only=True)
class CorpusSearchOptions(ResultOptions):
    """Options of `tolmach corpus search`."""

    folder: Path
    query: str
    speaker: str | None
    language: str | None
    outlet: str | None
    since: str | None
    until: str | None
    limit: int
    timeline: bool
    excel: bool
    escape: bool

    def filters(self) -> QuoteFilter:
        """Return what is asked of the wordings."""
        return QuoteFilter(
            speaker=self.speaker, language=self.language, outlet=self.outlet, since=self.since, until=self.until
        )


@corpus.command()
@click.argument("folder", type=InputFolder(lambda folder: (folder,)))
@click.argument("query")
@option("--speaker", metavar="NAME", help="Speaker, in any of the scripts: Lavrov finds Лавров and 拉夫罗夫, too.")
@option("--language", type=LANGUAGE, help="Language of a wording.")
@option("--outlet", metavar="NAME", help="Outlet, as the corpus names it.")
@option("--since", metavar="DATE", help="First year, month or day, such as 2023-01.")
@option("--until", metavar="DATE", help="Last year, month or day, which is included.")
@option("--limit", type=count(most=_MOST_FOUND), default=10, show_default=True, help="Most utterances.")
@option(
    "--timeline",
    group=OptionGroup.OUTPUT,
    is_flag=True,
    help="In the table, show how the wording changed: equal wordings once, with the time they span.",
)
@csv_options
@output_options_for(SEARCH_FORMATS)
@interface_option
@common_options
@takes(CorpusSearchOptions)
def search(options: CorpusSearchOptions) -> None:
    """Search the quotes in FOLDER for QUERY.

    They are found by meaning and by words. QUERY may be in any of the languages. An utterance is found if one of its
    wordings fits all filters; all of its wordings are shown, the earliest first, and what the comparison says of the
    others. FOLDER comes first, as for the other commands of a corpus, and has the index that `tolmach corpus index`
    made.

    \b
    Example:
      tolmach corpus search corpus/ "a multipolar world" --speaker Lavrov --since 2023
    """
    require_extra("index")
    output = Output(options.output_format, options.output, SEARCH_FORMATS)
    form = CsvForm(escape=options.escape, excel=options.excel)
    check_options(output, form)
    load_ahead()
    found = QuoteIndex.open(options.folder).search(options.query, options.filters(), limit=options.limit)
    deliver_search(found, output, form, timeline=options.timeline)


@corpus.command()
@click.argument("folder", type=InputFolder(lambda folder: (folder,)))
@option(
    "--port",
    type=click.IntRange(0, _LAST_PORT),
    default=8000,
    show_default=True,
    help="Port of the pages; 0 takes any that is free.",
)
@interface_option
@common_options
def serve(folder: Path, *, port: int, quiet: bool) -> None:  # noqa: ARG001 - every command takes it
    """Show the quotes of FOLDER in a browser.

    The pages search the index that `tolmach corpus index` made, with filters for speaker, language, outlet and date,
    and compare the articles of two wordings. /api/search answers as `tolmach corpus search --format json` does. Only
    browsers on this machine get an answer; for others, send pages of `search --format html` or `compare --report`.

    \b
    Example:
      tolmach corpus serve corpus/
    """
    require_extra("web")
    from tolmach.corpus.index.serve import serve as serve_pages  # noqa: PLC0415 - needs the extra

    load_ahead()
    serve_pages(QuoteIndex.open(folder), port)


@corpus.command()
@option(
    "--output",
    "-o",
    "folder",
    group=OptionGroup.OUTPUT,
    type=OutputFolder(),
    default="corpus-demo",
    show_default=True,
    help="Folder for the articles and the corpus.",
)
@common_options
def demo(folder: Path, *, quiet: bool) -> None:
    """Try a corpus with sample articles.

    Four sample stories in three languages, one of them also with planted changes, are processed, indexed and searched.
    That takes half a minute, and no download. Outlets and dates are invented.

    \b
    Example:
      tolmach corpus demo
    """
    require_extra("index")
    progress, console = make_progress(quiet=quiet), make_console()
    articles, made = folder / "articles.jsonl", CorpusFolder(folder / "corpus")
    check_outputs([articles, made.manifest, made.quarantine])
    load_ahead()
    write_demo(articles)
    job = CorpusJob(input=articles.resolve(), output=made.root.resolve(), steps=("quotes", "align", "compare"))
    run_corpus(job, progress)
    index_corpus(made, progress)
    found = QuoteIndex.open(made.root).search(DEMO_QUERY, limit=1)
    console.print(f"Searching for: {DEMO_QUERY}", soft_wrap=True)
    draw_search(console, found)
    console.print(f"\nTo search: tolmach corpus search {printable(made.root)} WORDS", soft_wrap=True)
    console.print(f"In a browser: tolmach corpus serve {printable(made.root)}", soft_wrap=True)


def _draw(console: Console, found: Mapping[str, Any]) -> None:
    table = plain_table("corpus", "", numbers=True)
    for name, value in found.items():
        if isinstance(value, Mapping):
            for inner, number in value.items():
                table.add_row(f"{name.replace('_', ' ')}: {inner}", f"{number:,}")
        elif value is not None:
            table.add_row(name.replace("_", " "), value if isinstance(value, str) else f"{value:,}")
    console.print(table)
