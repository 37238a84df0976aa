"""The recipe for a machine without a network: fetch on one, copy the folder, translate on the other with --offline."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.support.models.tiny_models import make_t5
from tests.support.places import ROOT
from tests.support.servers.hub_server import FakeHub, isolated_hub
from tolmach.cli import main
from translate.models.registry import find_model
from translate.models.specs import HubSource

# Each starts Pythons of its own, which load the libraries that translate.
pytestmark = pytest.mark.slow

MODEL = "t5-enruzh-small"


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    with isolated_hub(monkeypatch, tmp_path) as server:
        source = find_model(MODEL).source
        assert isinstance(source, HubSource)
        folder = make_t5(tmp_path / "published")
        files = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
        server.commit(source.repositories[0].repo_id, files)
        yield server


def run_elsewhere(words: list[str], cache: Path, place: Path) -> subprocess.CompletedProcess[str]:
    """Run a command as on a machine that has the copied cache and no network."""
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "TOLMACH_"))}
    surroundings |= {"TOLMACH_CACHE": str(cache), "HF_ENDPOINT": "http://127.0.0.1:9", "HOME": str(place)}
    surroundings["PYTHONPATH"] = str(ROOT)
    command = [sys.executable, "-c", "from tolmach.cli import main; main()", *words]
    return subprocess.run(
        command, env=surroundings, cwd=place, capture_output=True, encoding="utf-8", check=False, timeout=120
    )


def test_copied_cache_translates_without_a_network(
    hub: FakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOLMACH_CACHE", str(tmp_path / "first"))
    fetched = CliRunner().invoke(main, ["models", "fetch", MODEL, "--quiet"])
    assert fetched.exit_code == 0, fetched.output
    assert Path(fetched.stdout.strip()).is_relative_to(tmp_path / "first")
    # A plain copy, as a USB stick makes it: no time of change is kept.
    copied = tmp_path / "second"
    shutil.copytree(tmp_path / "first", copied, copy_function=shutil.copyfile)
    shutil.rmtree(tmp_path / "first")
    hub.requests.clear()
    place = tmp_path / "place"
    place.mkdir()
    (place / "en.txt").write_text("Prices rose by 4.5 per cent last year.\n", encoding="utf-8")

    assert run_elsewhere(["models", "verify", MODEL, "--offline"], copied, place).returncode == 0
    done = run_elsewhere(["translate", "en.txt", "--to", "ru", "--offline", "-o", "ru.txt"], copied, place)
    assert done.returncode == 0, done.stderr
    assert (place / "ru.txt").read_text(encoding="utf-8").strip()
    assert hub.requests == []


def test_empty_cache_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "en.txt").write_text("Prices rose.\n", encoding="utf-8")
    done = run_elsewhere(["translate", "en.txt", "--to", "ru", "--offline"], tmp_path / "cache", tmp_path)
    assert done.returncode == 1
    assert "tolmach models fetch opus-mt-big" in done.stderr
