"""Long results on a terminal go through a pager, as git's do."""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress

from rich.console import Console

from tolmach.terminal.console import make_console

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
