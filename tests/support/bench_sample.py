"""A benchmark whose translations are written by hand: two models on three segments, nothing translated."""

from pathlib import Path

import pytest

from eval.bench import BenchPlan
from eval.bench.journal import Journal, JournalChunk, JournalSegment
from eval.bench.models import journal_path
from eval.bench.worker import identity_of

ENGLISH = ("Anna Petrova said: “We won 12 games.”", "The talks went on in May.", "It rained.")
RUSSIAN = ("Анна Петрова сказала: «Мы выиграли 12 игр».", "Переговоры продолжались в мае.", "Шёл дождь.")
WORSE = ("Анна сказала: «Мы выиграли 13 игр».", "Переговоры шли в мае.", "Шёл снег.")


def put_set(folder: Path) -> None:
    """Write the set where `TOLMACH_TESTSETS` may point."""
    place = folder / "ntrex"
    place.mkdir(parents=True, exist_ok=True)
    for name, lines in (("en", ENGLISH), ("ru", RUSSIAN), ("documents", ("a", "a", "b"))):
        (place / f"{name}.txt").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def use_set(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the set be found, with a cache of its own beside it."""
    put_set(folder / "sets")
    monkeypatch.setenv("TOLMACH_TESTSETS", str(folder / "sets"))
    monkeypatch.setenv("TOLMACH_CACHE", str(folder / "cache"))


def made_plan(**changes: object) -> BenchPlan:
    """Return the plan."""
    options = {"models": ("good", "bad"), "sets": ("ntrex",), "directions": (("en", "ru"),), "chunk": 2} | changes
    return BenchPlan(**options)  # type: ignore[arg-type]


def put_journal(plan: BenchPlan, folder: Path, model: str, texts: tuple[str, ...], *, seconds: float = 1.5) -> Path:
    """Write what a model translated, as its worker would."""
    (task,) = plan.tasks()
    path = journal_path(folder, model, task)
    journal = Journal(path, identity_of(plan, model, task))
    numbered = list(enumerate(texts))
    for start in range(0, len(numbered), plan.chunk):
        part = numbered[start : start + plan.chunk]
        journal.append(JournalChunk(tuple(JournalSegment(at, text) for at, text in part), seconds, {"model": model}))
    return path
