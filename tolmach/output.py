"""Results on standard output or in a file, as JSON or as a table."""

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click
from rich.console import Console

from corpora.files import write_text
from tolmach.console import output_console

Renderer = Callable[[Console], None]

_FILE_WIDTH = 120
"""Columns of a table that is written to a file."""


@dataclass(frozen=True, slots=True)
class Output:
    """Where a command's result goes, and in which form.

    Attributes:
        format: `table`, `json`, another that the command knows, or None for a table on a terminal and JSON elsewhere.
        path: File to write, None for standard output.
    """

    format: str | None = None
    path: Path | None = None

    def emit(self, json_text: str, table: Renderer) -> None:
        """Write the result: `json_text`, or what `table` draws.

        Raises:
            OutputError: The file cannot be written.
        """
        if self.form() == "json":
            self.write(json_text)
        elif self.path is None:
            table(output_console())
        else:
            text = io.StringIO()
            table(Console(file=text, width=_FILE_WIDTH, highlight=False))
            self.write(text.getvalue())

    def form(self) -> str:
        """Return the format, chosen by where the result goes where none was asked for."""
        return self.format or ("table" if self.path is None and sys.stdout.isatty() else "json")

    def write(self, text: str) -> None:
        """Write a result that is text already.

        Raises:
            OutputError: The file cannot be written.
        """
        if self.path is None:
            click.echo(text, nl=False)
        else:
            write_text(self.path, text)
