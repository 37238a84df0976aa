"""No command writes over what it reads: every parameter of every command says what it reads and what it writes."""

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from tests.support.commands import COMMANDS
from tolmach.cli import main
from tolmach.options.common import LanguageType
from tolmach.options.paths import InputFolder, InputName, KeyedFile, OutputFile, OutputFolder, PathType

ARTICLE = "A short title\n\nThe minister said the talks would go on in May.\n"
TRANSLATION = "Короткий заголовок\n\nМинистр сказал, что переговоры продолжатся в мае.\n"
WORDS = {
    *("encoding", "server", "server_model", "precision", "metrics", "max_input_size"),
    *("bench run references", "bench run baseline"),  # names of references and systems
    *("labels", "original"),  # names of versions
    *("corpus run steps", "corpus run ray"),  # names of steps, and the address of a cluster
    *(f"corpus search {name}" for name in ("query", "speaker", "outlet", "since", "until")),
    *("corpora show name", "corpora fetch names", "config show command"),  # names of samples, sets and commands
}
"""Parameters that take a word which names no file: alone, or with their command."""
HARMLESS = (click.Choice, click.IntRange, type(click.INT), type(click.BOOL), LanguageType)
ARGUMENTS = {
    "run": ["good.txt", "--to", "ru"],
    "translate": ["good.txt", "--to", "ru"],
    "align": ["good.txt", "ru.txt"],
    "quotes": ["good.txt"],
    "compare": ["good.txt", "ru.txt"],
    "evaluate": ["good.txt"],
    "bench": ["--alignment"],
    "bench run": ["--pair", "en-ru"],
    "bench report": ["results"],
    "report": ["good.json"],
    "corpus run": ["good.txt"],
    "corpus search": ["results", "word"],
    "models show": ["opus-mt"],
    "memory add": ["good.txt"],
}
NEEDED = {"bench run": {"sets": ["--set", "samples"]}}
"""Options that a command needs, unless they are tried."""
PLANNED = {
    "run": "ru.txt",
    "demo": "quotes.html",
    "bench run": "report.md",
    "corpus run": "manifest.json",
    "corpus demo": "articles.jsonl",
    "translate": "ru.txt",
    "align": "en-ru.tsv",
}
"""One of the names that a command writes in a folder."""
INTO_FOLDER = {"translate": [], "align": ["--format", "tsv"]}
"""What makes a command that may write into a folder do so, where that exists."""
FIXED = {"folder": "gold.json", "folders": "result.json", "sets": "set.tsv"}
"""What a file must be called to be read by such a parameter."""


def reads(parameter: click.Parameter) -> bool:
    return isinstance(parameter.type, PathType) and not writes(parameter)


def writes(parameter: click.Parameter) -> bool:
    return isinstance(parameter.type, OutputFile | OutputFolder)


PAIRS = [
    (name, reading, writing)
    for name, command in COMMANDS.items()
    for reading in filter(reads, command.params)
    for writing in filter(writes, command.params)
]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_parameter_says_whether_it_names_a_file(name):
    """A new one with a word or a path has a `PathType`, or is listed above."""
    for parameter in COMMANDS[name].params:
        known = isinstance(parameter.type, (*HARMLESS, PathType)) or type(parameter.type).__name__ == "PairType"
        assert known or {parameter.name, f"{name} {parameter.name}"} & WORDS, parameter
        assert not isinstance(parameter.type, click.Path | click.File)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_number_has_a_limit(name):
    """Libraries answer huge ones with errors of their own."""
    numbers = [one for one in COMMANDS[name].params if isinstance(one.type, type(click.INT) | type(click.FLOAT))]
    for parameter in numbers:
        assert isinstance(parameter.type, click.IntRange | click.FloatRange), parameter
        assert parameter.type.min is not None, parameter
        assert parameter.type.max is not None, parameter
        assert parameter.type.max < 2**32, parameter


def test_every_command_that_reads_and_writes_is_tried():
    assert {name for name, _, _ in PAIRS} == set(ARGUMENTS)
    assert len(PAIRS) >= 28


@pytest.fixture(autouse=True)
def alone(tmp_path, monkeypatch):
    """Work in a folder with two articles and an empty cache, without a network."""
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("TOLMACH_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("TOLMACH_OFFLINE", "1")
    Path("good.txt").write_text(ARTICLE, encoding="utf-8")
    Path("ru.txt").write_text(TRANSLATION, encoding="utf-8")
    Path("results").mkdir()


def tolmach(*words: object) -> Result:
    return CliRunner().invoke(main, list(map(str, words)))


def state(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {str(path): (path.stat().st_ino, path.read_bytes()) for path in folder.rglob("*") if path.is_file()}


def given(name: str, reading: click.Parameter, path: Path) -> list[str]:
    """Return the words with which a command reads `path` by a parameter."""
    value = str(path)
    if isinstance(reading.type, KeyedFile):
        value = f"ru={path}"
    if isinstance(reading.type, InputFolder) or (isinstance(reading.type, InputName) and reading.name in MODELS):
        value = str(path.parent)
    needed = [word for key, words in NEEDED.get(name, {}).items() if key != reading.name for word in words]
    words = ARGUMENTS[name]
    if isinstance(reading, click.Option):
        return [*words, *needed, reading.opts[0], value]
    if reading.name == "reference":
        return [*words, value]
    return [value, *words[1:]]


MODELS = {"model", "encoder", "models", "judge", "name"}
"""Parameters that may name a folder with a model."""


def place(path: Path, link: str, original: Path) -> None:
    """Let `path` be `original` under another name."""
    path.parent.mkdir(exist_ok=True)
    if link == "symbolic":
        path.symlink_to(original.absolute())
    elif link == "hard":
        path.hardlink_to(original)


def assert_refused(words: list[str], original: Path) -> None:
    before = state(Path())
    result = tolmach(*words)
    (line,) = result.stderr.splitlines()
    assert "is an input and would be overwritten" in line, (words, line)
    assert (result.exit_code, state(Path())) == (1, before)
    assert original.is_file()


CASES = [
    pytest.param(*pair, link, id=f"{pair[0]} {pair[1].name} {pair[2].name} {link}")
    for pair in PAIRS
    for link in ("none", "symbolic", "hard")
    if (*pair[:1], pair[1].name, link) != ("bench run", "sets", "none")  # no test set has the name of an output
]


@pytest.mark.parametrize(("name", "reading", "writing", "link"), CASES)
def test_an_input_is_never_overwritten(name, reading, writing, link):
    into_folder = isinstance(writing.type, OutputFolder)
    planned = Path("out", PLANNED[name] if into_folder else "in.txt")
    original = Path("in", FIXED.get(reading.name, planned.name)) if link != "none" else planned
    if link == "none" and reading.name in FIXED:
        original = planned = Path("out", FIXED[reading.name])
    original.parent.mkdir()
    original.write_text(ARTICLE, encoding="utf-8")
    place(planned, link, original)
    target = "out" if into_folder else f"out/../{planned}"
    assert_refused([*name.split(), *given(name, reading, original), writing.opts[0], target], original)


@pytest.mark.parametrize("link", ["none", "symbolic", "hard"])
@pytest.mark.parametrize(
    ("name", "reading"),
    [
        (name, reading)
        for name, reading, _ in PAIRS
        if name in INTO_FOLDER and reading.name != "golds"  # these have no place in a form for a folder
    ],
    ids=lambda value: getattr(value, "name", value),
)
def test_an_input_is_never_overwritten_in_a_folder(name, reading, link):
    planned = Path("out", PLANNED[name])
    original = planned if link == "none" else Path("in", "in.txt")
    original.parent.mkdir()
    original.write_text(ARTICLE, encoding="utf-8")
    place(planned, link, original)
    assert_refused([name, *given(name, reading, original), *INTO_FOLDER[name], "-o", "out"], original)


@pytest.mark.parametrize("output", ["./good.txt", "missing/../good.txt", "out/link/../in.txt", "out/link/good.txt"])
def test_an_input_is_never_overwritten_by_a_roundabout_name(output):
    Path("out").mkdir()
    Path("out/link").symlink_to("../../work", target_is_directory=True)
    Path("good.txt").rename("../in.txt")
    Path("good.txt").symlink_to("../in.txt")
    before = Path("good.txt").read_bytes()
    for article in ("good.txt", "../in.txt"):
        result = tolmach("quotes", article, "-o", output)
        assert (result.exit_code, "is an input" in result.stderr) == (1, True)
    assert Path("good.txt").read_bytes() == before


def test_a_folder_within_a_model_is_an_input():
    inner = Path("model/1_Pooling/config.json")
    inner.parent.mkdir(parents=True)
    inner.write_text("{}", encoding="utf-8")
    assert_refused(["align", "good.txt", "ru.txt", "--encoder", "model", "-o", str(inner)], inner)


@pytest.mark.parametrize(
    ("name", "writing"),
    [(name, writing) for name, command in COMMANDS.items() for writing in filter(writes, command.params)],
    ids=lambda value: getattr(value, "name", value),
)
def test_the_settings_file_is_never_overwritten(name, writing, monkeypatch):
    """It is an input of every command that writes."""
    into_folder = isinstance(writing.type, OutputFolder)
    settings = Path("out", PLANNED[name] if into_folder else "config.toml")
    settings.parent.mkdir()
    settings.touch()
    monkeypatch.setenv("TOLMACH_CONFIG", str(settings))
    needed = [word for words in NEEDED.get(name, {}).values() for word in words]
    target = "out" if into_folder else str(settings)
    assert_refused([*name.split(), *ARGUMENTS.get(name, []), *needed, writing.opts[0], target], settings)


def test_standard_input_is_never_overwritten():
    with Path("good.txt").open("rb") as file:
        command = [sys.executable, "-m", "tolmach", "quotes", "-", "-o", "good.txt"]
        result = subprocess.run(command, check=False, stdin=file, capture_output=True, encoding="utf-8")
    assert (result.returncode, "is an input" in result.stderr) == (1, True)
    assert Path("good.txt").read_text(encoding="utf-8") == ARTICLE


@pytest.mark.parametrize(
    ("report", "output", "there"),
    [("x", "x", False), ("x", "./new/../x", False), ("x", "link", False), ("x", "link", True), ("x", "hard", True)],
)
def test_two_results_in_one_file_are_refused(report, output, there):
    Path("new").mkdir()
    if there:
        Path("x").write_text("old", encoding="utf-8")
        Path("hard").hardlink_to("x")
    Path("link").symlink_to("x")
    result = tolmach("compare", "good.txt", "ru.txt", "--report", report, "--format", "csv", "-o", output)
    assert (result.exit_code, "are one file. Give each result its own" in result.stderr) == (2, True)
    assert Path("x").exists() == there


def test_names_that_differ_in_case_are_one_where_the_system_says_so(monkeypatch):
    words = ["compare", "good.txt", "nosuch.txt", "--report", "a.html", "-o", "A.HTML"]
    assert "no such file" in tolmach(*words).stderr
    monkeypatch.setattr("tolmach.options.clashes._folds_case", lambda _: True)
    assert "a.html and A.HTML are one file" in tolmach(*words).stderr


def test_a_folder_that_has_the_name_of_a_model_is_no_input():
    Path("opus-mt").mkdir()
    for _ in range(2):
        assert tolmach("models", "show", "opus-mt", "-o", "opus-mt/about.json").exit_code == 0


def test_a_report_goes_into_its_benchmark_folder():
    Path("results/result.json").write_text("{}", encoding="utf-8")
    Path("results/report.html").touch()
    stderr = tolmach("bench", "report", "results", "--format", "html", "-o", "results/report.html").stderr
    assert "not a result of a benchmark" in stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["run", "good.txt", "--to", "ru", "-o", "-"], "several files cannot go to standard output"),
        (["bench", "run", "--set", "samples", "-o", "-"], "several files cannot go to standard output"),
        (["compare", "good.txt", "ru.txt", "--report", "-"], "standard output has the result"),
        (["translate", "good.txt", "--to", "ru", "--to", "zh", "-o", "-"], "cannot go to standard output"),
        (["align", "good.txt", "ru.txt", "good.txt", "--format", "tsv", "-o", "-"], "make several"),
    ],
)
def test_folders_cannot_be_standard_output(words, told):
    result = tolmach(*words)
    assert (result.exit_code, result.stdout, told in result.stderr) == (2, "", True)
    assert not Path("-").exists()


@pytest.mark.parametrize("words", [["models", "list"], ["quotes", "good.txt"], ["evaluate", "one.txt", "one.txt"]])
def test_a_dash_is_standard_output(words):
    Path("one.txt").write_text("Министр сказал, что переговоры продолжатся.\n", encoding="utf-8")
    result = tolmach(*words, "--quiet", "-o", "-")
    assert (result.exit_code, result.stdout[0] in "[{") == (0, True)
    assert not Path("-").exists()


LOOP, LONG, NULL = "loop", "a" * 300, "a\0b"
NOWHERE = {"loop": LOOP, "long": LONG, "null": NULL, "in": f"{LOOP}/x", "user": "~nosuch/x"}


@pytest.mark.parametrize("bad", NOWHERE.values(), ids=NOWHERE)
@pytest.mark.parametrize(
    ("name", "parameter"),
    [(name, parameter) for name in ARGUMENTS for parameter in COMMANDS[name].params if reads(parameter)],
    ids=lambda value: getattr(value, "name", value),
)
def test_names_that_lead_nowhere(name, parameter, bad):
    """They are one line, and no bug."""
    Path(LOOP).symlink_to(LOOP)
    words = given(name, parameter, Path(bad) if parameter.name not in MODELS else Path(bad, "file"))
    folder = [] if name not in ("run", "bench run") else ["-o", "out"]
    result = tolmach(*name.split(), *words, *folder, "--offline")
    assert (result.exit_code in (1, 2), "This is a bug" in result.output) == (True, False), result.output
    assert "Error: " in result.stderr


@pytest.mark.parametrize("bad", [LOOP, LONG, NULL, f"{LOOP}/x", "good.txt/x"])
@pytest.mark.parametrize(
    ("name", "parameter"),
    [(name, parameter) for name in ARGUMENTS for parameter in COMMANDS[name].params if writes(parameter)],
    ids=lambda value: getattr(value, "name", value),
)
def test_outputs_that_lead_nowhere(name, parameter, bad):
    Path(LOOP).symlink_to(LOOP)
    needed = [word for words in NEEDED.get(name, {}).values() for word in words]
    result = tolmach(*name.split(), *ARGUMENTS[name], *needed, parameter.opts[0], bad, "--offline")
    assert (result.exit_code in (1, 2), "This is a bug" in result.output) == (True, False), result.output
    assert os.path.islink(LOOP)  # noqa: PTH114 - it cannot be followed


@pytest.mark.parametrize("words", [["models", "list"], ["doctor"], ["bench", "list"], ["models", "remove", "opus-mt"]])
@pytest.mark.parametrize("bad", [LOOP, LONG, f"{LOOP}/x", "~nosuch/x"])
def test_caches_that_lead_nowhere(monkeypatch, words, bad):
    Path(LOOP).symlink_to(LOOP)
    monkeypatch.setenv("TOLMACH_CACHE", bad)
    result = tolmach(*words)
    assert (result.exit_code, result.stderr.count("\n"), "This is a bug" in result.output) == (1, 1, False)


WRITINGS = {(name, parameter.opts[0]): parameter for name, _, parameter in PAIRS}


@pytest.mark.parametrize("there", [True, False])
@pytest.mark.parametrize("place", ["cache/translations.sqlite", "cache/models/m/in.bin", "sets/ntrex/{}", "linked/{}"])
@pytest.mark.parametrize(("name", "option"), WRITINGS)
def test_what_tolmach_keeps_is_never_written_over(tmp_path, monkeypatch, name, option, place, there):
    monkeypatch.setenv("TOLMACH_TESTSETS", str(tmp_path / "sets"))
    into_folder = isinstance(WRITINGS[name, option].type, OutputFolder)
    path = tmp_path / place.format(PLANNED[name] if into_folder else "en.txt")
    if place.startswith("linked"):
        (tmp_path / "cache/testsets").mkdir(parents=True)
        (tmp_path / "linked").symlink_to("cache/testsets")
    if there:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"kept")
    needed = [word for words in NEEDED.get(name, {}).values() for word in words]
    target = path.parent if into_folder else path
    result = tolmach(*name.split(), *ARGUMENTS[name], *needed, option, target, "--offline")
    assert (result.exit_code, "folder of files that Tolmach reads" in result.stderr) == (1, True), result.stderr
    assert (path.read_bytes() == b"kept") if there else not path.exists()


def test_another_name_of_the_memory_is_never_written_over(tmp_path):
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache/translations.sqlite").write_bytes(b"kept")
    Path("hard").hardlink_to(tmp_path / "cache/translations.sqlite")
    assert "folder of files that Tolmach reads" in tolmach("quotes", "good.txt", "-o", "hard").stderr
    assert Path("hard").read_bytes() == b"kept"
