"""A headless Chromium for the tests that are marked `browser`."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

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
