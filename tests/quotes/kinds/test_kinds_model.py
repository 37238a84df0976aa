"""The model of quote kinds: its weights, its features, and what it makes of clear cases."""

import json
from typing import Any

import pytest

from corpora.article import Article
from quotes import Quote, QuoteOptions, extract_quotes
from quotes.extraction import read_passages
from quotes.kinds.context import read_contexts, same_words
from quotes.kinds.features import KINDS, features, likeliest, load_weights, scores
from quotes.speakers.attribution import NOBODY
from tests.support.places import ROOT

FIELDS = ("kind", "parts", "marks", "nested_in")
"""Who says it does not matter here."""


def found_in(text: str, language: str) -> tuple[Quote, ...]:
    title = {"en": "News", "ru": "Новости", "zh": "新闻"}[language]
    return extract_quotes(Article.from_text(f"{title}\n\n{text}", language=language))


@pytest.mark.parametrize("language", ["en", "ru", "zh"])
def test_every_feature_has_one_weight_a_kind(language: str) -> None:
    weights = load_weights(language)
    assert "bias" in weights
    assert {len(values) for values in weights.values()} == {len(KINDS)}
    assert all(any(values) for values in weights.values())


def test_a_variant_of_a_language_has_its_weights_and_an_unknown_one_has_none() -> None:
    assert load_weights("zh-Hant") == load_weights("zh")
    with pytest.raises(KeyError):
        load_weights("xx")


def test_scores_add_the_weights_of_the_features_that_are_known() -> None:
    weights = {"a": (1.0, 0.0, 0.0, 0.0, 0.0), "b": (0.0, 0.0, 0.5, 0.0, 0.0)}
    assert scores(["a", "b", "never seen"], weights) == [1.0, 0.0, 0.5, 0.0, 0.0]
    assert likeliest([0.0, 2.0, 1.0, 0.0, 0.0]) == "partial"


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("The mayor described the plan as “a slap in the face” for the region.", "en", "partial"),
        ("Robert “Bobby” Keane has run the shop since 1989.", "en", "scare"),
        ("The trawler “Northern Pride” sank in a storm.", "en", "title"),
        ("Marchers held placards saying “Hands off our park”.", "en", "slogan"),
        ("Министр назвал обвинения «полной чушью».", "ru", "partial"),
        ("Так называемые «серые» зарплаты получает треть работников.", "ru", "scare"),
        ("Ледокол «Арктика» вернулся в порт.", "ru", "title"),
        ("Митинг прошёл под лозунгом «Хватит молчать».", "ru", "slogan"),
        ("大使警告，此举将带来“严重后果”。", "zh", "partial"),
        ("坚持“房住不炒”定位，稳定房价。", "zh", "scare"),
        ("“雪龙2”号破冰船抵达南极。", "zh", "title"),
        ("横幅上写着“水就是生命”。", "zh", "slogan"),
    ],
)
def test_clear_cases(text: str, language: str, expected: str) -> None:
    assert [quote.kind for quote in found_in(text, language)] == [expected]


@pytest.mark.parametrize("case", json.loads((ROOT / "tests/cases/quotes/kinds.json").read_text(encoding="utf-8")))
def test_case_gives_the_kinds_of_its_quotes(case: dict[str, Any]) -> None:
    quotes = extract_quotes(Article.from_text(case["text"], language=case["language"]))
    assert [
        {field: list(quote.parts) if field == "parts" else getattr(quote, field) for field in FIELDS}
        for quote in quotes
    ] == [{field: quote[field] for field in FIELDS} for quote in case["quotes"]]


def test_the_same_words_have_one_kind_in_an_article_whatever_their_case() -> None:
    text = "Об этом говорили на «Саммите за демократию».\n\nНа «Саммит за демократию» позвали сто стран."
    assert len({quote.kind for quote in found_in(text, "ru")}) == 1
    assert same_words("Саммите за демократию,") == same_words("Саммит за демократию")
    assert same_words("Саммит") != same_words("Самовар")


def test_features_need_no_speaker_and_tell_a_list_of_quotes() -> None:
    article = Article.from_text("News\n\nHe called it “weak” and “slow”.", language="en")
    passages = read_passages(article, QuoteOptions())
    first, second = (features(context) for context in read_contexts(article, passages, [NOBODY, NOBODY]))
    assert {"no speaker", "cue before", "single word"} <= first
    assert "listed" in second - first


def test_marks_without_words_have_features_too() -> None:
    article = Article.from_text("News\n\nIt was rated “18” in 2018.", language="en")
    (context,) = read_contexts(article, read_passages(article, QuoteOptions()), [NOBODY])
    assert {"figure", "no words"} <= features(context)


def test_each_written_sentence_has_a_known_kind_for_each_passage() -> None:
    for language in ("en", "ru", "zh"):
        path = ROOT / "benchmarks" / "gold" / f"quote-kinds-{language}.jsonl"
        records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        assert len({record["text"] for record in records}) == len(records) >= 150
        assert all(record["kinds"] and set(record["kinds"]) <= set(KINDS) for record in records)
