from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest

from eval.bench import score_bench
from tests.support.bench_sample import RUSSIAN, WORSE, made_plan, put_journal, use_set
from tests.support.browser import chromium, violations
from tolmach.bench.page import render_page

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


@pytest.fixture
def page(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> "Iterator[Page]":
    use_set(tmp_path, monkeypatch)
    plan = made_plan(models=("good", "bad", "middle"))
    put_journal(plan, tmp_path / "bench", "good", RUSSIAN)
    put_journal(plan, tmp_path / "bench", "middle", (WORSE[0], RUSSIAN[1], "Дождь."))
    put_journal(plan, tmp_path / "bench", "bad", WORSE, seconds=0.25)
    result = score_bench(plan, tmp_path / "bench")
    (tmp_path / "page.html").write_text(render_page(result), encoding="utf-8")
    with chromium(request) as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto((tmp_path / "page.html").as_uri())
        yield page


def saved(page: "Page", form: str) -> str:
    with page.expect_download() as event:
        page.locator("#table-1").get_by_role("button", name=form).click()
    return Path(event.value.path()).read_text(encoding="utf-8-sig")


def test_tables_are_sorted_and_exported_as_they_stand(page: "Page") -> None:
    names = page.locator("#table-1 tbody th")
    before = [name.strip() for name in names.all_inner_texts()]
    page.locator("#table-1 thead").get_by_role("button").nth(1).click()
    page.locator("#table-1 thead").get_by_role("button").nth(1).click()
    assert page.locator("#table-1 [aria-sort=ascending]").count() == 1
    after = [name.strip() for name in names.all_inner_texts()]
    assert sorted(after) == sorted(before)
    assert after.index("bad") < after.index("good")
    rows = saved(page, "CSV").splitlines()
    assert rows[0].startswith("system,")
    assert [row.split(",")[0] for row in rows[1:]] == after
    latex = saved(page, "LaTeX")
    assert latex.startswith("\\begin{tabular}{lr")
    assert "$\\pm$" in latex
    assert latex.count("\\\\\n") == len(rows)


def test_differences_are_drawn_with_their_segments(page: "Page") -> None:
    plot = page.get_by_role("img", name="BLEU: difference of each system from good")
    assert plot.locator(".mark").count() == 2
    assert "bad: " in plot.locator(".mark title").first.text_content()
    assert page.get_by_text("BLEU: differences from good, with intervals").is_visible()


def test_any_two_systems_are_compared_by_segment(page: "Page") -> None:
    part = page.locator("[data-contrasts]")
    part.locator("summary").click()
    assert part.locator("[data-pair]:visible").inner_text().startswith("middle against good: BLEU \N{MINUS SIGN}")
    pieces = part.locator("dl:visible [class^=run-]:visible")
    assert {piece.get_attribute("class") for piece in pieces.all()} >= {"run-0", "run-4"}
    part.get_by_label("system").select_option("bad")
    part.get_by_label("against").select_option("middle")
    assert part.locator("[data-pair]:visible").inner_text().startswith("bad against middle: BLEU \N{MINUS SIGN}")
    numbers = [text.split(",")[0] for text in part.locator("dl:visible dt:first-child").all_inner_texts()]
    assert numbers == ["segment 3", "segment 2"]  # ahead, behind; the first is the same in both
    assert part.locator("dl:visible").first.get_by_text("good").is_hidden()
    assert part.get_by_label("system").locator("option[disabled]").all_inner_texts() == ["middle"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 800, 1280])
def test_axe_finds_no_violation(page: "Page", width: int, scheme: Literal["light", "dark"]) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    assert violations(page) == []
