"""`tolmach bench`: lists, reports, and what they say of a benchmark written by hand."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from common.errors import InputError
from eval.bench import BenchResult, score_bench
from tests.support.bench_command import invoke
from tests.support.bench_sample import RUSSIAN, WORSE, made_plan, put_journal, use_set
from tests.support.page_parser import Page
from tolmach.bench.files import from_json, to_json, write_reports
from tolmach.bench.markdown import render_markdown
from tolmach.bench.page import render_page
from tolmach.bench.plots import Scale, fit, fit_logarithmic
from tolmach.bench.rows import decimal, labels_of, number, p_text
from tolmach.cli import main

HOSTILE = '<script>alert("1")</script> | `x` *y*'


@pytest.fixture(autouse=True)
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_set(tmp_path, monkeypatch)


def measured(folder: Path, worse: tuple[str, ...] = WORSE) -> BenchResult:
    plan = made_plan()
    put_journal(plan, folder, "good", RUSSIAN)
    put_journal(plan, folder, "bad", worse, seconds=0.25)
    return score_bench(plan, folder)


@pytest.fixture
def result(tmp_path: Path) -> BenchResult:
    return measured(tmp_path / "bench")


def test_result_comes_back_from_json(result: BenchResult) -> None:
    assert from_json(to_json(result), "it") == result


def test_what_is_not_json_is_refused() -> None:
    with pytest.raises(InputError, match="it is not JSON"):
        from_json("", "it")


@pytest.mark.parametrize("text", ["[]", "{}", '{"schema": "tolmach/1"}', '{"schema": "tolmach-bench/1"}'])
def test_other_json_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"it is not a result of a benchmark|it is not JSON"):
        from_json(text, "it")


def test_report_prints_the_table(result: BenchResult, tmp_path: Path) -> None:
    write_reports(result, tmp_path / "bench")
    printed = invoke("report", tmp_path / "bench", "--format", "table").stdout
    assert "ntrex en-ru: 3 segments, 2 documents" in printed
    assert re.search(r"good.*chrF.*100\.0", printed)
    assert re.search(r"bad.*chrF.*\N{MINUS SIGN}", printed)
    assert "nrefs:1|case:mixed|eff:no|tok:13a" in printed


def test_report_prints_json_markdown_and_page(result: BenchResult, tmp_path: Path) -> None:
    write_reports(result, tmp_path / "bench")
    assert json.loads(invoke("report", tmp_path / "bench").stdout)["schema"] == "tolmach-bench/1"
    assert invoke("report", tmp_path / "bench", "--format", "markdown").stdout == render_markdown(result)
    done = invoke("report", tmp_path / "bench" / "result.json", "--format", "html", "-o", tmp_path / "it.html")
    assert done.exit_code == 0
    assert (tmp_path / "it.html").read_text(encoding="utf-8") == render_page(result)


def test_page_is_whole_and_needs_nothing_else(result: BenchResult) -> None:
    page = Page(render_page(result))
    assert (page.faults, page.open) == ([], [])
    assert page.all("script") == [{}]
    assert not page.all("link")
    assert all(not (one.get("src") or "").startswith("http") for _, one in page.elements)
    assert not [one for _, one in page.elements if "style" in one]
    plots = page.all("svg", class_="plot") or page.with_class("plot")
    assert len(plots) == 8
    assert "Quality against speed" in page.text
    assert "Шёл снег." in page.text


def test_long_names_of_documents_are_cut_before_their_number(result: BenchResult) -> None:
    (table,) = result.tables
    document = table.breakdowns[0]
    assert document.property == "document"
    named = replace(document, parts=(replace(document.parts[0], name="a" * 40), *document.parts[1:]))
    page = render_page(replace(result, tables=(replace(table, breakdowns=(named,)),)))
    assert f">{'a' * 21}\N{HORIZONTAL ELLIPSIS} (2)</text>" in page


def test_texts_from_outside_are_no_markup(tmp_path: Path) -> None:
    result = measured(tmp_path / "bench", (WORSE[0], WORSE[1], HOSTILE))
    page = render_page(result)
    assert page.count("<script") == 1  # our own
    assert "&lt;script&gt;" in page
    markdown = render_markdown(result)
    assert "<script" not in markdown.replace("\\<script", "")
    assert "\\`x\\` \\*y\\*" in markdown


def test_markdown_tables_have_as_many_cells_in_each_row(result: BenchResult) -> None:
    for block in render_markdown(result).split("\n\n"):
        rows = [line for line in block.splitlines() if line.startswith("|")]
        assert len({len(re.findall(r"(?<!\\)\|", row)) for row in rows}) <= 1


def test_failed_models_and_missing_translations_are_in_every_report(result: BenchResult, tmp_path: Path) -> None:
    model = replace(result.models[1], failed="no memory")
    table = replace(result.tables[0], missing={"bad": "no way to Russian"})
    changed = replace(result, models=(result.models[0], model), tables=(table,))
    write_reports(changed, tmp_path / "bench")
    reports = [
        render_page(changed),
        render_markdown(changed),
        invoke("report", tmp_path / "bench", "--format", "table").stdout,
    ]
    for report in reports:
        assert "no memory" in report
        assert "no way to Russian" in report


def test_folder_without_result_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = invoke("report", tmp_path / "empty")
    assert done.exit_code == 1
    assert "cannot read" in done.stderr


def test_list_tells_which_sets_are_here() -> None:
    found = {one["name"]: one for one in json.loads(invoke("list").stdout)}
    assert (found["ntrex"]["here"], found["wmt22"]["here"]) == (["en-ru", "ru-en"], [])
    assert found["samples"]["here"] == found["samples"]["pairs"]
    assert "CC-BY-SA-4.0" in invoke("list", "--format", "table").stdout


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (["run", "--model", "m"], 2, "--set"),
        (["run", "--set", "ntrex"], 2, "no system to measure"),
        (["run", "--set", "ntrex", "--model", "m", "--pair", "enru"], 2, "is no direction"),
        (["run", "--set", "ntrex", "--model", "m", "--pair", "en-xx"], 1, "unknown language"),
        (["run", "--set", "nowhere", "--model", "m"], 2, "no test set is called"),
        (["run", "--set", "wmt22", "--model", "m", "--pair", "en-ru"], 1, "wmt22 is not here"),
        (["run", "--set", "ntrex", "--model", "m", "--pair", "en-ru", "--system", "x"], 2, "NAME=FILE"),
        (["run", "--set", "ntrex", "--system", "x=none.txt", "--pair", "en-ru"], 1, "cannot read none.txt"),
        (["run", "--set", "ntrex", "--model", "m", "--pair", "en-ru", "--metric", "rouge"], 2, "unknown metric"),
    ],
)
def test_wrong_usage_is_told(words: list[str], status: int, told: str, tmp_path: Path) -> None:
    done = invoke(*words, *(["-o", tmp_path / "out"] if words[0] == "run" else []))
    assert done.exit_code == status, done.stderr
    assert told in done.stderr


def test_outputs_are_scored_without_any_model(tmp_path: Path) -> None:
    path = tmp_path / "mine.txt"
    path.write_text("".join(f"{line}\n" for line in WORSE), encoding="utf-8")
    done = invoke(
        "run", "--set", "ntrex", "--pair", "en-ru", "--system", f"mine={path}", "-o", tmp_path / "out", "--quiet"
    )
    assert done.exit_code == 0, done.stderr
    assert "ntrex en-ru: 3 segments, 2 documents" in done.stdout
    kept = json.loads((tmp_path / "out" / "result.json").read_text(encoding="utf-8"))
    assert kept["tables"][0]["systems"][0]["name"] == "mine"
    assert {one.name for one in (tmp_path / "out").iterdir()} >= {"result.json", "report.md", "report.html"}


@given(st.lists(st.floats(-1000, 1000), min_size=1, max_size=6))
def test_scale_holds_all_values_and_its_ticks_are_within(values: list[float]) -> None:
    scale = fit(values, 0, 100)
    assert all(0 <= scale.place(value) <= 100 for value in values)
    assert all(scale.low <= tick <= scale.high for tick in scale.ticks())
    assert len(scale.ticks()) >= 2


@given(st.lists(st.floats(0.001, 1e6), min_size=1, max_size=6))
def test_logarithmic_scale_holds_all_values(values: list[float]) -> None:
    scale = fit_logarithmic(values, 0, 100)
    assert all(0 <= scale.place(value) <= 100 for value in values)


def test_axis_may_grow_upwards() -> None:
    scale = Scale(0, 10, 100, 0)
    assert (scale.place(0), scale.place(10), scale.ticks()) == (100, 0, [0, 2, 4, 6, 8, 10])


def test_numbers_have_three_digits_and_a_real_minus() -> None:
    assert (number(3.14159), number(-31.4159)) == ("3.14", "\N{MINUS SIGN}31.4")
    assert (decimal(0.5, "bleu", signed=True), decimal(0.84321, "comet-22")) == ("+0.50", "0.8432")
    assert (p_text(0.0004), p_text(0.0123)) == ("< 0.001", "0.012")


@pytest.mark.slow
def test_alignment_and_quotes_are_measured_on_the_samples() -> None:
    found = json.loads(CliRunner().invoke(main, ["bench", "--alignment", "--quotes", "--quiet"]).stdout)
    assert [one["pair"] for one in found["alignment"]] == ["en-ru", "en-zh", "ru-zh"]
    assert all(0.9 < one["strict_f1"] <= one["lax_f1"] <= 1 for one in found["alignment"])
    assert all(one["quotes"] > 150 and one["precision"] > 0.9 < one["f1"] for one in found["quotes"])
    table = CliRunner().invoke(main, ["bench", "--quotes", "--quiet", "--format", "table"]).stdout
    assert "recall" in table
    assert "strict F1" not in table


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "nothing to measure"),
        (["--quotes", "list"], "go without a subcommand"),
        (["--alignment", "report"], "go without"),
    ],
)
def test_gold_flags_stand_alone(words: list[str], told: str) -> None:
    done = invoke(*words, *(["."] if "report" in words else []))
    assert done.exit_code == 2
    assert told in done.stderr


def test_models_of_one_name_keep_the_folders_that_tell_them_apart(result: BenchResult) -> None:
    names = {"good": "/a/step-1/ct2", "bad": "/a/step-2/ct2"}
    models = tuple(replace(one, name=names[one.name]) for one in result.models)
    assert labels_of(replace(result, models=models, tables=())) == {
        "/a/step-1/ct2": "step-1/ct2",
        "/a/step-2/ct2": "step-2/ct2",
    }
    assert labels_of(result) == {"good": "good", "bad": "bad"}
