"""Plain text becomes blocks; boilerplate goes, everything else stays where it was."""

import json
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import InputError
from corpora.article import Article
from corpora.normalization import is_blank, normalize
from corpora.readers.html import read_html
from corpora.readers.markdown import read_markdown
from corpora.samples import sample_path
from tests.support.places import CASES_PATH

CASES = CASES_PATH / "corpora"
BOILERPLATE = json.loads((CASES / "boilerplate.json").read_text(encoding="utf-8"))
LAYOUT = json.loads((CASES / "layout.json").read_text(encoding="utf-8"))
QUOTES = json.loads(sample_path("lavrov", "en").parent.joinpath("quotes.json").read_text(encoding="utf-8"))


def by_label(cases):
    return [pytest.param(case, id=case["label"]) for case in cases]


def block_texts(article):
    return [article.text[block.start : block.end] for block in article.blocks]


@pytest.mark.parametrize("case", by_label(LAYOUT))
def test_layout_gives_blocks(case):
    article = Article.from_text(case["text"])
    assert [[b.kind, article.text[b.start : b.end]] for b in article.blocks] == case["expected"]
    assert article.text == case["text"]


@pytest.mark.parametrize("case", by_label(BOILERPLATE["positive"]))
def test_boilerplate_is_dropped_and_remembered(case):
    article = Article.from_text(case["text"])
    assert list(article.meta.dropped) == case["dropped"]
    lines = [line for line in case["text"].split("\n") if line and line not in case["dropped"]]
    assert block_texts(article) == lines


@pytest.mark.parametrize("case", by_label(BOILERPLATE["negative"]))
def test_text_that_looks_like_boilerplate_stays(case):
    article = Article.from_text(case["text"])
    assert article.meta.dropped == ()
    assert article.text == case["text"]


AROUND = {
    "en": "The ferry will sail again in April after a break of eleven years, both of the ministers said.",
    "ru": "Паром снова выйдет в море в апреле после перерыва в одиннадцать лет, сообщили министры.",
    "zh": "两国部长表示，中断十一年的轮渡将于四月恢复通航，届时每周往返三个班次，票价约为三十八美元。",
}
PROSE = [(language, sentence) for language, some in BOILERPLATE["prose"].items() for sentence in some]


@pytest.mark.parametrize(("language", "sentence"), PROSE)
@pytest.mark.parametrize("place", ["{it}\n\n{text}\n", "{text}\n\n{it}\n\n{text}\n", "{text}\n\n{it}\n"])
@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_a_sentence_that_begins_like_boilerplate_stays(form, place, language, sentence):
    text = place.format(it=sentence, text=AROUND[language])
    if form == "html":
        article = read_html("".join(f"<p>{escape(block)}</p>" for block in text.split("\n\n")))
    else:
        article = read_markdown(text) if form == "markdown" else Article.from_text(text)
    assert article.meta.dropped == ()
    assert sentence in block_texts(article)


NOTICES = BOILERPLATE["notices"]


@pytest.mark.parametrize(("language", "notice"), [(tag, line) for tag, some in NOTICES.items() for line in some])
def test_a_notice_goes_wherever_it_is(language, notice):
    around = AROUND[language]
    assert Article.from_text(f"{around}\n\n{notice}\n\n{around}\n").meta.dropped == (notice,)


def test_patterns_of_other_languages_do_not_apply():
    text = f"{AROUND['ru']}\n\nAdvertisement\n\n© Reuters\n\n{AROUND['ru']}\n"
    assert Article.from_text(text).meta.dropped == ("© Reuters",)


TAILS = [
    ("ru", "Самое важное", ["Ставка осталась прежней: 16 процентов.", "Рубль укрепился."]),
    ("en", "Comments", ["“We expected this,” said Ivan Petrov.", "“The rate is too high,” said Olga Orlova."]),
    ("zh", "评论", ["花旗：“符合预期。”", "高盛：“下半年可能降息。”"]),
]


@pytest.mark.parametrize(("language", "heading", "lines"), TAILS)
@pytest.mark.parametrize("read", [Article.from_text, read_markdown])
def test_sentences_below_the_heading_of_a_tail_stay(read, language, heading, lines):
    text = "\n\n".join([AROUND[language], heading, *lines])
    assert block_texts(read(text)) == [AROUND[language], heading, *lines]
    assert read(f"{text}\n\n{heading}\n\n{heading * 2}").meta.dropped == (heading, heading * 2)


@pytest.mark.parametrize("case", by_label(BOILERPLATE["positive"]))
def test_reading_twice_changes_nothing(case):
    once = Article.from_text(case["text"])
    twice = Article.from_text(once.text)
    assert (twice.text, twice.blocks, twice.title) == (once.text, once.blocks, once.title)
    assert twice.meta.dropped == ()


@pytest.mark.parametrize("case", by_label(BOILERPLATE["positive"]))
def test_what_is_left_maps_back_to_the_page(case):
    article = Article.from_text(case["text"])
    for block in article.blocks:
        start, end = article.original_span(block.start, block.end)
        assert case["text"][start:end] == article.text[block.start : block.end]


def test_the_received_page_has_exactly_the_sentences_of_the_clean_article():
    received = sample_path("lavrov", "en", variant="as-received").read_text(encoding="utf-8")
    clean = sample_path("lavrov", "en").read_text(encoding="utf-8")
    article = Article.from_text(received)
    assert [s.text for s in article.sentences] == [s.text for s in Article.from_text(clean).sentences]
    assert article.meta.dropped == ("Source link", "Please enter your comment!", "Please enter your name here")


@pytest.mark.parametrize("language", ["en", "ru", "zh"])
def test_gold_offsets_slice_the_article_text(language):
    file = sample_path("lavrov", language)
    article = Article.from_text(file.read_text(encoding="utf-8"))
    assert article.language == language
    for quote in QUOTES["quotes"]:
        parts = quote.get("parts", {}).get(language, [quote["text"][language]])
        slices = [article.text[start:end] for start, end in quote["spans"][language]]
        assert slices == parts


@pytest.mark.parametrize(
    ("language", "heading"),
    [
        ("en", "Lavrov compares West’s approach to Hitler’s ‘final solution’"),
        ("ru", "Лавров сравнил подход Запада с «окончательным решением» Гитлера"),
        ("zh", "拉夫罗夫将西方的做法比作希特勒的“最终解决方案”"),
    ],
)
def test_the_sample_has_its_title_and_one_heading(language, heading):
    article = Article.from_text(sample_path("lavrov", language).read_text(encoding="utf-8"))
    assert article.blocks[0].kind == "title"
    assert article.title == article.text.split("\n")[0]
    assert [article.text[b.start : b.end] for b in article.blocks if b.kind == "heading"] == [heading]


def test_a_text_of_nothing_but_boilerplate_is_left_as_it_is():
    article = Article.from_text("Read more\n\nShare on Facebook\n")
    assert article.text == "Read more\n\nShare on Facebook\n"
    assert article.meta.dropped == ()


@pytest.mark.parametrize("text", ["", " \n\t\n", "\N{NO-BREAK SPACE}\N{ZERO WIDTH SPACE}\N{IDEOGRAPHIC SPACE}\n"])
def test_text_without_a_visible_character_is_refused(text):
    with pytest.raises(InputError, match=r"^the text is empty"):
        Article.from_text(text, language="en")


def test_text_in_another_script_than_asked_for_says_what_it_looks_like():
    with pytest.raises(InputError) as caught:
        Article.from_text("Beijing, however, is cautious.", language="ru")
    assert caught.value.message == "the text is not Russian: it looks like English"


SPACES = ["\n", "\n\n", "\r\n", "\r", " ", "\N{NO-BREAK SPACE}", "\N{IDEOGRAPHIC SPACE}", "\N{ZERO WIDTH SPACE}"]
WORDS = [
    "Word ",
    "e\N{COMBINING ACUTE ACCENT}",
    "\N{SOFT HYPHEN}",
    ". ",
    "“",
    "”",
    "Read more",
    "Source link",
    "- ",
    "• ",
    "?",
]


@given(st.lists(st.sampled_from(SPACES + WORDS), max_size=40).map("".join))
def test_blocks_cover_the_text_and_reading_again_changes_nothing(text):
    article = Article.from_text("A" + text, language="en")
    reached = 0
    for block in article.blocks:
        assert is_blank(article.text[reached : block.start])
        assert not is_blank(article.text[block.start])
        assert not is_blank(article.text[block.end - 1])
        reached = block.end
    assert is_blank(article.text[reached:])
    again = Article.from_text(article.text, language="en")
    assert (again.text, again.blocks) == (article.text, article.blocks)


@given(st.lists(st.sampled_from(SPACES + WORDS), max_size=40).map("".join), st.data())
def test_every_span_of_an_article_maps_back_to_what_was_read(text, data):
    text = "A" + text
    article = Article.from_text(text, language="en")
    start = data.draw(st.integers(0, len(article.text) - 1))
    end = data.draw(st.integers(start + 1, len(article.text)))
    begin, until = article.original_span(start, end)
    # Boilerplate may lie within the span of the original, so only its ends are sure.
    original = normalize(text[begin:until]).text
    assert original[:1] == article.text[start]
    assert original[-1:] == article.text[end - 1]
