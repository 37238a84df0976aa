"""What happens where a part of the installation is missing, and what the base installation weighs."""

import os
import shutil
import subprocess
import sys
import tomllib
import venv
from pathlib import Path

import pytest
from click.testing import CliRunner

from common import extras
from tests.support.places import ROOT
from tolmach.cli import main

SAMPLE = ROOT / "corpora/samples/lavrov"
MOST_MEGABYTES = 320
HEAVY = ("torch", "transformers", "ctranslate2", "accelerate", "gguf", "huggingface_hub", "tokenizers", "safetensors")


@pytest.fixture
def base(monkeypatch):
    """Let the libraries of the extras look as if they were not installed."""
    monkeypatch.setattr(extras, "find_spec", lambda name: None if name in HEAVY else object())


@pytest.mark.parametrize(
    ("words", "extra"),
    [
        (["translate", "en.txt", "--to", "ru"], "translate"),
        (["run", "en.txt", "--to", "ru", "-o", "out"], "translate"),
        (["bench", "run", "--model", "auto", "--set", "samples", "-o", "out"], "translate"),
        (["evaluate", "ru.txt", "ru.txt", "--source", "en.txt", "--metric", "comet-22"], "neural"),
    ],
)
@pytest.mark.usefixtures("base")
def test_a_command_that_lacks_its_extra_says_what_to_install(words, extra, tmp_path, monkeypatch):
    """Before it reads or fetches anything large."""
    monkeypatch.chdir(tmp_path)
    for name, text in (("en.txt", "The talks will go on in May.\n"), ("ru.txt", "Переговоры продолжатся в мае.\n")):
        Path(name).write_text(text, encoding="utf-8")
    result = CliRunner().invoke(main, [*words, "--quiet", "--offline"])
    (line,) = result.stderr.splitlines()
    assert (result.exit_code, line) == (1, f'Error: torch is not installed. Run: pip install "tolmach[{extra}]"')


@pytest.mark.parametrize(
    ("name", "extra"),
    [
        ("torch", "translate"),
        ("transformers.models", "translate"),
        ("sentence-transformers", "encoders"),
        ("fxtranslate", "firefox"),
        ("yaml", "neural"),
    ],
)
def test_a_failed_import_of_an_extra_is_explained(monkeypatch, name, extra):
    def fail():
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)

    monkeypatch.setattr("tolmach.commands.doctor.diagnose", fail)
    result = CliRunner().invoke(main, ["doctor"])
    assert (result.exit_code, f'Run: pip install "tolmach[{extra}]"' in result.stderr) == (1, True)


def test_another_failed_import_is_a_bug(monkeypatch):
    def fail():
        raise ModuleNotFoundError("No module named 'nosuch'", name="nosuch")

    monkeypatch.setattr("tolmach.commands.doctor.diagnose", fail)
    assert "This is a bug" in CliRunner().invoke(main, ["doctor"]).stderr


def test_every_extra_is_declared():
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert set(extras._MODULES) <= set(declared["optional-dependencies"])
    base = {line.split(">")[0].replace("-", "_") for line in declared["dependencies"]}
    assert not base & set(HEAVY)


def shipped(folder: Path) -> Path:
    """Return a copy of what the package is built from, which the build may write into."""
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    for package in packages["root_packages"]:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder)
    return folder


@pytest.mark.slow
def test_the_base_installation_is_small_and_compares(tmp_path):
    source = shipped(tmp_path / "source")
    venv.create(tmp_path / "venv", with_pip=True)
    binaries = tmp_path / "venv" / ("Scripts" if sys.platform == "win32" else "bin")
    pip = [binaries / "python", "-m", "pip", "install", "--quiet", "--constraint", ROOT / "constraints.txt"]
    subprocess.run([*pip, "--upgrade", "pip"], check=True)
    subprocess.run([*pip, "--build-constraint", ROOT / "constraints.txt", source], check=True)
    libraries = next((tmp_path / "venv").glob("[Ll]ib/**/site-packages"))
    assert [name for name in HEAVY if (libraries / name).exists()] == []
    megabytes = sum(path.stat().st_size for path in libraries.rglob("*") if path.is_file()) / 1e6
    assert megabytes <= MOST_MEGABYTES
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [binaries / "tolmach", "compare", SAMPLE / "en.txt", SAMPLE / "ru.txt", "--offline", "-o", "found.json"]
    subprocess.run(command, check=True, cwd=tmp_path, env=environment)
    assert '"verdict"' in (tmp_path / "found.json").read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("command", ["pipx run --spec", "uvx --from"])
def test_it_runs_without_being_installed(command, tmp_path):
    """As README says, but for the name on the package index, whose place the source takes."""
    if shutil.which(command.split()[0]) is None:
        pytest.skip(f"{command.split()[0]} is not installed")
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment |= {name: str(tmp_path / name) for name in ("PIPX_HOME", "UV_CACHE_DIR", "TOLMACH_CACHE")}
    words = [*command.split(), shipped(tmp_path / "source"), "tolmach", "demo", "--no-translate"]
    subprocess.run(words, check=True, cwd=tmp_path, env=environment)
    assert "<html" in (tmp_path / "demo" / "quotes.html").read_text(encoding="utf-8")
