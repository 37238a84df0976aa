"""The quality floors in the repository hold, and no floor can be lowered silently."""

import json

import pytest
from floor_fakes import NAME, floor, measured, text_of

from common.errors import InputError
from eval.floor_history import git_history
from eval.floors import (
    BASELINE_PATH,
    Baseline,
    in_order,
    load_baseline,
    lowered_silently,
    parse_baseline,
    render_baseline,
    shortfalls,
)
from eval.measures import MEASURES

# The repository's own floors


@pytest.mark.slow
def test_every_floor_in_the_repository_holds():
    found = shortfalls(load_baseline(), {name: measure() for name, measure in MEASURES.items()})
    assert not found, "\n".join(found)


def test_no_floor_is_lower_than_in_the_file_s_own_history():
    baseline = load_baseline()
    assert lowered_silently(baseline, baseline.history) == ()


def test_no_floor_is_lower_than_in_git():
    history = git_history()
    if history.note:
        pytest.skip(f"earlier floors cannot be looked up: {history.note}")
    assert lowered_silently(load_baseline(), in_order(history.versions)) == ()


def test_the_file_is_written_as_the_script_writes_it():
    assert render_baseline(load_baseline()) == BASELINE_PATH.read_text(encoding="utf-8")


def test_all_pairs_of_both_sample_sets_have_a_floor():
    pairs = ("en-ru", "en-zh", "ru-zh")
    wanted = {f"alignment/{data}/{pair}/strict-f1" for data in ("articles", "lavrov") for pair in pairs}
    assert wanted <= {each.name for each in load_baseline().floors} & set(MEASURES)


# Comparing


def test_a_value_at_its_floor_holds():
    assert shortfalls(Baseline((floor(0.9),)), {NAME: measured(0.9)}) == ()


def test_a_value_below_its_floor_is_told_with_both_numbers():
    assert shortfalls(Baseline((floor(0.9),)), {NAME: measured(0.8999)}) == (
        f"{NAME}: measured 0.8999, below its floor of 0.9000 (2026-10-01)",
    )


def test_a_value_that_is_no_number_does_not_hold():
    (line,) = shortfalls(Baseline((floor(0.9),)), {NAME: measured(float("nan"))})
    assert "measured nan, below its floor of 0.9000" in line


def test_a_floor_that_nothing_measures_and_a_measure_without_floor_are_told():
    assert shortfalls(Baseline((floor(0.9),)), {"new": measured(1.0)}) == (
        f"{NAME}: has a floor of 0.9000, but nothing measures it",
        "new: is measured, but has no floor",
    )


def test_other_data_is_told_even_where_the_value_is_higher():
    (line,) = shortfalls(Baseline((floor(0.9),)), {NAME: measured(1.0, data="d2")})
    assert "its data changed (d1 to d2)" in line


# Lowering


def test_a_floor_that_rose_needs_no_reason():
    assert lowered_silently(Baseline((floor(0.9),)), (floor(0.8), floor(0.9))) == ()


def test_a_lowered_floor_without_reason_is_told_with_both_numbers():
    assert lowered_silently(Baseline((floor(0.8),)), (floor(0.7), floor(0.9, day=2))) == (
        f"{NAME}: lowered from 0.9000 (2026-10-02) to 0.8000 without a reason",
    )


def test_a_lowered_floor_with_a_reason_passes_also_when_it_rises_a_little_later():
    assert lowered_silently(Baseline((floor(0.8, "stricter scorer"),)), (floor(0.9),)) == ()
    before = (floor(0.9), floor(0.8, "stricter scorer"))
    assert lowered_silently(Baseline((floor(0.85, "stricter scorer"),)), before) == ()


@pytest.mark.parametrize(
    "before",
    [
        (floor(0.9), floor(0.8, "stricter scorer")),
        (floor(0.9), floor(0.7, "stricter scorer"), floor(0.95)),
        (floor(0.9, "stricter scorer"),),
    ],
)
def test_the_reason_of_an_earlier_change_does_not_excuse_another(before):
    (line,) = lowered_silently(Baseline((floor(0.7, "stricter scorer"),)), before)
    assert line.endswith("to 0.7000 with the reason of an earlier change")


def test_a_floor_that_is_gone_is_told_unless_it_was_retired():
    assert lowered_silently(Baseline(), (floor(0.9),)) == (f"{NAME}: had a floor and has none, and nothing says why",)
    assert lowered_silently(Baseline(retired=((NAME, "replaced"),)), (floor(0.9),)) == ()


def test_floors_of_other_measures_say_nothing():
    assert lowered_silently(Baseline((floor(0.8), floor(0.9, name="b"))), (floor(0.9, name="b"),)) == ()


# Reading and writing


def test_what_is_written_is_read_back():
    baseline = Baseline((floor(0.8, "stricter scorer"),), (floor(0.9),), (("old", "replaced"),))
    assert parse_baseline(render_baseline(baseline), "x") == baseline


def _edited(**changes: object) -> str:
    record = json.loads(text_of(floor(0.8, "why")))
    record["floors"][0] |= changes
    return json.dumps(record)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "is malformed: Expecting property name"),
        ("[]", "is malformed"),
        ("{}", "is malformed: 'schema' is missing"),
        (json.dumps({"schema": "other/1", "floors": [], "retired": {}, "history": []}), "has the schema 'other/1'"),
        (json.dumps({"schema": "tolmach-floors/1", "floors": [], "retired": {}}), "'history' is missing"),
        (json.dumps({"schema": "tolmach-floors/1", "floors": [], "retired": {"a": " "}, "history": []}), "is no text"),
        (text_of(floor(0.8), floor(0.9)), f"{NAME} is there twice"),
        (_edited(value="0.8"), "is '0.8', no number"),
        (_edited(value=True), "is True, no number"),
        (_edited(value=float("nan")), "is no number"),
        (_edited(value=0.95), "is above what was measured"),
        (_edited(date="yesterday"), "Invalid isoformat string"),
        (_edited(reason=""), "is no text"),
        (_edited(reason=3), "is no text"),
        (_edited(target=1), "unexpected keyword argument 'target'"),
    ],
)
def test_a_malformed_file_is_refused(text, message):
    with pytest.raises(InputError, match=message):
        parse_baseline(text, "baseline.json")


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(InputError, match=r"cannot read .*nothing\.json"):
        load_baseline(tmp_path / "nothing.json")
