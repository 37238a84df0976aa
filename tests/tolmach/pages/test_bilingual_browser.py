import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.bilingual_sample import result
from tests.tolmach.pages.test_report_browser import FLAGS, NAMES
from tolmach.pages.bilingual import render_bilingual

pytestmark = pytest.mark.browser

PROBE = """<script>
addEventListener("load", () => {
  const enter = (id) => document.getElementById(id).dispatchEvent(new PointerEvent("pointerover", {bubbles: true}));
  enter("t-1");
  enter("s-7");
  document.body.dataset.lit = [...document.querySelectorAll(".s.lit")].map((each) => each.id).join(" ");
  document.body.dataset.wide = document.documentElement.scrollWidth > innerWidth;
});
</script></body>"""


def dump(html: str, folder: Path, width: int = 1200) -> str:
    browser = next(filter(None, map(shutil.which, NAMES)), None)
    if browser is None:
        pytest.skip(f"no browser on the path ({', '.join(NAMES)}); install chromium")
    page = folder / "page.html"
    page.write_text(html, encoding="utf-8")
    command = [browser, *FLAGS, f"--user-data-dir={folder}/profile", f"--window-size={width},900", "--dump-dom",
               page.as_uri()]  # fmt: skip
    return subprocess.run(command, capture_output=True, check=True, encoding="utf-8", timeout=60).stdout


def probed(html: str) -> str:
    """Add a script that the policy of the page would not let run."""
    start = html.index("<meta http-equiv")
    return (html[:start] + html[html.index(">", start) + 1 :]).replace("</body>", PROBE)


def test_sentences_that_answer_each_other_light_up_together(tmp_path: Path) -> None:
    assert 'data-lit="s-7 t-6"' in dump(probed(render_bilingual(result(), "ru")), tmp_path)


@pytest.mark.parametrize("width", [500, 1200])
def test_nothing_is_wider_than_the_window(tmp_path: Path, width: int) -> None:
    assert 'data-wide="false"' in dump(probed(render_bilingual(result(), "ru")), tmp_path, width)


def test_the_policy_lets_no_other_script_run(tmp_path: Path) -> None:
    html = render_bilingual(result(), "ru").replace("</body>", PROBE)
    assert "data-lit" not in dump(html, tmp_path).replace(PROBE, "").replace("dataset.lit", "")
