"""Markdown becomes plain blocks, and an article becomes Markdown that reads back the same."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import InputError
from corpora.article import Article, Block
from corpora.normalization import is_blank, normalize
from corpora.readers.html import read_html
from corpora.readers.markdown import read_markdown
from corpora.samples import list_samples, load_sample
from corpora.writers.html import to_html
from corpora.writers.markdown import to_markdown, to_plain

PAGE = """---
title: "Ferry back after 11 years"
date: 2024-03-05T10:00:00Z
author: Jane Doe
outlet: The Herald
---

# Ferry back after 11 years

SELVIK — Karvenia and **Tolmaria** will [restart](http://example.org/and "t") a ferry &amp; more
across the `gulf`.

![a picture](a.png)

## No share in it

> “We have not closed,” she said.
>
> Nor will we.

- one item
- two *items*
  - a nested one

| Name | Age |
|------|-----|
| Ann  | 3   |

```
x = 1
```

<div>an advertisement</div>

<!-- a note -->

Source link
"""


def blocks(article):
    return [(b.kind, b.level, article.text[b.start : b.end]) for b in article.blocks]


def test_each_kind_of_block():
    assert blocks(read_markdown(PAGE)) == [
        ("title", 0, "Ferry back after 11 years"),
        ("paragraph", 0, "SELVIK — Karvenia and Tolmaria will restart a ferry & more\nacross the gulf."),
        ("heading", 2, "No share in it"),
        ("quote", 0, "“We have not closed,” she said."),
        ("quote", 0, "Nor will we."),
        ("list_item", 1, "one item"),
        ("list_item", 1, "two items"),
        ("list_item", 2, "a nested one"),
        ("table_cell", 1, "Name"),
        ("table_cell", 1, "Age"),
        ("table_cell", 2, "Ann"),
        ("table_cell", 2, "3"),
        ("code", 0, "x = 1"),
        ("paragraph", 0, "an advertisement"),
    ]


def test_front_matter_and_what_was_left_out_are_kept():
    article = read_markdown(PAGE)
    assert article.title == "Ferry back after 11 years"
    meta = article.meta
    assert (meta.format, meta.date, meta.author, meta.outlet) == ("markdown", "2024-03-05", "Jane Doe", "The Herald")
    assert meta.dropped == ("<!-- a note -->", "Source link")


def test_a_title_in_the_front_matter_only_becomes_the_first_block():
    article = read_markdown("---\ntitle: Ferry back\n---\nIt will sail again in April, they said.\n")
    assert blocks(article)[0] == ("title", 0, "Ferry back")
    start, end = article.original_span(0, len("Ferry back"))
    assert "---\ntitle: Ferry back\n---\n"[start:end] == "Ferry back"


def test_front_matter_is_written_back_with_the_title_of_the_translation():
    front = "title: Ferry back # again\nauthor: Jane Doe\ntags:\n  - ships"
    article = read_markdown(f"---\n{front}\n---\n\nIt will sail again in April, they said.\n")
    written = to_markdown(article)
    assert written == f"---\n{front}\n---\n\nIt will sail again in April, they said.\n"
    assert read_markdown(written).meta.front_matter == front
    translated = to_markdown(replace(article, title='Паром: "снова" в пути'))
    assert translated.startswith('---\ntitle: "Паром: \\"снова\\" в пути"\nauthor: Jane Doe\n')


def test_a_title_in_front_matter_and_body_is_translated_in_both():
    article = read_markdown(PAGE)
    written = to_markdown(replace(article, title="Паром вернулся"))
    assert written.startswith('---\ntitle: "Паром вернулся"\ndate: 2024')
    assert "\n# Ferry back after 11 years\n" in written  # the block has the words of the article's text


def test_headings_stay_on_their_level_below_a_title_in_the_front_matter():
    text = "---\ntitle: Ferry back\n---\n\n# It sails again\n\nIt will sail again in April, they said.\n"
    assert to_markdown(read_markdown(text)) == text


def test_languages_of_code_and_alignments_of_columns_are_kept():
    text = (
        "They said it will sail again in April.\n\n```sh\nferry --list\n```\n\n"
        "| Route | Minutes | Fare | Note |\n| --- | ---: | :---: | :--- |\n| North | 25 | $4 | none |\n"
    )
    assert to_markdown(read_markdown(text)) == text


@pytest.mark.parametrize("info", ["a`b", "a\nb"])
def test_an_info_that_no_fence_can_have_is_left_out(info):
    assert to_markdown(Article("x", "en", None, (Block("code", 0, 1, info=info),))) == "```\nx\n```\n"


@pytest.mark.parametrize(
    "first",
    [
        "The ferry sailed.", "The ferry: it sailed.", "Ferry\n\n- one\n- two", "- ferry: one", "  title: ferry",
        "title: ferry\nIt sailed.", "title: ferry\n\nIt sailed: today.", "# ferry", "ferry:it", "https://ferry.example",
    ],
)  # fmt: skip
@pytest.mark.parametrize("end", ["---", "..."])
def test_text_between_rules_at_the_start_is_text(first, end):
    article = read_markdown(f"---\n{first}\n{end}\n\nIt will sail again in April, they said.\n", language="en")
    for word in first.replace("-", " ").replace("#", " ").split():
        assert word in article.text


@pytest.mark.parametrize(
    "fields",
    [
        "tags:\n- one\n- two\ntitle: Ferry", "# a comment\ntitle: Ferry\n\nsummary: >\n  It will\n  sail.",
        '"title": Ferry', "list: [\n  a\n]\ntitle: Ferry", "title: Ferry\nempty:",
    ],
)  # fmt: skip
def test_front_matter_of_any_usual_form_is_no_text(fields):
    article = read_markdown(f"---\n{fields}\n---\nIt will sail again in April, they said.\n", language="en")
    assert article.text.removeprefix("Ferry\n\n") == "It will sail again in April, they said."


@pytest.mark.parametrize("words", ["restart", "gulf", "one item", "Nor will we.", "Ann", "Age", "No share in it"])
def test_words_map_back_to_the_markdown(words):
    article = read_markdown(PAGE)
    start = article.text.index(words)
    begin, end = article.original_span(start, start + len(words))
    assert PAGE[begin:end] == words


def test_words_that_markdown_spells_otherwise_map_to_what_holds_them():
    article = read_markdown(PAGE)
    at = article.text.index("&")
    begin, end = article.original_span(at, at + 1)
    assert "&amp;" in PAGE[begin:end]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("\n \n", "the text is empty"),
        ("![a picture](a.png)\n\n<div></div>\n", "the text has no article text"),
        ("```\n\n```\n", "the text has no article text"),
        ("# 12\n\n13\n", "cannot detect the language: the text has no letters"),
    ],
)
def test_markdown_without_text_is_refused(text, message):
    with pytest.raises(InputError) as caught:
        read_markdown(text)
    assert caught.value.message == message


@pytest.mark.parametrize("name", list_samples())
@pytest.mark.parametrize("language", ["en", "ru", "zh"])
@pytest.mark.parametrize(("write", "read"), [(to_markdown, read_markdown), (to_plain, Article.from_text)])
def test_samples_survive_writing_and_reading(name, language, write, read):
    article = load_sample(name, language)
    again = read(write(article))
    kinds_and_texts = [(kind, text) for kind, _, text in blocks(article)]
    assert [(kind, text) for kind, _, text in blocks(again)] == kinds_and_texts
    assert (again.title, again.language) == (article.title, article.language)


def test_plain_text_of_lists_and_tables():
    assert to_plain(read_markdown(PAGE)).split("\n\n")[5:7] == [
        "\N{BULLET} one item\n\N{BULLET} two items\n  \N{BULLET} a nested one",
        "Name\tAge\nAnn\t3",
    ]


def test_markdown_of_lists_quotes_tables_and_code():
    assert to_markdown(read_markdown(PAGE)).split("\n\n")[4:] == [
        "> “We have not closed,” she said.\n>\n> Nor will we.",
        "- one item\n- two *items*\n  - a nested one",
        "| Name | Age |\n| --- | --- |\n| Ann | 3 |",
        "```\nx = 1\n```",
        "an advertisement\n",
    ]


LINES = st.text(
    st.one_of(
        st.sampled_from("*_`[]()<>#+-=|~&\\.:!>1 ab\"'“«—"),
        st.characters(codec="utf-8", categories=["L", "N", "P", "S"]),
    ),
    min_size=1,
    max_size=12,
).map(lambda line: " ".join(line.split()))
WORDS = st.lists(LINES, min_size=1, max_size=3).map("\n".join).filter(lambda text: not is_blank(text))
KINDS = st.sampled_from(["paragraph", "heading", "quote", "list_item", "table_cell"])


@given(st.lists(st.tuples(KINDS, WORDS), min_size=1, max_size=5))
def test_any_text_survives_markdown(parts):
    parts = [("title", "Title here"), *((kind, f"x{text}y.") for kind, text in parts)]
    article = build(parts)
    again = read_markdown(to_markdown(article), language="en")
    expected = [
        (kind, text.replace("\n", " ") if kind in {"heading", "table_cell"} else text)
        for kind, text in ((kind, build([(kind, text)]).text) for kind, text in parts)
    ]
    assert [(kind, text) for kind, _, text in blocks(again)] == expected


def build(parts):
    """Join texts to an article, NFC and without blank lines within."""
    text, made = "", []
    for kind, part in parts:
        lines = normalize(part).text.split("\n")
        part_text = "\n".join(line.strip() for line in lines if not is_blank(line))
        text += "\n\n" if text else ""
        level = {"list_item": 1, "table_cell": 1, "heading": 2}.get(kind, 0)
        made.append(Block(kind, len(text), len(text) + len(part_text), level))
        text += part_text
    return Article(text, "en", None, tuple(made))


NUMBERED = """Here is how it is done, they said.

3. Three
4. Four goes on
   over two lines

   and has a second paragraph
   - a bullet
     7. no list begins here

     9. but here
   - another

   and a third one
5. Five
1) Another list

- a bullet
0. zero
1. one
"""


def numbers(article):
    return [(b.level, b.number, article.text[b.start : b.end]) for b in article.blocks if b.kind == "list_item"]


def test_items_of_ordered_lists_have_numbers():
    article = read_markdown(NUMBERED)
    assert numbers(article) == [
        (1, 3, "Three"), (1, 4, "Four goes on\nover two lines"), (1, 4, "and has a second paragraph"),
        (2, None, "a bullet\n7. no list begins here"), (3, 9, "but here"), (2, None, "another"),
        (1, 4, "and a third one"), (1, 5, "Five"), (1, 1, "Another list"), (1, None, "a bullet"), (1, 0, "zero"),
        (1, 1, "one"),
    ]  # fmt: skip
    again = read_markdown(to_markdown(article))
    assert (again.text, again.blocks) == (article.text, article.blocks)


def test_html_in_an_item_is_of_the_item():
    article = read_markdown("They said:\n\n0. <p>zero\n1. <ul><li>one</ul>\n\n- <pre>code</pre>\n- <h2>two</h2>\n")
    assert numbers(article) == [(1, 0, "zero"), (1, 1, "one"), (1, None, "two")]
    assert ("code", 0, "code") in blocks(article)


def test_markdown_of_numbers():
    parts = to_markdown(read_markdown(NUMBERED)).split("\n\n", 1)[1]
    assert parts == (
        "3. Three\n4. Four goes on\n   over two lines\n\n   and has a second paragraph\n   - a bullet\n"
        "     7\\. no list begins here\n\n     9. but here\n   - another\n\n   and a third one\n5. Five\n"
        "1) Another list\n- a bullet\n0. zero\n1. one\n"
    )


def test_plain_text_of_numbers():
    assert to_plain(read_markdown("They said:\n\n9. nine\n10. ten\n\n    and more\n    - sub\n\n- a bullet\n")) == (
        "They said:\n\n9. nine\n10. ten\n    and more\n  \N{BULLET} sub\n\N{BULLET} a bullet\n"
    )


def test_numbers_of_plain_text_are_words_and_come_back_as_such():
    article = read_markdown(f"{NUMBERED}\nThat is all there is to say about it, they said in the end.\n")
    again = Article.from_text(to_plain(article))
    texts = [text for _, _, text in blocks(again)]
    assert {"3. Three", "5. Five", "9. but here", "0. zero", "1. one"} <= set(texts)
    assert to_plain(again).count("3. Three") == 1


def test_a_number_that_markdown_cannot_write_goes_on_from_the_last_that_it_can():
    text = "one\n\ntwo"
    items = (Block("list_item", 0, 3, 1, 999_999_999), Block("list_item", 5, 8, 1, 1_000_000_000))
    assert to_markdown(Article(text, "en", None, items)) == "999999999. one\n999999999. two\n"
    assert read_markdown("999999999. one\n999999999. two\n", language="en").blocks == items


CODE = "    def f():\n        return 1\n\n\n    x = 2"


def test_code_keeps_the_indentation_of_its_first_line_and_its_blank_lines():
    article = read_markdown(f"Run this first:\n\n```\n\n{CODE}\n\n```\n\nThen go on reading.\n")
    block = next(block for block in article.blocks if block.kind == "code")
    assert article.text[block.start : block.end] == CODE
    for again in (read_markdown(to_markdown(article)), read_html(to_html(article))):
        assert (again.text, again.blocks) == (article.text, article.blocks)


def test_footnotes_are_text_that_comes_back():
    text = "# Tunnel\n\nThe old bridge stays open.[^1]\n\nTraffic fell.\n\n[^1]: Council.\n"
    article = read_markdown(text, language="en")
    assert [block.kind for block in article.blocks] == ["title", "paragraph", "paragraph", "paragraph"]
    assert to_markdown(article) == text


def test_only_what_would_begin_a_list_is_escaped():
    text = "| Car | Day |\n| --- | --- |\n| Lorry | 3.50 |\n\n3\\. March\n"
    assert to_markdown(read_markdown(text, language="en")) == text
