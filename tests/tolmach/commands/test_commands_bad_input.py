"""Bad input gets one clear line and exit status 1 (2 for wrong usage), and nothing is written."""

import errno
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tolmach.cli import main

ARTICLE = "A short title\n\nThe minister said the talks would go on in May.\n"


@pytest.fixture(autouse=True)
def alone(tmp_path, monkeypatch):
    """Work in an empty folder with an empty cache and no network."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TOLMACH_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("TOLMACH_OFFLINE", "1")
    (tmp_path / "good.txt").write_text(ARTICLE, encoding="utf-8")


def tolmach(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def written() -> set[str]:
    return {path.name for path in Path().iterdir()} - {"good.txt", "bad.txt", "cache", "given"}


def assert_one_line(result: Result, *parts: str, status: int = 1) -> None:
    assert result.exit_code == status, result.output
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    for part in parts:
        assert part in line
    assert written() == set()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b" \n\t\n\xc2\xa0", "empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "bad.txt"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n\x00\x01", "bad.txt"),
        (bytes(range(256)) * 8, "bad.txt"),
        (
            "Das ist ein deutscher Satz über die Gespräche, und der Minister hat nichts dazu gesagt.".encode(),
            "language",
        ),
    ],
)
@pytest.mark.parametrize("command", [["quotes"], ["run", "--to", "ru", "-o", "out"]])
def test_unusable_file(command, content, reason):
    Path("bad.txt").write_bytes(content)
    assert_one_line(tolmach(command[0], "bad.txt", *command[1:]), reason)


def test_missing_file_is_named():
    assert_one_line(tolmach("quotes", "no-such-file.txt"), "no-such-file.txt")


def test_folder_is_no_article():
    Path("cache").mkdir()
    assert_one_line(tolmach("quotes", "cache"), "cache")


def test_unknown_language_lists_the_known_ones():
    result = tolmach("run", "good.txt", "--to", "xx", "-o", "out")
    assert_one_line(result, "unknown language 'xx'", "Known: en, ru, zh, uk, zh-Hant")


def test_unknown_model_names_the_nearest():
    result = tolmach("run", "good.txt", "--to", "ru", "--model", "opus-mtt", "-o", "out")
    assert_one_line(result, "unknown model 'opus-mtt'", "opus-mt")


def test_no_model_and_no_network():
    assert_one_line(tolmach("run", "good.txt", "--to", "ru", "-o", "out"), "--offline", "tolmach models fetch")


def test_named_model_and_no_network():
    result = tolmach("run", "good.txt", "--to", "ru", "--model", "m2m100-418m", "-o", "out")
    assert_one_line(result, "--offline")


def test_address_and_no_network():
    assert_one_line(tolmach("quotes", "https://example.org/article"), "--offline")


def test_target_that_is_the_source():
    result = tolmach("run", "good.txt", "--to", "en", "--model", "m2m100-418m", "-o", "out")
    assert_one_line(result, "both English", status=2)


def test_language_twice():
    result = tolmach("run", "good.txt", "--to", "ru", "--to", "ru", "-o", "out")
    assert_one_line(result, "named twice", status=2)


@pytest.mark.parametrize(
    ("language", "text", "told"),
    [
        ("zh", "双方继续会谈。", "Add --to zh"),
        ("uk", "Переговори тривають, сказав міністр.", "Ukrainian is not translated, only aligned and compared"),
    ],
)
def test_reference_for_no_target(language: str, text: str, told: str) -> None:
    Path("bad.txt").write_text(text, encoding="utf-8")
    result = tolmach("run", "good.txt", "--to", "ru", "--reference", f"{language}=bad.txt", "-o", "out")
    assert_one_line(result, told, status=2)


def test_comparing_one_article():
    assert_one_line(tolmach("compare", "good.txt"), "at least two", status=2)


def test_full_disk(monkeypatch):
    def full(*_arguments, **_options):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("pathlib.Path.replace", full)
    result = tolmach("quotes", "good.txt", "-o", "out.json")
    assert_one_line(result, "out.json", "the disk is full")


def test_output_that_cannot_be_written():
    assert_one_line(tolmach("quotes", "good.txt", "-o", "good.txt/out.json"), "cannot write")


@pytest.mark.parametrize(
    "command", [["quotes", "good.txt"], ["translate", "good.txt", "--to", "ru"], ["run", "good.txt", "--to", "ru"]]
)
@pytest.mark.parametrize("name", ["", " "])
def test_an_empty_name_is_no_output(command, name):
    before = sorted(Path().iterdir())
    result = tolmach(*command, "-o", name)
    assert result.exit_code == 2
    assert "the name of the" in result.stderr
    assert "is empty" in result.stderr
    assert sorted(Path().iterdir()) == before


def test_evaluating_against_nothing():
    assert_one_line(tolmach("evaluate", "good.txt"), "nothing to score against", status=2)


def test_evaluating_files_of_different_length():
    Path("bad.txt").write_text("one line\n", encoding="utf-8")
    assert_one_line(tolmach("evaluate", "good.txt", "bad.txt", "--language", "en"), "3")


def test_evaluating_articles_as_lines_names_the_other_way():
    assert_one_line(
        tolmach("evaluate", "good.txt", "good.txt", "--language", "en"), "is empty, so its lines", "--by article"
    )


def test_evaluating_standard_input_against_itself():
    assert_one_line(tolmach("evaluate", "-", "-"), "only once", status=2)


def test_unknown_encoding():
    assert_one_line(tolmach("quotes", "good.txt", "--encoding", "gb18031"), "unknown encoding 'gb18031'", status=2)


def test_reference_is_never_overwritten():
    before = Path("good.txt").read_bytes()
    Path("given").mkdir()
    Path("given/ru.txt").write_text("Переговоры шли до полуночи.\n", encoding="utf-8")
    words = ["run", "good.txt", "--to", "ru", "--model", "m2m100-418m", "--reference", "ru=given/ru.txt", "-o", "given"]
    assert_one_line(tolmach(*words), "given/ru.txt is an input and would be overwritten")
    assert Path("good.txt").read_bytes() == before
    assert [path.name for path in Path("given").iterdir()] == ["ru.txt"]


def test_article_is_never_overwritten():
    words = ["translate", "good.txt", "--to", "ru", "--model", "m2m100-418m", "-o", "good.txt"]
    assert_one_line(tolmach(*words), "good.txt is an input and would be overwritten")
