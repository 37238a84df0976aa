"""What the documents show of Tolmach at work: output of commands, and the picture of a report.

Both take seconds to make, and a browser. So they are checked by a digest of what they are made from.

Commands whose output is shown are in a console block between `<!-- output: NAME -->` and `<!-- end -->`. Those of a
page run in order, in one folder that is empty at first.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
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
OUTPUT = re.compile(r"(<!-- output: [a-z-]+ -->\n)(.*?)(?=<!-- end -->)", re.DOTALL)
PROMPT = "$ "
TABLES = ("ALIGN", "COMPARE", "QUOTES", "EVALUATE", "BENCH_REPORT", "MODELS_LIST", "BENCH_LIST", "CORPORA_LIST",
          "CORPUS_SEARCH")  # fmt: skip
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
    """Return a page with what its commands print now on a terminal of 80 columns."""
    with tempfile.TemporaryDirectory() as folder:
        return OUTPUT.sub(lambda found: found[1] + _block(found[2], folder), text)


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


def _block(shown: str, folder: str) -> str:
    commands = [line.removeprefix(PROMPT) for line in shown.splitlines() if line.startswith(PROMPT)]
    lines = [line for command in commands for line in (PROMPT + command, *_run(command, folder))]
    return "\n".join(["```console", *lines, "```", ""])


def _run(command: str, folder: str) -> tuple[str, ...]:
    """Run a line of a shell that may call `tolmach`; return what it prints."""
    tables = {} if " -o " in command else {f"TOLMACH_{name}_FORMAT": "table" for name in TABLES}  # as on a terminal
    environment = os.environ | tables | {"COLUMNS": "80", "PYTHONPATH": str(ROOT), "TOLMACH_OFFLINE": "1"}
    environment |= {"TOLMACH_CACHE": f"{folder}/.cache", "TOLMACH_CONFIG": f"{folder}/.config.toml"}
    Path(environment["TOLMACH_CONFIG"]).touch()
    script = f'tolmach() {{ "{sys.executable}" -m tolmach "$@"; }}; {command}'
    done = subprocess.run(  # noqa: S603 - our own words
        ["bash", "-c", script],  # noqa: S607 - the user's own
        check=True, capture_output=True, encoding="utf-8", env=environment, cwd=folder,
    )  # fmt: skip
    return tuple(line.rstrip() for line in done.stdout.splitlines())


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
