r"""File names that are not UTF-8 are shown as in `bad\xff\xfe.txt` in every form, and the results read back."""

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from common.names import printable
from corpora.exchange import read_bitext
from tests.support.bench_command import invoke
from tests.support.bench_sample import RUSSIAN, use_set
from tests.tolmach.commands.test_translate_command import make_translator
from tolmach.cli import main
from tolmach.pages.page import extract_result
from tolmach.results.reading import from_json, read_result

ENGLISH = "He said: “We won.”\n"
OTHER = "She said: “We have won.”\n"
BAD = "bad\udcff\udcfe.txt"
SHOWN = r"bad\xff\xfe.txt"


@pytest.fixture(autouse=True)
def workplace(tmp_path, monkeypatch):
    """Work in a folder with an article whose name is no text, and one beside it, without a network."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TOLMACH_OFFLINE", "1")
    try:
        Path(BAD).write_text(ENGLISH, encoding="utf-8")
    except OSError:
        pytest.skip("this file system takes no such names")
    Path("other.txt").write_text(OTHER, encoding="utf-8")


def tolmach(*words: object, status: int = 0) -> Result:
    # The stream that the runner gives refuses what has no form in UTF-8.
    result = CliRunner().invoke(main, list(map(str, words)))
    assert result.exit_code == status, result.output
    return result


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("новости.txt", "новости.txt"),
        (BAD, SHOWN),
        ("\udcd0\udcb0", r"\xd0\xb0"),
        ("\ud800", r"\ud800"),
        (Path("a", BAD), f"a/{SHOWN}"),
    ],
)
def test_names_as_text(name, shown):
    assert printable(name) == shown


@pytest.mark.parametrize(
    ("command", "form"),
    [("quotes", "json"), ("quotes", "csv"), ("quotes", "table")]
    + [("compare", form) for form in ("json", "csv", "table", "html")]
    + [("align", form) for form in ("json", "html", "table", "tsv", "tmx", "xliff", "ids")],
)
def test_results_show_the_name(command, form):
    words = [command, BAD, *(["other.txt"] if command != "quotes" else []), "--format", form]
    words += ["--force"] if command == "align" else ["--all"] if (command, form) == ("compare", "table") else []
    text = tolmach(*words).stdout
    tolmach(*words, "-o", BAD + ".out")
    assert Path(BAD + ".out").read_bytes().decode("utf-8").splitlines()[0] == text.splitlines()[0]
    if form == "json":
        assert from_json(text).versions[0].article.meta.source == SHOWN
    elif form == "csv":
        assert SHOWN in next(iter(csv.DictReader(io.StringIO(text)))).values()
    elif form == "html":
        assert SHOWN in text.replace("\\\\", "\\")
        assert command == "compare" or extract_result(text).versions[0].article.meta.source == SHOWN
    elif form in ("tmx", "xliff"):
        assert read_bitext(text, form).source_name == SHOWN
    elif form != "ids" and command != "align":
        assert SHOWN in text


def test_gold_shows_its_name():
    tolmach("align", BAD, "other.txt", "--force", "-o", BAD + ".json")
    scored = tolmach("align", BAD, "other.txt", "--force", "--gold", BAD + ".json", "--format", "json")
    assert SHOWN + ".json" in json.dumps(json.loads(scored.stdout)).replace("\\\\", "\\")


@pytest.mark.parametrize("form", ["json", "table"])
def test_scores_show_the_name(form):
    words = ["evaluate", BAD, BAD, "--system", f"{BAD}=other.txt", "--language", "en", "--resamples", "40"]
    text = tolmach(*words, "--trials", "40", "--format", form, status=2).stderr
    assert "two systems have one name" in text
    words[4] = f"x{BAD}=other.txt"
    text = tolmach(*words, "--trials", "40", "--format", form).stdout
    found = json.dumps(json.loads(text)) if form == "json" else text
    assert "x" + SHOWN in found.replace("\\\\", "\\")


def test_translations_show_the_name(monkeypatch):
    monkeypatch.setattr("tolmach.commands.run.load_translator_from", make_translator)
    summary = json.loads(tolmach("run", BAD, "--to", "ru", "-o", "out\udcff").stdout)
    assert sorted(summary["files"]) == [rf"out\xff/{name}" for name in ("report.html", "result.json", "ru.txt")]
    assert read_result(Path("out\udcff", "result.json")).versions[0].article.meta.source == SHOWN
    assert r"out\xff" in tolmach("run", BAD, "--to", "ru", "-o", "out\udcff", "--format", "table").stdout


@pytest.mark.parametrize("words", [["models", "show", BAD], ["align", BAD, "other.txt", "--encoder", BAD]])
def test_folders_of_models_have_names_that_libraries_take(words):
    assert rf"{SHOWN}: the path of a folder with models must be UTF-8" in tolmach(*words, status=1).stderr


def test_the_cache_has_a_name_that_libraries_take(monkeypatch):
    monkeypatch.setenv("TOLMACH_CACHE", "cache\udcff")
    assert r"cache\xff: the path of a folder with models" in tolmach("models", "list", status=1).stderr


def test_benchmarks_show_the_name(tmp_path, monkeypatch):
    use_set(tmp_path, monkeypatch)
    Path("set\udcff.tsv").write_text(
        "source\treference\n" + "".join(f"He won {number}.\t{line}\n" for number, line in enumerate(RUSSIAN)), "utf-8"
    )
    Path(BAD).write_text("".join(f"{line}\n" for line in RUSSIAN), encoding="utf-8")
    words = [
        "--set",
        "set\udcff.tsv",
        "--pair",
        "en-ru",
        "--system",
        f"mine\udcff={BAD}",
        "--no-estimates",
        "-o",
        "out",
    ]
    for form in ("json", "table", "markdown", "html"):
        done = invoke("run", *words, "--format", form)
        assert (done.exit_code, r"mine\xff" in done.stdout.replace("\\\\", "\\")) == (0, True), done.output
        done = invoke("report", "out", "--format", form)
        assert (done.exit_code, r"mine\xff" in done.stdout.replace("\\\\", "\\")) == (0, True), done.output
    assert json.loads(Path("out/result.json").read_text(encoding="utf-8"))["tables"][0]["set"] == r"set\xff.tsv"


def test_errors_show_the_name():
    assert f"cannot read {SHOWN}x: no such file" in tolmach("quotes", BAD + "x", status=1).stderr
