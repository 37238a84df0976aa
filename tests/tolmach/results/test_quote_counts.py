"""Quotes are counted alike in the report, on the terminal, in JSON and in CSV: by the gravest verdict of each."""

import csv
import io
import json
import re
from collections import Counter

import pytest
from rich.console import Console

from quotes.types import VERDICTS
from tests.support.report_sample import sample
from tolmach.export.quotes import comparison_csv
from tolmach.pages import render_report
from tolmach.results.overview import count_verdicts, describe_verdicts
from tolmach.results.result import to_json
from tolmach.tables.quotes import comparison_table


@pytest.fixture(scope="module")
def result():
    return sample()


def test_all_forms_count_the_same(result):
    counts = count_verdicts(result.quotes)
    groups = json.loads(to_json(result))["quotes"]["groups"]
    assert Counter(group["verdict"] for group in groups) == counts
    rows = csv.DictReader(io.StringIO(comparison_csv(result)))
    assert Counter({row["group"]: row["group_verdict"] for row in rows}.values()) == counts
    page = render_report(result)
    assert Counter(re.findall(r'<li class="card[^>]* data-verdict="(\w+)"', page)) == counts
    buttons = dict(re.findall(r'data-verdict="(\w+)"[^>]*>\w+ <i>(\d+)</i>', page))
    assert {name: int(count) for name, count in buttons.items()} == counts
    console = Console(file=io.StringIO(), width=100)
    comparison_table(console, result)
    assert describe_verdicts(result.quotes) in " ".join(console.file.getvalue().split())


def test_the_line_names_the_gravest_first(result):
    told = re.findall(r"\d+ (\w+)", describe_verdicts(result.quotes).split(": ")[1])
    assert told == [verdict for verdict in VERDICTS if verdict in told]
