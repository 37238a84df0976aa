"""Results on standard output or in a file, as JSON or as a table."""

import io
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from common.errors import UsageError
from common.files import write_text
from tolmach.terminal.console import make_console, put
from tolmach.terminal.pager import draw_paged

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
    """

    format: str | None = None
    path: Path | None = None
    formats: tuple[str, ...] = ("table", "json")

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
