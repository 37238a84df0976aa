"""What the commands write is what the published schemas say, and has no name that they lack."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator, ValidationError

from eval.bench import score_bench
from tests.support.bench_sample import RUSSIAN, WORSE, made_plan, put_journal, use_set
from tests.support.places import ROOT
from tests.support.report_sample import sample
from tolmach.bench.files import to_json as bench_json
from tolmach.cli import main
from tolmach.results.result import to_json

ENGLISH = "Talks in Moscow\n\n“We will agree in May,” the minister said on Monday.\n\nThe talks went on until late.\n"
TRANSLATED = "Переговоры в Москве\n\n«Мы договоримся в мае», — заявил министр.\n\nПереговоры шли допоздна.\n"


@cache
def closed(name: str) -> Draft202012Validator:
    """Return a schema that allows only the names that it has."""
    schema = json.loads((ROOT / "docs" / "schema" / f"{name}.json").read_text(encoding="utf-8"))
    for one in (schema, *schema["$defs"].values()):
        one["additionalProperties"] = False
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def check(text: str) -> Any:
    data = json.loads(text)
    errors = closed(data["schema"].replace("/", "-")).iter_errors(data)
    assert [f"{error.json_path}: {error.message[:200]}" for error in errors] == []
    return data


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in (("en.txt", ENGLISH), ("ru.txt", TRANSLATED), ("other.txt", TRANSLATED.replace("мае", "июне"))):
        Path(name).write_text(text, encoding="utf-8")
        Path(f"lines.{name}").write_text(text.replace("\n\n", "\n"), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    "words",
    [
        ["quotes", "en.txt"],
        ["align", "en.txt", "ru.txt"],
        ["compare", "en.txt", "ru.txt", "--force"],
        ["compare", "ru.txt", "other.txt", "--label", "first", "--label", "second", "--original", "first"],
        ["evaluate", "lines.ru.txt", "lines.other.txt", "--sentence-level", "--metric", "ter"],
        ["evaluate", "lines.other.txt", "lines.ru.txt", "--source", "lines.en.txt", "--system", "b=lines.ru.txt"],
        ["evaluate", "other.txt", "--source", "en.txt", "--by", "article"],
    ],
    ids=" ".join,
)
@pytest.mark.usefixtures("files")
def test_commands_write_what_the_schema_says(words: list[str]) -> None:
    done = CliRunner().invoke(main, [*words, "--format", "json", "--quiet"], catch_exceptions=False)
    assert (done.exit_code, done.stderr) == (0, "")
    check(done.stdout)


def test_a_translation_with_flags_and_scores_is_as_the_schema_says() -> None:
    data = check(to_json(sample()))
    assert any(sentence["checks"] for sentence in data["translations"]["ru"]["sentences"])
    assert data["scores"]["ru"]["metrics"]


def test_a_benchmark_is_as_the_schema_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_set(tmp_path, monkeypatch)
    plan = made_plan()
    for model, texts in (("good", RUSSIAN), ("bad", WORSE)):
        put_journal(plan, tmp_path / "bench", model, texts)
    check(bench_json(score_bench(plan, tmp_path / "bench")))


@pytest.mark.slow
def test_figures_on_gold_data_are_as_the_schema_says() -> None:
    words = ["bench", "--alignment", "--quotes", "--format", "json", "--quiet"]
    check(CliRunner().invoke(main, words, catch_exceptions=False).stdout)


@pytest.mark.parametrize(
    ("place", "value"), [("created", 1), ("versions", {}), ("quotes", "none"), ("hints", [1]), ("schema", "tolmach/2")]
)
def test_a_schema_refuses_what_is_of_another_type(place: str, value: Any) -> None:
    data = json.loads(to_json(sample())) | {place: value}
    with pytest.raises(ValidationError):
        closed("tolmach-1").validate(data)
