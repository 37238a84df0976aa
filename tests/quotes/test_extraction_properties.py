"""Any text with any marks gives quotes that are where they say."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpora.article import Article, Block
from quotes import Quote, extract_quotes

LANGUAGES = ("en", "ru", "zh", "zh-Hant")
MARKS = "“”‘’\"'«»„‟‚‹›「」『』《》〈〉＂＇〝〞"
WORDS = [
    "said",
    "he",
    "Ivan Petrov",
    "сказал",
    "он",
    "Лавров",
    "— ",
    "说",
    "他",
    "拉夫罗夫",
    "：",
    ", ",
    ". ",
    "。",
    "! ",
    "\n\n",
    " ",
    "a",
    "я",
    "我",
    "1",
]

texts = st.lists(st.one_of(st.sampled_from(MARKS), st.sampled_from(WORDS), st.text(max_size=3)), max_size=60).map(
    "".join
)


def article_of(text: str, language: str) -> Article:
    blocks, start = [], 0
    for paragraph in text.split("\n\n"):
        if paragraph.strip():
            lead = len(paragraph) - len(paragraph.lstrip())
            blocks.append(Block("paragraph", start + lead, start + len(paragraph.rstrip())))
        start += len(paragraph) + 2
    return Article(text, language, None, tuple(blocks))


def check(article: Article, found: tuple[Quote, ...]) -> None:
    by_id = {quote.id: quote for quote in found}
    assert list(by_id) == [f"q{number}" for number in range(1, len(found) + 1)]
    for quote in found:
        assert quote.spans
        assert [article.text[start:end] for start, end in quote.spans] == list(quote.parts)
        assert all(0 <= start < end <= len(article.text) for start, end in quote.spans)
        assert all(first[1] <= second[0] for first, second in zip(quote.spans, quote.spans[1:], strict=False))
        assert all(0 <= number < len(article.sentences) for number in quote.sentences)
        if quote.speaker_span:
            assert article.text[slice(*quote.speaker_span)] == quote.speaker
        if quote.nested_in:
            outer = by_id[quote.nested_in]
            assert outer.spans[0][0] <= quote.spans[0][0]
            assert quote.spans[-1][1] <= outer.spans[-1][1]


@settings(max_examples=40, deadline=None)
@given(texts, st.sampled_from(LANGUAGES))
def test_quotes_of_any_text_are_verbatim_in_range_and_nested(text: str, language: str) -> None:
    article = article_of(text, language)
    check(article, extract_quotes(article))


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=200), st.sampled_from(LANGUAGES))
def test_no_string_makes_it_fail(text: str, language: str) -> None:
    article = Article(text, language, None, (Block("paragraph", 0, len(text)),) if text else ())
    check(article, extract_quotes(article))


@settings(max_examples=12, deadline=None)
@given(st.data(), st.sampled_from(LANGUAGES))
def test_a_mark_put_into_or_taken_out_of_a_text_spares_distant_quotes(data: st.DataObject, language: str) -> None:
    good = "“One two three,” he said.\n\n"
    text = good * 12
    place = data.draw(st.integers(0, len(good) - 1))
    mark = data.draw(st.sampled_from('“”"«»「」'))
    damaged = text[:place] + mark + text[place:]
    article = article_of(damaged, language)
    found = [quote.text for quote in extract_quotes(article)]
    assert sum(words.startswith("One two three") for words in found) >= 10


@pytest.mark.parametrize("unit", ["«a» ", "“", '"', "“A b,” he said. "])
def test_time_grows_in_proportion_to_the_text(unit: str) -> None:
    def seconds(size: int) -> float:
        article = article_of(unit * (size // len(unit)), "en")
        _ = article.sentences
        begun = time.perf_counter()
        extract_quotes(article)
        return time.perf_counter() - begun

    seconds(500)
    # Eight times the text may take at most three times eight times as long: a quadratic method takes 64 times.
    assert seconds(4_800) < 24 * seconds(600) + 0.5
