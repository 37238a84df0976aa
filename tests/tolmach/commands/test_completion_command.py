"""Shells complete commands and the names that only Tolmach knows; mistyped commands get a suggestion."""

import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner

from tolmach.cli import main


def completed(words: str) -> list[str]:
    """Return what the Tab key offers for the last word, and `<file>` or `<dir>` where the shell decides."""
    *before, last = words.split(" ")
    found = ShellComplete(main, {}, "tolmach", "_TOLMACH_COMPLETE").get_completions(before, last)
    return [item.value if item.type == "plain" else f"<{item.type}>" for item in found]


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("comp", ["compare", "completion"]),
        ("models ver", ["verify"]),
        ("models show opus-mt-", ["opus-mt-big"]),
        ("translate --model nllb-6", ["nllb-600m"]),
        ("translate --model ./mine", ["<file>"]),
        ("translate --to zh", ["zh", "zh-Hant"]),
        ("bench run --pair ru-", ["ru-en", "ru-zh"]),
        ("bench run --set ntr", ["ntrex"]),
        ("bench run --set ./mine", ["<file>"]),
        ("corpora show lav", ["lavrov"]),
        ("corpora fetch ntr", ["ntrex"]),
        ("compare e", ["<file>"]),
        ("run -o ou", ["<dir>"]),
        ("compare --rep", ["--report"]),
    ],
)
def test_names_are_completed(words, offered):
    assert completed(words) == offered


@pytest.mark.parametrize(
    ("shell", "line"),
    [
        ("bash", "complete -o nosort -F _tolmach_completion tolmach"),
        ("zsh", "#compdef tolmach"),
        ("fish", "complete --no-files --command tolmach"),
    ],
)
def test_each_shell_gets_its_script(shell, line):
    outcome = CliRunner().invoke(main, ["completion", shell])
    assert outcome.exit_code == 0
    assert line in outcome.stdout
    assert f"_TOLMACH_COMPLETE={shell}_complete" in outcome.stdout


def test_another_shell_is_refused():
    assert CliRunner().invoke(main, ["completion", "tcsh"]).exit_code == 2


@pytest.mark.parametrize(
    ("words", "suggestion"),
    [("comapre", "Did you mean compare?"), ("models lst", "Did you mean list?"), ("qqq", "")],
)
def test_a_mistyped_command_gets_a_suggestion(words, suggestion):
    outcome = CliRunner().invoke(main, words.split())
    assert outcome.exit_code == 2
    assert "No such command" in outcome.stderr
    assert suggestion in outcome.stderr
    assert ("Did you mean" in outcome.stderr) is bool(suggestion)
