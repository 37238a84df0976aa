"""Every module of `benchmarks` and `training` can be imported, and does no work by that."""

import re
from importlib import import_module

import pytest

from tests.support.places import ROOT

FILES = sorted(path for folder in ("benchmarks", "training") for path in (ROOT / folder).rglob("*.py"))
NAMES = [".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in FILES]
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md"), *FILES]


@pytest.mark.parametrize("name", NAMES)
def test_every_module_finds_what_it_imports(name):
    assert import_module(name).__doc__


def test_every_documented_call_names_a_module():
    calls = {
        (path.name, name)
        for path in DOCUMENTS
        for name in re.findall(r"python -m ((?:benchmarks|training)\.[a-z_.]*[a-z_])", path.read_text(encoding="utf-8"))
    }
    assert calls
    known = {name.removesuffix(".__main__") for name in NAMES}
    assert [call for call in sorted(calls) if call[1] not in known] == []
