"""Floors are looked up in git, and set anew by a script that lowers none without a reason."""

import datetime as dt
import importlib.util
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from floor_fakes import NAME, floor, make_repository, measured, text_of

from common.errors import UsageError
from eval.floor_history import git_history
from eval.floors import (
    Baseline,
    in_order,
    load_baseline,
    lowered_silently,
    render_baseline,
    retire_floor,
    shortfalls,
    update_floor,
)

TODAY = dt.date(2026, 11, 1)


@pytest.fixture
def repository(tmp_path, monkeypatch):
    for variable in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"):
        monkeypatch.delenv(variable, raising=False)
    return make_repository(tmp_path / "checkout")


# Looking into git


def test_a_floor_lowered_in_the_file_and_its_history_is_found_in_git(repository):
    path = repository(text_of(floor(0.9)))
    for _ in range(2):  # a later commit does not hide it
        repository(text_of(floor(0.8)))
        history = git_history(path)
        assert history.note is None
        assert lowered_silently(load_baseline(path), ()) == ()
        assert lowered_silently(load_baseline(path), in_order(history.versions)) == (
            f"{NAME}: lowered from 0.9000 (2026-10-01) to 0.8000 without a reason",
        )


def test_a_floor_lowered_with_a_reason_stays_right_over_later_commits(repository):
    path = repository(text_of(floor(0.9)))
    lowered = update_floor(load_baseline(path), NAME, measured(0.8), today=TODAY, reason="stricter scorer")
    for count in (2, 3, 4):
        repository(render_baseline(replace(lowered, retired=(("old", "x" * count),))))
        history = git_history(path)
        assert len(history.versions) == count
        assert lowered_silently(load_baseline(path), in_order(history.versions)) == ()


def test_a_change_that_is_not_committed_is_compared_with_what_is(repository):
    path = repository(text_of(floor(0.9)))
    path.write_text(text_of(floor(0.5)), encoding="utf-8")
    assert len(lowered_silently(load_baseline(path), in_order(git_history(path).versions))) == 1


def test_a_file_that_was_removed_for_a_while_is_looked_up_further_back(repository):
    path = repository(text_of(floor(0.9)))
    path.unlink()
    repository_root = path.parent.parent
    subprocess.run(["git", "-C", str(repository_root), "add", "-A"], check=True)
    path = repository(text_of(floor(0.8)))
    assert len(lowered_silently(load_baseline(path), in_order(git_history(path).versions))) == 1


def test_a_committed_version_that_cannot_be_read_is_noted_and_the_others_are_used(repository):
    repository(text_of(floor(0.9)))
    repository("{")
    path = repository(text_of(floor(0.8)))
    history = git_history(path)
    assert len(history.versions) == 2
    assert "is malformed" in (history.note or "")


def test_without_a_repository_or_git_or_its_whole_history_a_note_says_so(tmp_path, repository, monkeypatch):
    path = repository(text_of(floor(0.9)))
    repository(text_of(floor(0.8)))
    clone = tmp_path / "shallow"
    source = path.parent.parent.as_uri()
    subprocess.run(["git", "clone", "-q", "--depth", "1", source, str(clone)], check=True, capture_output=True)
    assert "shallow" in (git_history(clone / "eval" / "baseline.json").note or "")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    assert "is in no git repository" in (git_history(Path("/") / "baseline.json").note or "")
    monkeypatch.setenv("PATH", "")
    assert git_history(path).note == "git is not installed"


# Updating


def test_a_floor_is_set_one_item_below_what_was_measured():
    (made,) = update_floor(Baseline(), NAME, measured(0.95678), today=TODAY).floors
    assert (made.value, made.measured, made.date, made.data) == (0.9467, 0.95678, TODAY, "d1")


def test_a_raised_floor_keeps_the_old_one_in_the_history():
    old = floor(0.9)
    raised = update_floor(Baseline((old,)), NAME, measured(0.95), today=TODAY)
    assert ([each.value for each in raised.floors], raised.history) == ([0.94], (old,))


def test_a_floor_that_is_held_does_not_fall_by_an_update():
    held = Baseline((floor(0.9),))
    assert update_floor(held, NAME, measured(0.905), today=TODAY) == held


def test_a_floor_that_is_not_held_falls_only_with_a_new_reason():
    baseline = Baseline((floor(0.9),))
    with pytest.raises(UsageError, match=r"lowered from 0\.9000 .* to 0\.8399 without a reason") as caught:
        update_floor(baseline, NAME, measured(0.8499999), today=TODAY)
    assert "--reason" in (caught.value.hint or "")
    lowered = update_floor(baseline, NAME, measured(0.85), today=TODAY, reason="stricter scorer")
    assert lowered.floors[0].reason == "stricter scorer"
    with pytest.raises(UsageError, match="with the reason of an earlier change"):
        update_floor(lowered, NAME, measured(0.7), today=TODAY, reason="stricter scorer")


def test_other_data_needs_a_reason_only_where_the_floor_falls():
    baseline = Baseline((floor(0.9),))
    assert update_floor(baseline, NAME, measured(0.95, data="d2"), today=TODAY).floors[0].data == "d2"
    with pytest.raises(UsageError, match="without a reason"):
        update_floor(baseline, NAME, measured(0.905, data="d2"), today=TODAY)


def test_a_retired_floor_leaves_a_reason_and_can_come_back():
    retired = retire_floor(Baseline((floor(0.9),)), NAME, "replaced by lax F1")
    assert (retired.floors, retired.retired) == ((), ((NAME, "replaced by lax F1"),))
    assert shortfalls(retired, {NAME: measured(0.1)}) == ()
    with pytest.raises(UsageError, match="without a reason"):
        update_floor(retired, NAME, measured(0.5), today=TODAY)
    assert update_floor(retired, NAME, measured(0.95), today=TODAY).retired == ()


@pytest.mark.parametrize(("name", "reason"), [(NAME, " "), ("other", "replaced")])
def test_a_floor_is_not_retired_without_a_reason_or_a_name_that_is_known(name, reason):
    with pytest.raises(UsageError, match="cannot retire the floor"):
        retire_floor(Baseline((floor(0.9),)), name, reason)


# The script


@pytest.fixture
def script(monkeypatch, repository):
    """`benchmarks/floors.py` over a repository of its own, with one measure of 0.95; returns a runner."""
    where = Path(__file__).resolve().parents[2] / "benchmarks" / "floors.py"
    spec = importlib.util.spec_from_file_location("floors_script", where)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    path = repository(text_of(floor(0.9)))
    monkeypatch.setattr(module, "BASELINE_PATH", path)
    monkeypatch.setattr(module, "load_baseline", lambda: load_baseline(path))
    monkeypatch.setattr(module, "git_history", lambda: git_history(path))

    def run(value: float, *words: str) -> int:
        monkeypatch.setattr(module, "MEASURES", {NAME: lambda: measured(value)})
        monkeypatch.setattr("sys.argv", ["floors.py", *words])
        return module.main()

    run.path = path
    return run


def test_the_script_raises_a_floor_and_says_by_how_much_it_is_exceeded(script, capsys):
    assert script(0.95, "--update", "alignment/*") == 0
    assert load_baseline(script.path).floors[0].value == 0.94
    assert f"{NAME:<44}    0.9500    0.9400    0.0100" in capsys.readouterr().out


def test_the_script_only_compares_unless_told_to_update(script):
    before = script.path.read_text(encoding="utf-8")
    assert script(0.95) == 0
    assert script.path.read_text(encoding="utf-8") == before


def test_the_script_fails_where_a_floor_is_not_held(script, capsys):
    assert script(0.85) == 1
    assert "error: alignment/x/en-ru/strict-f1: measured 0.8500, below its floor of 0.9000" in capsys.readouterr().err


def test_the_script_lowers_nothing_without_a_reason(script, capsys):
    before = script.path.read_text(encoding="utf-8")
    assert script(0.85, "--update", NAME) == 1
    assert "without a reason. Give --reason" in capsys.readouterr().err
    assert script.path.read_text(encoding="utf-8") == before
    assert script(0.85, "--update", NAME, "--reason", "stricter scorer") == 0
    assert load_baseline(script.path).floors[0].value == 0.84


def test_the_script_finds_what_was_lowered_by_hand(script, capsys):
    script.path.write_text(text_of(floor(0.5)), encoding="utf-8")
    assert script(0.95) == 1
    assert "lowered from 0.9000 (2026-10-01) to 0.5000 without a reason" in capsys.readouterr().err


def test_the_script_refuses_a_name_that_nothing_measures(script, capsys):
    assert script(0.95, "--update", "nosuch") == 1
    assert f"nothing is measured as nosuch. Known: {NAME}" in capsys.readouterr().err
