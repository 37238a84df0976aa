"""Halves of surrogate pairs, as broken decoders leave them, are read like any other character."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpora.article import Article, Block
from quotes import extract_quotes
from quotes.speakers.chinese.text import simplify, tagged

HALVES = ("\ud800", "\udbff", "\udc00", "\udfff")
SENTENCES = {
    "en": "“We will not leave the city today”, said Ivan Petrov.",
    "ru": "«Мы не уйдём из города сегодня», — сказал Иван Петров.",
    "zh": "王明表示：“我们今天不会离开这座城市。”",
    "zh-Hant": "王明表示：「我們今天不會離開這座城市。」",
}


@pytest.mark.parametrize("language", SENTENCES)
@settings(max_examples=25, deadline=None)
@given(places=st.lists(st.tuples(st.integers(0, 60), st.sampled_from(HALVES)), min_size=1, max_size=4))
def test_any_text_with_surrogates_gives_quotes_of_its_own_words(language: str, places: list[tuple[int, str]]) -> None:
    text = SENTENCES[language]
    for place, half in places:
        text = text[:place] + half + text[place:]
    found = extract_quotes(Article(text, language, None, (Block("paragraph", 0, len(text)),)))
    assert len(found) == 1
    assert [text[start:end] for start, end in found[0].spans] == list(found[0].parts)


def test_a_surrogate_leaves_the_speaker_beside_it() -> None:
    article = Article.from_text("王明\ud800表示：“我们不会离开。”", language="zh")
    (quote,) = extract_quotes(article)
    assert (quote.text, quote.speaker) == ("我们不会离开。", "王明")


@pytest.mark.parametrize("half", HALVES)
def test_a_surrogate_is_replaced_by_one_character(half: str) -> None:
    plain = simplify(f"記{half}者")
    assert plain == "记\N{REPLACEMENT CHARACTER}者"
    assert "".join(word for word, _ in tagged(plain)) == plain


def test_the_segmenter_still_refuses_what_was_not_simplified() -> None:
    with pytest.raises(UnicodeEncodeError):
        tagged("王明\ud800")
