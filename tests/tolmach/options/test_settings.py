"""Defaults of options from a settings file and from the environment."""

import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from tolmach.cli import main
from tolmach.options.settings import command_contexts, command_names, key_of, variable_of

ARTICLE = 'The minister said on Monday: "We will continue the talks in May."\n'


@pytest.fixture(autouse=True)
def settings(tmp_path, monkeypatch) -> Path:
    """Return the path of a settings file, which is not there yet."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TOLMACH_CACHE", "cache")
    monkeypatch.setenv("TOLMACH_CONFIG", "config.toml")
    Path("good.txt").write_text(ARTICLE, encoding="utf-8")
    Path("config.toml").write_text("", encoding="utf-8")
    return Path("config.toml")


def tolmach(*words: str) -> Result:
    return CliRunner().invoke(main, words)


def shown(*command: str) -> dict[str, tuple[object, str]]:
    result = tolmach("config", "show", *command, "--format", "json")
    assert result.exit_code == 0, result.stderr
    return {row["option"]: (row["value"], row["from"]) for row in json.loads(result.stdout)}


def test_each_value_has_its_source(settings, monkeypatch):
    settings.write_text('quiet = true\n\n[bench.run]\nfirst = 3\npair = ["en-ru", "en-zh"]\n', encoding="utf-8")
    monkeypatch.setenv("TOLMACH_BENCH_RUN_BEAM_SIZE", "4")
    monkeypatch.setenv("TOLMACH_BENCH_RUN_FIRST", "5")
    found = shown("bench", "run")
    assert found["--quiet"] == (True, "config.toml, quiet")
    assert found["--pair"] == (["en-ru", "en-zh"], "config.toml, pair")
    assert found["--first"] == ("5", "TOLMACH_BENCH_RUN_FIRST")
    assert found["--beam-size"] == ("4", "TOLMACH_BENCH_RUN_BEAM_SIZE")
    assert found["--batch-size"] == (None, "default")


def test_a_command_uses_its_settings(settings):
    settings.write_text('[quotes]\noutput = "found.csv"\nlanguage = "en"\n', encoding="utf-8")
    assert tolmach("quotes", "good.txt").exit_code == 0
    assert Path("found.csv").read_text(encoding="utf-8").count("continue the talks") == 1
    assert tolmach("quotes", "good.txt", "-o", "-", "--format", "json").stdout.startswith("{")


def test_a_table_goes_before_the_top_and_the_environment_before_both(settings, monkeypatch):
    settings.write_text('format = "json"\n[quotes]\nformat = "csv"\n', encoding="utf-8")
    assert tolmach("quotes", "good.txt").stdout.count("\n") == 2  # csv: a heading and one quote
    monkeypatch.setenv("TOLMACH_QUOTES_FORMAT", "table")
    assert "q1  direct  The minister" in tolmach("quotes", "good.txt").stdout


WRONG = [
    ("ofline = true", "config.toml: there is no option ofline. Did you mean offline?"),
    ("\n[quots]\nformat = 'csv'", "config.toml: there is no command quots. Did you mean quotes?"),
    ("[quotes]\n\nformt = 'csv'", "config.toml: there is no option quotes.formt. Did you mean format?"),
    ("[quotes]\nformat = 3", "config.toml: quotes.format must be a text"),
    ("[quotes]\nformat = 'cvs'", "config.toml, format: 'cvs' is not one of"),
    ("quotes.format = 'cvs'", "config.toml, format: 'cvs' is not one of"),
    ("quiet = 'yes'", "config.toml: quiet must be true or false"),
    ("[quotes]\nlanguage = ['en', 3]", "config.toml: quotes.language must be a text, or a list of such"),
    ("[quotes]\nlanguage = 'tlh'", "config.toml, language: unknown language"),
    ("[quotes\n", "config.toml is not TOML"),
    ("a = " + "[" * 5000, "config.toml is not TOML"),
    ("threads = " + "9" * 5000, "config.toml is not TOML"),
]


@pytest.mark.parametrize(("text", "message"), WRONG)
@pytest.mark.parametrize("words", [["quotes", "good.txt"], ["config", "show"]])
def test_a_wrong_setting_is_told_with_its_key(settings, text, message, words):
    settings.write_text(text, encoding="utf-8")
    result = tolmach(*words)
    assert result.stderr.startswith(f"Error: {message}"), result.stderr
    assert result.exit_code in (1, 2)
    assert result.stderr.count("\n") == 1


def test_numbers_of_other_commands_are_checked_by_show(settings):
    settings.write_text("[translate]\nbeam-size = true\n", encoding="utf-8")
    assert "translate.beam-size must be a whole number" in tolmach("config", "show").stderr
    settings.write_text("[translate]\nbeam-size = 0\n", encoding="utf-8")
    assert "beam-size: 0 is not in the range" in tolmach("config", "show").stderr


def test_a_wrong_variable_is_told_by_its_name(monkeypatch):
    monkeypatch.setenv("TOLMACH_QUOTES_LANGUAGE", "tlh")
    assert tolmach("quotes", "good.txt").stderr.startswith("Error: TOLMACH_QUOTES_LANGUAGE: unknown language")


def test_files_in_a_variable_are_separated_as_in_path(monkeypatch):
    monkeypatch.setenv("TOLMACH_TRANSLATE_GLOSSARY", "my terms.tsv:other.tsv")
    assert shown("translate")["--glossary"][0] == ["my terms.tsv", "other.tsv"]


@pytest.mark.parametrize(
    ("name", "why"), [("none.toml", "no such file"), (".", "it is a folder"), ("bad.toml", "UTF-8")]
)
def test_a_file_that_cannot_be_read(monkeypatch, name, why):
    Path("bad.toml").write_bytes(b"a = '\xff'")
    monkeypatch.setenv("TOLMACH_CONFIG", name)
    result = tolmach("quotes", "good.txt")
    assert (result.exit_code, why in result.stderr) == (1, True), result.stderr


def test_the_path_is_the_variable_or_the_platform_folder(monkeypatch, tmp_path):
    assert tolmach("config", "path").stdout == "config.toml\n"
    monkeypatch.delenv("TOLMACH_CONFIG")
    monkeypatch.setattr("platformdirs.user_config_path", lambda name: tmp_path / name)
    assert tolmach("config", "path").stdout == f"{tmp_path / 'tolmach/config.toml'}\n"
    assert tolmach("quotes", "good.txt").exit_code == 0


def test_a_password_in_an_address_is_not_shown(settings):
    settings.write_text('[translate]\nserver = "http://me:hunter22-secret@host:1/v1"\n', encoding="utf-8")
    assert "hunter22" not in tolmach("config", "show").output


def test_an_unknown_command_is_told():
    result = tolmach("config", "show", "nosuch")
    assert (result.exit_code, "there is no command nosuch" in result.stderr) == (2, True)


def test_every_option_has_a_variable_of_its_own():
    """No variable of an option is one that already means something else."""
    taken = {"TOLMACH_OFFLINE", "TOLMACH_CACHE", "TOLMACH_CONFIG", "TOLMACH_TESTSETS", "TOLMACH_SERVER_KEY"}
    root = click.Context(main, info_name="tolmach")
    names = [
        (variable_of(ctx, option), (*command_names(ctx), key_of(option)))
        for ctx in command_contexts(root)
        for option in ctx.command.params
        if isinstance(option, click.Option)
    ]
    assert len(dict(names)) == len(names)
    assert not taken & set(dict(names))
