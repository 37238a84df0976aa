"""What trafilatura leaves out between the paragraphs of an article is put back, or named."""

import re

import pytest

from corpora import load_article
from corpora.readers.drafts import BlockDraft
from corpora.readers.gaps import note_around
from corpora.readers.html import read_html

TITLE = "Council decides on new bridge"
BEFORE = (
    "The council decided on a new bridge after a long debate that lasted until midnight, said the mayor on Tuesday."
)
AFTER = "The opposition voted against the plan, because it wants a tunnel instead of a bridge, as it said in March."
LAST = "The work will begin next year, and the people of the town may look at the plans in the town hall."
END = "No other decision was made on that day, and the council will meet again in May, said a clerk of the town."
ONE = "The old bridge will be closed in May for all traffic, the council of the town said on Tuesday evening."
TWO = "The new bridge will be opened two years later, in the summer, if the weather of the winter allows it."
SHORT = "Nobody objected."


class Notes:
    def __init__(self):
        self.notes = []

    def note(self, message):
        self.notes.append(message)


def page(middle, container):
    opening, closing = container
    return (
        f"<!doctype html><html><head><title>{TITLE}</title></head><body><header><nav><ul><li>"
        f"<a href=/>Home</a></li></ul></nav></header>{opening}<h1>{TITLE}</h1><p>{BEFORE}</p>"
        f"{middle}<p>{AFTER}</p><p>{LAST}</p><p>{END}</p>{closing}<footer>About us</footer></body></html>"
    )


CONTAINERS = {
    "article": ("<article>", "</article>"),
    "div": ("<div>", "</div>"),
    "named": ("<div class='news-detail'>", "</div>"),
    "text": ("<div class='article__text'>", "</div>"),
    "section": ("<section>", "</section>"),
    "shared": ("<div class='page share-enabled'>", "</div>"),
    "hidden from readers of screens": ("<div id='root' aria-hidden='true'>", "</div>"),
    "turned": ("<div style='backface-visibility:hidden'>", "</div>"),
    "layout": ("<table><tr><td>", "</td></tr></table>"),
}
PIECES = {
    "items": f"<ul><li>{ONE}</li><li>{TWO}</li></ul>",
    "short items": "<p>The plan has steps:</p><ul><li>closing it</li><li>building another</li></ul>",
    "items of paragraphs": f"<ul><li><p>{ONE}</p><p>{SHORT}</p></li><li>{TWO}</li></ul>",
    "items of divisions": f"<ul><li><div>{ONE}</div></li><li><div>{TWO}</div><div>{SHORT}</div></li></ul>",
    "list within a list": f"<ul><li>{ONE}<ul><li>{SHORT}</li></ul>{TWO}</li></ul>",
    "list in a cell": f"<table><tr><td>{ONE}</td><td><ul><li>{TWO}</li><li>{SHORT}</li></ul></td></tr></table>",
    "quote in a cell": f"<table><tr><td>{ONE}<blockquote>{TWO}</blockquote></td></tr></table>",
    "definitions": f"<dl><dt>{SHORT}</dt><dd>{ONE}</dd><dd><p>{TWO}</p></dd></dl>",
    "span": f"<div><span>{ONE}</span></div>",
    "bold": f"<div><b>{ONE}</b></div>",
    "font": f"<center><font>{ONE}</font></center>",
    "deep": f"<div><div><div>{ONE}</div></div></div>",
    "name": f"<p><a name='_Hlk1'>{ONE}</a></p>",
    "link": f"<p><a href='/x'>{ONE}</a></p>",
    "sections": f"<section><h2>A step</h2><p>{ONE}</p></section><section><h2>Then</h2><div>{TWO}</div></section>",
    "answers": f"<p>{ONE}</p><p>Yes.</p><p>{TWO}</p><p>Yes.</p><p>{SHORT}</p><p>Yes.</p>",
    "refrain": f"<p>{ONE}</p><p>{TWO}</p><p>{ONE}</p>",
}


def words_of(piece):
    return re.sub("<[^>]*>", " ", f"{TITLE}<p>{BEFORE}</p>{piece}<p>{AFTER}</p>{LAST} {END}").split()


@pytest.mark.parametrize("container", CONTAINERS.values(), ids=CONTAINERS)
@pytest.mark.parametrize("piece", PIECES.values(), ids=PIECES)
def test_sentences_between_paragraphs_are_read_in_order(piece, container):
    article = read_html(page(piece, container))
    assert article.text.split() == words_of(piece)
    assert article.meta.dropped == ()


OUTSIDE = {
    "links": "<ul><li><a href=/a>Ten years without a bridge</a></li><li><a href=/b>Who pays for it?</a></li></ul>",
    "box": "<div class='related-stories'><p>Ten years ago a bridge fell. Nobody was hurt.</p></div>",
    "advertisement": "<div class='newsletter'><p>Best mattress ever. Try it now.</p></div>",
    "caption": "<p class='caption'>The bridge in May. Photo by A. Berg.</p>",
    "shares": "<div class='share'><a href='#'>Facebook</a> <a href='#'>X</a></div>",
}


@pytest.mark.parametrize("container", [CONTAINERS[name] for name in ("article", "div", "named", "text", "section")])
@pytest.mark.parametrize("piece", OUTSIDE.values(), ids=OUTSIDE)
def test_boxes_between_paragraphs_stay_out_and_are_named(piece, container):
    article = read_html(page(piece, container))
    assert article.text.split() == words_of("")
    assert article.meta.dropped


@pytest.mark.parametrize("hidden", ["style='display: none'", "hidden", "aria-hidden='true'"])
def test_what_a_page_does_not_show_is_not_put_back(hidden):
    article = read_html(page(f"<div><div {hidden}><span>{ONE}</span></div></div>", CONTAINERS["div"]))
    assert ONE not in article.text


def test_what_is_left_out_is_noted_once(tmp_path):
    path = tmp_path / "page.html"
    path.write_text(page(OUTSIDE["box"] + OUTSIDE["shares"], CONTAINERS["article"]), encoding="utf-8")
    notes = Notes()
    load_article(path, progress=notes)
    left_out = "9 words of the page between paragraphs of the article were left out"
    assert notes.notes == [f"{path}: {left_out}: “Ten years ago a bridge fell. Nobody was …”"]


@pytest.mark.parametrize("piece", ["", OUTSIDE["links"], OUTSIDE["shares"], "<div>Advertisement</div>"])
def test_links_and_boilerplate_are_not_noted(piece):
    notes = Notes()
    read_html(page(piece, CONTAINERS["article"]), progress=notes)
    assert notes.notes == []


OTHER = (
    "The harbour of the town was busy on Monday, when forty ships with grain and timber came in, and the master of the "
    "port said that he had not seen so many for ten years, the paper wrote in its first edition."
)
CARD = f"<div class='card'><span>{ONE}</span></div>"
PARTS = {
    "a teaser before it": f"<article class='featured'><p>{OTHER}</p></article><main><article><p>{BEFORE}</p>"
    f"<p>{AFTER}</p>{CARD}<p>{LAST}</p><p>{END}</p></article></main>",
    "a lead and a body": f"<article><h1>{TITLE}</h1><p>{BEFORE}</p></article><div class='content'><p>{AFTER}</p>{CARD}"
    f"<p>{LAST}</p><p>{END}</p></div>",
    "one for each post": f"<article><p>{OTHER}</p></article><article><p>{BEFORE}</p><p>{AFTER}</p>{CARD}<p>{LAST}</p>"
    f"</article><article><p>{END}</p></article>",
}


@pytest.mark.parametrize("parts", PARTS.values(), ids=PARTS)
def test_gaps_are_filled_whatever_the_page_calls_its_article(parts):
    text = f"<html><body><nav><a href=/>Home</a></nav>{parts}<footer>About us</footer></body></html>"
    assert ONE in read_html(text).text


def test_much_prose_around_what_was_kept_is_named():
    kept, page = ([BlockDraft("paragraph", text) for text in texts] for texts in ((BEFORE,), (BEFORE, ONE, TWO)))
    assert note_around(kept, page) == (
        "40 words of the page before or after the article were left out: “The old bridge will be closed in May …”"
    )
    assert note_around(page, page) is None
    assert note_around(page[:2], [*page[:2], BlockDraft("paragraph", SHORT)]) is None


@pytest.mark.parametrize(
    ("cell", "count"),
    [("<td rowspan=2>North</td>", 1), ("<td colspan='2'>North</td>", 1), ("<td colspan=1>North</td>", 0)],
)
def test_a_cell_over_several_rows_or_columns_is_named(cell, count):
    notes = Notes()
    rows = f"<table><tr>{cell}<td>Left</td><td>120</td></tr><tr><td>Right</td><td>80</td></tr></table>"
    read_html(page(rows, CONTAINERS["article"]), progress=notes)
    assert sum("over several rows or columns" in note for note in notes.notes) == count
