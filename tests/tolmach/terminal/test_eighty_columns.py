"""Tables fit a terminal of 80 columns, and break no word there."""

import io
from pathlib import Path

import pytest
from rich.cells import cell_len

from tests.support.report_sample import sample
from tolmach.bench.tables import describe_sets, sets_table
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
