from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from common.messages import VARIABLE
from tests.support import alignment_sample
from tests.support.report_sample import sample
from tolmach.cli import main
from tolmach.pages import render_report
from tolmach.pages.alignment import render_alignment
from tolmach.results.result import Result, to_json

ALIGNED = alignment_sample.result()


@pytest.fixture(autouse=True)
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def report(name: str, *words: str, status: int = 0) -> str:
    outcome = CliRunner().invoke(main, ["report", name, "--quiet", *words])
    assert outcome.exit_code == status, outcome.output
    return outcome.stderr if status else outcome.stdout


@pytest.mark.parametrize(
    ("result", "page"), [(sample(), render_report(sample())), (ALIGNED, render_alignment(ALIGNED))]
)
def test_a_saved_result_gives_its_page_again(result: Result, page: str) -> None:
    Path("result.json").write_text(to_json(result), encoding="utf-8")
    assert report("result.json") == page
    Path("page.html").write_text(page, encoding="utf-8")
    report("page.html", "-o", "again.html")
    assert Path("again.html").read_text(encoding="utf-8") == page


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["-o", "new.html"], "Report: new.html\n"),
        (["-o", "old.html"], "Report: old.html, which replaced an older one\n"),
        (["-o", "old.html", "--quiet"], ""),
        ([], ""),
    ],
)
def test_a_page_that_was_written_is_named(words: list[str], told: str) -> None:
    Path("result.json").write_text(to_json(ALIGNED), encoding="utf-8")
    Path("old.html").touch()
    assert CliRunner().invoke(main, ["report", "result.json", *words]).stderr == told


def test_a_model_also_translates_the_wordings_that_may_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, str]] = []

    def translate(texts: list[str], *, source: str, target: str) -> list[SimpleNamespace]:
        asked.append((source, target))
        return [SimpleNamespace(text=f"<{text}> in English") for text in texts]

    loaded: list[str] = []
    monkeypatch.setattr(
        "translate.loading.load_translator",
        lambda name, **_: loaded.append(name) or SimpleNamespace(translate=translate),
    )
    Path("result.json").write_text(to_json(sample()), encoding="utf-8")
    page = report("result.json", "--gloss-model", "m2m100-418m")
    assert loaded == ["m2m100-418m"]
    assert asked
    assert {target for _, target in asked} == {"en"}
    assert "&gt; in English</p>" in page
    assert "in English</p>" not in report("result.json")


@pytest.mark.parametrize(("interface", "answer"), [("ru", "Могут отличаться"), ("zh", "段引语中有")])
def test_the_page_can_be_in_another_language(interface: str, answer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "en")  # what the option sets ends with the test
    Path("result.json").write_text(to_json(sample()), encoding="utf-8")
    page = report("result.json", "--interface", interface)
    assert f'<html lang="{interface}">' in page
    assert answer in page


def test_quotes_that_were_not_compared_have_no_page() -> None:
    compared = sample(translated=False)
    assert compared.quotes
    found = replace(compared, alignments={}, quotes=replace(compared.quotes, groups=()))
    Path("result.json").write_text(to_json(found), encoding="utf-8")
    assert "were not compared" in report("result.json", status=1)


@pytest.mark.parametrize(
    ("text", "told"), [('{"schema": "tolmach-bench/1"}', "not a result of Tolmach"), ("[", "the result is not JSON")]
)
def test_what_is_no_result_is_refused(text: str, told: str) -> None:
    Path("result.json").write_text(text, encoding="utf-8")
    assert told in report("result.json", status=1)
