"""What a Chinese sentence without punctuation costs, counted in characters that are cut into words."""

import pytest

import quotes.speakers.chinese.finder as speakers
from corpora.article import Article
from corpora.offsets import Span
from quotes import extract_quotes
from quotes.speakers.chinese import text as chinese_text
from quotes.speakers.chinese.text import ChineseWord, simplify, tagged

MOST_BESIDE_TEXT = 16_000
"""Sixteen verbs, some 120 characters each, four times over, and what is read around them."""


def cut_characters(monkeypatch: pytest.MonkeyPatch, text: str) -> int:
    sizes: list[int] = []
    cut = speakers.words

    def counting(text: str, span: Span, known: object = None) -> list[ChineseWord]:
        sizes.append(span[1] - span[0])
        return cut(text, span, known)

    with monkeypatch.context() as patch:
        patch.setattr(speakers, "words", counting)
        assert len(extract_quotes(Article.from_text(f"{text}：“我们不会离开这里。”", language="zh"))) == 1
    return sum(sizes)


@pytest.mark.parametrize("unit", ["说", "他说", "王明在北京向记者表示经济增长明显加快"])
def test_a_sentence_without_punctuation_is_cut_a_few_times(monkeypatch: pytest.MonkeyPatch, unit: str) -> None:
    text = unit * (2000 // len(unit))
    assert len(text) < cut_characters(monkeypatch, text) < 2 * len(text) + MOST_BESIDE_TEXT


def test_a_speaker_is_looked_for_in_the_clauses_that_a_verb_can_have() -> None:
    aside = "经济增长加快，"
    near, far = (f"总统王明今天，{aside * count}表示：“我们不会离开这里。”" for count in (3, 40))
    assert [extract_quotes(Article.from_text(text, language="zh"))[0].speaker for text in (near, far)] == ["王明", None]


def test_only_short_texts_are_kept() -> None:
    chinese_text._tagged.cache_clear()
    tagged(simplify("經濟" * 33))
    assert not chinese_text._tagged.cache_info().currsize
    tagged(simplify("經濟" * 32))
    assert chinese_text._tagged.cache_info().currsize == 1
