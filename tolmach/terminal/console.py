"""All output for users: progress bars, notes and errors on standard error, tables on standard output.

Articles, file names, models and servers are untrusted: their text cannot move the cursor of a terminal, ring its bell,
change its reading direction or act as markup.
"""

import codecs
import io
import os
import re
import select
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import IO, TYPE_CHECKING, NoReturn

import click
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.progress import Progress as RichProgress
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from common.errors import OutputError, TolmachError
from common.files import output_errors
from common.names import printable
from common.progress import SILENT, Progress
from common.secrets import redact

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


_SPACES = re.compile(r"[\t\n\r\x85\u2028\u2029]")
_UNSEEN = re.compile(
    r"\r(?!\n)|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff"
    r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]"
)
"""Characters to replace: controls; lone surrogates; changes of direction (https://trojansource.codes); and Unicode's
invisible tags. Line breaks and tabs are kept."""


def visible(text: str) -> str:
    """Return `text` with control characters replaced; line breaks and tabs are kept."""
    return _UNSEEN.sub("\N{REPLACEMENT CHARACTER}", text)


def one_line(text: str) -> str:
    """Return `text` like `visible`, with a space for each line break and tab."""
    return visible(_SPACES.sub(" ", text))


def say(text: str) -> None:
    """Print a line for the user on standard error, with secrets masked."""
    click.echo(one_line(redact(text)), err=True)


def put(text: str) -> None:
    """Write a result on standard output: unchanged to a file or program, through `visible` to a terminal."""
    click.echo(visible(text) if sys.stdout.isatty() else text, nl=False)


class _Console(Console):
    """Prints texts through `visible`, without markup and emoji names."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Yield the segments with all that a terminal would obey made visible."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else segment._replace(text=visible(segment.text))


class ConsoleProgress:
    """Draws bars on standard error if it is a terminal; else it prints a line as each step begins."""

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
        """Print a note for the user."""
        self._console.print(Text.assemble(("Note:", "yellow"), " ", one_line(redact(message))), soft_wrap=True)


def make_progress(*, quiet: bool) -> Progress:
    """Return the progress reporter for the user, a silent one when `quiet`."""
    return SILENT if quiet else ConsoleProgress()


def make_console(file: IO[str] | None = None, *, width: int | None = None, stderr: bool = False) -> Console:
    """Return a console without markup, on which no text moves the cursor.

    Args:
        file: Output file; None for standard output.
        width: Columns; None for those of the terminal.
        stderr: Whether it is standard error instead.
    """
    return _Console(file=file, width=width, stderr=stderr, highlight=False, markup=False, emoji=False)


def plain_table(*columns: str, title: str | None = None, numbers: bool = False) -> Table:
    """Return a table without borders, which leaves the columns of a terminal to words.

    Args:
        columns: Their names.
        title: What is written above it.
        numbers: Whether all columns but the first hold numbers.
    """
    width = cell_len(title) if title else None  # a narrow table would wrap its title
    table = Table(title=title, title_justify="left", min_width=width, box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for place, column in enumerate(columns):
        # Chinese has no spaces to wrap at: by default rich would truncate it.
        table.add_column(column, justify="right" if numbers and place else "left", overflow="fold")
    return table


class _SpeedColumn(ProgressColumn):
    """Units a second."""

    def render(self, task: Task) -> Text:
        """Return the speed of a bar."""
        return Text("" if task.speed is None else f"{task.speed:.1f}/s")


def _columns(total: float | None, unit: str) -> list[ProgressColumn]:
    columns: list[ProgressColumn] = [SpinnerColumn(), TextColumn("{task.description}", markup=False)]
    if total is None:
        return [*columns, TimeElapsedColumn()]
    amount: list[ProgressColumn] = [MofNCompleteColumn(), TextColumn(unit, markup=False)]
    if unit == "B":
        amount = [DownloadColumn(), TransferSpeedColumn()]
    if unit == "articles":
        amount.append(_SpeedColumn())
    return [*columns, BarColumn(), *amount, TimeElapsedColumn(), TimeRemainingColumn()]


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


_INPUT, _OUTPUT, _ERROR = 0, 1, 2
"""File descriptors of the standard streams."""
_PRINTABLE = "tolmach-printable"


def open_streams() -> None:
    """Prepare the standard streams; those replaced by a test are kept."""
    for number in (_INPUT, _OUTPUT, _ERROR):
        _fill(number)
    if sys.stdout is sys.__stdout__:
        output = io.BufferedWriter(_Results(_OUTPUT, "wb", closefd=False))
        # Output to a file or pipe does not depend on the locale.
        encoding = sys.stdout.encoding if sys.stdout and output.isatty() else "utf-8"
        sys.stdout = io.TextIOWrapper(output, encoding, "backslashreplace", line_buffering=output.isatty())
    if sys.stderr is sys.__stderr__:
        encoding = sys.stderr.encoding if sys.stderr else "utf-8"
        error = io.BufferedWriter(_Messages(_ERROR, "wb", closefd=False))
        codecs.register_error(_PRINTABLE, _escape)
        sys.stderr = io.TextIOWrapper(error, encoding, _PRINTABLE, line_buffering=True)


def discard_unwritten() -> None:
    """Discard a result that cannot be written, so that the end of the process does not try again."""
    try:
        sys.stdout.flush()
    except (OSError, OutputError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def leave_now(status: int) -> NoReturn:
    """End the process without waiting for its threads; both streams are written first."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(status)


def _fill(number: int) -> None:
    """Prevent the number of a closed stream from being reused for a file, into which a library would print."""
    try:
        os.fstat(number)
    except OSError:
        # A stream that is open for reading cannot be written: a result that goes there is still an error.
        opened = os.open(os.devnull, os.O_RDONLY if number == _OUTPUT else os.O_RDWR)
        os.set_inheritable(opened, True)  # noqa: FBT003 - its only form


def _escape(error: UnicodeError) -> tuple[str, int]:
    """Escape characters that the terminal lacks, file names as everywhere."""
    assert isinstance(error, UnicodeEncodeError)  # noqa: S101 - it is registered for encoding alone
    shown = printable(error.object[error.start : error.end])
    return shown.encode("ascii", "backslashreplace").decode("ascii"), error.end


class _Results(io.FileIO):
    """Standard output without a buffer; the wrapper around it writes until everything is written."""

    def write(self, data: "ReadableBuffer", /) -> int:
        """Write all of the data, or raise why it cannot be written."""
        try:
            while (written := super().write(data)) is None:  # it is non-blocking, and full
                select.select([], [self], [])
        except BrokenPipeError:
            raise  # the reader ended, as `head` does
        except OSError as error:
            with output_errors("to standard output"):
                raise error from None
        return written


class _Messages(io.FileIO):
    """Standard error without a buffer; unwritable text is dropped."""

    def write(self, data: "ReadableBuffer", /) -> int:
        """Write what can be written, and drop the rest."""
        with suppress(OSError):
            return super().write(data) or len(memoryview(data))
        return len(memoryview(data))
