"""`tolmach corpora`: the sample articles, and test sets to download."""

import click
from click.shell_completion import CompletionItem

from corpora.samples import list_samples, load_sample
from corpora.testsets import find_set
from corpora.testsets.fetching import fetch_set
from corpora.testsets.registry import known_sets
from tolmach.export.output import Output
from tolmach.options.command import OptionGroup, TolmachGroup, matching, option, takes
from tolmach.options.common import LANGUAGE, ResultOptions, common_options, output_options
from tolmach.tables.results import samples_table
from tolmach.terminal.console import make_progress, put
from tolmach.workflow.listings import describe_samples


def _complete_set(context: click.Context, parameter: click.Parameter, word: str) -> list[CompletionItem]:
    del context, parameter
    return matching((entry.name for entry in known_sets()), word)


@click.group(cls=TolmachGroup)
def corpora() -> None:
    """Show the sample articles; download test sets.

    The samples have gold sentences, alignments and quotes.

    \b
    Example:
      tolmach corpora list --format table
    """


@corpora.command("list")
@output_options
@common_options
@takes(ResultOptions)
def list_corpora(options: ResultOptions) -> None:
    """List the samples with their languages and titles.

    \b
    Example:
      tolmach corpora list --format table
    """
    Output(options.output_format, options.output).show(describe_samples(), samples_table)


@corpora.command()
@click.argument("name", shell_complete=lambda _context, _parameter, word: matching(list_samples(), word))
@option("--language", group=OptionGroup.INPUT, type=LANGUAGE, default="en", show_default=True, help="Version to show.")
@common_options
def show(name: str, language: str, *, quiet: bool) -> None:  # noqa: ARG001 - every command takes it
    """Print the sample NAME in one language.

    \b
    Example:
      tolmach corpora show lavrov --language ru
    """
    put(load_sample(name, language).text)


@corpora.command()
@click.argument("names", nargs=-1, required=True, shell_complete=_complete_set)
@common_options
def fetch(names: tuple[str, ...], *, quiet: bool) -> None:
    """Download test sets.

    `tolmach bench list` shows them. Each file is verified by its checksum.

    \b
    Example:
      tolmach corpora fetch ntrex flores200-devtest
    """
    progress = make_progress(quiet=quiet)
    for entry in [find_set(name) for name in names]:
        progress.note(f"{entry.title}: {entry.licence}, {entry.url}")
        put(f"{fetch_set(entry, progress=progress)}\n")
