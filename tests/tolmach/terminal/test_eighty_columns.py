"""Tables fit a terminal of 80 columns, and break no word there."""

import io
from dataclasses import replace
from pathlib import Path

import pytest
from rich.cells import cell_len

from eval.bench import score_bench
from tests.support.bench_sample import RUSSIAN, made_plan, put_journal, use_set
from tests.support.report_sample import sample
from tolmach.bench.tables import bench_tables, describe_sets, sets_table
from tolmach.commands.models import models_table
from tolmach.pages.text import shortened
from tolmach.results.overview import describe_directions
from tolmach.tables.quotes import comparison_summary, quotes_table
from tolmach.tables.results import summary_table
from tolmach.terminal.console import make_console
from tolmach.workflow.listings import describe_models

NAMES = [model["name"] for model in describe_models()]
DRAWN = {
    "comparison": (lambda console: comparison_summary(console, sample(), more="more"), ["Sergey Lavrov"]),
    "models": (lambda console: models_table(console, describe_models()), [*NAMES, "CC-BY-4.0", "en-ru en-zh zh-ru"]),
    "quotes": (lambda console: quotes_table(console, sample()), ["Eastern Theater Command (PLA)"]),
    "run": (
        lambda console: summary_table(console, sample(), [Path("ru.txt"), Path("report.html")]),
        ["qwen2.5-coder-1.5b"],
    ),
    "sets": (lambda console: sets_table(console, describe_sets()), ["flores200-devtest", "WMT-research"]),
}


def test_names_of_systems_stay_whole_beside_many_parts(tmp_path, monkeypatch):
    use_set(tmp_path, monkeypatch)
    plan = made_plan(metrics=("chrf",), checks=False)
    put_journal(plan, tmp_path, "qwen2.5-coder-1.5b", RUSSIAN)
    result = score_bench(plan, tmp_path)
    (table,) = result.tables
    part = table.breakdowns[0].parts[0]
    parts = tuple(replace(part, name=name) for name in ("10 words", "21 to 25 words", "27 words", "31 to 53 words"))
    many = replace(table, breakdowns=(replace(table.breakdowns[0], parts=parts),))
    text = io.StringIO()
    bench_tables(make_console(text, width=80), replace(result, tables=(many,)))
    assert "qwen2.5-coder-1.5b" in text.getvalue().rpartition("words")[2]
    assert max(map(cell_len, text.getvalue().rpartition("chrF by")[2].splitlines()[:4])) <= 80


@pytest.mark.parametrize(("draw", "words"), DRAWN.values(), ids=DRAWN)
def test_a_table_fits_and_keeps_words_whole(draw, words):
    text = io.StringIO()
    draw(make_console(text, width=80))
    lines = text.getvalue().splitlines()
    assert not set("┃│━─") & set(text.getvalue())
    assert [line for line in lines if cell_len(line) > 80 and not line.startswith("Quality: ")] == []
    assert [word for word in words if not any(word in line for line in lines)] == []


def test_a_shortened_text_ends_with_a_whole_word():
    assert shortened("They brought home a treaty", 20) == "They brought home a\N{HORIZONTAL ELLIPSIS}"
    assert shortened("They brought home a treaty", 16) == "They brought\N{HORIZONTAL ELLIPSIS}"
    assert shortened("\u4e2d\u6587 " + "\u5b57" * 20, 12) == "\u4e2d\u6587 " + "\u5b57" * 8 + "\N{HORIZONTAL ELLIPSIS}"
    assert shortened("A treaty", 8) == "A treaty"


def test_a_pair_with_both_directions_is_named_once():
    assert describe_directions(["en-ru", "ru-en", "en-zh"]) == "en\N{LEFT RIGHT ARROW}ru en-zh"
    assert describe_directions(["en-ru", "ru-en", "en-zh", "zh-en", "ru-zh", "zh-ru"]) == "all six"
    assert describe_directions([]) == ""
