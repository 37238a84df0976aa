"""Translated sentences become an article whose beads with the source are known."""

from hypothesis import given
from hypothesis import strategies as st

from corpora.article import Article
from translate.assembly import assemble_article

SOURCE = Article.from_text("A short title\n\nOne is here. Two is there.\n\nThree ends it.", language="en")
TEXTS = st.lists(
    st.sampled_from(["", "Раз.", "Раз. Два!", "без точки", "«Да», — сказал он.", "— Нет."]), min_size=4, max_size=4
)


def test_blocks_and_title_are_kept():
    article, beads = assemble_article(SOURCE, ["Заголовок", "Раз.", "Два.", "Три."], "ru")
    assert article.text == "Заголовок\n\nРаз. Два.\n\nТри."
    assert article.title == "Заголовок"
    assert [block.kind for block in article.blocks] == ["title", "paragraph", "paragraph"]
    assert beads == (((0,), (0,)), ((1,), (1,)), ((2,), (2,)), ((3,), (3,)))


def test_chinese_sentences_are_joined_without_a_space():
    article, _ = assemble_article(SOURCE, ["标题", "一。", "二。", "三。"], "zh")
    assert article.text == "标题\n\n一。二。\n\n三。"


def test_a_sentence_that_became_two_answers_both():
    _, beads = assemble_article(SOURCE, ["Заголовок", "Раз. И ещё раз.", "Два.", "Три."], "ru")
    assert beads[1:3] == (((1,), (1, 2)), ((2,), (3,)))


def test_two_sentences_that_became_one_are_joined():
    _, beads = assemble_article(SOURCE, ["Заголовок", "Раз, без точки", "и два.", "Три."], "ru")
    assert beads[1] == ((1, 2), (1,))


def test_a_sentence_that_became_nothing_answers_none():
    _, beads = assemble_article(SOURCE, ["Заголовок", "Раз.", "", "Три."], "ru")
    assert beads[1:] == (((1,), (1,)), ((2,), ()), ((3,), (2,)))


def test_an_empty_block_is_left_out():
    article, _ = assemble_article(SOURCE, ["", "", "Два.", "Три."], "ru")
    assert (article.text, article.title) == ("Два.\n\nТри.", None)
    assert [article.text[block.start : block.end] for block in article.blocks] == ["Два.", "Три."]


def test_text_is_normalized():
    article, _ = assemble_article(SOURCE, ["Заголовок", "Раз.", "Два.", "И\N{COMBINING BREVE}."], "ru")
    assert article.text.endswith("Й.")


def test_line_breaks_in_a_translation_make_no_blocks():
    article, _ = assemble_article(SOURCE, ["Заголовок", "Раз.\n\nИ раз.", "Два.", "Три."], "ru")
    assert len(article.blocks) == 3


@given(TEXTS)
def test_every_sentence_is_in_exactly_one_bead(texts):
    article, beads = assemble_article(SOURCE, texts, "ru")
    assert [index for sources, _ in beads for index in sources] == list(range(4))
    assert [index for _, targets in beads for index in targets] == list(range(len(article.sentences)))
    assert all(article.text[one.start : one.end] == one.text for one in article.sentences)
