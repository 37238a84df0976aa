from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.alignment_sample import result
from tolmach.pages.alignment import render_alignment

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
TINTS = "(all) => all.map((each) => getComputedStyle(each).backgroundColor)"


def test_reading_mode_leaves_the_words_with_one_tint_a_row(browser: "Browser", tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(render_alignment(result()), encoding="utf-8")
    page = browser.new_page()
    page.goto((tmp_path / "page.html").as_uri())
    assert page.locator(".aligned .meter").first.is_visible()
    page.get_by_label("reading mode").check()
    assert not page.locator(".aligned .meter").first.is_visible()
    tints = page.locator("#row-1 .sentence p").evaluate_all(
        "(all) => all.map((p) => getComputedStyle(p).backgroundColor)"
    )
    other = page.locator("#row-2 .sentence p").first.evaluate("(p) => getComputedStyle(p).backgroundColor")
    assert len(tints) > 1
    assert len({*tints, other}) == 2
