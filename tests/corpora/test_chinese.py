"""Traditional Chinese in Simplified characters: lengths and places are kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpora.article import Article
from corpora.chinese import in_simplified, simplify


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("記者說：「臺灣」", "记者说：「台湾」"),
        ("乾隆把杯子喝乾了", "乾隆把杯子喝干了"),
        ("We agree", "We agree"),
        ("ёлка", "ёлка"),
        ("著名的城市", "著名的城市"),
    ],
)
def test_text_in_simplified_characters(text, expected):
    assert simplify(text) == expected


@given(st.text(st.sampled_from("說臺灣後乾著記者A1。\ud800é"), max_size=300))
def test_places_are_kept(text):
    assert len(simplify(text)) == len(text)


def test_an_article_keeps_its_places_and_its_tag():
    article = Article.from_text("標題\n\n他說：「我們贏了。」她沒有說話。", language="zh-Hant")
    plain = in_simplified(article)
    assert plain.language == "zh-Hant"
    assert plain.text == "标题\n\n他说：「我们赢了。」她没有说话。"
    assert [(one.start, one.end) for one in plain.sentences] == [(one.start, one.end) for one in article.sentences]
    assert all(plain.text[one.start : one.end] == one.text for one in plain.sentences)
    assert in_simplified(plain) is plain


def test_other_languages_are_left_alone():
    article = Article.from_text("Мы победили.", language="ru")
    assert in_simplified(article) is article
