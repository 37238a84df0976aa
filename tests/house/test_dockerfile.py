"""The Dockerfile installs all packages, and its stages and files are those that it names."""

import re
import shutil
import subprocess
import tomllib
from fnmatch import fnmatch

import pytest

from tests.support.places import ROOT

TEXT = (ROOT / "Dockerfile").read_text(encoding="utf-8")
STEPS = [
    (words[0], words[1:])
    for line in TEXT.replace("\\\n", " ").splitlines()
    if line.strip() and not line.startswith("#")
    for words in [line.split()]
]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def sources() -> list[str]:
    return [name for step, words in STEPS if step == "COPY" for name in words[:-1]]


def test_only_instructions_of_docker_are_used():
    known = {"FROM", "WORKDIR", "COPY", "RUN", "USER", "ENV", "VOLUME", "ENTRYPOINT", "CMD"}
    assert {step for step, _ in STEPS} <= known
    assert STEPS[0][0] == "FROM"


def test_what_is_copied_exists_and_reaches_docker():
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert [name for name in sources() if not (ROOT / name).exists()] == []
    assert [name for name in sources() if any(fnmatch(name, pattern) for pattern in ignored)] == []


def test_every_package_and_what_the_build_reads_is_copied():
    packages = {name.rstrip("*") for name in PROJECT["tool"]["setuptools"]["packages"]["find"]["include"]}
    assert packages | {"pyproject.toml", "constraints.txt", PROJECT["project"]["readme"], "LICENSE"} == set(sources())


def test_the_second_stage_adds_an_extra_to_the_first():
    stages = [words for step, words in STEPS if step == "FROM"]
    assert [words[-1] for words in stages] == ["base", "translate"]
    assert stages[1][0] == "base"
    extras = re.findall(r"/src\[(\w+)\]", TEXT)
    assert extras == ["translate"]
    assert set(extras) <= set(PROJECT["project"]["optional-dependencies"])


def test_it_needs_the_python_that_the_project_needs():
    version = STEPS[0][1][0].removeprefix("python:").removesuffix("-slim")
    assert PROJECT["project"]["requires-python"] == f">={version}"


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("docker") is None, reason="docker is not installed")
def test_the_base_is_built_and_compares_the_sample():
    if subprocess.run(["docker", "pull", "--quiet", STEPS[0][1][0]], check=False, capture_output=True).returncode:
        pytest.skip("docker does not run, or cannot fetch the base image")
    subprocess.run(["docker", "build", "--quiet", "--target", "base", "-t", "tolmach-test", str(ROOT)], check=True)
    command = ["docker", "run", "--rm", "--network", "none", "tolmach-test", "demo", "--no-translate"]
    shown = subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout
    assert "quotes may differ" in shown
