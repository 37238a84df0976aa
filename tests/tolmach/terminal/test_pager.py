"""Long results on a terminal go through the pager that the user has chosen."""

import os
import pty
import subprocess
import sys

import pytest

DRAW = """
from tolmach.export.output import draw_paged
draw_paged(lambda console: [console.print(f"line {number}", style="red") for number in range(%d)])
"""


def on_terminal(lines: int, **environment: str) -> str:
    """Return what a terminal of 10 lines shows."""
    main, side = pty.openpty()
    variables = os.environ | {"TERM": "xterm", "LINES": "10", "COLUMNS": "80"} | environment
    process = subprocess.Popen(
        [sys.executable, "-c", DRAW % lines], stdin=side, stdout=side, stderr=side, env=variables
    )
    os.close(side)
    output = b""
    try:
        while chunk := os.read(main, 65536):
            output += chunk
    except OSError:  # the other side is closed
        pass
    assert process.wait() == 0
    os.close(main)
    return output.decode("utf-8")


@pytest.fixture
def pager(tmp_path):
    """Make a pager that says what it was given and how."""
    script = tmp_path / "pager"
    script.write_text(
        f"#!{sys.executable}\nimport os, sys\nprint('paged', os.environ['LESS'], len(sys.stdin.readlines()))\n"
    )
    script.chmod(0o700)
    return str(script)


def test_more_lines_than_the_terminal_has_are_paged(pager):
    assert on_terminal(11, PAGER=pager).split() == ["paged", "FRX", "11"]


def test_less_keeps_the_options_of_the_user(pager):
    assert on_terminal(11, PAGER=pager, LESS="S").split() == ["paged", "S", "11"]


def test_a_screen_is_not_paged_and_keeps_its_colours(pager):
    shown = on_terminal(5, PAGER=pager)
    assert "\x1b[31mline 4" in shown
    assert "paged" not in shown


@pytest.mark.parametrize("variables", [{"PAGER": ""}, {"PAGER": "cat"}, {"PAGER": "no-such-pager"}, {"PAGER": "'"}])
def test_without_a_pager_everything_is_shown(variables):
    assert "line 10" in on_terminal(11, **variables)


def test_a_dumb_terminal_is_not_paged(pager):
    assert "paged" not in on_terminal(11, PAGER=pager, TERM="dumb")


def test_a_pager_that_is_left_early_is_no_error(tmp_path):
    script = tmp_path / "pager"
    script.write_text("#!/bin/sh\nexec true\n")
    script.chmod(0o700)
    assert on_terminal(10_000, PAGER=str(script)) == ""
