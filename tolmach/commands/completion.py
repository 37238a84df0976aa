"""`tolmach completion`: completion of commands, options, models, sets and samples in a shell."""

from typing import Final

import click
from click.shell_completion import get_completion_class

from tolmach.options.command import TolmachCommand
from tolmach.options.common import common_options
from tolmach.terminal.console import put

_SHELLS: Final = ("bash", "zsh", "fish")
_PROGRAM: Final = "tolmach"


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
