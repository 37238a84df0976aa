"""A headless Chromium for the tests that are marked `browser`."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


@contextmanager
def chromium(request: pytest.FixtureRequest) -> "Iterator[Browser]":
    """Start the browser on the path; without one, skip the test, or fail it if browser tests were asked for."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        reason = f"no browser on the path ({', '.join(NAMES)}); install chromium"
        # Whoever asks for these tests by their marker must not be told that all is well.
        asked = re.findall(r"(not\s+)?\bbrowser\b", request.config.getoption("markexpr", default="") or "")
        (pytest.fail if "" in asked else pytest.skip)(reason)
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only these tests need it

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


def violations(page: "Page") -> list[tuple[str, list[str]]]:
    """Return the rules of axe-core that a page breaks, each with the first elements that do."""
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 - only these tests need it

    found = Axe().run(page, options={"runOnly": list(RULES), "resultTypes": ["violations"]}).response["violations"]
    return [(one["id"], [node["html"][:200] for node in one["nodes"][:3]]) for one in found]
