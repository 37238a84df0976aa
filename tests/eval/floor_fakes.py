"""Floors with values to choose, and a repository that holds them."""

import datetime as dt
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from eval.floors import Baseline, Floor, Measured, render_baseline

NAME = "alignment/x/en-ru/strict-f1"


def floor(value: float, reason: str | None = None, *, name: str = NAME, day: int = 1) -> Floor:
    return Floor(name, value, value + 0.01, dt.date(2026, 10, day), "d1", "encoder use 1", reason)


def measured(value: float, *, data: str = "d1") -> Measured:
    return Measured(value, 0.01, data, "encoder use 1")


def text_of(*floors: Floor) -> str:
    return render_baseline(Baseline(floors))


def make_repository(root: Path) -> Callable[[str], Path]:
    """Make a git repository; return what commits a text as its file of floors and gives the file's path."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    path = root / "eval" / "baseline.json"
    path.parent.mkdir(parents=True)

    def git(*words: str) -> None:
        identity = ["-c", "user.name=t", "-c", "user.email=t@t", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", "-C", str(root), *identity, *words], check=True, capture_output=True)

    def commit(text: str) -> Path:
        path.write_text(text, encoding="utf-8")
        git("add", "-A")
        git("commit", "-q", "--allow-empty", "-m", "floors")
        return path

    git("init", "-q")
    return commit
