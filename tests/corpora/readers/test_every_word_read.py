"""Every word that an article shows is read, or the reader says why not: no construct makes text vanish in silence."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import InputError
from corpora.readers.markdown import read_markdown
from corpora.writers.markdown import to_markdown

LEAD = "The ministers of both countries signed the agreement on Tuesday in the capital."
TAGS = (
    "div", "p align=center", "center", "table", "summary", "details", "b", "aside", "figure", "figcaption", "footer",
    "nav", "form", "button", "section", "article", "h1 align='center'", "li", "td", "blockquote", "pre", "span",
    "title", "textarea", "noscript", "custom-tag", "menu", "dialog", "svg", "option",
)  # fmt: skip
BLOCKS = (
    "# {}", "{}\n===", "- {}", "7. {}", "> {}", "| {} |\n| --- |\n| {} |",
    "| {} | {} |\n| --- | --- |\n| {} | {} | {} |\n| {} |\n{} | {} | {} | {}", "> | {} |\n> | - |\n> | {} | {} | {}",
    "- {} | {}\n  - | -\n  {} | {} | `{} | {}`\n", "    {}", "```\n{}\n```", "---\n\n{}",
    "**{}** {}",
    "<!-- x --> {}", "<!-- x\n\ny -->\n{}", "<script>x</script> {}", "<style>\nx\n\n</style>{}", "<div\n{}",
    "<p title='{}",
    "<div>{}<br>{}\n</div>", "<div>\n\n{}\n\n</div>", "<table><tr><td>{}</td></tr>\n\n<tr><td>{}</td></tr></table>",
    "- <div>{}</div>", "> <div>{}</div>\n> {}", "1. {}\n\n   <p>{}", "<div>{} < {}</div>", "<div>{} <b {}",
    "<ul><li>{}<ol><li>{}</ol></ul>", "<div><!-- x -->{}<script>x</script>{}</div>", "<?x ?> {}", "<!X> {}",
    "</div> {}",
    *(f"<{tag}>{{}}</{tag.split()[0]}>" for tag in TAGS), *(f"<{tag}>\n{{}}" for tag in TAGS),
)  # fmt: skip
DEEP = [*("> " * depth + "{}" for depth in range(1, 31))] + [
    "\n".join(f"{' ' * len(mark) * level}{mark}{{}}" for level in range(depth))
    for depth in (1, 5, 9, 10, 11, 20, 30)
    for mark in ("- ", "1. ")
]


def read(parts):
    """Return an article whose every word is its own, and the words."""
    count = 0

    def word(_):
        nonlocal count
        count += 1
        return f"word{count}x"

    made = "\n\n".join(re.sub(r"{}", word, part) for part in parts)
    return read_markdown(made, language="en"), [f"word{number}x" for number in range(1, count + 1)]


def check(parts):
    article, words = read(parts)
    assert re.findall(r"word\d+x", article.text) == words
    spans = [(article.text.index(word), len(word)) for word in words]
    assert all(article.original_span(at, at + length) for at, length in spans)
    again = read_markdown(to_markdown(article), language="en")
    assert re.findall(r"word\d+x", again.text) == words


@pytest.mark.parametrize("part", [*BLOCKS, *DEEP])
@pytest.mark.parametrize("first", [True, False])
def test_every_word_of_a_block_is_read(part, first):
    check([part, LEAD] if first else [LEAD, part, LEAD])


@given(st.lists(st.sampled_from(BLOCKS + tuple(DEEP)), min_size=1, max_size=8))
def test_every_word_of_a_document_is_read(parts):
    check([LEAD, *parts, LEAD])


@pytest.mark.parametrize("depth", [100, 300, 3_000])
@pytest.mark.parametrize("mark", ["> ", "- ", "1. "])
def test_what_is_nested_too_deep_is_refused(mark, depth):
    with pytest.raises(InputError, match="nests lists or quotes more than 100 levels deep on line 3"):
        read_markdown(f"{LEAD}\n\n{mark * depth}word\n", language="en")


@pytest.mark.parametrize("opening", ["<!--", "<script>", "<STYLE>", "<?x", "<![CDATA[", "<div><!--", "<div>\n<script>"])
def test_what_never_ends_is_refused(opening):
    with pytest.raises(InputError, match="on line 3 or below and never ends it"):
        read_markdown(f"{LEAD}\n\n{opening} word\n\nword\n", language="en")
