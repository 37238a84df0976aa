"""What a terminal gets: nothing from an article, a file name, a model or a server moves its cursor or is markup."""

import io
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from common.errors import InputError
from tolmach.terminal.console import (
    ConsoleProgress,
    make_console,
    one_line,
    report_bug,
    report_error,
    report_usage,
    say,
    visible,
)

ESCAPES = {
    "clear screen": "\x1b[2J",
    "window title": "\x1b]0;owned\x07",
    "clipboard": "\x1b]52;c;aGk=\x1b\\",
    "C1 sequence": "\x9b31m",
    "bell": "\a",
    "backspace": "ab\b\b\bxy",
    "carriage return": "good\rbad",
    "right to left": "\u202egpj.exe",
    "isolate": "\u2067a\u2069",
    "delete": "\x7f",
    "direction marks": "\u200e\u200f\u061c",
    "tags": "\U000e0041\U000e007f",
    "half a character": "\ud800",
}
MARKUP = ("[/]", "[red]x", "[/bold]", "[link=http://x]y[/link]", ":smile:", "[")
FORBIDDEN = frozenset(map(chr, (*range(9), 11, 12, *range(14, 32), *range(127, 160)))) | frozenset(
    "\r\u061c\u200e\u200f\U000e0041\U000e007f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
OBEYED = st.sampled_from([*ESCAPES.values(), *MARKUP])
TEXTS = st.lists(OBEYED | st.text(max_size=5), max_size=6).map("".join)


def printed(renderable: object) -> str:
    text = io.StringIO()
    make_console(text, width=60).print(renderable)
    return text.getvalue()


def as_cell(text: str) -> Table:
    table = Table("name", title=text)
    table.add_row(text)
    return table


@pytest.mark.parametrize("form", [str, Text, as_cell, lambda text: Padding(Text(text)), lambda text: Rule(Text(text))])
@given(text=TEXTS)
def test_a_console_prints_nothing_that_a_terminal_obeys(form, text):
    assert not FORBIDDEN & set(printed(form(text)))


@pytest.mark.parametrize("text", MARKUP)
def test_nothing_is_markup(text):
    assert text in printed(text)
    assert text in printed(as_cell(text))


@given(text=st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs", "Zl", "Zp"])))
def test_ordinary_text_stays(text):
    assert visible(text) == one_line(text) == text


def test_lines_and_tabs_are_kept_or_become_spaces():
    assert visible("a\n\tb") == "a\n\tb"
    assert one_line("a\r\n\tb\u2028c") == "a   b c"


@pytest.mark.parametrize("text", ESCAPES.values(), ids=ESCAPES)
def test_errors_and_notes_are_folded(text, capsys):
    say(f"a {text}")
    report_error(InputError(f"b {text}", hint=text))
    report_bug(ValueError(f"c {text}"))
    report_usage(click.UsageError(f"d {text}"))
    progress = ConsoleProgress()
    progress.note(f"e {text}")
    with progress.bar(f"f {text}", None):
        pass
    shown = capsys.readouterr().err
    assert [line[:1] for line in shown.splitlines() if line[1:2] == " "] == ["a", "f"]
    assert not FORBIDDEN & set(shown)


def test_a_traceback_is_folded_and_holds_no_key(capsys, monkeypatch):
    monkeypatch.setenv("TOLMACH_TRACEBACK", "1")
    monkeypatch.setenv("TOLMACH_SERVER_KEY", "planted-key-1234")
    report_bug(ValueError("\x1b[2J planted-key-1234 http://u:secret@host/?token=abc"))
    shown = capsys.readouterr().err
    assert shown.count("ValueError") == 2
    assert "\x1b" not in shown
    assert not any(secret in shown for secret in ("planted-key", "secret@", "=abc"))


def on_terminal(*words: str) -> str:
    """Return what a command prints on a terminal, both streams together."""
    main, side = pty.openpty()
    environment = os.environ | {"TERM": "dumb", "COLUMNS": "100"}
    command = [sys.executable, "-m", "tolmach", *words]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=side, stderr=side, env=environment)
    os.close(side)
    output = b""
    try:
        while chunk := os.read(main, 65536):
            output += chunk
    except OSError:  # the other side is closed
        pass
    process.wait()
    os.close(main)
    return re.sub("\r+\n", "\n", output.decode("utf-8"))


ORDINARY = "Ministers met on Monday in the capital to talk about trade, and they will meet again in the spring. " * 6
ARTICLE = f"{ORDINARY}“We will \x1b[2J stay \u202e calm,” the minister said. {ORDINARY}Talks \x9b31m go on \a today.\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        ("quotes", "--format", "json"),
        ("align", "--format", "table"),
        ("compare", "--format", "table", "--all"),
        ("align", "--format", "json", "--gold", "no\x1b[2Jsuch"),
    ],
    ids=" ".join,
)
def test_commands_on_a_terminal(command, tmp_path: Path):
    paths = [tmp_path / "one\x1b[31m.txt", tmp_path / "two.txt"]
    for path in paths:
        path.write_text(ARTICLE, encoding="utf-8")
    names = [str(path) for path in paths[: 1 if command[0] == "quotes" else 2]]
    shown = on_terminal(command[0], *names, *command[1:])
    assert "We will" in shown or "Error: " in shown
    assert not FORBIDDEN & set(shown)
