"""`tolmach quotes` end to end: several articles, the forms of the result, what goes wrong."""

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tolmach.cli import main
from tolmach.results.reading import from_json

ENGLISH = "The talks\n\n“We are close to a deal,” the minister said on Monday. The town is called “the gate”.\n"
RUSSIAN = "Переговоры\n\n«Мы близки к согласию», — сказал министр в понедельник.\n"
FORMULA = "The cells\n\nThe minister said on Monday: “=1+1 is what we all should agree on here.”\n"
HOSTILE = "The bell\n\n“We are \x9b2Jclose to \N{RIGHT-TO-LEFT OVERRIDE}a deal,” the minister said on Monday.\n"


@pytest.fixture(autouse=True)
def workplace(tmp_path, monkeypatch):
    """Work in a folder with three articles and no network."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TOLMACH_OFFLINE", "1")
    for name, text in (("en.txt", ENGLISH), ("ru.txt", RUSSIAN), ("cells.txt", FORMULA)):
        Path(name).write_text(text, encoding="utf-8")


def quotes(*words: object, text: str | None = None, status: int = 0) -> Result:
    result = CliRunner().invoke(main, ["quotes", *map(str, words)], input=text)
    assert result.exit_code == status, result.output
    return result


def rows(*words: object, text: str | None = None) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(quotes(*words, "--format", "csv", text=text).stdout_bytes.decode())))


def refused(*words: object, status: int) -> str:
    before = {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()}
    result = quotes("--quiet", *words, status=status)
    assert result.stdout == ""
    assert {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()} == before
    return result.stderr.splitlines()[-1]


def test_one_result_holds_all_the_articles():
    result = from_json(quotes("en.txt", "ru.txt", "en.txt").stdout)
    assert [version.id for version in result.versions] == ["en", "ru", "en-2"]
    assert [version.article.meta.source for version in result.versions] == ["en.txt", "ru.txt", "en.txt"]
    assert result.quotes is not None
    assert [len(found) for found in result.quotes.quotes] == [2, 1, 2]
    assert result.quotes.groups == ()


def test_a_table_for_each_article_and_a_word_where_there_is_no_quote():
    Path("none.txt").write_text("The talks\n\nThe talks went on until midnight on Monday.\n", encoding="utf-8")
    drawn = quotes("en.txt", "none.txt", "--format", "table").stdout
    assert "en · en.txt" in drawn
    assert "We are close to a deal" in " ".join(drawn.split())
    assert "en-2 · none.txt: no quotes" in drawn


def test_csv_has_a_row_for_each_quote_whose_offsets_cut_it_out():
    found = rows("en.txt", "ru.txt")
    assert [(row["file"], row["language"], row["id"]) for row in found] == [
        ("en.txt", "en", "q1"), ("en.txt", "en", "q2"), ("ru.txt", "ru", "q1"),
    ]  # fmt: skip
    texts = {
        version["meta"]["source"]: version["text"]
        for version in json.loads(quotes("en.txt", "ru.txt").stdout)["versions"]
    }
    for row in found:
        assert texts[row["file"]][int(row["start"]) : int(row["end"])] == row["text"]
    assert (found[2]["text"], found[2]["kind"], found[2]["cue"]) == ("Мы близки к согласию", "direct", "сказал")
    assert found[0]["sentence"] == "1"


def test_the_parts_of_an_interrupted_quote_have_a_sign_between_them():
    Path("split.txt").write_text("“We are close,” the minister said. “We will sign.”\n", encoding="utf-8")
    (row,) = rows("split.txt")
    assert row["text"] == "We are close, … We will sign."
    assert row["text"] in " ".join(quotes("split.txt", "--format", "table").stdout.split())


def test_csv_is_plain_utf8_with_the_line_ends_of_rfc_4180():
    written = quotes("ru.txt", "--format", "csv").stdout_bytes
    assert written.startswith(b"file,language,id,kind,")
    assert written.endswith(b"\r\n")
    assert written.count(b"\n") == written.count(b"\r\n") == 2


def test_a_file_s_suffix_tells_csv():
    quotes("en.txt", "-o", "found.csv")
    assert Path("found.csv").read_bytes() == quotes("en.txt", "--format", "csv").stdout_bytes


@pytest.mark.parametrize(("option", "expected"), [([], "=1+1 is"), (["--escape-formulas"], "'=1+1 is")])
def test_a_formula_is_guarded_only_where_that_is_asked_for(option, expected):
    (row,) = rows("cells.txt", *option)
    assert row["text"].startswith(expected)


def test_an_article_cannot_steer_the_terminal():
    (row,) = rows("-", text=HOSTILE)
    assert "\x9b2J" in row["text"]  # the data are what was found
    drawn = quotes("-", "--format", "table", text=HOSTILE).stdout
    assert "\N{REPLACEMENT CHARACTER}2Jclose" in drawn
    assert "\x9b" not in drawn
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in drawn


def test_standard_input_stands_among_files():
    assert {row["file"] for row in rows("ru.txt", "-", text=ENGLISH)} == {"ru.txt", "-"}


def test_what_is_wrong_names_the_article():
    assert "none.txt" in refused("en.txt", "none.txt", status=1)


def test_wrong_usage_is_told_before_anything_is_read():
    assert "only once" in refused("-", "-", status=2)
    assert "2 articles but 1 languages" in refused("en.txt", "none.txt", "--language", "en", status=2)
    assert refused("none.txt", "--escape-formulas", status=2).startswith(
        "Error: --escape-formulas is about csv, not json"
    )
    assert "'html' is not one of" in refused("en.txt", "--format", "html", status=2)


def test_an_article_is_never_overwritten():
    assert "en.txt is an input and would be overwritten" in refused("en.txt", "-o", "en.txt", status=1)
