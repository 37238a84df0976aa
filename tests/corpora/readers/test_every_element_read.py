"""Every word that a browser shows in a sentence of a page is read, whatever element or tag stands beside it."""

import pytest

from common.errors import InputError
from corpora.readers.html import read_html
from corpora.readers.markdown import read_markdown

ELEMENTS = (
    "a", "abbr", "acronym", "address", "applet", "area", "article", "aside", "audio", "b", "base", "basefont", "bdi",
    "bdo", "bgsound", "big", "blink", "blockquote", "body", "br", "button", "canvas", "caption", "center", "cite",
    "code", "col", "colgroup", "data", "datalist", "dd", "del", "details", "dfn", "dialog", "dir", "div", "dl", "dt",
    "em", "embed", "fencedframe", "fieldset", "figcaption", "figure", "font", "footer", "form", "frame", "frameset",
    "h1", "h2", "h3", "h4", "h5", "h6", "head", "header", "hgroup", "hr", "html", "i", "iframe", "image", "img",
    "input", "ins", "isindex", "kbd", "keygen", "label", "legend", "li", "link", "listing", "main", "map", "mark",
    "marquee", "math", "menu", "menuitem", "meta", "meter", "multicol", "nav", "nextid", "nobr", "noembed", "noframes",
    "noindex", "noscript", "object", "ol", "optgroup", "option", "output", "p", "param", "picture", "plaintext", "pre",
    "progress", "q", "rb", "rbc", "rp", "rt", "rtc", "ruby", "s", "samp", "script", "search", "section", "select",
    "selectedcontent", "slot", "small", "source", "spacer", "span", "strike", "strong", "style", "sub", "summary",
    "sup", "svg", "table", "tbody", "td", "template", "textarea", "tfoot", "th", "thead", "time", "title", "tr",
    "track", "tt", "u", "ul", "var", "video", "wbr", "xmp", "o:p", "x-element",
)  # fmt: skip
LEFT_OUT = {
    "boxes": {"aside", "dialog", "figcaption", "figure", "footer", "form", "menu", "nav"},
    "choices": {"datalist", "optgroup", "option", "progress", "select", "textarea"},
    "instead of pictures": {"applet", "audio", "canvas", "fencedframe", "iframe", "noscript", "object", "svg", "video"},
    "pronunciation": {"rp", "rt", "rtc"},
    "code": {"script", "style", "template"},
}
"""Elements whose words are no part of a sentence; what follows them is."""
NEVER = set().union(*LEFT_OUT.values())
LEAD = "<p>The ministers signed the agreement on {} in the capital after long talks about the border.</p>"
PAGES = {
    "framed": "<html><body><nav><a href=/>Home</a></nav><div class=main><article><h1>A day of talks</h1>{}{}{}"
    "</article></div><footer>Imprint</footer></body></html>",
    "divided": "<html><body><nav><a href=/>Home</a></nav><div class=main><div>{}</div>{}{}</div></body></html>",
    "bare": "<html><body><h1>A day of talks</h1>{}{}{}</body></html>",
}
FORMS = (
    "<p>The owner first0 <{0}>second0</{0}> third0 that he would not sell the house to anybody.</p>",
    "<p>The owner said first1, <b>the <{0}>second1</{0}></b>, third1 he would not sell the house to anybody.</p>",
    "<div>The owner first2 <{0}>second2</{0}> third2 that he would not sell the house to anybody.</div>",
    "The owner first3 <{0}>second3</{0}> third3 that he would not sell the house to anybody.",
)
TEXT = "The ministers of both countries signed the agreement on Tuesday in the capital."


def read(page, part):
    """Return the text of a page that has a part between long articles: short pages are read otherwise."""
    leads = LEAD.format("Monday") * 4, LEAD.format("Friday") * 4
    return read_html(PAGES[page].format(leads[0], part, leads[1]), language="en").text


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("element", ELEMENTS)
def test_a_word_in_any_element_is_read(page, element):
    text = read(page, "".join(form.format(element) for form in FORMS))
    for number, form in enumerate(FORMS):
        missing = {word for word in ("first", "second", "third") if f"{word}{number}" not in text}
        assert not missing - ({"second"} if element in NEVER else set()), form


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("element", ["time", "label", "output", "button", "blink", "map", "q", "o:p", "x-element"])
def test_a_sentence_with_it_stays_one(page, element):
    sentence = "The deadline was moved to <{0}>1 June</{0}>, the ministry said on Monday."
    assert "moved to 1 June, the ministry said" in read(page, f"<p>{sentence.format(element)}</p>")


ODD = ("\f", "\1", "\x7f", "\x85", "\ufffe", "\U0010ffff", "<p\1>", "<a\f:b>", "<:>", "<a:b:c>", "<b\ufffe>")


@pytest.mark.parametrize("odd", ODD)
def test_odd_characters_and_names_are_read(odd):
    text = read("framed", f"{odd}The owner first{odd} <div>said{odd} second</div>{odd} and third{odd} on Monday.")
    assert [text.count(word) for word in ("first", "second", "third")] == [1, 1, 1]


def test_a_button_that_stands_alone_is_no_text():
    assert "Share" not in read("framed", "<div><button>Share</button></div>")


def test_words_that_a_kept_paragraph_lacks_are_taken_from_the_page(monkeypatch):
    """As if trafilatura left out an element that nobody has thought of."""
    monkeypatch.setattr("corpora.readers.html.keep_sentences", lambda _: None)
    sentence = "The deadline was moved from April to <time>1 June</time>, the <i>ministry</i> said on Monday."
    assert "from April to 1 June, the ministry said" in read("framed", f"<p>{sentence}</p>")


AFTER = f"<p>Afterwards it rained. {TEXT}</p>"


@pytest.mark.parametrize(
    "between",
    [
        "</body></html>", "</body>", "</html>", "</BODY >", "</body foo='>'>", "</body/>", "</html\n>", "<html><body>",
        "</body></html><html lang=en><head><title>Other</title></head><body>", "<head>", "</head>", "<frameset>",
    ],
)  # fmt: skip
def test_text_after_the_end_of_a_page_is_read(between):
    page = f"<html><head><title>Talks</title></head><body><p>{TEXT}</p>{between}{AFTER}</body></html>"
    assert "Afterwards it rained." in read_html(page, language="en").text


@pytest.mark.parametrize("kept", ["<!-- </body> -->", "<script>'</body>'</script>", "<pre>&lt;/body></pre>"])
def test_what_is_no_tag_ends_no_page(kept):
    text = read_html(f"<html><body><p>{TEXT}</p>{kept}{AFTER}</body></html>", language="en").text
    assert ("</body>" in text) == ("&lt;" in kept)
    assert "Afterwards it rained." in text


@pytest.mark.parametrize(
    "block",
    [
        "<p>one</p></body></html><p>second</p>", "<p>one</p></html>\nsecond", "<p>one < two </body> second",
        "<table><tr><td>one</td></tr></html><tr><td>second</td></tr></table>", "<noframes><b>second</b></noframes>",
        "<plaintext>one <b>second</b>",
    ],
)  # fmt: skip
def test_text_after_the_end_of_a_page_in_markdown_is_read(block):
    text = read_markdown(f"{TEXT}\n\n{block}\n", language="en").text
    assert "second" in text
    assert "<b>" not in text


def test_a_page_of_nothing_but_ends_is_refused():
    with pytest.raises(InputError, match="no article text"):
        read_html("<html></body></html></body>", language="en")
