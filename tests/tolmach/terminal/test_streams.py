"""Standard streams that are full, closed or broken: no result is lost without a word, no message stops the work."""

import json
import os
import resource
import subprocess
import sys
from functools import partial

import pytest

MODELS = ["models", "list"]
COMMANDS = {
    "help": ["--help"],
    "version": ["--version"],
    "json": [*MODELS, "--format", "json"],
    "table": [*MODELS, "--format", "table"],
    "text": ["corpora", "show", "lavrov"],
}
UNBUFFERED = pytest.mark.parametrize("unbuffered", ["", "1"])
MOST = 1024
"""Bytes that a file may have in these tests; less than each result."""


def start(words: list[str], redirection: str = "", *, unbuffered: str = "", **options) -> subprocess.CompletedProcess:
    command = ["sh", "-c", f'exec "$@" {redirection}', "sh", sys.executable, "-m", "tolmach", *words]
    environment = os.environ | {"PYTHONUNBUFFERED": unbuffered}
    return subprocess.run(command, check=False, env=environment, stderr=subprocess.PIPE, encoding="utf-8", **options)


def assert_told(result: subprocess.CompletedProcess, reason: str) -> None:
    (line,) = result.stderr.splitlines()
    assert (result.returncode, line.startswith("Error: "), "This is a bug" in line) == (1, True, False)
    assert reason in line


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "unbuffered"), [("help", ""), ("version", "1"), ("json", ""), ("json", "1"), ("table", "1"), ("text", "")]
)
def test_a_full_disk_behind_standard_output(name, unbuffered):
    result = start(COMMANDS[name], "> /dev/full", unbuffered=unbuffered)
    assert_told(result, "standard output: the disk is full")


@pytest.mark.slow
@UNBUFFERED
def test_a_disk_that_takes_a_part(tmp_path, unbuffered):
    """A stream without a buffer writes what there is room for, and says so only in the number that it returns."""
    limit = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (MOST, MOST))
    for words, redirection in ((COMMANDS["text"], f"> {tmp_path}/o"), (["models", "list", "-o", f"{tmp_path}/p"], "")):
        result = start(words, redirection, unbuffered=unbuffered, preexec_fn=limit)
        assert_told(result, "larger than files may be here")
    assert [path.name for path in tmp_path.iterdir()] == ["o"]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["help", "table"])
def test_closed_standard_output(name):
    assert_told(start(COMMANDS[name], ">&-"), "standard output: it is closed")


@pytest.mark.slow
@UNBUFFERED
def test_a_reader_that_went_away(unbuffered):
    reading, writing = os.pipe()
    os.close(reading)
    result = start(COMMANDS["text"], unbuffered=unbuffered, stdout=writing)
    os.close(writing)
    assert (result.returncode, result.stderr) == (1, "")


def test_closed_standard_input():
    assert_told(start(["quotes", "-", "--quiet"], "<&-"), "standard input is closed")


@pytest.mark.parametrize("redirection", ["2>&-", "2> /dev/full"])
def test_messages_that_nobody_can_read_stop_nothing(tmp_path, redirection):
    """A closed stream's number must not be given to the output file, into which messages would go then."""
    path = tmp_path / "o.json"
    lines = tmp_path / "lines.txt"
    lines.write_text('He said "yes" to it.\n', encoding="utf-8")
    words = [
        "quotes",
        str(lines),
        str(lines),
        "--language",
        "en",
        "--language",
        "en",
        "-o",
        str(path),
    ]  # two have a bar
    assert start(words, redirection).returncode == 0
    assert json.loads(path.read_text(encoding="utf-8"))


def test_everything_closed(tmp_path):
    path = tmp_path / "o.json"
    assert start([*MODELS, "-o", str(path)], "<&- >&- 2>&-").returncode == 0
    assert json.loads(path.read_text(encoding="utf-8"))


def test_a_stream_named_as_a_file_is_written_on(tmp_path):
    path = tmp_path / "o.json"
    path.write_text("before\n", encoding="utf-8")
    assert start([*MODELS, "-o", "/dev/stdout"], f">> {path}").returncode == 0
    first, rest = path.read_text(encoding="utf-8").split("\n", 1)
    assert (first, len(json.loads(rest)) > 1) == ("before", True)
