"""`tolmach demo`: what Tolmach does, shown with its sample article."""

import math
from dataclasses import dataclass
from pathlib import Path

import click
from rich.console import Console

from alignment.encoders import load_ahead
from common.errors import TolmachError
from common.extras import require_extra
from common.messages import message
from common.names import printable
from common.progress import Progress
from corpora.languages import CHINESE, ENGLISH, RUSSIAN
from corpora.samples import load_sample
from tolmach.commands.run import foreign_files, planned_paths, write_run
from tolmach.options.clashes import check_outputs
from tolmach.options.command import OptionGroup, TolmachCommand, option, takes
from tolmach.options.common import CommonOptions, common_options, interface_option
from tolmach.options.paths import OutputFolder
from tolmach.pages import write_report
from tolmach.tables.quotes import comparison_summary
from tolmach.tables.results import summary_table
from tolmach.terminal.console import make_console, make_progress
from tolmach.workflow.pipeline import RunPlan, compare_articles, run
from tolmach.workflow.translators import announce_download
from translate.loading import choose_model, load_translator
from translate.models.specs import ModelSpec
from translate.weights.store import WeightsStore

_SAMPLE = "lavrov"
_TARGETS = (CHINESE, RUSSIAN)
_COMPARISON = "quotes.html"
_ROOM = 8
"""Lines of changes: with what stands around them a dozen, so that README's first screen has room for a picture."""
_SECONDS = 2.5
"""Time for a sentence with a model of one gigabyte, second attempts included. On two cores the first users waited 33 to
85 s for 19 to 26 sentences with one of 1.1 GB. Other sizes take time in proportion, as they read all weights."""


@dataclass(frozen=True, kw_only=True)
class DemoOptions(CommonOptions):
    """Options of `tolmach demo`."""

    folder: Path
    no_translate: bool


@click.command(cls=TolmachCommand)
@option(
    "--output",
    "-o",
    "folder",
    group=OptionGroup.OUTPUT,
    type=OutputFolder(),
    default="demo",
    show_default=True,
    help="Folder for the reports and translations.",
)
@interface_option
@option("--no-translate", group=OptionGroup.MODEL, is_flag=True, help="Compare only, which needs no model.")
@common_options
@takes(DemoOptions)
def demo(options: DemoOptions) -> None:
    """Show what Tolmach does with a sample article.

    First it compares the quotes of an English article with those of a Russian version that has ten planted changes:
    seconds, without a download. Then it translates the article into Chinese and Russian: minutes, and at the
    first time a download. What prevents the translation is said, and is no failure.

    \b
    Example:
      tolmach demo
      tolmach demo --no-translate
    """
    console, progress = make_console(), make_progress(quiet=options.quiet)
    article = load_sample(_SAMPLE, ENGLISH)
    check_outputs([options.folder / _COMPARISON, *planned_paths(options.folder, article, _TARGETS)])
    _compare(options.folder, console, progress)
    if options.no_translate:
        return
    console.print()
    try:
        _translate(options.folder, console, progress)
    except TolmachError as error:
        console.print(f"The sample was not translated: {error}", soft_wrap=True)


def _compare(folder: Path, console: Console, progress: Progress) -> None:
    console.print(message("demo.comparing"))
    load_ahead()
    articles = [load_sample(_SAMPLE, ENGLISH), load_sample(_SAMPLE, RUSSIAN, variant="altered")]
    result = compare_articles(articles, progress)
    path = folder / _COMPARISON
    write_report(path, result)
    comparison_summary(console, result, more=message("demo.more"), room=_ROOM)
    console.print(message("demo.report", path=printable(path)), soft_wrap=True)


def _translate(folder: Path, console: Console, progress: Progress) -> None:
    article = load_sample(_SAMPLE, ENGLISH)
    store = WeightsStore()
    directions = [(ENGLISH, target) for target in _TARGETS]
    spec = choose_model(store, progress, directions)
    if spec.family != "firefox":
        require_extra("translate")
    console.print(_announce(spec, len(article.sentences) * len(_TARGETS)))
    announce_download(spec, store, directions, progress)
    references = {language: load_sample(_SAMPLE, language) for language in _TARGETS}
    translator = load_translator(spec.name, progress=progress)
    result = run(article, RunPlan(_TARGETS, references), translator, progress)
    foreign = foreign_files(folder, planned_paths(folder, article, _TARGETS))
    paths = write_run(folder, result)
    for path in foreign:
        progress.note(f"replaced {printable(path)}, which no earlier run wrote")
    summary_table(console, result, paths)


def _announce(spec: ModelSpec, sentences: int) -> str:
    """Return what is about to be done with a model, and how long that may take."""
    took = ""
    if spec.size:
        minutes = math.ceil(sentences * spec.size / 1e9 * _SECONDS / 60)
        took = f" This takes about {minutes} minute{'' if minutes == 1 else 's'} on two cores."
    return (
        f"Translating it into Chinese and Russian with {spec.name}.{took} Ctrl-C stops it; finished sentences are kept."
    )
