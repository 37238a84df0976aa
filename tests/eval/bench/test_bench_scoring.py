"""Scores of translations that are there, and of parts of a set."""

from itertools import pairwise, permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import InputError, OfflineError, UsageError
from eval import evaluate, evaluate_sentences
from eval.bench import Outputs, run_bench, score_bench
from eval.bench.scoring import by_content, by_length, check_set, contrasts
from tests.support.bench_sample import ENGLISH, RUSSIAN, WORSE, made_plan, put_journal, use_set


@pytest.fixture
def sets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    use_set(tmp_path, monkeypatch)
    return tmp_path / "bench"


def test_scores_are_those_of_the_texts(sets: Path) -> None:
    plan = made_plan()
    put_journal(plan, sets, "good", RUSSIAN)
    put_journal(plan, sets, "bad", WORSE, seconds=0.5)
    (table,) = score_bench(plan, sets).tables
    expected = evaluate(WORSE, [RUSSIAN], target_language="ru")
    found = {(one.system, one.metric): one.score for one in table.scores}
    assert found["bad", "chrf"] == pytest.approx(expected["chrf"].score)
    assert found["bad", "bleu"] == pytest.approx(expected["bleu"].score)
    assert found["good", "chrf"] == pytest.approx(100.0)
    assert {(one.system, one.baseline) for one in table.comparisons} == {("bad", "good")}
    good, bad = table.systems
    assert good.adequacy > bad.adequacy
    assert (good.flagged, bad.checks["number"]) == (0.0, 1)
    assert (good.seconds, bad.segments_per_second) == (3.0, 3.0)
    assert (table.segments, table.documents, table.missing) == (3, 2, {})


def test_parts_hold_all_segments_and_their_scores(sets: Path) -> None:
    plan = made_plan(models=("bad",))
    put_journal(plan, sets, "bad", WORSE)
    (table,) = score_bench(plan, sets).tables
    parts = {one.property: one.parts for one in table.breakdowns}
    assert set(parts) == {"document", "length", "content"}
    assert [(part.name, part.segments) for part in parts["document"]] == [("a", 2), ("b", 1)]
    alone = evaluate(WORSE[2:], [RUSSIAN[2:]], target_language="ru", metrics=["chrf"])["chrf"].score
    assert parts["document"][1].scores["bad"] == pytest.approx(alone)
    assert sum(part.segments for part in parts["length"]) == 3


def test_worst_segments_come_first_with_all_that_is_known(sets: Path) -> None:
    plan = made_plan()
    put_journal(plan, sets, "good", RUSSIAN)
    put_journal(plan, sets, "bad", WORSE)
    (table,) = score_bench(plan, sets).tables
    worst = [one for one in table.worst if one.system == "bad"]
    own = [each["chrf"].score for each in evaluate_sentences(WORSE, [RUSSIAN], target_language="ru")]
    # The third has too few words to be told by.
    assert [one.number for one in worst] == [*sorted([1, 2], key=lambda number: own[number - 1]), 3]
    first = worst[0]
    assert first.scores["bad"] == pytest.approx(min(own[:2]))
    assert (first.source, first.outputs["good"]) == (ENGLISH[first.number - 1], RUSSIAN[first.number - 1])
    assert any("12" in message for one in worst for message in one.checks)


def test_segments_in_which_two_systems_differ_are_kept_with_the_one_ahead(sets: Path) -> None:
    plan = made_plan()
    put_journal(plan, sets, "good", (RUSSIAN[0], WORSE[1], RUSSIAN[2]))
    put_journal(plan, sets, "bad", (WORSE[0], RUSSIAN[1], RUSSIAN[2]))
    (table,) = score_bench(plan, sets).tables
    # The third is the same in both.
    assert [(one.system, one.number) for one in table.contrasts] == [("good", 1), ("bad", 2)]
    assert table.contrasts[1].scores["bad"] > table.contrasts[1].scores["good"]


def test_of_many_systems_each_two_keep_the_segment_they_differ_most_in() -> None:
    scores = {f"s{at}": [float((number * (at + 7)) % 101) for number in range(500)] for at in range(9)}
    kept = contrasts(scores)
    assert len(kept) < 60 + 72  # of up to 360
    for one, other in permutations(scores, 2):
        apart = [mine - its for mine, its in zip(scores[one], scores[other], strict=True)]
        assert apart.index(max(apart)) in kept


def test_one_system_has_scores_and_no_comparison(sets: Path) -> None:
    plan = made_plan(models=("good",))
    put_journal(plan, sets, "good", RUSSIAN)
    (table,) = score_bench(plan, sets).tables
    assert [one.system for one in table.scores] == ["good", "good"]
    assert table.comparisons == ()


def test_a_model_that_is_not_done_is_missing_with_the_reason(sets: Path) -> None:
    plan = made_plan()
    put_journal(plan, sets, "good", RUSSIAN)
    put_journal(plan, sets, "bad", WORSE[:2])
    (table,) = score_bench(plan, sets).tables
    assert table.missing == {"bad": "2 of 3 segments are translated"}
    assert [one.name for one in table.systems] == ["good"]


def test_nothing_at_all_is_an_empty_table(sets: Path) -> None:
    (table,) = score_bench(made_plan(), sets).tables
    assert (table.systems, table.scores, set(table.missing)) == ((), (), {"good", "bad"})


def test_checks_can_be_left_out(sets: Path) -> None:
    plan = made_plan(models=("bad",), checks=False)
    put_journal(plan, sets, "bad", WORSE)
    (table,) = score_bench(plan, sets).tables
    assert (table.systems[0].flagged, table.systems[0].checks) == (None, {})


def test_outputs_of_another_program_are_a_system(sets: Path, tmp_path: Path) -> None:
    path = tmp_path / "other.txt"
    path.write_text("".join(f"{line}\n" for line in WORSE), encoding="utf-8")
    plan = made_plan(models=("good",), outputs=(Outputs("other", str(path)),))
    put_journal(plan, sets, "good", RUSSIAN)
    (table,) = score_bench(plan, sets).tables
    assert [(one.name, one.kind, one.seconds) for one in table.systems] == [
        ("good", "model", 3.0),
        ("other", "outputs", None),
    ]


def test_translations_of_other_settings_are_refused(sets: Path) -> None:
    put_journal(made_plan(models=("good",)), sets, "good", RUSSIAN)
    with pytest.raises(UsageError, match="was made with setting 'plain', not 'full'"):
        score_bench(made_plan(models=("good",), setting="full"), sets)


def test_translations_of_a_set_that_changed_are_refused(sets: Path, tmp_path: Path) -> None:
    plan = made_plan(models=("good",))
    put_journal(plan, sets, "good", RUSSIAN)
    path = tmp_path / "sets" / "ntrex" / "en.txt"
    path.write_text(path.read_text(encoding="utf-8").replace("12", "13"), encoding="utf-8")
    with pytest.raises(UsageError, match="was made with sources"):
        score_bench(plan, sets)


def test_translations_of_fewer_segments_are_refused_with_both_numbers(sets: Path) -> None:
    put_journal(made_plan(models=("good",), first=2), sets, "good", RUSSIAN[:2])
    with pytest.raises(UsageError, match="was made with segments '2', not '3'"):
        score_bench(made_plan(models=("good",)), sets)


def test_references_that_changed_are_scored_anew(sets: Path, tmp_path: Path) -> None:
    plan = made_plan(models=("good",))
    put_journal(plan, sets, "good", RUSSIAN)
    before = score_bench(plan, sets).tables[0]
    path = tmp_path / "sets" / "ntrex" / "ru.txt"
    path.write_text(path.read_text(encoding="utf-8").replace("12", "13"), encoding="utf-8")
    after = score_bench(plan, sets).tables[0]
    assert after.scores[0].score < before.scores[0].score
    assert after.digest != before.digest


@pytest.mark.usefixtures("sets")
def test_submitted_outputs_that_are_not_there_are_told() -> None:
    plan = made_plan(models=(), submitted=True)
    with pytest.raises(InputError, match="ntrex en-ru comes without outputs of systems"):
        check_set(plan, plan.load(plan.tasks()[0]))


def test_sets_and_directions_named_twice_are_done_once() -> None:
    plan = made_plan(sets=("ntrex", "NTREX"), directions=(("en", "ru"), ("en", "ru")))
    assert [(task.set, task.pair) for task in plan.tasks()] == [("ntrex", "en-ru")]


def test_lengths_are_words_or_chinese_characters() -> None:
    assert by_length(["a b c", "a"], "en") == {"1 word": [1], "3 words": [0]}
    assert list(by_length(["猫 坐"], "zh")) == ["2 characters"]


@given(st.lists(st.integers(1, 12), min_size=1, max_size=40))
def test_parts_by_length_do_not_overlap(lengths: list[int]) -> None:
    parts = list(by_length(["a " * length for length in lengths], "en").values())
    assert sorted(at for part in parts for at in part) == list(range(len(lengths)))
    assert len(parts) <= 4
    spans = [(min(lengths[at] for at in part), max(lengths[at] for at in part)) for part in parts]
    assert all(before[1] < after[0] for before, after in pairwise(spans))


@pytest.mark.parametrize(
    ("language", "quote", "number", "name", "neither"),
    [
        ("en", "He said “no”.", "It cost 5 euros.", "We met Anna Petrova.", "It rained again."),
        ("ru", "Он сказал «нет».", "Это стоит 5 евро.", "Мы видели Анну Петрову.", "Снова шёл дождь."),
        ("zh", "他说“不”。", "花了5欧元。", "他去了北京。", "又下雨了。"),
    ],
)
def test_content_is_told_from_the_source(language: str, quote: str, number: str, name: str, neither: str) -> None:
    found = by_content([quote, number, name, neither], language)
    assert 0 in found["with quotes"]
    assert 1 in found["with numbers"]
    assert 2 in found["with names"]
    assert 3 in found["with none of these"]


@pytest.mark.parametrize("lines", [WORSE[:2], (*WORSE, "Ещё.")])
def test_outputs_must_answer_the_set_line_by_line(sets: Path, tmp_path: Path, lines: tuple[str, ...]) -> None:
    path = tmp_path / "other.txt"
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    plan = made_plan(models=(), outputs=(Outputs("other", str(path)),))
    with pytest.raises(InputError, match=f"has {len(lines)} lines for 3 segments"):
        run_bench(plan, sets)


def test_outputs_of_the_whole_set_do_for_its_beginning(sets: Path, tmp_path: Path) -> None:
    path = tmp_path / "other.txt"
    path.write_bytes(b"\xef\xbb\xbf" + "".join(f"{line}\n" for line in RUSSIAN).encode())
    plan = made_plan(models=(), outputs=(Outputs("other", str(path)),), first=2)
    (table,) = run_bench(plan, sets).tables
    assert (table.segments, table.scores[0].score) == (2, pytest.approx(100.0))


def test_segment_without_any_reference_is_refused_before_the_work(sets: Path, tmp_path: Path) -> None:
    path = tmp_path / "sets" / "ntrex" / "ru.txt"
    path.write_text("Один.\n\nТри.\n", encoding="utf-8")
    with pytest.raises(InputError, match="segment 2 of ntrex en-ru has no reference"):
        run_bench(made_plan(), sets)


@pytest.fixture
def pairs(tmp_path: Path, sets: Path) -> Path:
    """Return a set with two references, one of which lacks a segment, and with a submitted output."""
    place = tmp_path / "sets" / "wmt22" / "en-ru"
    place.mkdir(parents=True)
    named = {"src.en": ENGLISH, "ref.A.ru": RUSSIAN, "ref.B.ru": (*WORSE[:2], ""), "hyp.good.ru": WORSE}
    for name, lines in named.items():
        (place / name).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return sets


def test_segment_that_one_reference_lacks_is_scored_by_the_other(pairs: Path) -> None:
    plan = made_plan(models=(), sets=("wmt22",), submitted=True, metrics=("bleu", "chrf", "ter"))
    (table,) = run_bench(plan, pairs).tables
    expected = evaluate(WORSE, [RUSSIAN, [*WORSE[:2], None]], target_language="ru", metrics=["bleu", "chrf", "ter"])
    assert {one.metric: one.score for one in table.scores} == pytest.approx(
        {name: score.score for name, score in expected.items()}
    )
    assert table.worst[0].reference == RUSSIAN[table.worst[0].number - 1]


def test_two_systems_of_one_name_are_refused(pairs: Path) -> None:
    with pytest.raises(UsageError, match="two systems are called good"):
        run_bench(made_plan(models=("good",), sets=("wmt22",), submitted=True), pairs)


def test_metric_that_cannot_be_had_is_told_before_the_work(sets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOLMACH_OFFLINE", "1")
    with pytest.raises(OfflineError, match="comet-22"):
        run_bench(made_plan(metrics=("bleu", "comet-22")), sets)


def test_what_failed_before_is_forgotten_when_all_is_there(sets: Path) -> None:
    plan = made_plan(models=("good",))
    put_journal(plan, sets, "good", RUSSIAN)
    (sets / "good" / "measured.json").write_text('{"failed": "no memory", "refused": {"x": "y"}}', encoding="utf-8")
    assert run_bench(plan, sets).failures == {}


def test_damaged_measurements_are_no_obstacle(sets: Path) -> None:
    plan = made_plan(models=("good",))
    put_journal(plan, sets, "good", RUSSIAN)
    (sets / "good" / "measured.json").write_text("{", encoding="utf-8")
    assert run_bench(plan, sets).models[0].start_seconds is None
