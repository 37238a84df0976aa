import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.report_sample import sample
from tolmach.pages import write_report

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser(request: pytest.FixtureRequest) -> str:
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        reason = f"no browser on the path ({', '.join(NAMES)}); install chromium"
        # Whoever asks for these tests by their marker must not be told that all is well.
        asked = re.findall(r"(not\s+)?\bbrowser\b", request.config.getoption("markexpr", default="") or "")
        (pytest.fail if "" in asked else pytest.skip)(reason)
    return str(found)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    write_report(path, sample())
    return path


def dump(browser: str, report: Path, fragment: str, profile: Path) -> str:
    command = [browser, *FLAGS, f"--user-data-dir={profile}", "--dump-dom", f"{report.as_uri()}#{fragment}"]
    return subprocess.run(command, capture_output=True, check=True, encoding="utf-8", timeout=60).stdout


def shown(dom: str) -> list[int]:
    cards = re.findall(r'<li class="card[^>]*>', dom)
    return [number for number, card in enumerate(cards, start=1) if " hidden" not in card]


def test_the_script_runs_and_shows_all_passages(browser: str, report: Path, tmp_path: Path) -> None:
    dom = dump(browser, report, "", tmp_path)
    assert shown(dom) == list(range(1, 19))
    assert ">18 passages</output>" in dom
    assert '<form class="filters" role="search">' in dom


def test_a_verdict_in_the_address_filters_the_passages(browser: str, report: Path, tmp_path: Path) -> None:
    dom = dump(browser, report, "verdict=missing", tmp_path)
    assert shown(dom) == [6, 9, 17]
    assert ">3 of 18 passages</output>" in dom
    assert re.search(r'data-verdict="missing"[^>]*aria-pressed="true"', dom)


def test_filters_add_up_and_search_folds_case(browser: str, report: Path, tmp_path: Path) -> None:
    dom = dump(browser, report, "speaker=Julianne+Smith&q=TOOLKIT+%D0%BE%D0%B1%D1%89%D0%B8%D0%BC", tmp_path)
    assert shown(dom) == []
    assert 'class="empty nothing">' in dom
    assert shown(dump(browser, report, "speaker=Julianne+Smith&q=TOOLKIT", tmp_path)) == [8, 9]
