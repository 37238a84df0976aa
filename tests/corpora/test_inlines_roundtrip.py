"""An article with inlines becomes Markdown, and Markdown becomes the same article."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from corpora.article import Article, Block, Inline
from corpora.blocks import RANKS, clean_target, clean_title, settle
from corpora.normalization import is_blank, normalize
from corpora.readers.markdown import read_markdown
from corpora.writers.markdown import to_markdown

CHARACTERS = st.one_of(
    st.sampled_from("*_`[]()<>#+-=|~&\\.:!>1 ab\"'“«»”—，。！（）中文e\N{COMBINING ACUTE ACCENT}\N{NO-BREAK SPACE}$€"),
    st.sampled_from("abcдом中文"),
    st.characters(codec="utf-8", categories=["L", "N", "P", "S"]),
)
LINES = (
    st.text(CHARACTERS, min_size=1, max_size=12)
    .map(lambda line: " ".join(line.split()))
    .filter(lambda line: not is_blank(line))
)
WORDS = st.lists(LINES, min_size=1, max_size=3).map("\n".join)
TARGETS = st.one_of(
    st.sampled_from([
        "https://example.org/", "https://example.org/a_b/*c*", "../up (1).html", "#note", "mailto:a@b.org", "x|y\\z",
        "/a b", "?a=1&amp;b=<2>", "https://пример.рф/путь", "//h/`x`", "a[b]c", "e\N{COMBINING ACUTE ACCENT}",
    ]),
    st.text(CHARACTERS, min_size=1, max_size=8),
).map(clean_target).filter(bool)  # fmt: skip
TITLES = st.one_of(st.none(), st.text(CHARACTERS, max_size=8)).map(clean_title)
KINDS = st.sampled_from(["paragraph", "heading", "quote", "list_item", "table_cell"])
NUMBERS = st.none() | st.integers(0, 12) | st.integers(0, 999_999_000)


@st.composite
def blocks(draw):
    kind = draw(KINDS)
    text = f"x{normalize(draw(WORDS)).text}y."
    if kind in {"heading", "table_cell"}:
        text = text.replace("\n", " ")
    return kind, text, settle(text, draw(st.lists(spans(len(text)), max_size=5))), draw(NUMBERS)


@st.composite
def spans(draw, length):
    start = draw(st.integers(0, length - 1))
    end = draw(st.integers(start + 1, length))
    kind = draw(st.sampled_from([*RANKS]))
    link = kind == "link"
    return Inline(kind, start, end, draw(TARGETS) if link else None, draw(TITLES) if link else None)


def build(parts):
    text, made, inlines = "", [], []
    for kind, part, part_inlines, number in [("title", "Title here", (), None), *parts]:
        text += "\n\n" if text else ""
        at = len(text)
        level = {"list_item": 1, "table_cell": 1, "heading": 2}.get(kind, 0)
        made.append(Block(kind, at, at + len(part), level, number if kind == "list_item" else None))
        inlines += [Inline(i.kind, i.start + at, i.end + at, i.target, i.title) for i in part_inlines]
        text += part
    return Article(text, "en", "Title here", tuple(made), inlines=tuple(inlines))


@settings(max_examples=40, deadline=None)
@given(st.lists(blocks(), min_size=1, max_size=3))
def test_any_article_survives_markdown(parts):
    article = build(parts)
    again = read_markdown(to_markdown(article), language="en")
    assert (again.text, again.blocks, again.inlines) == (article.text, article.blocks, article.inlines)


@st.composite
def lists(draw):
    """Make items of levels that follow from each other, numbers and bullets mixed."""
    found, level = [], 0
    for words in draw(st.lists(WORDS, min_size=1, max_size=8)):
        level = draw(st.integers(1, level + 1))
        number = draw(st.none() | st.integers(0, 3) | st.sampled_from([9, 10, 123_456_789]))
        found.append((level, number, f"x{normalize(words).text}y."))
    return found


@settings(max_examples=60, deadline=None)
@given(lists())
def test_any_lists_survive_markdown(found):
    at, made = 0, []
    for level, number, words in found:
        made.append(Block("list_item", at, at + len(words), level, number))
        at += len(words) + 2
    article = Article("\n\n".join(words for _, _, words in found), "en", None, tuple(made))
    again = read_markdown(to_markdown(article), language="en")
    assert (again.text, again.blocks) == (article.text, article.blocks)


@settings(max_examples=30, deadline=None)
@given(blocks())
def test_what_is_written_is_markdown_of_the_standard_too(part):
    """A parser with the standard's own rules of addresses finds as many marks."""
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(to_markdown(build([part])))
    found = [child for token in tokens for child in token.children or [] if child.nesting > 0 or is_other(child)]
    assert len(found) == len(part[2])


def is_other(token):
    return token.type == "code_inline" or (token.type == "html_inline" and not token.content.startswith("</"))


def one(text, *inlines, kind="paragraph"):
    return to_markdown(Article(text, "en", None, (Block(kind, 0, len(text), 1),), inlines=inlines)).removesuffix("\n")


@pytest.mark.parametrize(
    ("text", "inline", "expected"),
    [
        ("a word b", Inline("emphasis", 2, 6), "a *word* b"),
        ("a word b", Inline("strong", 2, 6), "a **word** b"),
        ("a word b", Inline("strike", 2, 6), "a ~~word~~ b"),
        ("a word b", Inline("underline", 2, 6), "a <u>word</u> b"),
        ("a word b", Inline("highlight", 2, 6), "a <mark>word</mark> b"),
        ("H2O", Inline("subscript", 1, 2), "H<sub>2</sub>O"),
        ("m2", Inline("superscript", 1, 2), "m<sup>2</sup>"),
        ("inword", Inline("emphasis", 2, 6), "in*word*"),
        ("他说“好”了", Inline("strong", 2, 5), "他说<strong>“好”</strong>了"),
        ("他说，好的。", Inline("strong", 3, 6), "他说，**好的。**"),
        ("他说好，对", Inline("emphasis", 2, 4), "他说<em>好，</em>对"),
        ("他说好的", Inline("emphasis", 2, 3), "他说*好*的"),
        ("a x b", Inline("code", 2, 3), "a `x` b"),
        ("a `x b", Inline("code", 2, 4), "a `` `x `` b"),
        ("a x``y b", Inline("code", 2, 6), "a `x``y` b"),
        ("a *x\\_* b", Inline("code", 2, 7), "a `*x\\_*` b"),
        ("x\ny", Inline("code", 0, 3), "<code>x\ny</code>"),
        ("see it", Inline("link", 4, 6, "http://x.org/(a)"), "see [it](<http://x.org/(a)>)"),
        ("see it", Inline("link", 4, 6, "a b", 'the "t"'), 'see [it](<a b> "the \\"t\\"")'),
        ("see http://x.org/a", Inline("link", 4, 18, "http://x.org/a"), "see <http://x.org/a>"),
        ("so![it]", Inline("link", 3, 7, "#x"), "so\\![\\[it\\]](#x)"),
    ],
)
def test_how_an_inline_is_written(text, inline, expected):
    assert one(text, inline) == expected


def test_marks_that_meet_are_kept_apart():
    assert one("abcd", Inline("emphasis", 0, 2), Inline("emphasis", 2, 4)) == "*ab*<em>cd</em>"
    assert one("abcd", Inline("strike", 0, 2), Inline("strong", 2, 4)) == "~~ab~~<strong>cd</strong>"
    assert one("abcd", Inline("code", 0, 2), Inline("code", 2, 4)) == "`ab`<code>cd</code>"
    assert one("abcd", Inline("emphasis", 0, 4), Inline("strong", 0, 4)) == "*<strong>abcd</strong>*"


def test_a_bar_does_not_end_a_cell():
    assert one("a|b", Inline("code", 0, 3), kind="table_cell").startswith("| `a\\|b` |\n")


@pytest.mark.parametrize(
    "target", ["javascript:alert(1)", " JavaScript:x", "java\nscript:x", "data:text/html,x", "", None]
)
def test_a_link_to_nowhere_or_to_code_is_written_as_its_words(target):
    assert one("see it", Inline("link", 4, 6, target)) == "see it"


def test_inlines_of_code_blocks_are_not_written():
    assert one("x = 1", Inline("strong", 0, 1), kind="code") == "```\nx = 1\n```"


def test_signs_at_the_end_of_a_heading_stay():
    assert one("Trouble with C #", kind="heading") == "## Trouble with C \\#"
