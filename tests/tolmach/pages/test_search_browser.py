"""A reader searches a corpus in a browser."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

import pytest

from tests.support.browser import violations
from tests.support.search_site import FakeIndex, served

pytest.importorskip("starlette", reason="the extra `web` is not installed")

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    from tolmach.corpus.index.serve import make_app  # noqa: PLC0415 - needs the extra

    index: Any = FakeIndex()
    with served(make_app(index)) as found:
        yield found


def opened(browser: "Browser", address: str, **more: Any) -> "Page":
    """Return a page whose console may hold no error, and which may ask no other server."""
    page = browser.new_page(**more)
    page.on(
        "console",
        lambda line: line.type == "error" and "favicon" not in line.location["url"] and pytest.fail(line.text),
    )
    page.on("request", lambda request: request.url.startswith(address) or pytest.fail(request.url))
    page.goto(address)
    return page


def test_a_reader_searches_filters_and_compares(browser: "Browser", address: str) -> None:
    page = opened(browser, address)
    page.get_by_label("Search the quotes").fill("a long time")
    page.get_by_role("button", name="Search").click()
    assert page.get_by_role("heading", name="2 utterances").is_visible()
    page.get_by_label("Language").select_option("ru")
    page.get_by_label("Speaker").fill("Лавров")
    page.get_by_role("button", name="Search").click()
    assert page.get_by_role("heading", name="1 utterance").is_visible()
    assert page.get_by_label("Search the quotes").input_value() == "a long time"
    assert page.get_by_label("Speaker").input_value() == "Лавров"
    assert page.get_by_role("img", name="How likely the meaning differs").locator("circle").count() == 4
    page.get_by_label("Choose 1").check()
    page.get_by_label("Choose 4").check()
    page.get_by_role("button", name="Compare").click()
    assert page.get_by_role("heading", name="1 of 1 quote may differ").is_visible()
    page.close()


def test_a_choice_of_one_leads_to_an_explanation_and_back(browser: "Browser", address: str) -> None:
    page = browser.new_page()
    page.goto(f"{address}/?q=long")
    page.get_by_label("Choose 1").check()
    page.get_by_role("button", name="Compare").click()
    assert "Choose two" in page.get_by_role("alert").inner_text()
    page.get_by_role("link", name="Back").click()
    assert page.url == f"{address}/"
    page.close()


def test_no_script_of_an_article_runs(browser: "Browser", address: str) -> None:
    for path in ("/?q=long", "/compare?article=a-en&article=evil"):
        page = opened(browser, address + path)
        assert page.title() != "run"
        assert "<script>document.title" in page.locator("main").inner_text()
        page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 768, 1280])
@pytest.mark.parametrize("path", ["/", "/?q=long", "/nowhere"])
def test_axe_finds_no_violation(
    browser: "Browser", address: str, path: str, width: int, scheme: Literal["light", "dark"]
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.goto(address + path)
    page.evaluate("for (const each of document.querySelectorAll('.card')) each.style.contentVisibility = 'visible'")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    found = violations(page)
    page.close()
    assert found == []


def test_a_printed_page_shows_the_wordings_and_no_controls(browser: "Browser", address: str) -> None:
    page = opened(browser, f"{address}/?q=long")
    page.emulate_media(media="print")
    assert page.locator("blockquote").first.is_visible()
    assert not page.locator("form.filters").is_visible()
    assert not page.get_by_role("button", name="Compare").is_visible()
    page.close()
