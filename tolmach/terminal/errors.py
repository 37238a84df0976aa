"""Output of errors for the user."""

import io
import os
import traceback

import click

from common.errors import TolmachError
from common.secrets import redact
from tolmach.terminal.console import say, visible

TRACEBACK_VARIABLE = "TOLMACH_TRACEBACK"


def report_error(error: TolmachError) -> int:
    """Print one line for an error raised on purpose; return its exit status."""
    say(f"Error: {error}")
    _show_traceback(error)
    return error.exit_code


def report_usage(error: click.ClickException) -> int:
    """Print a usage error of click; return its exit status."""
    text = io.StringIO()
    error.show(text)
    click.echo(visible(redact(text.getvalue())), err=True, nl=False)
    return error.exit_code


def report_bug(error: BaseException) -> int:
    """Print one line for an unexpected error; return exit status 1."""
    hint = f"This is a bug; {TRACEBACK_VARIABLE}=1 shows where"
    say(f"Error: {type(error).__name__}: {error}. {hint}")
    _show_traceback(error)
    return 1


def _show_traceback(error: BaseException) -> None:
    if os.environ.get(TRACEBACK_VARIABLE):
        click.echo(visible(redact("".join(traceback.format_exception(error)))), err=True, nl=False)
