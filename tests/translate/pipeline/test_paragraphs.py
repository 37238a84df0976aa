"""Runs of paragraphs go out numbered, and come back whole or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from translate.pipeline.documents import number_paragraphs, read_paragraphs, runs

WORDS = st.text("abcdefg .,", min_size=1).filter(lambda text: text.strip())


@given(st.lists(WORDS, min_size=1, max_size=8))
def test_what_is_numbered_is_read_again(paragraphs):
    assert read_paragraphs(number_paragraphs(paragraphs), len(paragraphs)) == [" ".join(p.split()) for p in paragraphs]


def test_marks_of_other_scripts_are_read():
    assert read_paragraphs("【1】一段。\n［2］ 二段。\n还是二段。", 2) == ["一段。", "二段。 还是二段。"]


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "[1] Раз.",
        "[1] Раз.\n\n[3] Три.",
        "[2] Два.\n\n[1] Раз.",
        "[1] Раз.\n\n[1] Раз.\n\n[2] Два.",
        "[1]\n\n[2] Два.",
        "Вот перевод:\n[1] Раз.\n[2] Два.",
        "[1] Раз.\n[2] Два.\n[3] Три.",
    ],
)
def test_a_lost_doubled_or_invented_paragraph_spoils_the_run(answer):
    assert read_paragraphs(answer, 2) is None


@given(st.lists(st.integers(1, 50), max_size=30), st.integers(1, 100))
def test_runs_hold_every_paragraph_once_and_no_more_than_they_may(weights, most):
    found = list(runs(weights, most))
    assert [at for run in found for at in run] == list(range(len(weights)))
    assert all(len(run) == 1 or sum(weights[at] for at in run) <= most for run in found)
