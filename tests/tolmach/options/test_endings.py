"""The ending of `-o` names a format of the command, or is refused before any work."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from tests.support.commands import COMMANDS
from tolmach.cli import main
from tolmach.options.paths import OutputFile

ARGUMENTS = {
    "align": "align one.txt two.txt",
    "bench": "bench --alignment",
    "bench list": "bench list",
    "bench report": "bench report folder",
    "compare": "compare one.txt two.txt",
    "config show": "config show",
    "corpora list": "corpora list",
    "corpus search": "corpus search folder word",
    "doctor": "doctor",
    "evaluate": "evaluate one.txt two.txt",
    "models list": "models list",
    "models show": "models show opus-mt",
    "quotes": "quotes one.txt",
    "report": "report one.txt",
    "translate": "translate one.txt --to ru",
}


@pytest.fixture(autouse=True)
def workplace(tmp_path, monkeypatch):
    """Work in a folder with two texts and no network."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TOLMACH_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("TOLMACH_OFFLINE", "1")
    for name in ("one.txt", "two.txt"):
        Path(name).write_text("The talks went on until midnight.\n", encoding="utf-8")
    Path("folder").mkdir()


def one_file(parameter: click.Parameter) -> bool:
    return parameter.name == "output" and isinstance(parameter.type, OutputFile)


def test_every_command_with_a_result_is_tried():
    assert {name for name, command in COMMANDS.items() if any(map(one_file, command.params))} == set(ARGUMENTS)


@pytest.mark.parametrize("command", ARGUMENTS.values(), ids=ARGUMENTS)
def test_an_unknown_ending_is_refused(command):
    outcome = CliRunner().invoke(main, [*command.split(), "--quiet", "-o", "result.foo"])
    assert outcome.exit_code == 2, outcome.output
    assert "the ending .foo is not that of a format" in outcome.stderr
    assert not Path("result.foo").exists()


def test_a_named_format_may_have_any_ending():
    outcome = CliRunner().invoke(main, ["corpora", "list", "--format", "json", "-o", "result.foo"])
    assert outcome.exit_code == 0
    assert Path("result.foo").read_text(encoding="utf-8").startswith("[")


def test_an_ending_of_another_command_is_refused():
    outcome = CliRunner().invoke(main, ["quotes", "one.txt", "--quiet", "-o", "quotes.tmx"])
    assert (outcome.exit_code, "this command does not write tmx" in outcome.stderr) == (2, True)
