from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.bilingual_sample import result
from tolmach.pages.bilingual import render_bilingual

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser


def opened(browser: "Browser", html: str, folder: Path, width: int = 1200) -> "Page":
    (folder / "page.html").write_text(html, encoding="utf-8")
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto((folder / "page.html").as_uri())
    return page


def test_sentences_that_answer_each_other_light_up_together(browser: "Browser", tmp_path: Path) -> None:
    page = opened(browser, render_bilingual(result(), "ru"), tmp_path)
    page.locator("#t-1").hover()
    page.locator("#s-7").hover()
    assert page.evaluate("[...document.querySelectorAll('.s.lit')].map((each) => each.id)") == ["s-7", "t-6"]


@pytest.mark.parametrize("width", [500, 1200])
def test_nothing_is_wider_than_the_window(browser: "Browser", tmp_path: Path, width: int) -> None:
    page = opened(browser, render_bilingual(result(), "ru"), tmp_path, width)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_policy_lets_no_other_script_run(browser: "Browser", tmp_path: Path) -> None:
    html = render_bilingual(result(), "ru").replace("</body>", "<script>document.title = 'run'</script></body>")
    assert opened(browser, html, tmp_path).title() != "run"
