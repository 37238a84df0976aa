"""What the user sees when something goes wrong, and with which exit status."""

import subprocess
import sys
import time

import click
import pytest
from click.testing import CliRunner

from common.errors import InputError, OutputError, UsageError
from tolmach.cli import COMMANDS, RootGroup


def run_raising(error: BaseException):
    @click.command()
    def fail() -> None:
        raise error

    class Group(RootGroup):
        def get_command(self, *_arguments):
            return fail

    return CliRunner().invoke(Group("tolmach"), ["fail"])


@pytest.mark.parametrize(
    ("error", "status", "line"),
    [
        (InputError("the file is empty", hint="Name another"), 1, "Error: the file is empty. Name another\n"),
        (OutputError("the disk is full"), 1, "Error: the disk is full\n"),
        (UsageError("two of one"), 2, "Error: two of one\n"),
        (MemoryError(), 1, "Error: there is not enough memory. Try a smaller input\n"),
    ],
)
def test_expected_errors_are_one_line(error, status, line):
    result = run_raising(error)
    assert (result.exit_code, result.stderr, result.stdout) == (status, line, "")


def test_bug_is_one_line_with_a_way_to_see_more():
    result = run_raising(ZeroDivisionError("division by zero"))
    assert result.exit_code == 1
    assert (
        result.stderr == "Error: ZeroDivisionError: division by zero. This is a bug; TOLMACH_TRACEBACK=1 shows where\n"
    )


class PanicException(BaseException):
    """As a library in Rust raises it."""


def test_a_panic_is_one_line_without_keys():
    result = run_raising(PanicException("no https://u:hunter22@host/"))
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert result.stderr.startswith("Error: PanicException: no https://")
    assert "hunter22" not in result.stderr


def test_an_exit_keeps_its_status():
    assert run_raising(SystemExit(7)).exit_code == 7


def test_traceback_on_request(monkeypatch):
    monkeypatch.setenv("TOLMACH_TRACEBACK", "1")
    assert "Traceback (most recent call last)" in run_raising(ZeroDivisionError("x")).stderr


def test_interruption_has_its_own_status():
    result = run_raising(KeyboardInterrupt())
    message = "Interrupted: no incomplete files are left, and finished work is kept"
    assert (result.exit_code, result.stderr.strip()) == (130, message)


BUSY = """
import sys, threading, time
from tolmach.commands import doctor
from tolmach import cli

def interrupted(*_arguments, **_options):
    threading.Thread(target=time.sleep, args=(60,)).start()  # the end of a process waits for it
    raise KeyboardInterrupt

doctor.doctor.callback = interrupted
sys.argv = ["tolmach", "doctor"]
cli.main()
"""


def test_an_interrupted_process_waits_for_no_library():
    start = time.monotonic()
    done = subprocess.run([sys.executable, "-c", BUSY], capture_output=True, text=True, check=False, timeout=50)
    assert (done.returncode, done.stdout) == (130, "")
    assert "Interrupted: " in done.stderr
    assert time.monotonic() - start < 45  # of the 60 that the library works


def test_unknown_command_is_wrong_usage():
    result = CliRunner().invoke(RootGroup("tolmach"), ["rnu"])
    assert result.exit_code == 2
    assert "No such command 'rnu'" in result.stderr


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_has_help_with_an_example(name):
    result = CliRunner().invoke(RootGroup("tolmach"), [name, "--help"])
    assert result.exit_code == 0
    assert f"tolmach {name}" in result.stdout.split("Example:")[1]
