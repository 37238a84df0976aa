"""Standard streams that are full, closed or broken: no result is lost without a word, no message stops the work."""

import json
import os
import resource
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

SAMPLE = Path(__file__).parents[2] / "corpora" / "samples" / "lavrov" / "en.txt"
QUOTES = ["quotes", str(SAMPLE), "--quiet"]
COMMANDS = {
    "help": ["--help"],
    "version": ["--version"],
    "json": [*QUOTES, "--format", "json"],
    "table": [*QUOTES, "--format", "table"],
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


@UNBUFFERED
@pytest.mark.parametrize("words", COMMANDS.values(), ids=COMMANDS)
def test_a_full_disk_behind_standard_output(words, unbuffered):
    assert_told(start(words, "> /dev/full", unbuffered=unbuffered), "standard output: the disk is full")


@UNBUFFERED
def test_a_disk_that_takes_a_part(tmp_path, unbuffered):
    """A stream without a buffer writes what there is room for, and says so only in the number that it returns."""
    limit = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (MOST, MOST))
    words = COMMANDS["json"]
    assert_told(start(words, f"> {tmp_path}/o", unbuffered=unbuffered, preexec_fn=limit), "larger than files may be")
    assert_told(
        start([*words, "-o", f"{tmp_path}/p"], unbuffered=unbuffered, preexec_fn=limit), "larger than files may"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["o"]


@UNBUFFERED
@pytest.mark.parametrize("words", [COMMANDS["help"], COMMANDS["json"]], ids=["help", "json"])
def test_closed_standard_output(words, unbuffered):
    assert_told(start(words, ">&-", unbuffered=unbuffered), "standard output: it is closed")


@UNBUFFERED
def test_a_reader_that_went_away(unbuffered):
    reading, writing = os.pipe()
    os.close(reading)
    result = start(COMMANDS["json"], unbuffered=unbuffered, stdout=writing)
    os.close(writing)
    assert (result.returncode, result.stderr) == (1, "")


def test_closed_standard_input():
    assert_told(start(["quotes", "-", "--quiet"], "<&-"), "standard input is closed")


@pytest.mark.parametrize("redirection", ["2>&-", "2> /dev/full"])
def test_messages_that_nobody_can_read_stop_nothing(tmp_path, redirection):
    """A closed stream's number must not be given to the output file, into which messages would go then."""
    path = tmp_path / "o.json"
    words = ["compare", str(SAMPLE), str(SAMPLE.with_name("ru.txt")), "-o", str(path)]
    assert start(words, redirection).returncode == 0
    assert json.loads(path.read_text(encoding="utf-8"))
    assert start(["quotes", "no-such-file"], redirection).returncode == 1


def test_everything_closed(tmp_path):
    path = tmp_path / "o.json"
    assert start([*QUOTES, "-o", str(path)], "<&- >&- 2>&-").returncode == 0
    assert json.loads(path.read_text(encoding="utf-8"))


def test_a_stream_named_as_a_file_is_written_on(tmp_path):
    path = tmp_path / "o.json"
    path.write_text("before\n", encoding="utf-8")
    assert start([*QUOTES, "-o", "/dev/stdout"], f">> {path}").returncode == 0
    first, rest = path.read_text(encoding="utf-8").split("\n", 1)
    assert (first, json.loads(rest)["schema"][:7]) == ("before", "tolmach")
