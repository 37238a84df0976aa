"""A translation that was killed goes on where it stopped, and leaves no partial file under a final name."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.models.tiny_models import make_t5

pytestmark = pytest.mark.slow

SENTENCES = [f"Minister number {number} said on Monday that prices rose by {number} per cent." for number in range(120)]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_t5(tmp_path_factory.mktemp("t5"))


def start(model: Path, folder: Path, cache: Path) -> subprocess.Popen[bytes]:
    command = [
        sys.executable,
        "-m",
        "tolmach",
        "translate",
        folder / "en.txt",
        "--to",
        "ru",
        "--model",
        model,
        "--quiet",
    ]
    command += ["--batch-size", "1", "--attempts", "1", "--no-checks", "-o", folder / "ru.txt"]
    environment = os.environ | {"TOLMACH_CACHE": str(cache), "TOLMACH_OFFLINE": "1"}
    return subprocess.Popen(list(map(str, command)), env=environment)


def finished_sentences(cache: Path) -> int:
    path = cache / "translations.sqlite"
    if not path.exists():
        return 0
    with closing(sqlite3.connect(path)) as connection:
        try:
            return int(connection.execute("SELECT count(*) FROM hypotheses").fetchone()[0])
        except sqlite3.OperationalError:
            return 0


def test_killed_twice_it_ends_as_if_undisturbed(model, tmp_path):
    (tmp_path / "en.txt").write_text("\n\n".join(SENTENCES), encoding="utf-8")
    disturbed, undisturbed = tmp_path / "disturbed", tmp_path / "undisturbed"
    seen = [0]
    for _ in range(2):
        process = start(model, tmp_path, disturbed)
        deadline = time.monotonic() + 120
        while finished_sentences(disturbed) < seen[-1] + 10 and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
        assert not (tmp_path / "ru.txt").exists()
        seen.append(finished_sentences(disturbed))
    assert 0 < seen[1] < seen[2] < len(SENTENCES)
    assert start(model, tmp_path, disturbed).wait(timeout=300) == 0
    resumed = (tmp_path / "ru.txt").read_text(encoding="utf-8")
    assert start(model, tmp_path, undisturbed).wait(timeout=300) == 0
    assert (tmp_path / "ru.txt").read_text(encoding="utf-8") == resumed
    assert finished_sentences(disturbed) == finished_sentences(undisturbed) == len(set(SENTENCES))
