"""What the documents show of Tolmach at work: the output in the READMEs, and the picture of a report.

Both take seconds to make, and a browser. So they are checked by a digest of what they are made from.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from common.errors import TolmachError
from common.files import write_text
from corpora.samples import load_sample, sample_path
from tolmach.pages import write_report
from tolmach.workflow.pipeline import compare_articles

DOCS = Path(__file__).parent
ROOT = DOCS.parent
PICTURE = DOCS / "report.png"
RECORD = DOCS / "runs.sha256"
OUTPUT = re.compile(r"(<!-- output: demo -->\n).*?(?=<!-- end -->)", re.DOTALL)
SOURCES = ("common/messages-en.toml", "tolmach/commands/demo.py", "tolmach/tables/quotes.py")
PAGE = re.compile(r"(base|cards|parts|report)\..*")
SAMPLE = "lavrov"
VERSIONS = (("en", None), ("ru", "altered"), ("zh", "altered"))
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--window-size=1340,1330")


def is_stale() -> bool:
    """Return whether output and picture were made from something else than there is now."""
    return not RECORD.exists() or RECORD.read_text(encoding="utf-8") != _digest()


def fill_output(text: str) -> str:
    """Return a page with what the demonstration prints now."""
    return OUTPUT.sub(lambda found: found[1] + _demonstrate(), text)


def draw() -> None:
    """Draw the picture of a report with a browser, and record what it was made from.

    Raises:
        TolmachError: There is no browser.
    """
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        raise TolmachError(f"{PICTURE.name} is stale, and there is no browser", hint=f"Install {BROWSERS[0]}")
    articles = [load_sample(SAMPLE, language, variant=variant) for language, variant in VERSIONS]
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder, "report.html")
        write_report(page, compare_articles(articles))
        command = [browser, *FLAGS, f"--user-data-dir={folder}/profile", f"--screenshot={PICTURE}", page.as_uri()]
        subprocess.run(command, check=True, capture_output=True, timeout=600)  # noqa: S603 - our own words
    write_text(RECORD, _digest())


@cache
def _demonstrate() -> str:
    """Return the command that compares the sample, and what it prints on a terminal of 80 columns."""
    environment = os.environ | {"COLUMNS": "80", "PYTHONPATH": str(ROOT), "TOLMACH_OFFLINE": "1"}
    command = [sys.executable, "-m", "tolmach", "demo", "--no-translate", "--quiet"]
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(  # noqa: S603 - our own words
            command, check=True, capture_output=True, encoding="utf-8", env=environment, cwd=folder
        )
    lines = [line.rstrip() for line in done.stdout.splitlines()]
    return "\n".join(["```console", "$ tolmach demo --no-translate", *lines, "```", ""])


def _digest() -> str:
    """Return the digest of code and texts; not of what compares quotes, which changes often and shows little."""
    digest = hashlib.sha256()
    for path in _sources():
        digest.update(path.read_bytes())
    return digest.hexdigest() + "\n"


def _sources() -> Iterator[Path]:
    yield from (ROOT / name for name in SOURCES)
    yield from sorted(path for path in (ROOT / "tolmach" / "pages").iterdir() if PAGE.fullmatch(path.name))
    yield from (Path(str(sample_path(SAMPLE, language, variant=variant))) for language, variant in VERSIONS)
