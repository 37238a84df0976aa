"""What the user sees when something fails."""

import os
import traceback

import click

from corpora.errors import TolmachError

TRACEBACK_VARIABLE = "TOLMACH_TRACEBACK"


def report_error(error: TolmachError) -> int:
    """Print one line for an error raised on purpose; return its exit status."""
    click.echo(f"Error: {error}", err=True)
    if os.environ.get(TRACEBACK_VARIABLE):
        traceback.print_exception(error)
    return error.exit_code


def report_bug(error: Exception) -> int:
    """Print one line for an error nobody foresaw; return exit status 1."""
    hint = f"This is a bug; {TRACEBACK_VARIABLE}=1 shows where"
    click.echo(f"Error: {type(error).__name__}: {error}. {hint}", err=True)
    if os.environ.get(TRACEBACK_VARIABLE):
        traceback.print_exception(error)
    return 1
