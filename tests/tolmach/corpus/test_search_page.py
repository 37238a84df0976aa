"""The page of a search shows all wordings, and nothing that an article could slip into it."""

import re
from dataclasses import replace

import pytest

from common import messages
from common.errors import InputError
from tests.support.search_sample import search_result
from tolmach.corpus.index.page import SearchForm, search_page
from tolmach.corpus.index.search import QuoteFilter, SearchResult

FORM = SearchForm(speakers=("Sergey Lavrov",), languages=("en", "ru", "zh"), outlets=("Herald",))


def test_the_wordings_stand_in_the_order_of_their_dates_with_their_verdicts():
    page = search_page(search_result())
    texts = re.findall(r'<blockquote lang="([\w-]+)">', page)
    assert texts == ["en", "ru", "zh-Hans", "en", "en"]
    assert page.count('class="verdict') == 3
    assert page.index("earliest") < page.index("Это займёт")
    assert '<a href="https://herald.example/1"' in page
    assert "<b>Speaker</b> <bdi>Lavrov</bdi>" in page


def test_words_are_marked_that_the_earliest_of_their_language_lacks():
    assert re.findall(r'<mark class="changed">([^<]+)', search_page(search_result())) == ["may", "short"]


def test_the_chart_places_each_date_between_the_first_and_the_last():
    page = search_page(search_result())
    (chart,) = re.findall("<svg.*?</svg>", page, re.DOTALL)
    places = [float(x) for x in re.findall(r'cx="([\d.]+)"', chart)]
    assert places == sorted(places)
    assert (places[0], places[-1], len(places)) == (20, 620, 4)
    assert "<span>2023-01-10</span>" in page
    assert "<span>2024-03-01</span>" in page


def test_nothing_of_an_article_is_markup_or_a_link():
    page = search_page(search_result(), form=FORM)
    assert "<script>" not in page
    assert "javascript:" not in page
    assert "script-src &#39;none&#39;" in page


@pytest.mark.parametrize("language", ["en", "ru", "zh"])
def test_the_page_speaks_the_language_of_its_reader(monkeypatch, language):
    monkeypatch.setenv(messages.VARIABLE, language)
    words = messages.catalogue(language)["search"]
    page = search_page(search_result(), form=FORM)
    assert f'<html lang="{language}">' in page
    for name in ("kicker", "search", "any", "since", "earliest", "undated", "choose", "compare"):
        assert words[name] in page


def test_without_fields_there_is_nothing_to_choose():
    page = search_page(search_result())
    assert "<form" not in page
    assert "<input" not in page


def test_a_page_says_when_nothing_was_asked_found_or_possible():
    asked = SearchResult(query="a < b", filters=QuoteFilter(outlet="Herald"), utterances=())
    assert "All wordings of it are found" in search_page(replace(asked, query=""), form=FORM)
    assert "No quote fits" in search_page(asked, form=FORM)
    page = search_page(asked, form=FORM, problem=InputError("no index <b>", hint="Make one"))
    assert "no index &lt;b&gt;. Make one." in page
    assert 'value="a &lt; b"' in page
    assert 'value="Herald" autocomplete' in page
