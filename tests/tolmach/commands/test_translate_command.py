"""`tolmach translate` with an engine that shouts: formats, names of files, the last line, what is refused at once."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from corpora.exchange import read_bitext
from corpora.readers.load import load_article
from corpora.readers.markdown import read_markdown
from corpora.writers.docx import to_docx
from tests.support.bilingual_sample import result
from tolmach.cli import main
from tolmach.commands.run import planned_paths, summary_json, write_run
from tolmach.pages.page import extract_result
from tolmach.results.reading import read_result
from translate.models.specs import LocalSource, ModelSpec
from translate.options import ArticleOptions, CheckOptions, RetryPolicy
from translate.pipeline.directions import DirectionRunner
from translate.translator import Translator
from translate.types import DecodeOptions

from tests.support.models.fake_engine import FakeEngine  # isort: skip - found by pytest

ENGLISH = "# Ministers meet\n\nThe talks went on **until midnight**.\n\n- Prices rose by 4.5 per cent.\n"
PAGE = "<html><head><title>Talks</title></head><body><article><h1>Talks</h1>" + (
    "<p>The talks went on until midnight on Monday, the minister said in Moscow.</p>" * 4 + "</article></body></html>"
)


def make_translator(*_arguments: object) -> Translator:
    engine = FakeEngine()
    spec = ModelSpec("tiny", "t5", LocalSource(Path()), licence="Apache-2.0", prefix="to {target}: ")
    runner = DirectionRunner(
        spec, lambda _: engine, lambda _: {"revision": "r1"}, DecodeOptions(), None, 0
    )  # fmt: skip
    options = ArticleOptions(checks=CheckOptions(meaning=False), retry=RetryPolicy(1))
    return Translator(runner, options=options)


@pytest.fixture(autouse=True)
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a folder with one article; a translator that is asked for is one that writes capitals."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tolmach.commands.translate.load_translator_from", make_translator)
    Path("en.md").write_text(ENGLISH, encoding="utf-8")


def translate(*words: str, status: int = 0, article: str = "en.md") -> Result:
    found = CliRunner().invoke(main, ["translate", article, "--from", "en", *words])
    assert found.exit_code == status, found.output
    return found


def refused(*words: str, status: int = 2, article: str = "en.md") -> str:
    """Return what is said when a command ends before any model is looked for."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tolmach.commands.translate.load_translator_from", lambda *_: pytest.fail("the model was loaded"))
        return translate(*words, status=status, article=article).stderr


def names(folder: str) -> list[str]:
    return sorted(path.name for path in Path(folder).iterdir())


def test_one_translation_comes_in_several_formats() -> None:
    forms = ("text", "markdown", "html", "bilingual", "tmx", "xliff", "json")
    translate("--to", "ru", *(word for form in forms for word in ("--format", form)), "-o", "out")
    assert names("out") == ["en-ru.html", "en-ru.tmx", "en-ru.xlf", "result.json", "ru.html", "ru.md", "ru.txt"]
    document = read_result(Path("out/result.json"))
    assert extract_result(Path("out/en-ru.html").read_text(encoding="utf-8")) == document
    assert document.versions[0].article.inlines
    for suffix, form in (("tmx", "tmx"), ("xlf", "xliff")):
        bitext = read_bitext(Path(f"out/en-ru.{suffix}").read_text(encoding="utf-8"), form)
        assert bitext.source == tuple(one.text for one in document.versions[0].article.sentences)
        assert (bitext.source_name, bitext.target_name) == ("en.md", None)
        flagged = [bool(one.checks) for one in document.translations["ru"].sentences]
        assert any(flagged)
        assert [bool(note) for note in bitext.notes] == flagged


def test_several_languages_and_formats_make_a_file_each() -> None:
    translate("--to", "ru", "--to", "zh", "--format", "tmx", "--format", "text", "-o", "out")
    assert names("out") == ["en-ru.tmx", "en-zh.tmx", "ru.txt", "zh.txt"]


@pytest.mark.parametrize(
    ("name", "beginning"),
    [
        ("ru.md", "# "),
        ("ru.HTM", "<!DOCTYPE html>"),
        ("ru.tmx", "<?xml"),
        ("ru.json", '{\n "schema": "tolmach/1"'),
        ("ru", "# "),
    ],
)
def test_the_name_of_the_file_tells_the_format(name: str, beginning: str) -> None:
    translate("--to", "ru", "-o", name)
    assert Path(name).read_text(encoding="utf-8").startswith(beginning)


def test_a_folder_that_is_there_gets_one_file_in_it() -> None:
    Path("out.txt").mkdir()
    translate("--to", "ru", "-o", "out.txt")
    assert names("out.txt") == ["ru.md"]


@pytest.mark.parametrize("name", ["new/", "new.txt/", "new/deep/"])
def test_a_name_that_ends_in_a_slash_is_a_folder(name: str) -> None:
    translate("--to", "ru", "-o", name)
    assert names(name) == ["ru.md"]


def test_several_languages_fit_in_one_document_on_standard_output() -> None:
    document = json.loads(translate("--to", "ru", "--to", "zh", "--format", "json").stdout)
    assert list(document["translations"]) == ["ru", "zh"]
    assert document["translations"]["ru"]["sentences"][0]["attempts"] == 1


def test_a_web_page_stays_one() -> None:
    Path("en.html").write_text(PAGE, encoding="utf-8")
    assert translate("--to", "ru", article="en.html").stdout.startswith("<!DOCTYPE html>")


def test_a_document_stays_one_except_on_standard_output() -> None:
    translate("--to", "ru", "-o", "ru.docx")
    Path("en.docx").write_bytes(to_docx(load_article("en.md", "en")))
    assert translate("--to", "ru", article="en.docx").stdout.startswith("# MINISTERS MEET")
    translate("--to", "ru", "--mark-flags", "-o", "out/", article="en.docx")
    assert names("out") == ["ru.docx"]
    first, second = (load_article(path, "en") for path in ("ru.docx", "out/ru.docx"))
    assert (first.title, second.title) == ("MINISTERS MEET", "MINISTERS MEET[1]")
    assert [block.kind for block in second.blocks][3:] == ["heading", *["list_item"] * 3]
    assert [one.kind for one in first.inlines] == ["strong"]


@pytest.mark.parametrize("form", ["html", "docx"])
def test_a_run_keeps_the_format_of_its_source_and_counts_what_was_done(form: str) -> None:
    made = result()
    versions = tuple(
        replace(one.record(), meta=replace(one.article.meta, format=form)).value() for one in made.versions
    )
    paths = write_run(Path("out"), replace(made, versions=versions))
    assert paths == planned_paths(Path("out"), versions[0].article, ["ru"])
    assert names("out") == sorted(["report.html", "result.json", f"ru.{form}"])
    summary = json.loads(summary_json(made, paths))["translations"]["ru"]
    assert summary["methods"] == {"plain": 15, "beam": 3, "memory": 1}
    assert (summary["sentences"], summary["attempts"], summary["tried_again"], summary["flagged"]) == (19, 28, 3, 3)
    assert summary["checks"] == {"number": 1, "empty": 1, "name": 1}


def test_a_page_keeps_blocks_and_markup() -> None:
    page = translate("--to", "ru", "--format", "html").stdout
    assert '<html lang="ru"' in page
    assert "<h1>MINISTERS MEET</h1>" in page
    assert "<ul>\n<li>PRICES ROSE" in page
    assert "<strong>" in page


def test_the_end_tells_what_is_to_be_checked() -> None:
    found = translate("--to", "ru")
    assert "ru: 3 sentences, 3 to check (" in found.stderr
    assert "to check" not in found.stdout
    assert translate("--to", "ru", "--quiet").stderr == ""


def test_flags_are_listed_and_the_files_named() -> None:
    said = translate("--to", "ru", "-o", "ru.md").stderr
    assert "check ru, sentence 1: " in said
    assert "Note: wrote ru.md" in said
    assert "[1]" not in Path("ru.md").read_text(encoding="utf-8")


def test_flags_are_marked_on_request() -> None:
    translate(
        "--to", "ru", "--mark-flags", *(w for f in ("text", "markdown", "html") for w in ("--format", f)), "-o", "out"
    )
    for name, mark in (("ru.txt", "[1]"), ("ru.md", "<sup>"), ("ru.html", "<sup>[1]</sup>")):
        text = Path("out", name).read_text(encoding="utf-8")
        assert mark in text, name
        assert "To check" in text, name
        assert "1. " in text or "<ol>" in text, name
    again = read_markdown(Path("out/ru.md").read_text(encoding="utf-8"), language="en")
    assert [block.kind for block in again.blocks][3:] == ["heading", *["list_item"] * 3]


def test_strict_names_each_and_ends_with_3() -> None:
    found = translate("--to", "ru", "--strict", "-o", "ru.md", status=3)
    assert found.stderr.count("Check failed: ru, sentence") >= 3
    assert Path("ru.md").exists()


def test_an_interruption_leaves_no_file_under_a_final_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("pathlib.Path.replace", interrupted)
    translate("--to", "ru", "--format", "html", "--format", "tmx", "-o", "out", status=130)
    assert not Path("out").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("-o", "ru.odt"), "the ending .odt is not that of a format"),
        (("-o", "ru.html", "--format", "tmx"), "--format tmx contradicts the name ru.html"),
        (("-o", "ru.md", "--format", "bilingual"), "--format bilingual contradicts the name ru.md"),
        (("--to", "zh"), "several languages cannot go to standard output"),
        (("--to", "zh", "-o", "all.tmx"), "all.tmx is the name of one file"),
        (("--format", "html", "--format", "tmx"), "several formats cannot go to standard output"),
        (("--format", "html", "--format", "json", "-o", "ru.html"), "ru.html is the name of one file"),
        (("--to", "ru", "-o", "out"), "ru is named twice"),
        (("--format", "odt"), "'odt' is not one of"),
        (("--format", "docx"), "a document cannot go to standard output"),
    ],
)
def test_what_does_not_fit_together_is_refused_before_the_work(words: tuple[str, ...], message: str) -> None:
    assert message in refused("--to", "ru", *words)


def test_an_input_is_not_overwritten() -> None:
    assert "en.md is an input and would be overwritten" in refused("--to", "ru", "-o", "en.md", status=1)
    Path("out").mkdir()
    Path("out/ru.md").write_text(ENGLISH, encoding="utf-8")
    said = refused("--to", "ru", "--to", "zh", "-o", "out", status=1, article="out/ru.md")
    assert "is an input and would be overwritten" in said
    assert Path("out/ru.md").read_text(encoding="utf-8") == ENGLISH


def test_a_folder_that_is_a_file_is_refused_before_the_work() -> None:
    Path("out").write_text("x", encoding="utf-8")
    said = refused("--to", "ru", "--format", "tmx", "--format", "html", "-o", "out", status=1)
    assert "a part of the path is a file, not a folder" in said
