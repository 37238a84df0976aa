"""What absurd files cost to read: seconds at most, where work that grows with the square takes minutes or more."""

import time
from collections.abc import Callable

import pytest

from corpora.article import Article
from corpora.readers.html import read_html
from corpora.readers.load import sniff_format
from corpora.readers.markdown import read_markdown

SENTENCE = "The minister said that the talks would go on in May. "
LONGEST = 15
"""Seconds of processor time: ten times what the slowest takes, a tenth of what its square took."""


def page(body: str) -> str:
    return f"<html><body>{body}<p>{SENTENCE * 3}</p></body></html>"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("read", "text"),
    [
        pytest.param(Article.from_text, SENTENCE + "\n\nword" * 20_000, id="short lines"),
        pytest.param(Article.from_text, SENTENCE + "\rword" * 20_000, id="lines of old computers"),
        pytest.param(read_markdown, (SENTENCE + "\n") * 8_000, id="lines of a paragraph"),
        pytest.param(read_markdown, SENTENCE + "[word](http://a.b) " * 15_000, id="links"),
        pytest.param(read_markdown, SENTENCE + "a <b>" * 15_000 + "</i>" * 15_000, id="tags that nothing closes"),
        pytest.param(read_markdown, f"---\na: b{' ' * 400_000}c\n---\n\n{SENTENCE}", id="spaces in front matter"),
        pytest.param(read_markdown, SENTENCE + "\n\n<b>" * 15_000, id="blocks of HTML"),
        pytest.param(read_markdown, SENTENCE + "\n\n<p>" + "<!-- x " * 50_000 + "-->", id="comments"),
        pytest.param(read_html, page(f"<p>{SENTENCE}</p>" * 5_000), id="paragraphs"),
        pytest.param(read_html, page("word <div>word</div> <time>May</time>" * 5_000), id="loose text"),
        pytest.param(read_html, page("<p>" + "<time>May</time>, " * 20_000), id="unknown elements"),
        pytest.param(read_html, page(f"<p>{SENTENCE}</p><div><b>{SENTENCE}</b></div><nav>x</nav>" * 5_000), id="gaps"),
        pytest.param(read_html, page("</body></html>" * 50_000), id="ends of pages"),
        pytest.param(read_html, "<?xml " * 200_000 + page(""), id="declarations"),
    ],
)
def test_reading_takes_time_that_grows_with_the_text(read: Callable[..., Article], text: str) -> None:
    began = time.process_time()
    read(text, language="en")
    assert time.process_time() - began < LONGEST


@pytest.mark.parametrize(
    "text",
    ["<!---->" * 500 + "x", "<!-- --> " * 400, "[a](" * 50_000, "[" * 400_000, "<?xml " * 300, "<?xml>" * 300 + "x"],
)
def test_telling_the_format_takes_as_little(text: str) -> None:
    began = time.process_time()
    assert sniff_format(text) == "text"
    assert time.process_time() - began < LONGEST
