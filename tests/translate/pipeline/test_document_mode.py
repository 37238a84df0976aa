"""Whole paragraphs through a chat model: each comes back, or is asked for again in smaller runs."""

import re
from pathlib import Path

import pytest

from common.errors import UsageError
from corpora.article import Article
from translate.models.prompts import Prompt
from translate.models.specs import LocalSource, ModelSpec
from translate.options import ArticleOptions
from translate.pipeline.directions import DirectionRunner
from translate.translator import Translator
from translate.types import DecodeOptions

from tests.support.models.fake_engine import FakeEngine  # isort: skip - beside this file, found by pytest

CHAT = ModelSpec("chat", "chat", LocalSource(Path()), prompt=Prompt(user="{text}"))
WHOLE = ArticleOptions(checks=None, typography=None, document=True)
ARTICLE = Article.from_text(
    "Ministers meet in Moscow today\n\nThe talks went on until midnight. Nobody was told why.\n\nPrices rose.",
    language="en",
)
RUSSIAN = {
    "Ministers meet in Moscow today": "Министры встречаются сегодня в Москве",
    "The talks went on until midnight. Nobody was told why.": "Переговоры шли до полуночи. Никому не сказали почему.",
    "Prices rose.": "Цены выросли.",
    "The talks went on until midnight.": "Переговоры шли до полуночи.",
    "Nobody was told why.": "Никому не сказали почему.",
}
NUMBERED = re.compile(r"\[(\d+)\] (.+)")


def through(answer, spec=CHAT, *, options=WHOLE):
    engine = FakeEngine(answer)
    runner = DirectionRunner(spec, lambda _: engine, lambda _: {"revision": "r"}, DecodeOptions(), None, 0)
    return Translator(runner, options=options).translate_article(ARTICLE, target="ru"), engine


def faithful(text: str) -> str:
    found = NUMBERED.findall(text)
    return "\n\n".join(f"[{number}] {RUSSIAN[words]}" for number, words in found) if found else RUSSIAN[text]


def test_an_article_is_asked_for_in_one_piece_and_aligned_again():
    found, engine = through(faithful)
    assert len(engine.asked) == 1
    assert found.article.text.split("\n\n") == list(RUSSIAN.values())[:3]
    assert found.beads == (((0,), (0,)), ((1,), (1,)), ((2,), (2,)), ((3,), (3,)))
    assert {one.method for one in found.translations} == {"document"}
    assert found.signature["mode"] == "document"


def test_a_lost_paragraph_is_found_by_asking_in_halves():
    def loses_the_second_of_many(text: str) -> str:
        found = NUMBERED.findall(text)
        kept = found[:1] + found[2:] if len(found) > 2 else found
        return "\n\n".join(f"[{number}] {RUSSIAN[words]}" for number, words in kept) if found else RUSSIAN[text]

    found, engine = through(loses_the_second_of_many)
    assert [len(NUMBERED.findall(request.text)) for request in engine.asked] == [3, 1, 2]
    assert found.article.text.count("\n\n") == 2
    assert len(found.article.sentences) == 4


def test_what_never_comes_back_whole_is_translated_by_sentences():
    found, _ = through(lambda text: "Простите, не могу." if NUMBERED.search(text) else RUSSIAN[text])
    assert {one.method for one in found.translations} == {"plain"}
    assert found.article.text.endswith("Цены выросли.")


def test_two_sentences_that_became_one_answer_together():
    joined = dict(RUSSIAN)
    joined["The talks went on until midnight. Nobody was told why."] = (
        "Переговоры шли до полуночи, и никому не сказали почему."
    )
    found, _ = through(
        lambda text: "\n\n".join(f"[{number}] {joined[words]}" for number, words in NUMBERED.findall(text))
    )
    assert found.beads[1] == ((1, 2), (1,))
    assert [one.method for one in found.translations] == ["document", "document", "joined", "document"]
    assert len(found.translations) == len(ARTICLE.sentences)


def test_a_model_for_sentences_is_refused():
    with pytest.raises(UsageError, match="translates sentences"):
        through(faithful, ModelSpec("tiny", "t5", LocalSource(Path())))


def test_a_pivot_is_refused():
    spec = ModelSpec("chat", "chat", LocalSource(Path()), directions=(("en", "zh"), ("zh", "ru")), prompt=CHAT.prompt)
    with pytest.raises(UsageError, match="pivot"):
        through(faithful, spec)
