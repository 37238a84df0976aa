"""Options: few are shown, each has one name, and old names still work."""

import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from tests.support.commands import COMMANDS
from tolmach.cli import COMMANDS as ROOT_COMMANDS
from tolmach.cli import main
from tolmach.options.command import GroupedOption

MOST_VISIBLE = 12


OLD = [
    (name, old, option.opts[0])
    for name, command in COMMANDS.items()
    for option in command.params
    if isinstance(option, GroupedOption)
    for old in option.old_names
]


def shown(name: str, flag: str = "--help") -> str:
    result = CliRunner().invoke(main, [*name.split(), flag], prog_name="tolmach")
    assert result.exit_code == 0
    return result.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_help_shows_few_options_and_says_where_the_others_are(name):
    options = [each for each in COMMANDS[name].params if isinstance(each, click.Option)]
    assert sum(not each.hidden for each in options) <= MOST_VISIBLE
    hidden = [each.opts[0] for each in options if each.hidden]
    assert shown(name).endswith(f"tolmach {name} --help-all\n") == bool(hidden)
    assert not [each for each in hidden if f" {each} " in shown(name)]


@pytest.mark.parametrize("name", COMMANDS)
def test_all_help_shows_every_option(name):
    options = [each for each in COMMANDS[name].params if isinstance(each, click.Option)]
    if any(each.hidden for each in options):
        text = shown(name, "--help-all")
        assert [each.opts[0] for each in options if each.opts[0] not in text] == []
        assert "--help-all" not in text.splitlines()[-1]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("compare -o a.html b.txt --output=b.html", "--output is given more than once: a.html and b.html"),
    ],
)
def test_an_option_of_one_value_given_twice_is_refused(words: str, told: str) -> None:
    done = CliRunner().invoke(main, words.split())
    assert (done.exit_code, told in done.stderr) == (2, True), done.stderr


def test_a_value_may_be_repeated_and_an_option_of_several_given_twice() -> None:
    words = ["--set", "a", "--set", "b", "--first", "3", "--first", "3"]
    context = COMMANDS["bench run"].make_context("run", words)
    assert (context.params["sets"], context.params["first"]) == (("a", "b"), 3)


def test_options_stand_in_groups():
    text = shown("translate")
    headings = [line for line in text.splitlines() if line.endswith(":") and not line.startswith(" ")]
    assert headings == ["Input:", "Output:", "Model:", "Checks:", "General:"]


@pytest.mark.parametrize(("name", "old", "new"), OLD)
@pytest.mark.parametrize("joined", [False, True])
def test_an_old_name_works_with_a_note(name, old, new, joined):
    """The old name takes a value as the new one does: the error about the value names the new option."""
    option = next(each for each in COMMANDS[name].params if new in each.opts)
    words = [f"{old}=x" if joined else old, *([] if joined else ["x"])]
    result = CliRunner().invoke(main, [*name.split(), *words])
    assert f"Note: {old} is now {new}; the old name will go in the next release" in result.stderr
    assert "No such option" not in result.stderr
    assert old not in shown(name, "--help-all").split()
    assert isinstance(option, GroupedOption)


def test_words_after_two_dashes_are_no_old_names():
    result = CliRunner().invoke(main, ["align", "--", "--score", "x"])
    assert "Note" not in result.stderr


def test_the_old_names_are_known():
    assert {(name, old) for name, old, _ in OLD} == {
        *(("run", "--beam"), ("translate", "--beam"), ("bench run", "--beam")),
        *(("align", "--score"), ("bench run", "--outputs"), ("bench run", "--no-checks")),
        *(("corpus run", "--beam"), ("evaluate", "--source-language")),
    }


def test_the_root_lists_each_command_with_the_first_line_of_its_help():
    for name, line in ROOT_COMMANDS.items():
        text = COMMANDS[name].help
        assert text is not None
        assert " ".join(text.split("\n\n")[0].split()) == line


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_in_a_list_is_one_short_line(name):
    assert len(COMMANDS[name].get_short_help_str(limit=1000)) <= 55


def test_the_root_help_imports_no_command():
    code = (
        "import contextlib, io, sys; from tolmach.cli import main\n"
        "with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit): main(['--help'])\n"
        "print([name for name in sys.modules if name.startswith('tolmach.commands.')])"
    )
    output = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, encoding="utf-8").stdout
    assert output.splitlines() == ["[]"]
