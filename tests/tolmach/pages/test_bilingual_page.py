import base64
import hashlib
from dataclasses import replace
from typing import Any

import pytest

from alignment.types import Bead
from common.errors import InputError
from corpora.article import Inline
from corpora.exchange import read_bitext, write_bitext
from tests.support.bilingual_sample import CHINESE, ENGLISH, RUSSIAN, TEXTS, result, source
from tests.support.exchange_schemas import check_xliff
from tests.support.page_parser import Page
from tolmach.export.translations import make_memory
from tolmach.pages.bilingual import BilingualText, pair_of, render_bilingual
from tolmach.pages.page import extract_result
from tolmach.results.reading import check_references, from_json
from tolmach.results.result import Result, to_json
from translate.types import MemoryMatch

HOSTILE = "</script><script>alert(1)</script><!-- \"'{{ 7 * 7 }}&amp;<img src=x onerror=alert(1)>\N{LINE SEPARATOR}"


@pytest.fixture(scope="module")
def html() -> str:
    return render_bilingual(result(("ru", "zh")), "ru")


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page(html)


def changed(found: Result, name: str, **changes: Any) -> Result:
    translation = replace(found.translations[name], **changes)
    return replace(found, translations={**found.translations, name: translation})


def test_every_element_is_closed_in_its_place(page: Page) -> None:
    assert (page.open, page.faults) == ([], [])


def test_ids_are_unique_and_every_link_within_the_page_has_its_target(page: Page) -> None:
    ids = [attrs["id"] for _, attrs in page.elements if attrs.get("id")]
    assert len(ids) == len(set(ids))
    inner = [attrs["href"] or "" for attrs in page.all("a") if (attrs["href"] or "").startswith("#")]
    assert {href[1:] for href in inner} <= set(ids)


def test_only_our_own_style_and_script_may_be_used(html: str, page: Page) -> None:
    policy = page.all("meta", **{"http-equiv": "Content-Security-Policy"})[0]["content"] or ""
    for tag, rule in (("style", "style-src"), ("script", "script-src")):
        body = html.rpartition(f"<{tag}>")[2].partition(f"</{tag}>")[0]
        digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        assert f"{rule} 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert not [attrs for _, attrs in page.elements if "src" in attrs or "style" in attrs]


def test_all_words_of_both_sides_are_there(page: Page) -> None:
    words = " ".join(page.text.split())
    assert all(" ".join(text.split()) in words for text in (*RUSSIAN, *(one.text for one in source().sentences)))


def test_blocks_keep_their_kind_and_markup(html: str, page: Page) -> None:
    assert len(page.all("h3")) >= 2
    assert len(page.all("table")) == 2
    assert [attrs["class"] for attrs in page.all("li") if "level" in (attrs.get("class") or "")] == [
        "level-1", "level-1", "level-2", "level-2", "level-1", "level-1",
    ]  # fmt: skip
    assert 'a <a href="https://example.org/deal" title="The draft">deal</a>' in html
    assert "H<sub>2</sub>O" in html
    assert "<code>CPI-U</code> only" in html
    assert "total = 4.5</span>\n  <span" in html.replace("<br>", "\n")


def test_items_of_ordered_lists_show_their_numbers() -> None:
    numbers = iter([3, None, 3] * 2)
    versions = tuple(
        replace(one.record(), blocks=tuple(
            replace(block, number=next(numbers)) if block.kind == "list_item" else block
            for block in one.article.blocks
        )).value()
        for one in result().versions
    )  # fmt: skip
    page = Page(render_bilingual(replace(result(), versions=versions), "ru"))
    assert len(page.all("ol", start="3")) == 4
    items = [attrs["class"] for attrs in page.all("li") if "level" in (attrs.get("class") or "")]
    assert items == ["level-1", "level-1", "level-2", "level-2", "level-1 more", "level-1 more"]
    assert (page.open, page.faults) == ([], [])


def test_sentences_that_answer_each_other_have_one_bead(page: Page) -> None:
    spans = {attrs["id"]: attrs["data-bead"] for attrs in page.with_class("s")}
    assert spans["s-1"] == spans["t-1"]
    assert spans["s-7"] == spans["t-6"]
    assert spans["s-1"] != spans["s-2"]


def test_what_is_to_be_checked_is_listed_marked_and_explained(page: Page) -> None:
    words = " ".join(page.text.split())
    assert [attrs["href"] for attrs in page.with_class("at")] == ["#s-5", "#s-6", "#s-13"]
    assert [attrs["href"] for attrs in page.with_class("mark")] == ["#note-6", "#note-5", "#note-13"]
    assert "Check sentence 5 number: “4.5” of the source is missing number: “45” is not in the source" in words
    assert "4 translations were made; this one looked best (beam)." in words
    assert "Check sentence 6 not translated" in words
    assert len([attrs for attrs in page.with_class("row") if "check" in (attrs["class"] or "").split()]) == 2


def test_the_head_names_model_licence_restriction_route_and_precision(page: Page) -> None:
    words = " ".join(page.text.split())
    told = "by nllb-600m licence CC-BY-NC-4.0 (no commercial use) route en → ru precision int8"
    assert told in words
    assert "This model is poor at Russian." in words


def test_the_page_gives_its_two_versions_back(html: str) -> None:
    found = extract_result(html)
    check_references(found)
    assert found == pair_of(result(("ru", "zh")), "ru")
    assert [version.id for version in found.versions] == ["en", "ru"]


def test_a_translation_without_faults_says_so() -> None:
    sentences = tuple(replace(one, checks=()) for one in result().translations["ru"].sentences)
    clean = changed(result(), "ru", sentences=sentences)
    assert "All sentences passed the checks." in render_bilingual(clean, "ru")
    assert "no commercial use" not in render_bilingual(changed(clean, "ru", signature={}), "ru")
    unchecked = changed(clean, "ru", signature={"checks": "off"})
    assert "the checks were turned off" in render_bilingual(unchecked, "ru")


def test_an_empty_translation_still_makes_a_page() -> None:
    page = Page(render_bilingual(result(texts={"ru": ("",) * len(RUSSIAN)}), "ru"))
    assert (page.open, page.faults) == ([], [])
    assert page.text.count("nothing here") == 10


def test_no_text_can_break_out_of_the_page() -> None:
    texts = (HOSTILE, *RUSSIAN[1:])
    page = Page(render_bilingual(result(texts={"ru": texts}), "ru"))
    assert (page.open, page.faults) == ([], [])
    assert not page.all("img")
    assert len(page.all("script")) == 2
    assert "7 * 7" in page.text


def test_a_block_that_answers_nothing_follows_the_one_before() -> None:
    found = result()
    alignment = found.alignments["en-ru"]
    first = alignment.beads[0]
    beads = (Bead(first.source, ()), Bead((), first.target), *alignment.beads[1:])
    pair = replace(found, alignments={"en-ru": replace(alignment, beads=beads)})
    check_references(pair)
    rows = list(BilingualText(pair).rows())
    assert [side.kind if side else None for side in rows[0].sides] == ["title", "title"]
    assert Page(render_bilingual(pair, "ru")).faults == []


def test_chinese_is_set_in_its_own_glyphs() -> None:
    page = Page(render_bilingual(result(("ru", "zh")), "zh"))
    assert all(side["lang"] == "zh-Hans" for side in page.with_class("translated"))
    assert CHINESE[1] in page.text


def test_a_page_without_a_document_is_refused(html: str) -> None:
    with pytest.raises(InputError):
        extract_result(html.partition('<script type="application/json"')[0])


def test_markup_comes_back_from_json() -> None:
    found = result()
    assert found.versions[0].article.inlines == source().inlines
    assert from_json(to_json(found)) == found


def test_results_without_markup_are_still_read() -> None:
    bare = replace(result(), versions=tuple(replace(one.record(), inlines=()).value() for one in result().versions))
    text = to_json(bare).replace('"inlines": []', '"mood": 1')
    assert from_json(text) == bare


@pytest.mark.parametrize(
    ("inlines", "message"),
    [
        ((Inline("strong", 0, 9_999),), "the strong from 0 to 9999 of en points outside the text"),
        ((Inline("strong", 5, 5),), "the strong from 5 to 5 of en points outside the text"),
        ((Inline("strong", 0, 130),), "the strong from 0 to 130 of en is not within one block"),
        ((Inline("strong", 5, 9), Inline("strong", 0, 3)), "the markup of en is not in its order"),
        ((Inline("strong", 0, 9), Inline("link", 4, 12)), "the link from 4 to 12 of en crosses the strong before it"),
    ],
)
def test_markup_that_does_not_fit_is_refused(inlines: tuple[Inline, ...], message: str) -> None:
    found = result()
    damaged = replace(
        found, versions=(replace(found.versions[0].record(), inlines=inlines).value(), *found.versions[1:])
    )
    with pytest.raises(InputError, match=f"the result is damaged: {message}"):
        from_json(to_json(damaged))


def test_the_sample_has_a_translation_for_every_sentence() -> None:
    assert {len(texts) for texts in TEXTS.values()} == {len(source(ENGLISH).sentences)}


def test_what_is_like_a_sentence_in_the_memory_is_offered() -> None:
    found = result()
    sentences = list(found.translations["ru"].sentences)
    sentences[8] = replace(sentences[8], near=MemoryMatch("Milk is <b>cheap</b>.", "Молоко дёшево.", 0.8))
    made = changed(found, "ru", sentences=tuple(sentences))
    html = render_bilingual(made, "ru")
    assert 'href="#s-9">9</a>: In your memory (80% alike): Milk is &lt;b&gt;cheap&lt;/b&gt;. → Молоко дёшево.' in html
    assert Page(html).faults == []
    assert extract_result(html).translations == made.translations
    text = write_bitext(make_memory(made, "ru"), "xliff")
    check_xliff(text)
    offered = 'ref="#all" similarity="80.0" type="tm"><source>Milk is &lt;b&gt;cheap&lt;/b&gt;.</source>'
    assert offered in "".join(line.strip() for line in text.splitlines())
    assert read_bitext(text, "xliff") == replace(make_memory(made, "ru"), candidates=())
