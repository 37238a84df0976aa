"""What a benchmark's folder keeps: earlier models, signs, statistics; and who is compared with whom."""

import json
from pathlib import Path

import pytest

from common.errors import InputError, UsageError
from common.progress import SilentProgress
from eval.bench import Outputs, run_bench, score_bench
from eval.bench.runner import NotedOnce
from eval.qe.segments import agreement
from tests.support.bench_sample import ENGLISH, RUSSIAN, WORSE, made_plan, put_journal, use_set
from translate.models.registry import UnknownModelError


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    use_set(tmp_path, monkeypatch)
    return tmp_path / "bench"


def put_submitted(tmp_path: Path, outputs: dict[str, tuple[str, ...]]) -> None:
    place = tmp_path / "sets" / "wmt22" / "en-ru"
    place.mkdir(parents=True)
    named = {"src.en": ENGLISH, "ref.A.ru": RUSSIAN, "ref.B.ru": WORSE}
    named |= {f"hyp.{name}.ru": lines for name, lines in outputs.items()}
    for name, lines in named.items():
        (place / name).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


@pytest.mark.slow
def test_models_of_earlier_plans_stay_in_the_report(folder: Path) -> None:
    put_journal(made_plan(models=("good",)), folder, "good", RUSSIAN)
    put_journal(made_plan(models=("bad",)), folder, "bad", WORSE)
    (table,) = score_bench(made_plan(models=("bad",)), folder).tables
    assert ([one.name for one in table.systems], table.baseline) == (["bad", "good"], "bad")
    assert len(table.comparisons) == 2


@pytest.mark.slow
def test_directions_of_earlier_plans_stay_in_the_report(folder: Path) -> None:
    there = made_plan(models=("good",), directions=(("ru", "en"),))
    put_journal(there, folder, "good", ENGLISH)
    put_journal(made_plan(models=("bad",)), folder, "bad", WORSE)
    result = score_bench(made_plan(models=("bad",)), folder)
    assert [(one.pair, [system.name for system in one.systems]) for one in result.tables] == [
        ("en-ru", ["bad"]),
        ("ru-en", ["good"]),
    ]
    assert [model.name for model in result.models] == ["bad", "good"]
    assert result.tables[1].missing == {}


def test_what_was_made_with_other_settings_is_told(folder: Path) -> None:
    put_journal(made_plan(models=("good",), first=2), folder, "good", RUSSIAN[:2])
    put_journal(made_plan(models=("bad",)), folder, "bad", WORSE)
    notes: list[str] = []
    bars: dict[str, tuple[float, str]] = {}
    advances: list[float] = []

    class Listener:
        def bar(self, description: str, total: float, *, unit: str) -> "Listener":
            bars[description] = total, unit
            return self

        def note(self, message: str) -> None:
            notes.append(message)

        def __enter__(self) -> object:
            return advances.append

        def __exit__(self, *_: object) -> None:
            return None

    (table,) = score_bench(made_plan(models=("bad",)), folder, progress=Listener()).tables
    assert [one.name for one in table.systems] == ["bad"]
    assert bars == {"Scoring ntrex en-ru": (3, "segments"), "Scoring by bleu, chrf": (2, "metrics")}
    assert sum(advances) == 3 + 2
    assert notes == ["good/ntrex.en-ru.jsonl is not in the report: it was made with other settings"]


def test_unknown_model_is_refused_before_any_work(folder: Path) -> None:
    with pytest.raises(UnknownModelError, match="unknown model 'nosuch'"):
        run_bench(made_plan(models=("nosuch",)), folder)
    assert not (folder / "nosuch").exists()


def test_signs_are_looked_for_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = made_plan()
    put_journal(plan, folder, "good", RUSSIAN)
    put_journal(plan, folder, "bad", WORSE)
    before = score_bench(plan, folder)

    def never(*_: object) -> None:
        raise AssertionError("asked again")

    monkeypatch.setattr("eval.bench.systems.assess_segments", never)
    assert score_bench(plan, folder) == before


def test_damaged_signs_are_looked_for_again(folder: Path) -> None:
    plan = made_plan(models=("good",))
    put_journal(plan, folder, "good", RUSSIAN)
    before = score_bench(plan, folder)
    paths = list((folder / "estimates").glob("*.json"))
    assert len(paths) == 1  # the model repeats the reference
    whole = json.loads(paths[0].read_text(encoding="utf-8"))
    for damaged in ('{"segments": [1, 2]', json.dumps(whole | {"segments": []}), json.dumps(whole | {"checks": 3})):
        paths[0].write_text(damaged, encoding="utf-8")
        assert score_bench(plan, folder) == before


def test_reference_has_signs_of_its_own(folder: Path) -> None:
    plan = made_plan(models=("bad",))
    put_journal(plan, folder, "bad", WORSE)
    (table,) = score_bench(plan, folder).tables
    assert table.reference is not None
    assert table.reference.flagged is not None
    assert table.systems[0].flagged is not None
    assert table.reference.flagged < table.systems[0].flagged
    (bare,) = score_bench(made_plan(models=("bad",), checks=False), folder).tables
    assert (bare.reference, bare.systems[0].adequacy, bare.systems[0].agreement) == (None, None, None)


def test_best_of_the_submitted_is_the_baseline(folder: Path, tmp_path: Path) -> None:
    middle = (RUSSIAN[0], *WORSE[1:])
    put_submitted(tmp_path, {"alpha": WORSE, "beta": RUSSIAN, "gamma": middle})
    plan = made_plan(models=(), sets=("wmt22",), submitted=True, references=("A",))
    (table,) = run_bench(plan, folder).tables
    assert (table.baseline, [one.name for one in table.systems]) == ("beta", ["beta", "gamma", "alpha"])
    assert table.references == ("A",)
    compared = {(one.system, one.baseline): one for one in table.comparisons if one.metric == "chrf"}
    assert compared.keys() == {("alpha", "beta"), ("gamma", "beta"), ("gamma", "alpha")}
    assert all(one.agreement is not None for one in table.systems)
    chosen = made_plan(models=(), sets=("wmt22",), submitted=True, references=("A",), baseline="gamma")
    assert run_bench(chosen, folder).tables[0].baseline == "gamma"


def test_baseline_that_is_no_system_is_refused(folder: Path, tmp_path: Path) -> None:
    put_submitted(tmp_path, {"alpha": WORSE})
    plan = made_plan(models=(), sets=("wmt22",), submitted=True, baseline="omega")
    with pytest.raises(UsageError, match="no system of wmt22 en-ru is called 'omega'"):
        run_bench(plan, folder)


def test_reference_that_is_not_there_is_refused(folder: Path, tmp_path: Path) -> None:
    put_submitted(tmp_path, {"alpha": WORSE})
    plan = made_plan(models=(), sets=("wmt22",), submitted=True, references=("C",))
    with pytest.raises(UsageError, match="has no reference 'C'"):
        run_bench(plan, folder)


def test_files_of_other_programs_are_no_journals(folder: Path) -> None:
    plan = made_plan(models=("good",))
    put_journal(plan, folder, "good", RUSSIAN)
    (folder / "notes").mkdir()
    (folder / "notes" / "mine.jsonl").write_text(json.dumps({"a": 1}) + "\n", encoding="utf-8")
    (folder / "notes" / "empty.jsonl").write_text("", encoding="utf-8")
    assert len(score_bench(plan, folder).tables) == 1


def test_systems_that_agree_are_told_from_the_one_that_does_not() -> None:
    found = agreement({"one": RUSSIAN, "two": WORSE, "three": RUSSIAN, "other": ENGLISH[::-1]})
    assert min(found, key=lambda name: found[name]) == "other"
    assert all(-1.0 <= value <= 1.0 for value in found.values())


def test_empty_segments_agree_with_nothing() -> None:
    found = agreement({"one": ("Да.", "Нет."), "two": ("Да.", "Нет."), "empty": ("", " ")})
    assert found["empty"] == 0.0
    assert found["one"] == pytest.approx(1.0)


def test_agreement_of_two_is_refused() -> None:
    with pytest.raises(UsageError, match="at least three systems"):
        agreement({"one": RUSSIAN, "two": WORSE})


def test_agreement_of_other_segments_is_refused() -> None:
    with pytest.raises(InputError, match="same segments"):
        agreement({"one": RUSSIAN, "two": WORSE, "three": RUSSIAN[:1]})


def test_signs_are_looked_for_anew_when_what_finds_them_changed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = made_plan(models=("bad",))
    put_journal(plan, folder, "bad", WORSE)
    score_bench(plan, folder)
    before = set((folder / "estimates").iterdir())
    monkeypatch.setattr("eval.bench.systems._code_digest", lambda: "another")
    score_bench(plan, folder)
    assert len(set((folder / "estimates").iterdir()) - before) == len(before)


def test_outputs_called_like_a_model_of_the_folder_are_refused(folder: Path, tmp_path: Path) -> None:
    put_journal(made_plan(models=("m1",)), folder, "m1", RUSSIAN)
    path = tmp_path / "mine.txt"
    path.write_text("".join(f"{line}\n" for line in WORSE), encoding="utf-8")
    with pytest.raises(UsageError, match="two systems are called m1"):
        run_bench(made_plan(models=(), outputs=(Outputs("m1", str(path)),)), folder)


def test_a_model_of_the_folder_may_be_the_baseline(folder: Path) -> None:
    put_journal(made_plan(models=("m1",)), folder, "m1", RUSSIAN)
    plan = made_plan(models=("bad",), baseline="m1")
    put_journal(plan, folder, "bad", WORSE)
    assert run_bench(plan, folder).tables[0].baseline == "m1"


def test_kept_set_that_the_reference_does_not_fill_is_left_out(folder: Path, tmp_path: Path) -> None:
    two = tmp_path / "two.tsv"
    two.write_text("source\treference\treference2\nOne.\tОдин.\tРаз.\nTwo.\t\tДва.\n", encoding="utf-8")
    one = tmp_path / "one.tsv"
    one.write_text("One.\tОдин.\n", encoding="utf-8")
    put_journal(made_plan(models=("m1",), sets=(str(two),)), folder, "m1", ("Один.", "Два."))
    plan = made_plan(models=("m2",), sets=(str(one),), references=("reference",))
    put_journal(plan, folder, "m2", ("Один.",))
    assert [table.set for table in score_bench(plan, folder).tables] == [str(one)]


def test_traditional_chinese_is_kept_by_its_direction(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "my.tsv"
    path.write_text("zh-Hant\ten\n下雨了。\tIt rained.\n", encoding="utf-8")
    there = made_plan(models=("m1",), sets=(str(path),), directions=(("zh-Hant", "en"),))
    put_journal(there, folder, "m1", ("It rained.",))
    put_journal(made_plan(models=("bad",)), folder, "bad", WORSE)
    found = score_bench(made_plan(models=("bad",)), folder)
    assert [table.pair for table in found.tables] == ["en-ru", "zh-Hant-en"]


def test_outputs_are_the_baseline_before_the_submitted(folder: Path, tmp_path: Path) -> None:
    put_submitted(tmp_path, {"alpha": RUSSIAN})
    path = tmp_path / "mine.txt"
    path.write_text("".join(f"{line}\n" for line in WORSE), encoding="utf-8")
    plan = made_plan(models=(), sets=("wmt22",), submitted=True, outputs=(Outputs("mine", str(path)),))
    assert run_bench(plan, folder).tables[0].baseline == "mine"


def test_a_note_of_both_processes_of_a_model_is_shown_once():
    shown: list[str] = []

    class Shown(SilentProgress):
        def note(self, message: str) -> None:
            shown.append(message)

    once = NotedOnce(Shown())
    for told in ("the licence", "the base", "the licence"):
        once.note(told)
    with once.bar("Loading", None) as advance:
        advance(1)
    assert shown == ["the licence", "the base"]
