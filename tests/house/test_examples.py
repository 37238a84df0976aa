"""The examples in docstrings give what they say."""

import doctest
from importlib import import_module

import pytest

from tests.support.places import ROOT

PACKAGES = ("common", "corpora", "alignment", "quotes", "translate", "eval", "tolmach")
MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for package in PACKAGES
    for path in ROOT.joinpath(package).rglob("*.py")
    if ">>> " in path.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("name", MODULES)
def test_examples_are_true(name):
    result = doctest.testmod(import_module(name))
    assert (result.failed, result.attempted > 0) == (0, True)
