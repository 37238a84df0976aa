"""Results on standard output or in a file, as JSON, as a table or as CSV; long tables go through a pager."""

import csv
import io
import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rich.console import Console

from common.errors import UsageError
from common.files import write_text
from common.names import printable
from tolmach.terminal.console import make_console, put, say

Renderer = Callable[[Console], None]

_BY_SUFFIX = {f".{form}": form for form in ("json", "html", "csv", "tsv", "tmx", "xliff", "ids")}
_BY_SUFFIX |= {".md": "markdown", ".htm": "html", ".xlf": "xliff", ".tex": "latex"}
"""Formats of all commands by the ending of a file."""
_FILE_WIDTH = 120
"""Columns of a table in a file."""


@dataclass(frozen=True, slots=True)
class Output:
    """Destination and format of a command's result.

    Attributes:
        format: `table`, `json`, another of the command's, or None for a table on a terminal and JSON elsewhere.
        path: File to write, None for standard output.
        quiet: Whether to write a page without naming it.
    """

    format: str | None = None
    path: Path | None = None
    formats: tuple[str, ...] = ("table", "json")
    quiet: bool = False

    def emit(self, json_text: str, table: Renderer) -> None:
        """Write the result: `json_text`, or the drawing of `table`."""
        if self.form() == "json":
            self.write(json_text)
        elif self.path is None:
            draw_paged(table)
        else:
            text = io.StringIO()
            table(make_console(text, width=_FILE_WIDTH))
            self.write(text.getvalue())

    def show(self, data: Any, draw: Callable[[Console, Any], None]) -> None:
        """Write `data` as JSON, or as the table that `draw` makes of it."""
        self.emit(json.dumps(data, ensure_ascii=False, indent=2) + "\n", lambda console: draw(console, data))

    def form(self) -> str:
        """Return the format; by default it is inferred from the file's extension or the destination."""
        told = self._told() if self.format is None else None
        return self.format or told or ("table" if self.path is None and sys.stdout.isatty() else "json")

    def _told(self) -> str | None:
        suffix = self.path.suffix.lower() if self.path and not self.path.is_dir() else ""
        told = _BY_SUFFIX.get(suffix)
        if suffix and told not in self.formats:
            fault = f"this command does not write {told}" if told else f"the ending {suffix} is not that of a format"
            known = ", ".join(self.formats)
            raise UsageError(f"{self.path}: {fault}", hint=f"Give --format: {known}; or a name that ends so")
        return told

    def write(self, text: str) -> None:
        """Write a result given as text."""
        if self.path is None:
            put(text)
        else:
            write_text(self.path, text)

    def write_page(self, html: str) -> None:
        """Write a page; say where it is, and whether it replaced another file."""
        replaced = self.path is not None and self.path.is_file()
        self.write(html)
        if self.path is not None and not self.quiet:
            name_page(self.path, replaced=replaced)


def name_page(path: Path, *, replaced: bool) -> None:
    """Say where a page was written."""
    say(f"Report: {printable(path)}{', which replaced an older one' if replaced else ''}")


_FORMULA: Final = tuple(
    "=+-@\t\r\n\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}\N{FULLWIDTH HYPHEN-MINUS}\N{FULLWIDTH COMMERCIAL AT}"
)
"""Characters at the start of a cell that a spreadsheet may take for a formula (owasp.org, "CSV Injection")."""

CsvValue = str | int | float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CsvForm:
    """How CSV is written.

    Attributes:
        escape: Whether to put an apostrophe before texts that a spreadsheet may take for a formula.
        excel: Whether to begin with a byte-order mark, without which Excel does not read UTF-8.
        tidy: Whether a comparison has a row for each finding, with its parts in columns.
    """

    escape: bool = False
    excel: bool = False
    tidy: bool = False


def check_options(output: Output, csv_form: CsvForm, *, full: bool = False, names: bool = False) -> None:
    """Refuse options that do not apply to the format.

    Raises:
        UsageError: The file's extension is of another format, or an option is about another one.
    """
    chosen = output.form()
    options = (
        (csv_form.escape, "--escape-formulas", "csv"),
        (csv_form.excel, "--excel", "csv"),
        (csv_form.tidy, "--tidy", "csv"),
        (full, "--all", "table"),
        (names, "--names", "table"),
    )
    for given, name, form in options:
        if given and chosen != form:
            raise UsageError(f"{name} is about {form}, not {chosen}", hint=f"Add --format {form}, or leave it out")


def write_csv(columns: Sequence[str], rows: Iterable[Sequence[CsvValue]], form: CsvForm) -> str:
    """Return a table as CSV (RFC 4180) with a header."""
    text = io.StringIO(newline="")
    text.write("\ufeff" if form.excel else "")
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([_guarded(cell) for cell in row] if form.escape else row for row in rows)
    return text.getvalue()


def _guarded(cell: CsvValue) -> CsvValue:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


PAGER_VARIABLE = "PAGER"
_NO_PAGER = ("", "cat")
_LESS = "FRX"
"""What git sets LESS to: less ends at once for one screen, shows colours, and leaves the text on the terminal."""


def draw_paged(draw: Callable[[Console], None]) -> None:
    """Draw on standard output, through the user's pager if that is a terminal with too few lines."""
    console = make_console()
    command = _pager() if console.is_terminal and sys.stdin.isatty() else None
    if command is None:
        draw(console)
        return
    with console.capture() as captured:
        draw(console)
    text = captured.get()
    if text.count("\n") < console.height or not _paged(command, text):
        sys.stdout.write(text)


def _pager() -> list[str] | None:
    """Return the pager's command, None where the user wants none, has none, or has a terminal that cannot page."""
    name = os.environ.get(PAGER_VARIABLE, "less")
    if name.strip() in _NO_PAGER or os.environ.get("TERM", "dumb") == "dumb":
        return None
    try:
        command = shlex.split(name)
    except ValueError:  # an open quotation mark
        return None
    return command if shutil.which(command[0]) else None


def _paged(command: list[str], text: str) -> bool:
    """Show `text` in the pager until the user leaves it; return whether it could be started."""
    environment = {"LESS": _LESS, "LV": "-c"} | os.environ
    sys.stdout.flush()
    try:
        pager = subprocess.Popen(command, stdin=subprocess.PIPE, env=environment)  # noqa: S603 - the user's own choice
    except OSError:
        return False
    assert pager.stdin is not None  # noqa: S101 - cannot happen, and tells the type checker
    with suppress(OSError), pager.stdin as pipe:  # the user may leave it before the end
        pipe.write(text.encode("utf-8", "backslashreplace"))
    while pager.poll() is None:
        with suppress(KeyboardInterrupt):  # the pager decides what Ctrl-C means
            pager.wait()
    return True
