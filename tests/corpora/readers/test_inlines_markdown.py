"""Marks of Markdown, and tags in it, become inlines; the text stays what it is without them."""

import pytest

from corpora.readers.markdown import read_markdown

LEAD = "The ministers of both countries signed the agreement on Tuesday in the capital.\n\n"


def found(markdown):
    article = read_markdown(f"{LEAD}{markdown}\n", language="en")
    return [(i.kind, article.text[i.start : i.end], *filter(None, (i.target, i.title))) for i in article.inlines]


def text(markdown):
    return read_markdown(f"{LEAD}{markdown}\n", language="en").text.removeprefix(LEAD)


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("so *it* is.", ("emphasis", "it")),
        ("so __it__ is.", ("strong", "it")),
        ("so ~~it~~ is.", ("strike", "it")),
        ("so `it` is.", ("code", "it")),
        ("so `` `it` `` is.", ("code", "`it`")),
        ("so <u>it</u> is.", ("underline", "it")),
        ("so <ins>it</ins> is.", ("underline", "it")),
        ("so <DEL>it</DEL> is.", ("strike", "it")),
        ("so <mark class='x'>it</mark> is.", ("highlight", "it")),
        ("so <sub>it</sub> is.", ("subscript", "it")),
        ("so <sup>it</sup> is.", ("superscript", "it")),
        ("so <i>it</i> is.", ("emphasis", "it")),
        ("so <b>it</b> is.", ("strong", "it")),
        ("so <code>it</code> is.", ("code", "it")),
        ("so [it](/a_(b)) is.", ("link", "it", "/a_(b)")),
        ('so [it](<a b> "The \\"title\\"") is.', ("link", "it", "a b", 'The "title"')),
        ("so [it][1] is.\n\n[1]: http://x.org 'T'", ("link", "it", "http://x.org", "T")),
        ("so <a title=T href='?a=1&amp;b=2'>it</a> is.", ("link", "it", "?a=1&b=2", "T")),
        ("so <https://x.org/a> is.", ("link", "https://x.org/a", "https://x.org/a")),
        ("so <a@x.org> is.", ("link", "a@x.org", "mailto:a@x.org")),
        ("so [it](http://пример.рф/путь) is.", ("link", "it", "http://пример.рф/путь")),
        ("中文里的**粗体**字。", ("strong", "粗体")),
        ("so *soft\nbreak* is.", ("emphasis", "soft\nbreak")),
        ("- so *it*", ("emphasis", "it")),
        ("> so *it* is.", ("emphasis", "it")),
        ("## [So it is](#x)", ("link", "So it is", "#x")),
        ("## *So* it is", ("emphasis", "So")),
        ("| so `a\\|b` | is |\n|---|---|", ("code", "a|b")),
    ],
)
def test_a_mark_becomes_an_inline(markdown, expected):
    assert found(markdown) == [expected]


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        ("so <u>it is.", "so it is."),
        ("so it</u> is.", "so it is."),
        ("so <u/>it</u> is.", "so it is."),
        ("so <span>it</span> is.", "so it is."),
        ("so <a name='x'>it</a> is.", "so it is."),
        ("so <a href='javascript:x'>it</a> is.", "so it is."),
        ("so <a href=' java&#10;script:x'>it</a> is.", "so it is."),
        ("so [](http://x.org) is.", "so  is."),
        ("so [it]() is.", "so it is."),
        ("so [![it](a.png)](http://x.org) is.", "so  is."),
        ("so <u> </u> is.", "so   is."),
        ("so [it](javascript:x) is.", "so [it](javascript:x) is."),
        ("so \\*it\\* is.", "so *it* is."),
        ("他说**“好”**了。", "他说**“好”**了。"),
        ("so <u>it\n\nis</u> so.", "so it\n\nis so."),
        ("```\n*so* it is\n```", "*so* it is"),
    ],
)
def test_what_marks_nothing(markdown, words):
    assert (found(markdown), text(markdown)) == ([], words)


def test_marks_are_nested():
    assert found("[so **it *is***](#x) and") == [
        ("link", "so it is", "#x"), ("strong", "it is"), ("emphasis", "is"),
    ]  # fmt: skip


def test_crossing_tags_are_cut():
    assert found("*a <u>b* c</u> d") == [("emphasis", "a b"), ("underline", "b"), ("underline", "c")]
    assert found("<b>a <i>b</b> c</i> d") == [("strong", "a b"), ("emphasis", "b"), ("emphasis", "c")]


def test_a_tag_closes_the_last_one_of_its_name():
    assert found("<u>a <b>b <u>c</u> d</b> e") == [("strong", "b c d"), ("underline", "c")]


def test_the_title_of_the_front_matter_has_the_inlines_of_the_heading():
    article = read_markdown(f"---\ntitle: Ferry back\n---\n# *Ferry* back\n\n{LEAD}")
    assert [(i.kind, article.text[i.start : i.end]) for i in article.inlines] == [("emphasis", "Ferry")]


def test_boilerplate_goes_with_its_inlines():
    article = read_markdown(f"# Ferry back\n\n{LEAD}{LEAD}[Read more](http://x.org)\n")
    assert (article.meta.dropped, article.inlines) == (("Read more",), ())
