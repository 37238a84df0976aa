"""No page breaks a rule of axe-core, at three widths, light and dark."""

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest

from tests.support import alignment_sample, bilingual_sample, report_sample
from tests.support.browser import violations
from tolmach.pages import render_report
from tolmach.pages.alignment import render_alignment
from tolmach.pages.bilingual import render_bilingual
from tolmach.results.result import Result

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


def doubtful(result: Result) -> Result:
    """Return an alignment whose beads are all to be checked, so that its page has a list of links below each other."""
    return replace(
        result,
        alignments={
            name: replace(one, beads=tuple(replace(bead, confidence=0.5) for bead in one.beads))
            for name, one in result.alignments.items()
        },
    )


@cache
def rendered(name: str) -> str:
    if name == "report":
        return render_report(report_sample.sample())
    if name == "alignment":
        return render_alignment(doubtful(alignment_sample.result(("en", "ru", "zh"))))
    return render_bilingual(bilingual_sample.result(), "ru")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 768, 1280])
@pytest.mark.parametrize("name", ["report", "alignment", "bilingual"])
def test_axe_finds_no_violation(
    browser: "Browser", tmp_path: Path, name: str, width: int, scheme: Literal["light", "dark"]
) -> None:
    (tmp_path / "page.html").write_text(rendered(name), encoding="utf-8")
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.goto((tmp_path / "page.html").as_uri())
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    # What is off the screen has no places yet, and would seem to overlap.
    page.evaluate("for (const each of document.querySelectorAll('.card')) each.style.contentVisibility = 'visible'")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    told = violations(page)
    page.close()
    assert told == []
