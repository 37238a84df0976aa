"""`tolmach demo` with its own sample: it compares, then translates or says why not."""

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from common.messages import VARIABLE
from tests.support.models.tiny_models import make_t5
from tests.support.report_sample import sample
from tolmach.cli import main
from tolmach.results.reading import read_result
from translate.models.registry import find_model, load_registry


@pytest.fixture(autouse=True)
def workplace(tmp_path, monkeypatch):
    """Work in an empty folder without a network and without models."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TOLMACH_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("TOLMACH_OFFLINE", "1")
    monkeypatch.setenv("COLUMNS", "80")


@pytest.fixture
def compared(monkeypatch):
    """Answer the comparison with the gold sample."""
    monkeypatch.setattr("tolmach.commands.demo.compare_articles", lambda *_: sample(translated=False))


def demo(*words: str) -> str:
    outcome = CliRunner().invoke(main, ["demo", "--quiet", *words], catch_exceptions=False)
    assert outcome.exit_code == 0, outcome.output
    return " ".join(outcome.stdout.split())


def test_the_comparison_names_changes_and_the_report():
    shown = demo("--no-translate")
    assert "19 quotes may differ: " in shown
    assert "ALTERED Sergey Lavrov: In the sentence around the quote: The English version names “Ukraine”" in shown
    assert shown.endswith("the report shows the wordings side by side Report: demo/quotes.html")
    assert "<html" in Path("demo/quotes.html").read_text(encoding="utf-8")


@pytest.mark.usefixtures("compared")
def test_the_comparison_can_be_in_another_language(monkeypatch):
    monkeypatch.setenv(VARIABLE, "en")  # what the option sets ends with the test
    shown = demo("--no-translate", "--interface", "ru")
    assert shown.startswith("Статья сравнивается с русской версией")
    assert "Могут отличаться" in shown
    assert shown.endswith("Отчёт: demo/quotes.html")


@pytest.mark.usefixtures("compared")
def test_what_prevents_the_translation_is_a_plain_sentence():
    shown = demo("-o", "out")
    assert "Report: out/quotes.html The sample was not translated: no translation model is cached" in shown
    assert "tolmach models fetch opus-mt-big" in shown
    assert [path.name for path in Path("out").iterdir()] == ["quotes.html"]


@pytest.mark.usefixtures("compared")
def test_a_missing_extra_is_a_plain_sentence(monkeypatch):
    monkeypatch.setattr("tolmach.commands.demo.choose_model", lambda *_: load_registry().default)
    monkeypatch.setattr("common.extras.find_spec", lambda _: None)
    assert 'The sample was not translated: torch is not installed. Run: pip install "tolmach[translate]"' in demo()


@pytest.mark.slow
@pytest.mark.usefixtures("compared")
def test_the_translation_names_the_model_and_the_time(monkeypatch, tmp_path):
    folder = str(make_t5(tmp_path / "t5"))
    spec = replace(find_model(folder), name=folder, size=1_200_000_000)
    monkeypatch.setattr("tolmach.commands.demo.choose_model", lambda *_: spec)
    shown = demo()
    assert f"with {spec.name}. This takes about 3 minutes on two cores." in shown
    result = read_result(Path("demo/result.json"))
    assert [version.id for version in result.versions] == ["en", "zh", "ru"]
    assert set(result.scores["ru"].metrics) == {"bleu", "chrf", "ter"}
    assert sorted(path.name for path in Path("demo").iterdir()) == [
        "quotes.html", "report.html", "result.json", "ru.txt", "zh.txt",
    ]  # fmt: skip
