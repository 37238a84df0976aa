"""A tag of very many attributes is refused before a parser takes quadratic time for it."""

from contextlib import nullcontext

import pytest

from common.errors import InputError
from corpora.article import Article
from corpora.readers.html import MOST_ATTRIBUTES, read_html, refuse_crowded_tags
from corpora.readers.markdown import read_markdown

MANY = " ".join(f"a{number}" for number in range(MOST_ATTRIBUTES + 1))
FEW = MANY.rpartition(" ")[0]
TEXT = "<p>The minister said that the talks would go on in May. It rained, and the delegations stayed in.</p>"


@pytest.mark.parametrize(
    "page",
    [
        f"<p {MANY}>",
        f"\n\n<p {MANY}",
        f"<P\n{MANY.replace(' ', chr(10))}/>",
        f"<p {MANY.replace(' ', '/')}>",
        "<p " + MANY.replace(" ", '=">" ') + ">",
        "<p " + MANY.replace(" ", "='<b>' ") + ">",
        "<p " + MANY.replace(" ", "=<b ") + ">",
        f'<!-- <x y=" --><p {MANY}>',
        f"<!--><p {MANY}>",
        f"<script>'<x y=\"'</script><p {MANY}>",
        f"</p {MANY}>",
    ],
)
def test_too_many_attributes_are_refused(page):
    with pytest.raises(InputError, match=r"page has a tag of more than 1000 attributes on line [13]\."):
        refuse_crowded_tags(page, "page")


@pytest.mark.parametrize(
    "page",
    [
        f"<p {FEW}>",
        f"<p {FEW}><p {FEW}>",
        f"<p>{MANY}</p>",
        f"<!-- <p {MANY}> -->",
        f"<script>if (a<b) {MANY}</script>",
        f"<TITLE>a<b {MANY}</TITLE>",
        f"<style>{MANY}",
        f'<p a="{MANY}">',
        f"< p {MANY}>",
    ],
)
def test_what_is_no_crowded_tag_passes(page):
    refuse_crowded_tags(page, "page")


@pytest.mark.parametrize(
    ("part", "crowded"),
    [
        ("<a ", True), ("<a b=", True), ("<a/b=", False), ('<a b="', True), ("<!--", False), ("<script>", False),
        ("<a b='\"", True), ("</", False), ("<a =", True), ("<title", False), ("/ ", False), ("<a b=' ", True),
    ],
)  # fmt: skip
def test_any_page_is_looked_through_at_once(part, crowded):
    with pytest.raises(InputError) if crowded else nullcontext():
        refuse_crowded_tags(part * 200_000, "page")


def test_a_page_with_a_hundred_thousand_attributes_is_refused_at_once():
    crowded = " ".join(f"a{number}=1" for number in range(100_000))
    with pytest.raises(InputError, match="more than 1000 attributes"):
        read_html(f"<html><body><p {crowded}>{TEXT}</p></body></html>")


def test_a_crowded_tag_of_markdown_is_refused_with_its_line():
    with pytest.raises(InputError, match="the text has a tag of more than 1000 attributes on line 4"):
        read_markdown(f"It rained.\n\n<div>\n<p {MANY}>{TEXT}\n")


def test_ordinary_pages_are_read():
    assert "talks would go on" in read_html(f"<html><body {FEW}>{TEXT * 3}</body></html>").text


@pytest.mark.parametrize(
    ("read", "part", "parts"),
    [
        (read_html, "<b>", "tags"),
        (read_markdown, "|a", "lines and marks"),
        (read_markdown, "*a ", "lines and marks"),
        (read_markdown, "a\n", "lines and marks"),
        (Article.from_text, "a\n\n", "lines"),
    ],
)
def test_texts_of_too_many_parts_are_refused(read, part, parts):
    with pytest.raises(InputError, match=f"has [3-6]\\d\\d,\\d\\d\\d {parts}, more than the limit of 300,000"):
        read(TEXT + part * 301_000, language="en")
