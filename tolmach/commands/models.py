"""`tolmach models`: lists, downloads and verifies translation models."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from common.files import describe_size
from tolmach.export.output import Output
from tolmach.options.command import OptionGroup, TolmachGroup, option, takes
from tolmach.options.common import PAIR, ResultOptions, common_options, output_options
from tolmach.options.paths import MODEL
from tolmach.results.overview import describe_directions
from tolmach.terminal.console import make_progress, plain_table, put
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
    """List the models, those that auto prefers first.

    \b
    Example:
      tolmach models list --format table
    """
    Output(options.output_format, options.output).show(describe_models(), models_table)


@dataclass(frozen=True, kw_only=True)
class ShowOptions(ResultOptions):
    """Options of `tolmach models show`."""

    name: str


@models.command()
@click.argument("name", type=MODEL)
@output_options
@common_options
@takes(ShowOptions)
def show(options: ShowOptions) -> None:
    """Show licence, source and settings of the model NAME.

    \b
    Example:
      tolmach models show nllb-600m
    """
    Output(options.output_format, options.output).show(describe_model(options.name), model_page)


@models.command()
@click.argument("name", type=MODEL)
@option(
    "--pair",
    group=OptionGroup.INPUT,
    type=PAIR,
    metavar="SOURCE-TARGET",
    help="Download only the weights of this direction, if each has its own.",
)
@common_options
def fetch(name: str, *, pair: tuple[str, str] | None, quiet: bool) -> None:
    """Download the model NAME for use without a network.

    An interrupted download resumes.

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
    """Verify the files of downloaded models by checksum.

    Without NAME all models are verified. Conversions for an engine are verified, too; damaged ones are repeated when
    the model is used. Exits with 1 and names the files if any is damaged.

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
    """Remove the model NAME from the cache.

    \b
    Example:
      tolmach models remove opus-mt
    """
    freed = remove_model(name)
    told = f"{freed / 1e6:,.0f} MB freed" if freed else f"nothing to remove: {name} is not in the cache"
    make_progress(quiet=quiet).note(told)


_TEXTS = ("prompt", "chinese_prompt")
"""Facts with texts of several lines."""


def models_table(console: Console, models: Sequence[Mapping[str, Any]]) -> None:
    """Draw the translation models, what licences restrict, and their total disk use."""
    table = plain_table("model", "size", "on disk", "directions", "licence")
    for model in models:
        sizes = describe_size(model["size"]), _on_disk(model)
        cells = (model["name"], *sizes, describe_directions(model["directions"]), _licence(model))
        table.add_row(*cells, style="bold" if model["auto"] else None)
    console.print(table)
    for number, (restriction, names) in enumerate(_restricted(models).items()):
        console.print(f"{'' if number else chr(10)}{restriction}: {', '.join(names)}")
    defaults = " or ".join(model["name"] for model in models if model["default"])
    default = f"fetches {defaults}" if defaults else "has none"
    auto = next((f"takes {model['name']}, which is cached" for model in models if model["auto"]), default)
    total = describe_size(sum(model["disk_use"] for model in models)) or "0 MB"
    console.print(f"\n{total} on disk; --model auto now {auto}")


def _licence(model: Mapping[str, Any]) -> str:
    """Return the licence's name, with an asterisk where the lines below the table say what it restricts."""
    name = (model["licence"] or "unknown").replace("LicenseRef-", "")
    return f"{name} *" if model["restriction"] or model["gated"] else name


def _restricted(models: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for model in models:
        gated = "gated: accept its terms, and set HF_TOKEN" if model["gated"] else None
        for restriction in filter(None, (model["restriction"], gated)):
            found.setdefault(f"* {restriction}", []).append(model["name"])
    return found


def model_page(console: Console, facts: Mapping[str, Any]) -> None:
    """Draw the facts about one model."""
    table = Table.grid(padding=(0, 2))
    for name, value in facts.items():
        if value is None or value in ("", [], {}) or name in _TEXTS:
            continue
        table.add_row(Text(name, style="bold"), _words(name, value))
    console.print(table)
    for name in _TEXTS:
        for part, text in (facts.get(name) or {}).items():
            console.print(Text(f"\n{name}, {part}", style="bold"))
            console.print(text, soft_wrap=True)


def _words(name: str, value: Any) -> str:
    if name in ("size", "disk_use"):
        return describe_size(value)
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {one}" for key, one in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _on_disk(model: Mapping[str, Any]) -> str:
    if not model["disk_use"]:
        return "yes" if model["cached"] else ""
    missing = "" if model["cached"] else f" ({', '.join(model['fetched']) or 'broken off'})"
    return describe_size(model["disk_use"]) + missing
