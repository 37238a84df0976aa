from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.bilingual_sample import result
from tolmach.pages.bilingual import render_bilingual
from translate.memory.translation_memory import load_user_memory

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


def test_corrections_are_saved_for_the_memory(browser: "Browser", tmp_path: Path) -> None:
    page = opened(browser, render_bilingual(result(), "ru"), tmp_path)
    assert page.locator("#save").is_disabled()
    page.locator("#correct").click()
    first, last = page.locator("#t-1"), page.locator("#t-6")
    before, source = last.inner_text(), page.locator("#s-7").inner_text()
    first.fill("Министры & «другие» <встретились>")
    last.fill("x")
    last.fill(before)
    with page.expect_download() as caught:
        page.locator("#save").click()
    caught.value.save_as(tmp_path / "corrections.tmx")
    memory = load_user_memory([tmp_path / "corrections.tmx"])
    assert memory.lookup(page.locator("#s-1").inner_text(), "en", "ru") == "Министры & «другие» <встретились>"
    assert memory.lookup(source, "en", "ru") is None
