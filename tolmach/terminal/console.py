"""All that is printed for people: progress bars, notes and errors on standard error, tables on standard output.

Articles, file names, models and servers are not to be trusted: nothing of theirs moves the cursor of a terminal, rings
its bell, turns its reading direction or is read as markup.
"""

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import IO

import click
from rich.console import Console, ConsoleOptions, RenderableType
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    ProgressColumn,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.progress import Progress as RichProgress
from rich.segment import Segment
from rich.text import Text

from common.progress import SILENT, Progress
from common.secrets import redact

_SPACES = re.compile(r"[\t\n\r\x85\u2028\u2029]")
_UNSEEN = re.compile(
    r"\r(?!\n)|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff"
    r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]"
)
"""Controls; halves of characters, which no stream takes; what turns the reading direction (https://trojansource.codes);
and Unicode's tags, letters that nobody sees. Line breaks and tabs are left."""


def visible(text: str) -> str:
    """Return `text` with a replacement character for each that a terminal would obey; line breaks and tabs stay."""
    return _UNSEEN.sub("\N{REPLACEMENT CHARACTER}", text)


def one_line(text: str) -> str:
    """Return `text` as `visible` does, with a space for each line break and tab."""
    return visible(_SPACES.sub(" ", text))


def say(text: str) -> None:
    """Print a line for the user on standard error: secrets are masked."""
    click.echo(one_line(redact(text)), err=True)


def put(text: str) -> None:
    """Write a result on standard output: as it is for a file or a program, as `visible` does for a terminal."""
    click.echo(visible(text) if sys.stdout.isatty() else text, nl=False)


class _Console(Console):
    """Shows texts as they are: as `visible` does, and nothing in them is markup or an emoji's name."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        for segment in super().render(renderable, options):
            yield segment if segment.control else segment._replace(text=visible(segment.text))


class ConsoleProgress:
    """Draws bars on standard error while it is a terminal; elsewhere it prints a line as each step begins."""

    def __init__(self) -> None:
        self._console = make_console(stderr=True)

    @contextmanager
    def bar(self, description: str, total: float | None, *, unit: str = "") -> Iterator[Callable[[float], None]]:
        """Show a bar until the block ends; see `common.progress.Progress.bar`."""
        line = one_line(redact(description))
        if not self._console.is_terminal:
            self._console.print(line, soft_wrap=True)
            yield lambda _advance: None
            return
        with RichProgress(*_columns(total, unit), console=self._console, transient=True) as display:
            task = display.add_task(line, total=total)
            yield lambda advance: display.advance(task, advance)

    def note(self, message: str) -> None:
        """Print a line for the user."""
        self._console.print(Text.assemble(("Note:", "yellow"), " ", one_line(redact(message))), soft_wrap=True)


def make_progress(*, quiet: bool) -> Progress:
    """Return what reports progress to the user, or to nobody when `quiet`."""
    return SILENT if quiet else ConsoleProgress()


def make_console(file: IO[str] | None = None, *, width: int | None = None, stderr: bool = False) -> Console:
    """Return a console on which nothing is markup and no text moves the cursor.

    Args:
        file: Where to; None for standard output.
        width: Columns; None asks the terminal.
        stderr: Whether it is standard error instead.
    """
    return _Console(file=file, width=width, stderr=stderr, highlight=False, markup=False, emoji=False)


def _columns(total: float | None, unit: str) -> list[ProgressColumn]:
    columns: list[ProgressColumn] = [SpinnerColumn(), TextColumn("{task.description}", markup=False)]
    if total is None:
        return [*columns, TimeElapsedColumn()]
    amount: list[ProgressColumn] = [MofNCompleteColumn(), TextColumn(unit, markup=False)]
    if unit == "B":
        amount = [DownloadColumn(), TransferSpeedColumn()]
    return [*columns, BarColumn(), *amount, TimeElapsedColumn(), TimeRemainingColumn()]
