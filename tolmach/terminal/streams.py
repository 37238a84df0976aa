"""The standard streams: a result arrives completely or is an error, and an unwritable message stops no work."""

import codecs
import io
import os
import select
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

from common.errors import OutputError
from common.files import output_errors
from common.names import printable

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

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
        with suppress(OSError):
            return super().write(data) or len(memoryview(data))
        return len(memoryview(data))
