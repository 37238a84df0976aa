"""Journals and plans of benchmarks."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.errors import InputError, OutputError, UsageError
from eval.bench import BenchPlan, Outputs
from eval.bench.journal import Journal, JournalChunk, JournalSegment
from eval.bench.models import MeasuredModel, measured_path, read_measured
from eval.bench.plan import chunks_of, file_name

IDENTITY = {"model": "m", "set": "s"}
FIRST = JournalChunk((JournalSegment(2, "Два.\n\u2028"), JournalSegment(0, "")), 1.25, {"model": "m", "revision": "1"})
SECOND = JournalChunk((JournalSegment(1, "Раз.", "split", 3),), 0.5, {"model": "m", "revision": "1"})


def filled(path: Path) -> Journal:
    journal = Journal(path, IDENTITY)
    journal.append(FIRST)
    journal.append(SECOND)
    return journal


def test_chunks_come_back_as_they_were_written(tmp_path: Path) -> None:
    journal = filled(tmp_path / "deep" / "one.jsonl")
    assert journal.read() == [FIRST, SECOND]
    assert Journal(journal.path, IDENTITY).read() == [FIRST, SECOND]


def test_nothing_was_done_where_there_is_no_file(tmp_path: Path) -> None:
    assert Journal(tmp_path / "none.jsonl", IDENTITY).read() == []


@settings(deadline=None)  # each waits for the disk
@given(cut=st.integers(0, 400))
def test_whatever_a_killed_process_left_the_next_goes_on(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    path = tmp_path_factory.mktemp("journal") / "one.jsonl"
    whole = filled(path).path.read_bytes()
    path.write_bytes(whole[:cut])
    journal = Journal(path, IDENTITY)
    before = journal.read()
    assert before == [FIRST, SECOND][: len(before)]
    journal.append(SECOND)
    assert journal.read() == [*before, SECOND]


def test_journal_of_other_settings_is_refused_with_the_difference(tmp_path: Path) -> None:
    path = filled(tmp_path / "one.jsonl").path
    with pytest.raises(UsageError, match="was made with set 's', not 't'"):
        Journal(path, IDENTITY | {"set": "t"}).read()


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (1, "{"),
        (1, '{"segments": 3}'),
        (2, '{"segments": [{"number": "2", "text": "Два"}], "seconds": 1, "signature": {}}'),
        (2, '{"segments": [{"number": 2, "text": null}], "seconds": 1, "signature": {}}'),
        (2, '{"segments": [{"number": 2, "text": "Два"}], "seconds": -1, "signature": {}}'),
        (2, '{"segments": [{"number": 2, "text": "Два"}], "seconds": 1, "signature": {"model": 1}}'),
        (1, "[" * 100_000),
        (1, '{"segments": [], "seconds": NaN, "signature": {}}'),
        (1, f'{{"segments": [], "seconds": {"9" * 400}, "signature": {{}}}}'),
        (2, '{"segments": [{"number": true, "text": "Два"}], "seconds": 1, "signature": {}}'),
    ],
)
def test_altered_line_is_refused_with_its_number(tmp_path: Path, line: int, text: str) -> None:
    path = filled(tmp_path / "one.jsonl").path
    lines = path.read_text(encoding="utf-8").split("\n")
    lines[line] = text
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(InputError, match=f"line {line + 1} is damaged"):
        Journal(path, IDENTITY).read()


@pytest.mark.parametrize("text", ["{", "\0\0\0\0"])
def test_last_line_that_the_power_took_is_written_again(tmp_path: Path, text: str) -> None:
    path = filled(tmp_path / "one.jsonl").path
    lines = path.read_text(encoding="utf-8").split("\n")
    path.write_text("\n".join([*lines[:2], text, ""]), encoding="utf-8")
    journal = Journal(path, IDENTITY)
    assert journal.read() == [FIRST]
    journal.append(SECOND)
    assert Journal(path, IDENTITY).read() == [FIRST, SECOND]


@pytest.mark.parametrize("identity", [{"model": "m"}, IDENTITY | {"beam size": "4"}])
def test_options_that_only_one_side_has_are_a_difference(tmp_path: Path, identity: dict[str, str]) -> None:
    path = filled(tmp_path / "one.jsonl").path
    with pytest.raises(UsageError, match="was made with"):
        Journal(path, identity).read()


@pytest.mark.parametrize("line", ['{"a": 1}', "[]", '{"schema": "tolmach-bench-journal/1"}'])
def test_another_file_is_no_journal(tmp_path: Path, line: str) -> None:
    path = tmp_path / "one.jsonl"
    path.write_text(f"{line}\n", encoding="utf-8")
    with pytest.raises(InputError, match="is not a journal of a benchmark"):
        Journal(path, IDENTITY).read()


def test_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises((OutputError, InputError)):
        Journal(tmp_path / "file" / "one.jsonl", IDENTITY).append(FIRST)


@given(sources=st.lists(st.text(max_size=6)), size=st.integers(1, 5))
def test_each_segment_is_in_one_chunk_longest_first(sources: list[str], size: int) -> None:
    chunks = chunks_of(sources, size)
    assert sorted(number for chunk in chunks for number in chunk) == list(range(len(sources)))
    lengths = [len(sources[number]) for chunk in chunks for number in chunk]
    assert lengths == sorted(lengths, reverse=True)
    assert all(len(chunk) == size for chunk in chunks[:-1])


@given(st.text(min_size=1, max_size=12), st.text(min_size=1, max_size=12))
def test_names_of_files_are_safe_and_differ(one: str, other: str) -> None:
    first, second = file_name(one), file_name(other)
    assert not set(first) & set('/\\:*?"<>|\0 ')
    assert first not in {"", ".", ".."}
    assert (first == second) == (one == other)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"models": ()}, "no system to measure"),
        ({"sets": ()}, "no test set"),
        ({"models": ("m", "m")}, "m is named twice"),
        ({"first": 0}, "at least one segment"),
        ({"chunk": 0}, "at least one segment"),
        ({"sets": ("nowhere",)}, "no test set is called"),
        ({"sets": ("wmt22",), "directions": (("ru", "zh"),)}, "wmt22 has no direction ru-zh"),
        ({"sets": ("my.tsv",), "directions": ()}, r"which direction of my\.tsv"),
        ({"outputs": (Outputs("x", "x.txt"),), "directions": ()}, "need one set and one direction"),
    ],
)
def test_impossible_plans_are_refused(changes: dict[str, object], words: str) -> None:
    options = {"models": ("m",), "sets": ("ntrex",), "directions": (("en", "ru"),)} | changes
    plan = BenchPlan(**options)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match=words):
        plan.check()


def test_a_set_without_pair_is_taken_in_all_its_directions() -> None:
    plan = BenchPlan(models=("m",), sets=("ntrex", "wmt22"))
    assert len(plan.tasks()) == 10


def test_plain_setting_asks_for_one_attempt_and_nothing_else() -> None:
    options = BenchPlan(models=("m",), sets=("ntrex",)).translator_options()
    assert (options.article.retry.attempts, options.article.checks, options.article.typography) == (1, None, None)
    assert not options.remember
    assert not options.article.detours
    full = BenchPlan(models=("m",), sets=("ntrex",), setting="full").translator_options()
    assert full.article.checks is not None
    assert not full.remember


@pytest.mark.parametrize(
    "text",
    ["", "[]", "[" * 100_000,
     '{"starts": ["a"]}', '{"starts": 1}', '{"peak_bytes": 1e9}', '{"failed": null}', '{"x": 1}',
          '{"refused": {"task": 1}}',
     '{"machine": []}', '{"starts": [NaN]}'],
)  # fmt: skip
def test_damaged_measurements_count_as_none(tmp_path: Path, text: str) -> None:
    path = measured_path(tmp_path, "m")
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    assert read_measured(tmp_path, "m") == MeasuredModel()
