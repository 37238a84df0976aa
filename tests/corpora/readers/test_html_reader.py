"""Web pages become articles: main text, kinds of blocks, and who published it when."""

from html import escape

import pytest

from common.errors import InputError
from corpora.readers.html import is_plain_html, looks_like_html, read_html
from corpora.samples import list_samples, load_sample
from corpora.writers.html import to_html

PAGE = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">
<title>Ferry back after 11 years - The Herald</title>
<meta property="og:title" content="Ferry back after 11 years"><meta property="og:site_name" content="The Herald">
<meta name="author" content="Jane Doe"><meta property="article:published_time" content="2024-03-05T10:00:00Z"></head>
<body><nav><a href="/">Home</a> <a href="/w">World</a></nav><header>
<h1>Ferry back after 11 years</h1></header>
<main><article><p>SELVIK — Karvenia and <b>Tolmaria</b> will <a href="#">restart</a> a ferry service across the Irdan
Gulf that has been idle for 11 years, the minister said.</p>
<p>“We have not closed a single dispute,<br>but for the first time in years we have opened a door,” she said.</p>
<h2>Fire from the opposition</h2><p>The deal drew immediate fire from Tolmaria’s opposition, with the leader of the
Shore party accusing the Cabinet of “surrender by installments.”</p>
<blockquote><p>“We were promised a treaty, and they brought home a timetable,” she wrote online.</p></blockquote>
<ul><li>three round trips a week</li><li>a ticket costs about $38</li></ul>
<table><tr><th>Year</th><th>Trips</th></tr><tr><td>2014</td><td>300</td></tr></table>
<p>The next round of consultations is scheduled for May 22 in the Tolmarian capital.</p>
<p>Read more</p></article></main>
<div class="comments"><h3>Leave a Reply</h3><form><textarea></textarea></form></div>
<footer>© 2024 The Herald. All rights reserved</footer></body></html>"""


def blocks(article):
    return [(b.kind, b.level, article.text[b.start : b.end]) for b in article.blocks]


def test_each_kind_of_block():
    found = blocks(read_html(PAGE))
    assert [(kind, level) for kind, level, _ in found] == [
        ("title", 0), ("paragraph", 0), ("paragraph", 0), ("heading", 2), ("paragraph", 0), ("quote", 0),
        ("list_item", 1), ("list_item", 1), ("table_cell", 1), ("table_cell", 1), ("table_cell", 2), ("table_cell", 2),
        ("paragraph", 0),
    ]  # fmt: skip
    assert found[1][2].endswith(
        "will restart a ferry service across the Irdan Gulf that has been idle for 11 years, the minister said."
    )
    assert found[2][2].startswith("“We have not closed a single dispute,\nbut for")


def test_what_is_known_about_the_page():
    article = read_html(PAGE)
    meta = article.meta
    assert article.title == "Ferry back after 11 years"
    assert (meta.format, meta.date, meta.outlet, meta.author) == ("html", "2024-03-05", "The Herald", "Jane Doe")
    assert meta.dropped == ("Read more",)


def test_offsets_are_not_mapped_to_the_page():
    assert read_html(PAGE).original_span(0, 5) is None


def paragraphs(article):
    for block in article.blocks[1:]:
        text = escape(article.text[block.start : block.end])
        yield f"<h2>{text}</h2>" if block.kind == "heading" else f"<p>{text}</p>"


def modern_page(article):
    title = escape(article.title)
    return (
        f"<!doctype html><html><head><title>{title} | Outlet</title></head><body>"
        "<nav><ul><li><a href='/'>Home</a></li></ul></nav>"
        f"<main><article><h1>{title}</h1>{''.join(paragraphs(article))}</article></main>"
        "<aside><h3>More</h3><ul><li><a href='/x'>Another story about ferries</a></li></ul></aside>"
        "<footer><p>© 2024</p></footer></body></html>"
    )


def page_of_divs(article):
    title = escape(article.title)
    return (
        f"<html><head><meta property='og:title' content='{title}'></head><body>"
        f"<div id='header'><a href='/'>Herald</a></div>"
        f"<div class='content'><h1>{title}</h1><div class='meta'>2024-03-05 12:00</div><div class='article-body'>"
        f"{''.join(paragraphs(article))}</div><div class='share'><a>Facebook</a></div></div>"
        "<div id='footer'>Imprint</div></body></html>"
    )


def page_of_line_breaks(article):
    title = escape(article.title)
    texts = [escape(article.text[b.start : b.end]) for b in article.blocks[1:]]
    body = "<br><br>".join(texts)
    return (
        f"<html><head><title>{title}</title></head><body><table><tr><td><b>{title}</b><br><br>{body}</td></tr></table>"
        "</body></html>"
    )


def bare_page(article):
    return f"<h1>{escape(article.title)}</h1>{''.join(paragraphs(article))}"


@pytest.mark.parametrize("name", list_samples())
@pytest.mark.parametrize("language", ["en", "ru", "zh"])
@pytest.mark.parametrize("page", [modern_page, page_of_divs, page_of_line_breaks, bare_page])
def test_sample_articles_come_out_of_a_page_whole(page, language, name):
    article = load_sample(name, language)
    found = read_html(page(article))
    assert [(k, t) for k, _, t in blocks(found)] == [(k, t) for k, _, t in blocks(article)]
    assert (found.title, found.language) == (article.title, article.language)


def test_chinese_lines_that_are_broken_in_the_source_are_joined_without_a_space():
    assert (
        read_html("<p>两国部长表示，\n  中断十一年的轮渡将恢复。</p>").text == "两国部长表示，中断十一年的轮渡将恢复。"
    )


def test_a_break_before_an_indentation_opens_a_paragraph():
    page = "<div>　　两国部长表示，轮渡将于四月恢复。<br>　　渔民们都很高兴，都说盼望已久。</div>"
    assert [text for _, _, text in blocks(read_html(page))] == [
        "两国部长表示，轮渡将于四月恢复。",
        "渔民们都很高兴，都说盼望已久。",
    ]


LISTS = """<ol start="3"><li>Three goes here</li><li value="7"><p>Seven has two</p><p>paragraphs in it</p></li>
<li>Eight holds a list<ul><li>with a bullet</li></ul><p>and goes on</p></li><li value="x">Nine</li></ol>
<ul><li>A bullet<ol start="-2"><li>From one</li><li>to two</li></ol></li></ul><ol start=" 0"><li>Zero</li></ol>"""
NUMBERS = [
    (1, 3, "Three goes here"), (1, 7, "Seven has two"), (1, 7, "paragraphs in it"), (1, 8, "Eight holds a list"),
    (2, None, "with a bullet"), (1, 8, "and goes on"), (1, 9, "Nine"), (1, None, "A bullet"), (2, 1, "From one"),
    (2, 2, "to two"), (1, 0, "Zero"),
]  # fmt: skip


def numbers(article):
    return [(b.level, b.number, article.text[b.start : b.end]) for b in article.blocks if b.kind == "list_item"]


@pytest.mark.parametrize(
    "page",
    [
        PAGE.replace("<ul>", f"{LISTS}<ul>"),
        f"<html><body><div class=content>{bare_page(load_sample(list_samples()[0], 'en'))}{LISTS}</div></body></html>",
    ],
)
def test_items_of_ordered_lists_have_numbers(page):
    article = read_html(page, language="en")
    assert numbers(article)[: len(NUMBERS)] == NUMBERS
    assert numbers(read_html(to_html(article))) == numbers(article)


def test_a_page_that_is_only_a_list_has_numbers():
    article = read_html("<ol start=3><li>Three is here</li><li>Four is there</li></ol>", language="en")
    assert [number for _, number, _ in numbers(article)] == [3, 4]


def test_words_that_stand_in_a_list_and_elsewhere_have_the_number_of_the_item():
    page = PAGE.replace("<ul>", '<p>three round trips</p><ol start="4"><li>three round trips</li></ol><ul>')
    assert numbers(read_html(page))[0] == (1, 4, "three round trips")


def test_a_short_page_is_read_without_trafilatura():
    assert (
        read_html("<html><body><p>Beijing, however, is cautious.</p></body></html>").text
        == "Beijing, however, is cautious."
    )


@pytest.mark.parametrize(
    ("page", "message"),
    [
        ("   ", "the page is empty"),
        ("<html><head><title></title></head><body></body></html>", "the text has no article text"),
        ("<html><body><script>var a = 1;</script><img src='a.png'></body></html>", "the text has no article text"),
        ("<!-- nothing -->", "the text has no article text"),
    ],
)
def test_a_page_without_text_is_refused(page, message):
    with pytest.raises(InputError) as caught:
        read_html(page)
    assert caught.value.message == message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<!DOCTYPE html><html>", True), ("\ufeff <html lang=en>", True), ("<?xml version='1.0'?><html>", True),
        ("<p>a</p><p>b</p><p>c</p>", True), ("<!-- x --><body>", True), ("a < b and c > d", False),
        ("# Title <br>", False), ("", False),
    ],
)  # fmt: skip
def test_pages_are_told_from_text(text, expected):
    assert looks_like_html(text) is expected


BARE = """<html><head><title>Three things to know</title></head><body>{menu}<h1>Three things to know</h1>
<p>The city council met on Monday and agreed on a plan for the old harbour that had been debated for years.</p>
<ol start="3"><li>The pier will be rebuilt.</li><li>The market stays open.</li></ol>
<p>Work begins in May, the mayor said after the meeting, and will take two years.</p></body></html>"""


def test_page_that_is_nothing_but_text_keeps_its_lists():
    article = read_html(BARE.format(menu=""))
    assert [(block.kind, block.number) for block in article.blocks] == [
        ("title", None), ("paragraph", None), ("list_item", 3), ("list_item", 4), ("paragraph", None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "menu",
    ['<ul><li><a href="/">Home</a></li><li>News</li></ul>', "<nav>Home</nav>", "<div>Home</div>", "<form>Find</form>"],
)
def test_page_with_more_than_text_is_not_bare(menu):
    assert is_plain_html(BARE.format(menu=""))
    assert not is_plain_html(BARE.format(menu=menu))
    assert "Home" not in read_html(BARE.format(menu=menu)).text


@pytest.mark.parametrize("page", ["", "<!-- -->", "<html></html>", "<body>Words</body>"])
def test_page_without_paragraphs_is_not_bare(page):
    assert not is_plain_html(page)


def test_headline_with_a_no_break_space_stands_there_once():
    title = "«Мы не знали»,\N{NO-BREAK SPACE}\N{EM DASH} сказала она тогда"
    text = "Совет собрался в понедельник и утвердил план для старой гавани, о котором спорили годами."
    page = f"<html><head><title>{title}</title></head><body><h1>{title}</h1><p>{text}</p></body></html>"
    assert read_html(page).text == f"{title}\n\n{text}"


@pytest.mark.parametrize("depth", [2, 30, 100, 200, 250, 253])
@pytest.mark.parametrize("tag", ["div", "b", "blockquote", "ul><li", "section", "span"])
def test_deep_pages_are_read_whole(depth, tag):
    depth //= 1 + tag.count("<")
    article = read_html("<html><body>" + "".join(f"<{tag}>word{n} is here. " for n in range(depth)), language="en")
    assert [n for n in range(depth) if f"word{n} " not in article.text] == []


@pytest.mark.parametrize("depth", [255, 300, 2_000, 100_000])
@pytest.mark.parametrize("tag", ["div", "b", "blockquote", "ul><li"])
def test_pages_that_the_parser_would_cut_off_are_refused(depth, tag):
    with pytest.raises(InputError, match="the page has tags nested more than 256 deep"):
        read_html(f"<html><body><p>It sailed in April, they said.</p>{f'<{tag}>word ' * depth}", language="en")


@pytest.mark.parametrize("run", ["<p>{}</p>", "<!--{}-->", "<p title='{}'>x</p>"])
def test_pages_with_too_long_a_run_are_refused(run):
    with pytest.raises(InputError, match="or a text or comment of more than 10 MB without a tag"):
        read_html(f"<html><body><p>It sailed.</p>{run.format('word ' * 2_200_000)}<p>It rained.</p>", language="en")


@pytest.mark.parametrize(
    ("declared", "text", "language"),
    [
        ("uk-UA", "Цього ще не сталося.", "uk"),
        ("ru", "Цього ще не сталося.", "ru"),
        ("uk", "Об этом сообщили вчера.", "ru"),
        ("uk", "Not yet, he said.", "en"),
        ("xx", "Not yet, he said.", "en"),
    ],
)
def test_the_declared_language_settles_a_doubt(declared, text, language):
    assert read_html(f"<html lang='{declared}'><body><p>{text}</p></body></html>").language == language


def test_the_declared_language_does_not_hide_another():
    page = "<html lang='en'><body><p>Der Minister hat das nicht gesagt, und die Bahn fährt auch.</p></body></html>"
    with pytest.raises(InputError, match="it looks like German"):
        read_html(page)
