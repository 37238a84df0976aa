"""An article becomes a web page of its own."""

from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpora.article import Article, Block, Inline
from corpora.readers.html import read_html
from corpora.readers.markdown import read_markdown
from corpora.samples import list_samples, load_sample
from corpora.writers.html import inline_html, to_html

PAGE = """# Ferry *back* after 11 years

The ministers of **both countries** signed [the agreement](/a?b=1&c=2 "A & B") on Tuesday, "at last",
wrote `a < b`.

### No share in it

> “We have not closed a single dispute,” she said.
>
> Nor will we.

- one item
- two items
  - a nested one
  - [another](#x)
- a last one

| Name | Age |
|------|-----|
| Ann  | 3   |

```
if a < b:
    x = 1
```

That is what the ministers of both countries had to say on Tuesday.
"""
VOID = {"meta", "br"}


class Checker(HTMLParser):
    """Raises where a tag is not closed in its order; remembers tags and attributes."""

    def __init__(self):
        super().__init__()
        self.open, self.seen, self.attributes, self.words = [], [], [], []

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


def check(page):
    checker = Checker()
    checker.feed(page)
    checker.close()
    assert checker.open == []
    return checker


def body(article, **options):
    page = to_html(article, **options)
    check(page)
    return page[page.index("<article>\n") + len("<article>\n") : page.index("\n</article>")]


def test_each_kind_of_block():
    assert body(read_markdown(PAGE)).split("\n") == [
        "<h1>Ferry <em>back</em> after 11 years</h1>",
        '<p>The ministers of <strong>both countries</strong> signed <a href="/a?b=1&amp;c=2" title="A &amp; B">the '
        'agreement</a> on Tuesday, "at last",<br>wrote <code>a &lt; b</code>.</p>',
        "<h3>No share in it</h3>",
        "<blockquote>",
        "<p>“We have not closed a single dispute,” she said.</p>", "<p>Nor will we.</p>",
        "</blockquote>",
        "<ul>", "<li>one item</li>", "<li>two items", "<ul>", "<li>a nested one</li>",
        '<li><a href="#x">another</a></li>', "</ul>", "</li>", "<li>a last one</li>", "</ul>",
        "<table>", '<tr><th scope="col">Name</th><th scope="col">Age</th></tr>', "<tr><td>Ann</td><td>3</td></tr>",
        "</table>",
        "<pre><code>if a &lt; b:", "    x = 1", "</code></pre>",
        "<p>That is what the ministers of both countries had to say on Tuesday.</p>",
    ]  # fmt: skip


def test_the_page_stands_alone():
    page = to_html(read_markdown(PAGE))
    assert page.startswith('<!DOCTYPE html>\n<html lang="en" dir="ltr">\n<head>\n<meta charset="utf-8">\n')
    checker = check(page)
    assert not {"script", "link", "img", "iframe"} & set(checker.seen)
    assert "url(" not in page
    assert "@import" not in page


def test_the_name_of_the_page():
    article = read_markdown(PAGE)
    assert "<title>Ferry back after 11 years</title>" in to_html(article)
    assert "<title>A &lt;b&gt; &amp; c</title>" in to_html(article, title="A <b> & c")
    assert f"<title>{'word ' * 15}word\N{HORIZONTAL ELLIPSIS}</title>" in to_html(Article("word " * 40, "en"))


@pytest.mark.parametrize("language", ["en", "ru", "zh", "zh-Hant"])
def test_the_language_of_the_page(language):
    assert f'<html lang="{language}" dir="ltr">' in to_html(Article("x", language))


def test_an_article_without_blocks_is_one_paragraph():
    assert (
        body(Article("a <b>\nc", "en", inlines=(Inline("strong", 0, 1),))) == "<p><strong>a</strong> &lt;b&gt;<br>c</p>"
    )


def test_a_level_that_is_skipped_opens_one_list():
    blocks = (Block("list_item", 0, 1, 2), Block("list_item", 3, 4, 4), Block("list_item", 6, 7, 1))
    assert body(Article("a\n\nb\n\nc", "en", None, blocks)).replace("\n", "") == (
        "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>"
    )


def test_lists_of_either_kind_in_each_other():
    numbers = [(1, 3), (1, 4), (2, 1), (2, None), (1, 4), (1, 5), (1, 1), (1, None)]
    blocks = tuple(Block("list_item", 3 * at, 3 * at + 1, *each) for at, each in enumerate(numbers))
    assert body(Article("\n\n".join("abcdefgh"), "en", None, blocks)).split("\n") == [
        '<ol start="3">', "<li>a</li>", "<li>b", "<ol>", "<li>c</li>", "</ol>", "<ul>", "<li>d</li>", "</ul>",
        "<p>e</p></li>", "<li>f</li>", "</ol>", "<ol>", "<li>g</li>", "</ol>", "<ul>", "<li>h</li>", "</ul>",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("http://x.org", '<a href="http://x.org">it</a>'),
        ("HTTPS://x.org/a b", '<a href="HTTPS://x.org/a%20b">it</a>'),
        ("mailto:a@x.org", '<a href="mailto:a@x.org">it</a>'),
        ('../a"b', '<a href="../a&quot;b">it</a>'),
        ("#x", '<a href="#x">it</a>'),
        ("javascript:x", "it"), ("java\nscript:x", "it"), ("ftp://x.org", "it"), ("data:text/html,x", "it"), ("", "it"),
        (None, "it"),
    ],
)  # fmt: skip
def test_where_links_may_lead(target, expected):
    assert inline_html("it", [Inline("link", 0, 2, target)]) == expected


def test_a_run_of_text():
    inlines = [Inline("link", 0, 5, "#x"), Inline("strong", 0, 2), Inline("code", 3, 5), Inline("strike", 6, 7)]
    assert inline_html("a< b&\nc", inlines) == (
        '<a href="#x"><strong>a&lt;</strong> <code>b&amp;</code></a><br><del>c</del>'
    )
    assert inline_html("") == ""


@settings(max_examples=15, deadline=None)
@given(st.text(max_size=20), st.text(max_size=20))
def test_nothing_escapes(words, title):
    text = f"x{words}"
    block = Block("paragraph", 0, len(text))
    article = Article(text, "en", None, (block,), inlines=(Inline("link", 0, len(text), f"#{words}", title),))
    checker = check(to_html(article, title=f"t{title}"))
    assert sorted(set(checker.seen) - VOID) == [
        "a", "article", "body", "head", "html", "main", "p", "style", "title",
    ]  # fmt: skip


@pytest.mark.parametrize("language", ["en", "ru", "zh"])
def test_a_sample_is_read_back(language):
    article = load_sample(list_samples()[0], language)
    again = read_html(to_html(article))
    assert texts(again) == texts(article)
    assert (again.title, again.language) == (article.title, article.language)


def texts(article):
    return [(block.kind, article.text[block.start : block.end]) for block in article.blocks]


def test_inlines_are_read_back():
    article = read_markdown(PAGE)
    again = read_html(to_html(article))
    assert (again.text, again.inlines) == (article.text, article.inlines)
