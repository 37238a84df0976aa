"""What sets Tolmach up: `tolmach config`, settings and their origin, and `tolmach completion` for a shell."""

from dataclasses import dataclass
from typing import Final

import click
from click.shell_completion import get_completion_class

from tolmach.export.output import Output
from tolmach.options.command import TolmachCommand, TolmachGroup, takes
from tolmach.options.common import ResultOptions, common_options, output_options
from tolmach.options.settings import describe_settings, settings_path
from tolmach.tables.results import settings_table
from tolmach.terminal.console import put

_SHELLS: Final = ("bash", "zsh", "fish")
_PROGRAM: Final = "tolmach"


@click.group(cls=TolmachGroup)
def config() -> None:
    """Show the settings file and the option values in it.

    \b
    Example:
      tolmach config show translate --format table
    """


@config.command()
@common_options
def path(*, quiet: bool) -> None:  # noqa: ARG001 - every command takes it
    """Print the path of the settings file.

    It need not exist.

    \b
    Example:
      tolmach config path
    """
    put(f"{settings_path()}\n")


@dataclass(frozen=True, kw_only=True)
class ConfigShowOptions(ResultOptions):
    """Options of `tolmach config show`."""

    command: tuple[str, ...]


@config.command()
@click.argument("command", nargs=-1)
@output_options
@common_options
@takes(ConfigShowOptions)
def show(options: ConfigShowOptions) -> None:
    """Show the value of each option and its origin.

    The origin is a default, the settings file, or an environment variable. COMMAND is one command, such as translate or
    bench run; without it all commands are shown.

    \b
    Example:
      tolmach config show bench run --format table
    """
    found = describe_settings(click.get_current_context().find_root(), options.command)
    Output(options.output_format, options.output).show(found, settings_table)


@click.command(cls=TolmachCommand)
@click.argument("shell", type=click.Choice(_SHELLS))
@common_options
def completion(shell: str, *, quiet: bool) -> None:  # noqa: ARG001 - every command takes it
    """Print what a shell needs to complete commands.

    The Tab key then completes commands, options, files, and the names of models, test sets, samples and languages.

    \b
    Example:
      tolmach completion bash > ~/.local/share/bash-completion/completions/tolmach
      tolmach completion zsh > ~/.zfunc/_tolmach
      tolmach completion fish > ~/.config/fish/completions/tolmach.fish
    """
    kind = get_completion_class(shell)
    assert kind is not None  # noqa: S101 - cannot happen, and tells the type checker
    root = click.get_current_context().find_root().command
    put(f"{kind(root, {}, _PROGRAM, '_TOLMACH_COMPLETE').source()}\n")
