"""`tolmach models`: which translation models there are, which are here, and fetching them."""

import json
from dataclasses import dataclass
from typing import Any

import click

from tolmach.export.output import Output
from tolmach.options.command import OptionGroup, TolmachGroup, option, takes
from tolmach.options.common import PAIR, ResultOptions, common_options, output_options
from tolmach.options.paths import MODEL
from tolmach.tables.models import model_page, models_table
from tolmach.terminal.console import make_progress, put
from tolmach.workflow.listings import describe_model, describe_models, fetch_model, remove_model, verify_models


@click.group(cls=TolmachGroup)
def models() -> None:
    """List, fetch, verify and remove translation models.

    \b
    Example:
      tolmach models list --format table
    """


@models.command("list")
@output_options
@common_options
@takes(ResultOptions)
def list_models(options: ResultOptions) -> None:
    """List the models in the order in which "auto" prefers them: licence, what it forbids, size, what is on disk.

    \b
    Example:
      tolmach models list --format table
    """
    found = describe_models()
    Output(options.output_format, options.output).emit(_json(found), lambda console: models_table(console, found))


@dataclass(frozen=True, kw_only=True)
class ShowOptions(ResultOptions):
    """What `tolmach models show` is asked."""

    name: str


@models.command()
@click.argument("name", type=MODEL)
@output_options
@common_options
@takes(ShowOptions)
def show(options: ShowOptions) -> None:
    """Show what is known of the model NAME: licence, source, how it is asked, what its authors recommend.

    \b
    Example:
      tolmach models show nllb-600m
    """
    facts = describe_model(options.name)
    Output(options.output_format, options.output).emit(_json(facts), lambda console: model_page(console, facts))


@models.command()
@click.argument("name", type=MODEL)
@option(
    "--pair",
    group=OptionGroup.INPUT,
    type=PAIR,
    metavar="SOURCE-TARGET",
    help="Fetch only what this direction needs, where each direction has weights of its own.",
)
@common_options
def fetch(name: str, *, pair: tuple[str, str] | None, quiet: bool) -> None:
    """Fetch the model NAME into the cache, so that it can be used without a network; a broken-off fetch goes on.

    \b
    Example:
      tolmach models fetch opus-mt --pair en-ru
    """
    for path in fetch_model(name, pair, make_progress(quiet=quiet)):
        put(f"{path}\n")


@models.command()
@click.argument("name", required=False, type=MODEL)
@common_options
def verify(name: str | None, *, quiet: bool) -> None:
    """Read every byte of the model NAME, or of all that were fetched, and compare it with its checksum.

    What was converted for an engine is read, too; where it is damaged, it is made again when the model is used.
    Exits with 1 and names the files where something is damaged.

    \b
    Example:
      tolmach models verify opus-mt
    """
    for one in verify_models(name, make_progress(quiet=quiet)):
        put(f"{one['name']}: {one['files']} files, {one['bytes'] / 1e6:,.1f} MB, as they were\n")


@models.command()
@click.argument("name", type=MODEL)
@common_options
def remove(name: str, *, quiet: bool) -> None:
    """Remove the model NAME, converted copies too, from the cache.

    \b
    Example:
      tolmach models remove opus-mt
    """
    freed = remove_model(name)
    make_progress(quiet=quiet).note(f"{freed / 1e6:,.0f} MB freed")


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"
