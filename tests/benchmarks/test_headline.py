"""Headline figures: which are taken from a benchmark's JSON, and how two commits stand side by side."""

import subprocess
import sys

import pytest

from benchmarks import headline
from benchmarks.headline import Benchmark, Checkout, FigureRow

BENCHMARK = Benchmark(
    "b", ("benchmarks.new.place --x 1", "benchmarks/old.py", "benchmarks.old"), ("all/*",), ("*/lost",)
)


def test_the_table_names_modules_that_are_there():
    benchmarks, left_out = headline.read_table(headline.TABLE.read_text(encoding="utf-8"))
    assert left_out
    for one in benchmarks:
        flag, module, *_ = headline.command(one, headline.ROOT)
        assert (flag, module) == ("-m", one.calls[0].split()[0])
        assert one.figures


def test_numbers_are_found_at_every_depth():
    record = {"a": {"b": [1, {"c": 0.5}]}, "text": "1", "yes": True, "none": None, "bad": float("nan")}
    assert dict(headline.flattened(record)) == {"a/b/0": 1.0, "a/b/1/c": 0.5}


def test_only_the_chosen_figures_are_shown():
    assert headline.chosen({"all": {"en": {"f1": 0.9}}, "part": {"f1": 0.1}}, BENCHMARK) == {"all/en/f1": 0.9}


@pytest.mark.parametrize("text", ['{\n "a": 1\n}\n', '3.1 ms a pair\n{x} is no start\n{\n "a": 1\n}\n'])
def test_json_is_read_behind_other_lines(text):
    assert headline.printed_json(text) == {"a": 1}


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("benchmarks/new/place.py", ["-m", "benchmarks.new.place", "--x", "1"]),
        ("benchmarks/old.py", ["benchmarks/old.py"]),
    ],
)
def test_each_layout_runs_its_own_script(tmp_path, path, words):
    (tmp_path / path).parent.mkdir(parents=True)
    (tmp_path / path).touch()
    assert headline.command(BENCHMARK, tmp_path) == words


def test_a_checkout_without_the_script_gives_no_figures(tmp_path, capsys):
    assert headline.measured(BENCHMARK, Checkout(tmp_path, None), None) == {}
    assert "has no b" in capsys.readouterr().err


def test_a_script_runs_in_its_checkout_and_is_kept_for_a_commit(tmp_path, monkeypatch):
    script = tmp_path / "benchmarks" / "old.py"
    script.parent.mkdir()
    script.write_text(
        "import json, os, sys\njson.dump({'all': [len(sys.argv), os.environ['PYTHONPATH'] == os.getcwd()],"
        "'n': 2}, open(sys.argv[2], 'w', encoding='utf-8'))",
        encoding="utf-8",
    )
    checkout = Checkout(tmp_path, "c0ffee")
    first = headline.measured(BENCHMARK, checkout, tmp_path / "kept")
    monkeypatch.setattr(headline, "run", None)
    assert first == headline.measured(BENCHMARK, checkout, tmp_path / "kept") == {"all/0": 3.0}


def test_rows_say_what_changed_and_what_is_worse():
    found = headline.rows(
        BENCHMARK, {"f1": 0.9, "all/lost": 1.0, "same": 1.0}, {"f1": 0.8, "all/lost": 0.0, "same": 1.0}
    )
    assert [row.change() for row in found] == ["-0.1000 !", "-1.0000", "="]
    assert headline.rows(BENCHMARK, {"f1": 0.9}, {})[0].change() == "missing"


def test_speeds_are_medians_and_the_median_ratio_of_the_rounds():
    turns = [({"s": 1.0}, {"s": 2.0}), ({"s": 2.0}, {"s": 2.0}), ({"s": 4.0}, {"s": 2.0})]
    assert headline.speed_rows(BENCHMARK, turns) == [FigureRow("b: s", 2.0, 2.0, ratio=1.0)]
    assert headline.speed_rows(BENCHMARK, [({"s": 1.0}, {})]) == []


def test_the_table_is_markdown():
    assert headline.render(
        [FigureRow("b: f1", 0.5, None), FigureRow("b: s", 2.0, 3.0, ratio=1.5)], ("old", "new")
    ).splitlines() == [
        "| figure | old | new | change |",
        "| --- | --- | --- | --- |",
        "| b: f1 | 0.5 | – | missing |",
        "| b: s | 2 | 3 | ×1.50 |",
    ]


def test_it_says_how_it_is_called():
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.headline", "--help"],
        capture_output=True,
        text=True,
        check=True,
        encoding="utf-8",
    )
    assert "OLD NEW" in done.stdout
