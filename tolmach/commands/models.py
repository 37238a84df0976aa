"""`tolmach models`: which translation models there are, which are here, and fetching them."""

import json
from typing import Any

import click

from tolmach.console import make_progress
from tolmach.options import common_options, output_options
from tolmach.output import Output


@click.group()
def models() -> None:
    """List, fetch and remove translation models.

    \b
    Example:
      tolmach models list --format table
    """


@models.command("list")
@output_options
@common_options
def list_models(*, quiet: bool, **output: Any) -> None:  # noqa: ARG001 - every command takes it
    """List the models in the order in which "auto" prefers them, with licence, size and what is here.

    \b
    Example:
      tolmach models list --format table
    """
    from tolmach.catalogue import describe_models  # noqa: PLC0415 - loaded when used
    from tolmach.tables import models_table  # noqa: PLC0415 - loaded when used

    found = describe_models()
    Output(output["output_format"], output["output"]).emit(_json(found), lambda console: models_table(console, found))


@models.command()
@click.argument("name")
@output_options
@common_options
def show(name: str, *, quiet: bool, **output: Any) -> None:  # noqa: ARG001 - every command takes it
    """Show what is known of the model NAME.

    \b
    Example:
      tolmach models show nllb-600m
    """
    from tolmach.catalogue import describe_model  # noqa: PLC0415 - loaded when used
    from tolmach.tables import facts_table  # noqa: PLC0415 - loaded when used

    facts = describe_model(name)
    Output(output["output_format"], output["output"]).emit(_json(facts), lambda console: facts_table(console, facts))


@models.command()
@click.argument("name")
@common_options
def fetch(name: str, *, quiet: bool) -> None:
    """Fetch the model NAME into the cache, so that it can be used without a network.

    \b
    Example:
      tolmach models fetch opus-mt
    """
    from tolmach.catalogue import fetch_model  # noqa: PLC0415 - loaded when used

    for path in fetch_model(name, make_progress(quiet=quiet)):
        click.echo(path)


@models.command()
@click.argument("name")
@common_options
def remove(name: str, *, quiet: bool) -> None:
    """Remove the model NAME, converted copies too, from the cache.

    \b
    Example:
      tolmach models remove opus-mt
    """
    from tolmach.catalogue import remove_model  # noqa: PLC0415 - loaded when used

    freed = remove_model(name)
    make_progress(quiet=quiet).note(f"{freed / 1e6:,.0f} MB freed")


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"
