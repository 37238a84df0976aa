"""The interface through which long work reports progress, independent of the display."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol


class Progress(Protocol):
    """Receives the progress of long steps and notes for the user; `tolmach.terminal.console` draws it on stderr."""

    def bar(
        self, description: str, total: float | None, *, unit: str = ""
    ) -> AbstractContextManager[Callable[[float], None]]:
        """Open a bar of `total` units (None: unknown); call the yielded function with each advance."""
        ...

    def note(self, message: str) -> None:
        """Show the user a note that does not stop the work, such as a warning about quality."""
        ...


class SilentProgress:
    """Reports nothing: the default of every library function."""

    @contextmanager
    def bar(self, description: str, total: float | None, *, unit: str = "") -> Iterator[Callable[[float], None]]:
        """Yield a function that ignores its argument."""
        del description, total, unit
        yield lambda _advance: None

    def note(self, message: str) -> None:
        """Drop the message."""
        del message


SILENT = SilentProgress()
