"""What stands in marks is told apart: speech, fragments, names, slogans, terms."""

import json

import pytest

from corpora.article import Article
from quotes import extract_quotes
from tests.support.places import ROOT

SAMPLES = ROOT / "corpora" / "samples"


def kinds(text: str, language: str) -> list[str]:
    return [quote.kind for quote in extract_quotes(Article.from_text(text, language=language))]


@pytest.mark.parametrize(
    ("sentence", "language", "expected"),
    [
        ("He said: “We are very close to it.”", "en", "direct"),
        ("The deal was “modest but honest,” Ivan Petrov said.", "en", "partial"),
        ("It is the so-called “gray zone” of the sea.", "en", "scare"),
        ("The drama “Designated Survivor” is on again.", "en", "title"),
        ("A banner read: “Long live Spain.”", "en", "slogan"),
        ("Он сказал: «Мы очень близки к этому».", "ru", "direct"),
        ("Иван Петров назвал документ «скромным, но честным».", "ru", "partial"),
        ("Это так называемая «серая зона» моря.", "ru", "scare"),
        ("Об этом пишет журнал «Геология и время».", "ru", "title"),
        ("На плакате лозунг: «Море наше по праву».", "ru", "slogan"),
        ("他说：“我们已经非常接近了。”", "zh", "direct"),
        ("拉夫罗夫称，这份文件“很诚实”。", "zh", "partial"),
        ("这就是所谓“灰色地带”。", "zh", "scare"),
        ("《金融时报》报道了此事。", "zh", "title"),
        ("横幅上写着：“大海属于我们”。", "zh", "slogan"),
    ],
)
def test_kind(sentence: str, language: str, expected: str) -> None:
    assert kinds(f"Title\n\n{sentence}" if language != "zh" else f"标题\n\n{sentence}", language) == [expected]


def test_two_sentences_are_speech_even_when_the_first_is_a_fragment() -> None:
    text = "Cards\n\nShe made them “to let people know. Don't sit in silence,” Davis said."
    assert kinds(text, "en") == ["direct"]


def test_a_name_in_capitals_is_no_speech() -> None:
    assert kinds("Shows\n\nNeal Baer runs the show “Designated Survivor” for ABC.", "en") == ["title"]


@pytest.mark.parametrize("language", ["en", "ru", "zh"])
def test_every_quote_of_the_sample_article_is_found(language: str) -> None:
    folder = SAMPLES / "lavrov"
    gold = json.loads((folder / "quotes.json").read_text(encoding="utf-8"))["quotes"]
    article = Article.from_text((folder / f"{language}.txt").read_text(encoding="utf-8"), language=language)
    found = {quote.text.strip(",.，。 ") for quote in extract_quotes(article)}
    assert {record["text"][language].strip(",.，。 ") for record in gold} <= found
