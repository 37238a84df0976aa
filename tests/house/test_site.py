"""The documents are one site, which builds without a warning and holds every page."""

import os
import re
import subprocess
import sys
from shutil import copy, copytree

import pytest

from tests.support.places import ROOT

CONFIGURATION = ROOT / "mkdocs.yml"
DOCS = ROOT / "docs"


def test_every_page_is_in_the_navigation():
    named = re.findall(r"^ +- ([\w/]+\.md)$", CONFIGURATION.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(named) == sorted(path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md"))


@pytest.mark.slow
def test_the_site_builds_without_a_warning(tmp_path):
    pytest.importorskip("zensical", reason="zensical is not installed; make install installs it")
    copy(CONFIGURATION, tmp_path)
    copytree(DOCS, tmp_path / "docs")
    command = [sys.executable, "-m", "zensical", "build", "--strict"]
    done = subprocess.run(
        command, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)}, check=False, capture_output=True, text=True
    )
    assert (done.returncode, "Warning" in done.stdout) == (0, False), done.stdout
    assert "Accuracy and limits" in (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
