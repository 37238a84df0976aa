import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.report_sample import sample
from tests.tolmach.pages.test_report import hostile_result
from tolmach.pages import write_report
from tolmach.results.reading import read_result
from tolmach.results.result import Review

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("report") / "report.html"
    write_report(path, sample())
    return path.as_uri()


@pytest.fixture
def page(browser: "Browser", report: str) -> "Iterator[Page]":
    context = browser.new_context(
        viewport={"width": 1280, "height": 800}, permissions=["clipboard-read", "clipboard-write"]
    )
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
    assert page.locator(".find output").inner_text() == "18 passages"


def test_the_order_can_be_that_of_the_article(page: "Page") -> None:
    assert shown(page) != sorted(shown(page))
    page.get_by_role("button", name="as in the article").click()
    assert shown(page) == sorted(shown(page))
    page.reload()
    assert shown(page) == sorted(shown(page))


def test_a_verdict_in_the_address_filters_the_passages(page: "Page", report: str) -> None:
    page.goto(f"{report}#verdict=missing")
    assert sorted(shown(page)) == [6, 9, 17]
    assert page.locator(".find output").inner_text() == "3 of 18 passages"
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


def test_a_printed_report_shows_wordings_and_findings_and_no_controls(page: "Page") -> None:
    page.emulate_media(media="print")
    card = page.locator(".card").first
    assert all(each.is_visible() for each in (card.locator("blockquote").first, card.locator("[data-finding]").first))
    assert not card.get_by_role("button", name="Copy").is_visible()
    assert not page.locator("form.filters").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def downloaded(page: "Page", form: str) -> Path:
    with page.expect_download() as event:
        page.get_by_role("button", name=form).click()
    assert event.value.suggested_filename == f"quotes.{form.lower()}"
    return Path(event.value.path())


def test_a_card_is_copied_with_its_wordings_and_cited_with_its_sources(page: "Page") -> None:
    card = page.locator("#group-5")
    card.get_by_role("button", name="Copy").click()
    page.wait_for_function("document.querySelector('#group-5 output').textContent === 'Copied'")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.splitlines()[:2] == ["Sergey Lavrov", "English: “will never be the same,”"]
    card.get_by_role("button", name="Cite").click()
    page.wait_for_function("navigator.clipboard.readText().then((text) => text.includes('SHA-256'))")
    cited = page.evaluate("navigator.clipboard.readText()")
    assert "2023-01-18. en.txt. SHA-256 " in cited
    assert cited.endswith("Tolmach 0.1.0, 2025-01-02T03:04:05+00:00")


def test_what_a_reader_noted_is_kept_and_exported(page: "Page", tmp_path: Path) -> None:
    card = page.locator("#group-5")
    card.get_by_role("button", name="dismissed").click()
    card.get_by_label("Note").fill("=the same, says my editor")
    page.reload()
    assert page.locator("#group-5").get_by_label("Note").input_value() == "=the same, says my editor"
    assert page.locator(".change[data-status=dismissed]").count() == 1
    rows = list(csv.DictReader(io.StringIO(downloaded(page, "CSV").read_text(encoding="utf-8-sig"))))
    noted = [row for row in rows if row["status"]]
    assert {row["group"] for row in noted} == {"g5"}
    assert noted[0]["note"] == "'=the same, says my editor"
    assert len(rows) == 54
    result = read_result(downloaded(page, "JSON"))
    assert result.reviews == {"g5": Review("dismissed", "=the same, says my editor")}
    write_report(tmp_path / "again.html", result)
    again = page.context.browser.new_page()  # type: ignore[union-attr]
    again.goto((tmp_path / "again.html").as_uri())
    assert again.locator("#group-5 [data-set=dismissed]").get_attribute("aria-pressed") == "true"
    again.close()


def test_keys_lead_from_card_to_card_unless_they_are_turned_off(page: "Page") -> None:
    focused = "document.activeElement.dataset.number"
    seen = shown(page)
    for key, expected in (("j", seen[0]), ("j", seen[1]), ("k", seen[0])):
        page.keyboard.press(key)
        assert page.evaluate(focused) == str(expected)
    page.keyboard.press("?")
    page.get_by_label("Use these keys").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    assert page.evaluate(focused) != str(seen[1])


def test_hostile_text_runs_nothing_and_fits(browser: "Browser", tmp_path: Path) -> None:
    write_report(tmp_path / "hostile.html", hostile_result())
    page = browser.new_page(viewport={"width": 390, "height": 800})
    told: list[str] = []
    page.on("dialog", lambda dialog: told.append(dialog.message))
    page.goto((tmp_path / "hostile.html").as_uri())
    page.get_by_role("button", name="Copy").click()
    assert page.locator(".card").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert told == []
    page.close()


LIT = "[...document.querySelectorAll('.s.lit')].map((each) => each.id)"


def test_a_sentence_lights_its_counterparts_in_all_versions(page: "Page") -> None:
    page.locator("#s-en-0").hover()
    assert page.evaluate(LIT) == ["s-en-0", "s-ru-0", "s-zh-0"]
    page.locator("h2#text-title").hover()
    assert page.evaluate(LIT) == []


def test_arrows_lead_from_sentence_to_sentence(page: "Page") -> None:
    page.locator("#s-en-0").focus()
    for key, expected in (("ArrowDown", "s-en-1"), ("ArrowRight", "s-ru-1"), ("ArrowUp", "s-ru-0")):
        page.keyboard.press(key)
        assert page.evaluate("document.activeElement.id") == expected
    assert page.evaluate(LIT) == ["s-en-0", "s-ru-0", "s-zh-0"]


def test_speakers_are_offered_while_one_types(page: "Page") -> None:
    assert "Julianne Smith" in page.locator("#speakers option").evaluate_all("(all) => all.map((each) => each.value)")
    page.get_by_label("Speaker").fill("smith")
    assert sorted(shown(page)) == [8, 9, 10]
