"""Several benchmarks as one report: what is joined, what stays apart, what is refused."""

from dataclasses import replace
from pathlib import Path

import pytest

from common.errors import InputError
from eval.bench import BenchResult, score_bench
from tests.support.bench_command import invoke
from tests.support.bench_sample import RUSSIAN, WORSE, made_plan, put_journal, use_set
from tests.support.page_parser import Page
from tolmach.bench.files import combine, from_json, to_json, write_reports
from tolmach.bench.markdown import render_markdown
from tolmach.bench.page import render_page
from tolmach.bench.plots import FILLS, SHAPES, legend_mark


@pytest.fixture(autouse=True)
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_set(tmp_path, monkeypatch)


def measured(folder: Path, **systems: tuple[str, ...]) -> BenchResult:
    """Score translations written by hand, and write the reports."""
    plan = made_plan(models=tuple(systems))
    for name, texts in systems.items():
        put_journal(plan, folder, name, texts)
    found = score_bench(plan, folder)
    write_reports(found, folder)
    return found


@pytest.fixture
def result(tmp_path: Path) -> BenchResult:
    return measured(tmp_path / "bench", good=RUSSIAN, bad=WORSE)


def test_several_benchmarks_make_one_report(result: BenchResult, tmp_path: Path) -> None:
    other = replace(result, tables=(replace(result.tables[0], pair="ru-en"),), models=result.models[:1])
    found = combine([result, other])
    assert [table.pair for table in found.tables] == ["en-ru", "ru-en"]
    assert [model.name for model in found.models] == ["good", "bad"]
    for name, one in (("a", result), ("b", other)):
        write_reports(one, tmp_path / name)
    assert "ntrex ru-en" in invoke("report", tmp_path / "a", tmp_path / "b", "--format", "table").stdout


def test_benchmarks_by_other_metrics_are_not_mixed(result: BenchResult) -> None:
    with pytest.raises(InputError, match="differ in metrics"):
        combine([result, replace(result, metrics=("ter",))])


def resigned(result: BenchResult, old: str, new: str) -> BenchResult:
    """Return a result some signatures of which say something else."""
    (table,) = result.tables
    scores = [replace(one, signature=one.signature.replace(old, new)) for one in table.scores]
    return replace(result, tables=(replace(table, scores=tuple(scores)),))


@pytest.mark.parametrize(("old", "new"), [("tok:13a", "tok:intl"), ("version:2.6.0", "version:2.0.0")])
def test_signatures_are_not_mixed(result: BenchResult, old: str, new: str) -> None:
    with pytest.raises(InputError, match="has two signatures") as refused:
        combine([result, resigned(result, old, new)])
    assert old in refused.value.message
    assert new in refused.value.message


def test_one_table_with_two_signatures_is_refused(result: BenchResult) -> None:
    (table,) = result.tables
    scores = (replace(table.scores[0], signature=table.scores[0].signature.replace("13a", "zh")), *table.scores[1:])
    with pytest.raises(InputError, match="bleu of ntrex en-ru has two signatures"):
        from_json(to_json(replace(result, tables=(replace(table, scores=scores),))), "it")


def test_report_can_be_cited_by_itself(result: BenchResult) -> None:
    (table,) = result.tables
    told = replace(result, tables=(replace(table, pair="ru-en", origins=("en",)),))
    for text in (render_markdown(told), Page(render_page(told)).text):
        plain = " ".join(text.replace("\\", "").split())
        assert f"Checksum of sources and references: {table.digest[:16]}." in plain
        assert "The sources are translations: the texts were written in en." in plain
        assert "Licence: CC-BY-SA-4.0." in plain
        assert "Differences are to good." in plain


def test_eighteen_systems_have_marks_of_their_own() -> None:
    marks = {legend_mark(place) for place in range(SHAPES * FILLS)}
    assert len(marks) == 18
    assert legend_mark(18) == legend_mark(0)


def test_suffix_tells_the_format_of_a_report(result: BenchResult, tmp_path: Path) -> None:
    write_reports(result, tmp_path / "bench")
    assert invoke("report", tmp_path / "bench", "-o", tmp_path / "it.md").exit_code == 0
    assert (tmp_path / "it.md").read_text(encoding="utf-8") == render_markdown(result)


def test_number_of_references_may_differ_between_tables(result: BenchResult) -> None:
    other = resigned(result, "nrefs:1", "nrefs:2")
    other = replace(other, tables=(replace(other.tables[0], set="wmt22"),))
    assert len(combine([result, other]).tables) == 2


def test_one_set_with_two_contents_is_refused(result: BenchResult) -> None:
    other = replace(result, tables=(replace(result.tables[0], digest="other"),))
    with pytest.raises(InputError, match="ntrex en-ru has other segments or references"):
        combine([result, other])


def test_a_model_on_two_machines_has_two_rows(result: BenchResult) -> None:
    other = replace(result, models=tuple(replace(one, peak_bytes=1) for one in result.models))
    other = replace(other, tables=(replace(result.tables[0], set="flores200-devtest"),))
    assert len(combine([result, other]).models) == 2 * len(result.models)
    assert len(combine([result, result]).models) == len(result.models)


def test_one_name_for_two_outputs_stays_apart(tmp_path: Path) -> None:
    measured(tmp_path / "a", same=RUSSIAN)
    measured(tmp_path / "b", same=WORSE)
    tables = from_json(invoke("report", tmp_path / "a", tmp_path / "b").stdout, "it").tables
    assert [[system.name for system in table.systems] for table in tables] == [["same"], ["same"]]
    assert tables[0].scores[0].score > tables[1].scores[0].score
