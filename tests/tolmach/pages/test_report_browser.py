from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.support.browser import chromium
from tests.support.report_sample import sample
from tolmach.pages import write_report

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser(request: pytest.FixtureRequest) -> "Iterator[Browser]":
    with chromium(request) as found:
        yield found


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("report") / "report.html"
    write_report(path, sample())
    return path.as_uri()


@pytest.fixture
def page(browser: "Browser", report: str) -> "Iterator[Page]":
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.goto(report)
    yield page
    assert faults == []
    context.close()


def shown(page: "Page") -> list[int]:
    """Return the numbers of the passages that a reader sees, in their order."""
    cards = "[...document.querySelectorAll('.card')].filter((card) => card.checkVisibility())"
    return [int(number) for number in page.evaluate(f"{cards}.map((card) => card.dataset.number)")]


def test_the_first_screen_has_the_answer_and_changes_that_lead_to_their_cards(page: "Page") -> None:
    assert page.locator(".answer").bounding_box()["y"] < 240  # type: ignore[index]
    assert page.locator(".change").nth(2).bounding_box()["y"] < 600  # type: ignore[index]
    page.locator(".change a").first.click()
    assert page.evaluate("document.activeElement.matches('.card:target')")


def test_unchanged_passages_are_shown_on_request(page: "Page") -> None:
    few = len(shown(page))
    page.locator(".unchanged > summary").click()
    assert few < len(shown(page)) == 18
    assert page.locator("output").inner_text() == "18 passages"


def test_the_order_can_be_that_of_the_article(page: "Page") -> None:
    assert shown(page) != sorted(shown(page))
    page.get_by_role("button", name="as in the article").click()
    assert shown(page) == sorted(shown(page))
    page.reload()
    assert shown(page) == sorted(shown(page))


def test_a_verdict_in_the_address_filters_the_passages(page: "Page", report: str) -> None:
    page.goto(f"{report}#verdict=missing")
    assert sorted(shown(page)) == [6, 9, 17]
    assert page.locator("output").inner_text() == "3 of 18 passages"
    assert page.locator(".choices [data-verdict=missing]").get_attribute("aria-pressed") == "true"


def test_filters_add_up_and_search_folds_case(page: "Page", report: str) -> None:
    page.goto(f"{report}#speaker=Julianne+Smith&q=TOOLKIT+общим")
    assert shown(page) == []
    assert page.locator(".nothing").is_visible()
    page.goto(f"{report}#speaker=Julianne+Smith&q=TOOLKIT")
    assert sorted(shown(page)) == [8, 9]


def test_the_legend_is_one_key_away_and_printed(page: "Page") -> None:
    assert not page.locator("#legend").is_visible()
    page.get_by_role("button", name="Legend").press("Enter")
    assert page.locator("#legend").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#legend").is_visible()
    page.emulate_media(media="print")
    assert page.locator("#legend").is_visible()
