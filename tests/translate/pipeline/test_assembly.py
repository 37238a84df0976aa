"""Translated sentences become an article whose beads with the source are known."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from corpora.article import Article, Inline
from corpora.readers.markdown import read_markdown
from translate.pipeline.assembly import TranslatedSentence, assemble_article

SOURCE = Article.from_text("A short title\n\nOne is here. Two is there.\n\nThree ends it.", language="en")
TEXTS = st.lists(
    st.sampled_from(["", "Раз.", "Раз. Два!", "без точки", "«Да», — сказал он.", "— Нет."]), min_size=4, max_size=4
)


def assembled(texts, language):
    return assemble_article(SOURCE, [TranslatedSentence(text) for text in texts], language)


def test_blocks_and_title_are_kept():
    article, beads = assembled(["Заголовок", "Раз.", "Два.", "Три."], "ru")
    assert article.text == "Заголовок\n\nРаз. Два.\n\nТри."
    assert article.title == "Заголовок"
    assert [block.kind for block in article.blocks] == ["title", "paragraph", "paragraph"]
    assert beads == (((0,), (0,)), ((1,), (1,)), ((2,), (2,)), ((3,), (3,)))


def test_chinese_sentences_are_joined_without_a_space():
    article, _ = assembled(["标题", "一。", "二。", "三。"], "zh")
    assert article.text == "标题\n\n一。二。\n\n三。"


def test_a_sentence_that_became_two_answers_both():
    _, beads = assembled(["Заголовок", "Раз. И ещё раз.", "Два.", "Три."], "ru")
    assert beads[1:3] == (((1,), (1, 2)), ((2,), (3,)))


def test_two_sentences_that_became_one_are_joined():
    _, beads = assembled(["Заголовок", "Раз, без точки", "и два.", "Три."], "ru")
    assert beads[1] == ((1, 2), (1,))


def test_a_sentence_that_became_nothing_answers_none():
    _, beads = assembled(["Заголовок", "Раз.", "", "Три."], "ru")
    assert beads[1:] == (((1,), (1,)), ((2,), ()), ((3,), (2,)))


def test_an_empty_block_is_left_out():
    article, _ = assembled(["", "", "Два.", "Три."], "ru")
    assert (article.text, article.title) == ("Два.\n\nТри.", None)
    assert [article.text[block.start : block.end] for block in article.blocks] == ["Два.", "Три."]


def test_text_is_normalized():
    article, _ = assembled(["Заголовок", "Раз.", "Два.", "И\N{COMBINING BREVE}."], "ru")
    assert article.text.endswith("Й.")


def test_line_breaks_in_a_translation_make_no_blocks():
    article, _ = assembled(["Заголовок", "Раз.\n\nИ раз.", "Два.", "Три."], "ru")
    assert len(article.blocks) == 3


@given(TEXTS)
def test_every_sentence_is_in_exactly_one_bead(texts):
    article, beads = assembled(texts, "ru")
    assert [index for sources, _ in beads for index in sources] == list(range(4))
    assert [index for _, targets in beads for index in targets] == list(range(len(article.sentences)))
    assert all(article.text[one.start : one.end] == one.text for one in article.sentences)


def test_markup_stands_where_its_words_do():
    pieces = [
        TranslatedSentence("Заголовок"),
        TranslatedSentence("Раз", (Inline("strong", 0, 3),)),
        TranslatedSentence("и  два.", (Inline("link", 3, 6, "#a"),)),
    ]
    article, _ = assemble_article(SOURCE, [*pieces, TranslatedSentence("Три.")], "ru")
    found = [(one.kind, article.text[one.start : one.end]) for one in article.inlines]
    assert found == [("strong", "Раз"), ("link", "два")]


def test_markup_around_two_sentences_is_one_span_again():
    pieces = [
        TranslatedSentence("Заголовок"),
        TranslatedSentence("Раз.", (Inline("strong", 0, 4),)),
        TranslatedSentence("Два.", (Inline("strong", 0, 3),)),
    ]
    pieces[2] = replace(pieces[2], continued=frozenset({("strong", None, None)}))
    article, _ = assemble_article(SOURCE, [*pieces, TranslatedSentence("Три.")], "ru")
    assert [article.text[one.start : one.end] for one in article.inlines] == ["Раз. Два"]


def test_sentence_whose_words_stand_in_the_one_before_answers_with_it():
    pieces = [
        TranslatedSentence("Заголовок"),
        TranslatedSentence("Раз и два."),
        TranslatedSentence("", joined=True),
        TranslatedSentence("Три."),
    ]
    _, beads = assemble_article(SOURCE, pieces, "ru")
    assert beads == (((0,), (0,)), ((1, 2), (1,)), ((3,), (2,)))


def test_two_marked_sentences_stay_two_spans():
    pieces = [
        TranslatedSentence("Заголовок"),
        TranslatedSentence("Раз.", (Inline("strong", 0, 4),)),
        TranslatedSentence("Два.", (Inline("strong", 0, 3),)),
    ]
    article, _ = assemble_article(SOURCE, [*pieces, TranslatedSentence("Три.")], "ru")
    assert [article.text[one.start : one.end] for one in article.inlines] == ["Раз.", "Два"]


def test_spaces_that_do_not_break_are_kept_and_others_made_single():
    article, _ = assembled(
        ["Заголовок", "«Да»\N{NO-BREAK SPACE}— сказал\n  он.", "5\N{NARROW NO-BREAK SPACE}%.", "Три."], "ru"
    )
    assert "«Да»\N{NO-BREAK SPACE}— сказал он. 5\N{NARROW NO-BREAK SPACE}%." in article.text


def test_items_keep_their_numbers():
    source = read_markdown("They said:\n\n3. Three is here. So is more.\n4. Four.\n\n- A bullet.\n", language="en")
    pieces = [TranslatedSentence(text) for text in ("Сказали:", "Три здесь.", "И ещё.", "Четыре.", "Пункт.")]
    article, _ = assemble_article(source, pieces, "ru")
    assert [(block.level, block.number) for block in article.blocks] == [(0, None), (1, 3), (1, 4), (1, None)]


def test_a_code_block_keeps_all_its_white_space():
    code = "    def f():\n        # One. Two.\n        return 1\n\n\n    x = 2"
    source = read_markdown(f"```\n{code}\n```\n\nThat is all, they said.\n\n```\n{code}\n```\n", language="en")
    article, beads = assemble_article(source, [TranslatedSentence(one.text) for one in source.sentences], "ru")
    assert (article.text, article.blocks) == (source.text, source.blocks)
    assert beads == tuple(((at,), (at,)) for at in range(len(source.sentences)))
