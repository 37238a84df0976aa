"""Every option that reads a file obeys the size limit, names it, and is raised by the same option."""

import json
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from tolmach.cli import main
from tolmach.options.paths import ModelName, OutputFile, OutputFolder, PathType

ARTICLE = "A short title\n\nThe minister said the talks would go on in May.\n"
TRANSLATION = ["--to", "ru", "--model", "m2m100-418m"]
BENCH = ["--pair", "en-ru", "--no-estimates"]

CORPUS = ("--ray", "none", "--workers", "1", "--steps", "translate", "--to", "ru", "-o", "out")
READS = {
    ("run", "article"): ["run", "zero.txt", *TRANSLATION, "-o", "out"],
    ("run", "references"): ["run", "good.txt", *TRANSLATION, "-o", "out", "--reference", "ru=zero.txt"],
    ("run", "glossaries"): ["run", "good.txt", *TRANSLATION, "-o", "out", "--glossary", "zero.tsv"],
    ("run", "memories"): ["run", "good.txt", *TRANSLATION, "-o", "out", "--memory", "zero.tmx"],
    ("translate", "article"): ["translate", "zero.txt", *TRANSLATION],
    ("translate", "glossaries"): ["translate", "good.txt", *TRANSLATION, "--glossary", "zero.tsv"],
    ("translate", "memories"): ["translate", "good.txt", *TRANSLATION, "--memory", "zero.xlf"],
    ("align", "articles"): ["align", "good.txt", "zero.txt"],
    ("align", "golds"): ["align", "good.txt", "good.txt", "--gold", "zero.json"],
    ("quotes", "articles"): ["quotes", "zero.txt"],
    ("compare", "articles"): ["compare", "good.txt", "zero.html"],
    ("evaluate", "hypothesis"): ["evaluate", "zero.txt", "good.txt"],
    ("evaluate", "reference"): ["evaluate", "good.txt", "zero.txt"],
    ("evaluate", "more"): ["evaluate", "good.txt", "lines.txt", "--reference", "zero.txt"],
    ("evaluate", "systems"): ["evaluate", "good.txt", "good.txt", "--system", "x=zero.txt"],
    ("evaluate", "source"): ["evaluate", "good.txt", "--source", "zero.txt"],
    ("corpus run", "glossaries"): ["corpus", "run", "corpus.jsonl", *CORPUS, "--glossary", "zero.tsv"],
    ("corpus run", "memories"): ["corpus", "run", "corpus.jsonl", *CORPUS, "--memory", "zero.tmx"],
    ("corpus index", "folder"): ["corpus", "index", "corpus"],
    ("corpus status", "folder"): ["corpus", "status", "corpus"],
    ("memory add", "files"): ["memory", "add", "zero.xlf", "--memory", "mine.tmx"],
    ("report", "result"): ["report", "zero.json"],
    ("bench report", "folders"): ["bench", "report", "zero.json"],
    ("bench run", "sets"): ["bench", "run", *BENCH, "--model", "m2m100-418m", "--set", "zero.tsv", "-o", "out"],
    ("bench run", "systems"): ["bench", "run", *BENCH, "--set", "set.tsv", "--system", "x=zero.txt", "-o", "out"],
    ("bench", "folder"): ["bench", "--quotes", "--gold", "story"],
}
"""What gives each option that reads a file one that never ends."""

# Models have limits of their own: `common.model_files`.
READS_NONE = (OutputFile, OutputFolder, ModelName)


def options(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    for parameter in command.params:
        if isinstance(parameter.type, PathType) and not isinstance(parameter.type, READS_NONE):
            yield " ".join(path), str(parameter.name)
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            assert child is not None
            yield from options(child, (*path, name))


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TOLMACH_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("TOLMACH_OFFLINE", "1")
    monkeypatch.setenv("TOLMACH_MAX_INPUT_SIZE", "2MB")
    Path("good.txt").write_text(ARTICLE, encoding="utf-8")
    Path("lines.txt").write_text("One.\nTwo.\nThree.\n", encoding="utf-8")
    Path("set.tsv").write_text("One.\tРаз.\n", encoding="utf-8")
    for suffix in ("txt", "html", "tsv", "tmx", "xlf", "json"):
        Path(f"zero.{suffix}").symlink_to("/dev/zero")
    Path("corpus.jsonl").write_text(json.dumps({"id": "a", "text": ARTICLE}), encoding="utf-8")
    for folder in ("story", "corpus"):
        Path(folder).mkdir()
    Path("corpus/manifest.json").symlink_to("/dev/zero")
    beads = {pair: [[[0], [0]]] for pair in ("en-ru", "en-zh", "ru-zh")}
    gold = {"sentences": dict.fromkeys(("en", "ru", "zh"), ("One.",)), "alignment": beads, "quotes": []}
    Path("story/gold.json").write_text(json.dumps(gold), encoding="utf-8")
    Path("story/en.txt").symlink_to("/dev/zero")


def tolmach(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def test_every_option_is_known_to_read_or_not() -> None:
    corpora = {("corpus run", "source")}  # as large as one likes; the limit holds for each article of it
    indices = {("corpus search", "folder"), ("corpus serve", "folder")}  # LanceDB reads its own files in pieces
    assert set(options(main)) - corpora - indices == set(READS)


@pytest.mark.parametrize("option", READS, ids=" ".join)
def test_a_file_without_an_end_is_refused(option: tuple[str, str]) -> None:
    result = tolmach(*READS[option])
    assert result.exit_code == 1, result.output
    assert "is too large: more than the limit of 2 MB. Raise the limit with --max-input-size" in result.stderr
    assert any(name in result.stderr for name in ("zero", "story/en.txt", "manifest.json"))


def test_endless_standard_input_is_refused() -> None:
    with Path("/dev/zero").open("rb") as zero:
        result = CliRunner().invoke(main, ["quotes", "-"], input=zero.read(2_000_001))
    assert "standard input is too large" in result.stderr


@pytest.mark.parametrize(("size", "status"), [("50B", 1), ("1kB", 0)])
def test_the_option_sets_the_limit(monkeypatch: pytest.MonkeyPatch, size: str, status: int) -> None:
    monkeypatch.setenv("TOLMACH_MAX_INPUT_SIZE", "1B")
    result = tolmach("quotes", "good.txt", "-q", "--format", "json", "--max-input-size", size)
    assert result.exit_code == status
    assert ("good.txt is too large: 0.000063 MB, more than the limit of 0.00005 MB" in result.stderr) == bool(status)


@pytest.mark.parametrize("size", ["", "much", "-1MB"])
def test_no_size_is_wrong_usage(size: str) -> None:
    result = tolmach("quotes", "good.txt", "--max-input-size", size)
    assert (result.exit_code, "is not a size for --max-input-size" in result.stderr) == (2, True)
