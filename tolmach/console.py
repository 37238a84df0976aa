"""Progress bars and notes on standard error, tables on standard output."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
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

from corpora.progress import SILENT, Progress


class ConsoleProgress:
    """Draws bars on standard error while it is a terminal; elsewhere it prints a line as each step begins."""

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False)

    @contextmanager
    def bar(self, description: str, total: float | None, *, unit: str = "") -> Iterator[Callable[[float], None]]:
        """Show a bar until the block ends; see `corpora.progress.Progress.bar`."""
        if not self._console.is_terminal:
            self._console.print(escape(description), soft_wrap=True)
            yield lambda _advance: None
            return
        with RichProgress(*_columns(total, unit), console=self._console, transient=True) as display:
            task = display.add_task(escape(description), total=total)
            yield lambda advance: display.advance(task, advance)

    def note(self, message: str) -> None:
        """Print a line for the user."""
        self._console.print(f"[yellow]Note:[/] {escape(message)}", soft_wrap=True)


def make_progress(*, quiet: bool) -> Progress:
    """Return what reports progress to the user, or to nobody when `quiet`."""
    return SILENT if quiet else ConsoleProgress()


def output_console() -> Console:
    """Return the console for results: as wide as the terminal, plain where standard output is none."""
    return Console(file=sys.stdout, highlight=False)


def _columns(total: float | None, unit: str) -> list[ProgressColumn]:
    columns: list[ProgressColumn] = [SpinnerColumn(), TextColumn("{task.description}")]
    if total is None:
        return [*columns, TimeElapsedColumn()]
    amount: list[ProgressColumn] = [MofNCompleteColumn(), TextColumn(escape(unit))]
    if unit == "B":
        amount = [DownloadColumn(), TransferSpeedColumn()]
    return [*columns, BarColumn(), *amount, TimeElapsedColumn(), TimeRemainingColumn()]
