"""Golden cases: texts with the quotes that must come out."""

import json
from typing import Any

import pytest

import quotes as package
from corpora.article import Article
from corpora.readers.markdown import read_markdown
from quotes import Quote, QuoteOptions, extract_quotes
from tests.support.places import CASES_PATH

CASES = CASES_PATH / "quotes"
FIELDS = ("kind", "parts", "marks", "speaker", "speaker_name", "cue", "nested_in")


def load(name: str) -> list[Any]:
    cases = json.loads((CASES / f"{name}.json").read_text(encoding="utf-8"))
    return [pytest.param(case, id=f"{name}: {case['label']}") for case in cases]


def plain(quote: Quote) -> dict[str, Any]:
    values = {field: getattr(quote, field) for field in FIELDS}
    return {**values, "parts": list(quote.parts)}


ALL = ("english", "russian", "chinese", "ukrainian", "negative", "names-and-roles")


@pytest.mark.parametrize("case", [case for name in ALL for case in load(name)])
def test_case_gives_exactly_its_quotes(case: dict[str, Any]) -> None:
    article = Article.from_text(case["text"], language=case["language"])
    assert [plain(quote) for quote in extract_quotes(article)] == case["quotes"]


@pytest.mark.parametrize("case", load("block-quotes"))
def test_block_quote_of_markdown_gives_exactly_its_quotes(case: dict[str, Any]) -> None:
    article = read_markdown(case["text"], language=case["language"])
    quotes = extract_quotes(article)
    assert [plain(quote) for quote in quotes] == case["quotes"]
    assert all([article.text[a:b] for a, b in quote.spans] == list(quote.parts) for quote in quotes)


@pytest.mark.parametrize("case", load("known-failures"))
@pytest.mark.xfail(strict=True, reason="known failure, see the case's comment")
def test_known_failure(case: dict[str, Any]) -> None:
    article = Article.from_text(case["text"], language=case["language"])
    assert [plain(quote) for quote in extract_quotes(article)] == case["quotes"]


def test_spans_ids_and_sentences_tell_where_a_quote_stands() -> None:
    text = "Deal\n\nNothing here. “One thing,” he said. “Another.”"
    article = Article.from_text(text, language="en")
    (quote,) = extract_quotes(article)
    assert quote.id == "q1"
    assert [article.text[start:end] for start, end in quote.spans] == ["One thing,", "Another."]
    assert quote.text == "One thing, Another."
    # Sentence 0 is the title, 1 the one without a quote.
    assert set(quote.sentences) <= {2, 3}
    assert min(quote.sentences) == 2


def test_chinese_parts_are_joined_by_nothing() -> None:
    article = Article.from_text("标题\n\n“没人告诉我们，”坦南特说，“那就干了。”", language="zh")
    (quote,) = extract_quotes(article)
    assert quote.text == "没人告诉我们，那就干了。"


def test_options_leave_out_titles_and_terms() -> None:
    text = "Grey zone\n\nThe so-called “gray zone” is in the memoir “Chasing Hillary.” He said: “It is so.”"
    article = Article.from_text(text, language="en")
    assert [quote.kind for quote in extract_quotes(article)] == ["scare", "title", "direct"]
    kept = extract_quotes(article, QuoteOptions(titles=False, scare=False))
    assert [(quote.id, quote.kind) for quote in kept] == [("q1", "direct")]


def test_a_headline_takes_the_name_of_who_says_it_in_the_text() -> None:
    text = "‘Nobody told us we couldn’t’: they win\n\n‘Nobody told us we couldn’t, so we went,’ said Moira Tennant."
    quotes = extract_quotes(Article.from_text(text, language="en"))
    assert [quote.speaker_name for quote in quotes] == ["Moira Tennant", "Moira Tennant"]
    assert quotes[0].speaker is None


def test_an_unattributed_quote_has_no_speaker() -> None:
    (quote,) = extract_quotes(Article.from_text("标题\n\n所谓“灰色地带”在海上。", language="zh"))
    assert (quote.kind, quote.speaker, quote.speaker_span, quote.speaker_name) == ("scare", None, None, None)


def test_unknown_public_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no_such_thing"):
        package.no_such_thing  # noqa: B018
