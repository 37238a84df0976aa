"""Tags of web pages become inlines, whether the page is read whole or its article is picked out."""

import pytest

from corpora.article import Inline
from corpora.readers.drafts import BlockDraft
from corpora.readers.html import read_html
from corpora.readers.inlines import recover
from corpora.samples import list_samples, load_sample

RUNNING = "The ministers of both countries signed the agreement on Tuesday in the capital of the republic. " * 3


def bare(inside):
    return f"<html><body><p>{inside}</p></body></html>"


def full(inside):
    """Return a page from which the article has to be picked."""
    return (
        "<!doctype html><html><head><title>Ferry back after 11 years</title></head><body>"
        "<nav><ul><li><a href='/'>Home</a></li><li><a href='/w'>World</a></li></ul></nav>"
        f"<main><article><h1>Ferry back after 11 years</h1><p>{RUNNING}</p><p>{inside}</p><p>{RUNNING}</p></article>"
        "</main><aside><h3>More</h3><a href='/x'>Another story</a></aside><footer><p>© 2024</p></footer></body></html>"
    )


def found(page):
    article = read_html(page, language="en")
    return [(i.kind, article.text[i.start : i.end], *filter(None, (i.target, i.title))) for i in article.inlines]


@pytest.mark.parametrize("page", [bare, full])
@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("so <a href='../a b?x=1&amp;y=2' title='The  T'>it</a> is.", [("link", "it", "../a b?x=1&y=2", "The T")]),
        ("so <em>it</em> <i>is</i>.", [("emphasis", "it"), ("emphasis", "is")]),
        ("so <strong>it</strong> <b>is</b>.", [("strong", "it"), ("strong", "is")]),
        ("<del>so</del> <s>it</s> <strike>is</strike>.", [("strike", "so"), ("strike", "it"), ("strike", "is")]),
        ("so <u>it</u> <ins>is</ins>.", [("underline", "it"), ("underline", "is")]),
        ("H<sub>2</sub>O on 5 m<sup>2</sup>.", [("subscript", "2"), ("superscript", "2")]),
        ("so <mark>it</mark> is.", [("highlight", "it")]),
        ("<code>so</code> <kbd>it</kbd> <tt>is</tt>.", [("code", "so"), ("code", "it"), ("code", "is")]),
        ("so <b> it\n  is </b> so.", [("strong", "it is")]),
        ("so <b>it<br>is</b> so.", [("strong", "it\nis")]),
        ("so <b>it <i>is <a href='#x'>so</a></i></b>.",
         [("strong", "it is so"), ("emphasis", "is so"), ("link", "so", "#x")]),
        ("<b>so <i>it</b> is</i> so.", [("strong", "so it"), ("emphasis", "it")]),
        ("so <a href='/a'>it <a href='/b'>is</a> so.", [("link", "it", "/a"), ("link", "is", "/b")]),
        ("so <b>it is.", [("strong", "it is.")]),
    ],
)  # fmt: skip
def test_a_tag_becomes_an_inline(page, inside, expected):
    assert found(page(inside)) == expected


@pytest.mark.parametrize("page", [bare, full])
@pytest.mark.parametrize(
    "inside",
    [
        "so <a href='JavaScript:x()'>it</a> is.", "so <a href=' java\nscript:x'>it</a> is.", "so <a>it</a> is.",
        "so <a href=''>it</a> is.", "so <a href='/x'><img src='a.png'></a> it is.", "so <b> </b> it is.",
        "so <span style='font-weight: bold'>it</span> is.", "so it</b> is.", "so <a href='data:text/html,x'>it</a> is.",
    ],
)  # fmt: skip
def test_what_marks_nothing(page, inside):
    assert found(page(inside)) == []


def test_marks_around_several_blocks_are_cut_at_their_borders():
    assert found("<body><a href='/x'><h2>So it is today</h2><p>It is so, he said.</p></a><p>So.</p></body>") == [
        ("link", "So it is today", "/x"), ("link", "It is so, he said.", "/x"),
    ]  # fmt: skip
    assert found(bare("<b>It is so, he said.<br><br>It is not so, said she.</b>")) == [
        ("strong", "It is so, he said."), ("strong", "It is not so, said she."),
    ]  # fmt: skip


def test_items_and_cells():
    listed = "so it is.</p><ul><li>an <i>item</i> of it</li></ul><table><tr><td><b>a</b> cell</td></tr></table><p>So"
    assert found(full(listed)) == [("emphasis", "item"), ("strong", "a")]


def test_chinese_lines_that_are_joined():
    article = read_html("<p>两国部长<b>表示，\n  中断</b>十一年的轮渡将恢复。</p>")
    assert [article.text[i.start : i.end] for i in article.inlines] == ["表示，中断"]


def test_code_of_several_lines_has_no_inlines():
    assert found("<body><p>It is so, he said.</p><pre><b>x</b> = 1\ny = 2</pre></body>") == []


@pytest.mark.parametrize("language", ["en", "ru", "zh"])
def test_a_marked_sample_has_the_text_of_the_plain_one(language):
    sample = load_sample(list_samples()[0], language)
    texts = [sample.text[b.start : b.end] for b in sample.blocks]
    # A link in a short paragraph may make it boilerplate.
    long = [text for text in texts if len(text) > MIN_LENGTH]
    article = read_html(sample_page([with_marks(text) if text in long else text for text in texts]))
    assert article.text == read_html(sample_page(texts)).text
    assert len(long) > 5
    for kind, start, end in [("strong", 5, 9), ("link", 12, 20)]:
        words = [article.text[i.start : i.end] for i in article.inlines if i.kind == kind]
        assert words == [text[start:end].strip() for text in long]


MIN_LENGTH = 40


def with_marks(text):
    return f"{text[:5]}<b>{text[5:9]}</b>{text[9:12]}<a href='/x'>{text[12:20]}</a>{text[20:]}"


def sample_page(texts):
    title, *rest = texts
    body = "".join(f"<p>{text}</p>" for text in rest)
    return f"<html><body><nav><a href='/'>Home</a></nav><article><h1>{title}</h1>{body}</article></body></html>"


def test_the_words_of_a_block_are_looked_up_in_order():
    again = BlockDraft("list_item", "a word", 1)
    page = [marked("a word", "strong"), marked("other words", "code"), marked("a word", "emphasis")]
    kinds = [[i.kind for i in draft.inlines] for draft in recover([again, again, again], page)]
    assert kinds == [["strong"], ["emphasis"], ["strong"]]


def test_a_passage_is_found_within_a_longer_block_only_if_it_is_long():
    page = [marked("a word and some words more than that", "strong")]
    whole, short, missing = recover(
        [
            BlockDraft("paragraph", "word and some words more"),
            BlockDraft("paragraph", "word"),
            BlockDraft("paragraph", "no word of it"),
        ],
        page,
    )
    assert [(i.kind, i.start, i.end) for i in whole.inlines] == [("strong", 0, len("word and some words more"))]
    assert (short.inlines, missing.inlines) == ((), ())


def test_the_headline_does_not_get_the_link_of_a_menu():
    page = [marked("Ferry back", "link"), BlockDraft("heading", "Ferry back", 1), BlockDraft("paragraph", "It is.")]
    assert recover([BlockDraft("title", "Ferry back")], page)[0].inlines == ()


def marked(words, kind):
    return BlockDraft("paragraph", words, inlines=(Inline(kind, 0, len(words), "/x" if kind == "link" else None),))
