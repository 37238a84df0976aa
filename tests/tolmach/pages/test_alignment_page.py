import base64
import hashlib
import json
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from alignment.types import Bead
from common.errors import InputError
from corpora.article import ArticleMeta
from corpora.readers.load import read_lines
from tests.support.alignment_sample import BEADS, ENGLISH, RUSSIAN, UNRELATED, articles, result
from tests.support.page_parser import Page
from tolmach.pages.alignment import MovedPassage, make_aligned, render_alignment
from tolmach.pages.page import extract_result
from tolmach.results.reading import check_references
from tolmach.results.result import Result, VersionAlignment, make_versions, score_beads

HOSTILE = (
    "</script><script>alert(1)</script><!-- <script \"'{{ 7 * 7 }}&amp;<img src=x onerror=alert(1)>\N{LINE SEPARATOR}"
)


def pair_of(first: str, second: str, beads: tuple[Bead, ...], **meta: str) -> Result:
    read = [read_lines(text, language="en", meta=ArticleMeta(**meta)) for text in (first, second)]
    versions = make_versions(read, ["given", "given"])
    return Result("now", versions, alignments={"en-en-2": VersionAlignment((0, 1), beads)})


@pytest.fixture(scope="module")
def page() -> Page:
    return Page(render_alignment(result(("en", "ru", "zh"))))


@pytest.fixture(scope="module")
def pair() -> Page:
    return Page(render_alignment(result()))


def test_every_element_is_closed_in_its_place(page: Page) -> None:
    assert (page.open, page.faults) == ([], [])


def test_ids_are_unique_and_every_link_has_its_target(page: Page) -> None:
    ids = [attrs["id"] for _, attrs in page.elements if attrs.get("id")]
    assert len(ids) == len(set(ids))
    assert {(attrs["href"] or "")[1:] for attrs in page.all("a")} <= set(ids)


def test_nothing_runs_and_nothing_is_loaded(page: Page) -> None:
    assert [attrs["type"] for attrs in page.all("script")] == ["application/json"]
    assert not [tag for tag, _ in page.elements if tag in {"link", "img", "iframe", "object", "embed", "base"}]
    assert not [attrs for _, attrs in page.elements if "src" in attrs or "style" in attrs]
    html = render_alignment(result())
    policy = Page(html).all("meta", **{"http-equiv": "Content-Security-Policy"})[0]["content"] or ""
    style = html.split("<style>")[1].split("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in policy
    assert "script-src 'none'" in policy


def test_a_row_is_a_bead_of_two_versions(pair: Page) -> None:
    rows = [attrs for attrs in pair.all("tr") if (attrs.get("id") or "").startswith("row-")]
    assert [attrs["class"] for attrs in rows] == ["opens ", "opens check ", "opens elsewhere ", "opens missing "]


def test_the_words_of_every_sentence_are_there_with_their_numbers(pair: Page) -> None:
    text = " ".join(pair.text.split())
    for line in [*ENGLISH.splitlines(), *RUSSIAN.splitlines()]:
        assert line in text
    ids = {attrs["id"] for attrs in pair.with_class("sentence")}
    assert ids == {f"s-{language}-{index}" for language in ("en", "ru") for index in range(4)}


def test_a_crossing_says_where_it_went_and_where_it_came_from(pair: Page) -> None:
    text = " ".join(pair.text.split())
    assert "moved: in Russian this follows row 1" in text
    assert "Russian has here the text of rows 3 to 4: «Мы близки», — сказал министр." in text
    assert len(pair.with_class("passage")) == 1


def test_a_bead_in_doubt_is_told_by_shape_and_word_and_listed(pair: Page) -> None:
    text = " ".join(pair.text.split())
    assert text.count("⚑ check") == 1
    head = text.split("In the order of")[0]
    assert "0.25 The talks went on." in head
    assert "0.90" not in head
    assert len(pair.all("i", **{"class": "on"})) == 1 + 5 + 1 + 5 + 4  # the list; 0.98, 0.25, 0.9 and 0.8 of five steps


def test_sentences_alone_are_told_in_words(pair: Page) -> None:
    assert pair.text.count("no counterpart") == 1
    assert "0 + 1" in " ".join(pair.text.split())


def test_three_versions_show_what_belongs_together() -> None:
    found = make_aligned(result(("en", "ru", "zh")))
    cells = [tuple(tuple(s.index for s in cell.sentences) for cell in row.cells) for row in found.rows]
    assert cells == [((0,), (0,), (0,)), ((1, 2), (3,), (3,)), ((3,), (1,), (1,)), ((), (2,), (2,))]
    assert [row.confidence for row in found.rows] == [0.85, 0.25, 0.85, 0.8]
    assert found.rows[1].doubts == (("en-ru", 0.25), ("en-zh", 0.25))


def test_pairs_that_do_not_agree_are_told() -> None:
    document = result(("en", "ru", "zh"))
    other = (Bead((0,), (0,)), Bead((1,), (3,)), Bead((2,), (1,)), Bead((3,), (2,)))
    changed = {**document.alignments, "ru-zh": VersionAlignment((1, 2), other)}
    document = replace(document, alignments=changed)
    check_references(document)
    assert [row.split for row in make_aligned(document).rows] == [(), *[("ru-zh",)] * 4]
    assert "ru-zh joins this with another row" in Page(render_alignment(document)).text


def test_a_passage_at_the_start_of_a_version_opens_the_table() -> None:
    beads = (Bead((0,), (1,)), Bead((1,), (2,)), Bead((2,), (0,)))
    found = make_aligned(pair_of("One.\nTwo.\nThree.", "Three.\nOne.\nTwo.", beads))
    assert found.openings == (MovedPassage(1, (3,), "Three."),)
    assert (found.rows[2].cells[1].moved, found.rows[2].cells[1].after) == (True, 0)
    text = " ".join(Page(render_alignment(pair_of("A.\nB.\nC.", "C.\nA.\nB.", beads))).text.split())
    assert "moved: in English (2) this opens the text" in text


def test_rows_of_a_passage_are_named_as_runs() -> None:
    assert MovedPassage(1, (4, 5, 6, 2, 9), "").runs == ((4, 6), (2, 2), (9, 9))


def test_gold_is_shown_with_what_is_wrong_and_missed() -> None:
    document = result()
    own = document.alignments["en-ru"]
    gold = score_beads(BEADS, (((0,), (0,)), ((1,), (3,)), ((2,), ()), ((3,), (1,)), ((), (2,))), "g.ids")
    found = Page(render_alignment(replace(document, alignments={"en-ru": replace(own, gold=gold)})))
    text = " ".join(found.text.split())
    assert "✗ not in gold" in text
    assert "missed: [1]:[3]" in text
    assert "0.750" in text
    assert len([attrs for attrs in found.all("tr") if "wrong" in (attrs.get("class") or "").split()]) == 1


def test_versions_that_are_none_are_called_so_at_the_head() -> None:
    found = Page(render_alignment(result(relation=UNRELATED)))
    assert "not versions of one another" in found.text.split("To check")[0]
    assert UNRELATED.reason in found.text


def test_blank_lines_are_shown_as_such() -> None:
    found = Page(render_alignment(pair_of("One.\n\n", "One.\n\n", (Bead((0,), (0,)), Bead((1,), (1,))))))
    assert found.text.count("empty line") == 2


def test_hostile_text_is_shown_never_run_and_read_back() -> None:
    document = pair_of(HOSTILE, HOSTILE, (Bead((0,), (0,), 0.5, 0.1),), outlet=HOSTILE)
    check_references(document)
    html = render_alignment(document)
    found = Page(html)
    assert (found.open, found.faults) == ([], [])
    assert len(found.all("script")) == 1
    assert not found.all("img")
    assert found.text.count("{{ 7 * 7 }}") > 3
    assert extract_result(html) == document


LINES = st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"), max_size=9), max_size=3)


@settings(max_examples=40, deadline=None)
@given(LINES)
@example(["]]>", "<!--", "<script>", "\\u003c", "\0", "\N{PARAGRAPH SEPARATOR}"])
def test_any_document_reads_back_from_its_page(lines: list[str]) -> None:
    text = "\n".join([*lines, "words"])
    beads = tuple(Bead((at,), (at,), 1 / 3, 2 / 7) for at in range(len(lines) + 1))
    document = pair_of(text, text, beads)
    assert extract_result(render_alignment(document)) == document


def test_a_page_of_something_else_holds_no_alignment() -> None:
    for html in (
        "",
        "<p>words</p>",
        '<script type="application/json">{}</script>',
        "<script id=tolmach-result>1</script>",
    ):
        with pytest.raises(InputError, match="the page has no result"):
            extract_result(html)


def test_a_page_that_a_browser_saved_again_is_read() -> None:
    html = render_alignment(result())
    start = '<script type="application/json" id="tolmach-result">'
    assert start in html
    for other in (
        "<SCRIPT id=tolmach-result type=application/json>",
        "<script id='tolmach-result'\n type='application/json'>",
    ):
        assert extract_result(html.replace(start, other)) == result()


@pytest.mark.parametrize(
    "part", ["<a ", "<script ", "<script>", "<!--", "<![CDaaa", "<script type=", "</script", "<", "&#x"]
)
def test_a_page_of_one_thing_many_times_is_searched_at_once(part: str) -> None:
    # html.parser took hours for some of these, and failed on the CDATA.
    with pytest.raises(InputError, match="the page has no result"):
        extract_result(part * 200_000)


def test_a_damaged_page_is_refused() -> None:
    html = render_alignment(result())
    with pytest.raises(InputError, match="the result is not JSON"):
        extract_result(html.replace('"schema"', "schema", 1))
    data = json.loads(html.split('id="tolmach-result">')[1].split("</script>")[0])
    data["alignments"]["en-ru"]["beads"] = []
    with pytest.raises(InputError, match="does not hold each sentence"):
        extract_result(f'<script type="application/json" id="tolmach-result">{json.dumps(data)}</script>')


def test_a_page_names_files_without_their_folders() -> None:
    meta = {"source": "/home/somebody/en.txt"}
    html = render_alignment(pair_of("One.\n", "One.\n", (Bead((0,), (0,), 0.5, 0.9),), **meta))
    assert ("en.txt" in html, "somebody" in html) == (True, False)


def test_a_version_without_title_is_called_by_its_file() -> None:
    assert articles()[0].title is None
    assert Page(render_alignment(result())).all("h1")
    assert "en.txt" in Page(render_alignment(result())).text
