"""Every command that a page shows is understood, and runs: models, test sets and articles are small ones."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from shutil import copy, copytree

import click
import pytest

from tests.support.bench_sample import RUSSIAN, put_set
from tests.support.models.tiny_models import make_t5
from tests.support.places import ROOT
from tolmach.cli import main

PAGES = sorted([*ROOT.glob("README*.md"), ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/**/*.md")])
BLOCK = re.compile(r"(<!-- output: [a-z-]+ -->\n)?^```(sh|console|text)\n(.*?)^```", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`(tolmach [^`]+)`")
UNFINISHED = re.compile(r"[…*|]|[A-Z]{3,}|\.\.\.")
"""What stands for words of the reader's own, or for one of several."""
NEEDS_A_NETWORK = re.compile(r"tolmach (models|corpora) fetch|--set wmt21")
STORY = "Talks in Moscow\n\n“We will agree in May,” the minister said on Monday.\n\nThe talks went on until late.\n"
SAMPLES = ROOT / "corpora" / "samples" / "lavrov"


def lines_of(block: str) -> Iterator[str]:
    """Yield the commands of a block: all lines with a prompt, or else those that begin with the program."""
    lines = block.replace("\\\n", " ").splitlines()
    prompted = [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]
    yield from prompted or (line for line in lines if line.startswith(("tolmach ", "printf ", "sed ")))


def shown(page: Path) -> list[str]:
    """Return the calls of the program in the blocks and the sentences of a page."""
    text = page.read_text(encoding="utf-8")
    blocks = [line for _, _, block in BLOCK.findall(text) for line in lines_of(block)]
    spans = [span for span in SPAN.findall(BLOCK.sub("", text).replace("\n", " ")) if not UNFINISHED.search(span)]
    return [part.strip() for line in [*blocks, *spans] for part in re.split(r"[|>]", line)
            if part.strip().startswith("tolmach ")]  # fmt: skip


def understand(words: list[str]) -> None:
    """Parse a command line as the program would, without looking for files."""
    command: click.Command = main
    context = click.Context(main, info_name="tolmach")
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        name, *words = words
        found = command.get_command(context, name)
        assert found is not None, f"there is no command {name}"
        context = click.Context(found, info_name=name, parent=context)
        command = found
    values, left, _ = command.make_parser(context).parse_args(list(words))
    assert left == []
    for parameter in command.params:
        if isinstance(parameter.type, click.Choice | click.types.IntParamType) and isinstance(
            values.get(parameter.name or ""), str | list
        ):
            parameter.type_cast_value(context, parameter.consume_value(context, values)[0])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_command_shown_is_understood(page: Path) -> None:
    for line in shown(page):
        try:
            understand(shlex.split(line, comments=True)[1:])
        except (click.ClickException, AssertionError) as error:
            pytest.fail(f"{line}: {error}")


@pytest.mark.parametrize("line", ["compare --nosuch", "comprae a b", "evaluate a b c d", "align a b --format docx"])
def test_a_wrong_command_is_noticed(line: str) -> None:
    with pytest.raises((click.ClickException, AssertionError)):
        understand(line.split())


def runnable(page: Path) -> list[str]:
    """Return the lines of the blocks whose output `docs/runs.py` does not write, in order."""
    found = BLOCK.findall(page.read_text(encoding="utf-8"))
    blocks = [block for output, kind, block in found if not output and kind != "text"]
    lines = [line for block in blocks for line in lines_of(block)]
    return [line for line in lines if not NEEDS_A_NETWORK.search(line)]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_t5(tmp_path_factory.mktemp("model") / "t5")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with the files that the pages name."""
    work = tmp_path / "work"
    work.mkdir()
    for language in ("en", "ru", "zh"):
        copy(SAMPLES / f"{language}.txt", work)
        (work / f"{language}.lines").write_text((SAMPLES / f"{language}.txt").read_text("utf-8").replace("\n\n", "\n"))
    for name in ("article.md", "article.html", "article.txt"):
        (work / name).write_text(f"<p>{STORY}</p>" if name.endswith("html") else STORY, encoding="utf-8")
    for name in ("mine.ru.txt", "reference.ru.txt", "other.ru.txt"):
        (work / name).write_text("".join(f"{line}\n" for line in RUSSIAN), encoding="utf-8")
    (work / "gold.ids").write_text("[0]:[0]:0.1\n", encoding="utf-8")
    put_set(tmp_path / "sets")
    return work


@pytest.mark.slow
@pytest.mark.parametrize(
    "page", [page for page in PAGES if runnable(page)], ids=lambda page: page.relative_to(ROOT).as_posix()
)
def test_every_command_shown_runs(page: Path, folder: Path, tiny: Path) -> None:
    def model(named: re.Match[str]) -> str:
        place = folder.parent / "models" / named[1]
        if not place.exists():
            copytree(tiny, place)
        return f"--model {place}"

    environment = os.environ | {
        "COLUMNS": "80", "PYTHONPATH": str(ROOT), "TOLMACH_OFFLINE": "1",
        "TOLMACH_TESTSETS": str(folder.parent / "sets"),
        "TOLMACH_CACHE": str(folder.parent / "cache"), "TOLMACH_CONFIG": str(folder.parent / "settings.toml"),
        "TOLMACH_TRANSLATE_MODEL": str(tiny), "TOLMACH_RUN_MODEL": str(tiny),
    }  # fmt: skip
    Path(environment["TOLMACH_CONFIG"]).touch()
    for line in runnable(page):
        small = re.sub(r"--model (\S+)", model, line)
        script = f'tolmach() {{ "{sys.executable}" -m tolmach "$@"; }}; {small}'
        command = ["bash", "-c", script]
        done = subprocess.run(command, check=False, cwd=folder, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, f"{line}\n{done.stderr[-2000:]}"


@pytest.mark.slow
@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if "<!-- output: " in page.read_text(encoding="utf-8")],
    ids=lambda page: page.relative_to(ROOT).as_posix(),
)
def test_every_output_shown_is_what_is_printed(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "docs"))
    text = page.read_text(encoding="utf-8")
    assert import_module("runs").fill_output(text) == text
