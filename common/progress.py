"""How long work reports that it is under way, without knowing who watches."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol


class Progress(Protocol):
    """Receives the progress of long steps and notes for the user; `tolmach.terminal.console` draws it on stderr."""

    def bar(
        self, description: str, total: float | None, *, unit: str = ""
    ) -> AbstractContextManager[Callable[[float], None]]:
        """Open a bar that runs to `total` (None: unknown) `unit`s; call the yielded function with each advance."""
        ...

    def note(self, message: str) -> None:
        """Tell the user something that does not stop the work, such as a warning about quality."""
        ...


class SilentProgress:
    """Reports to nobody: the default of every library function."""

    @contextmanager
    def bar(self, description: str, total: float | None, *, unit: str = "") -> Iterator[Callable[[float], None]]:
        """Yield a function that ignores what it is told."""
        del description, total, unit
        yield lambda _advance: None

    def note(self, message: str) -> None:
        """Drop the message."""
        del message


SILENT = SilentProgress()
