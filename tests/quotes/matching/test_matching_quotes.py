import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alignment.types import Alignment, Bead
from corpora.article import Article
from quotes.facts.vectors import Vectors
from quotes.matching.links import QuotedVersion, QuoteLink, assign, group_quotes, link_versions, weighted_length
from quotes.types import MatchOptions, Quote
from tests.support.comparison_fakes import FakeEncoder, quote_of


def pairs_of(scores):
    return [(row, column, score) for (row, column), score in np.ndenumerate(np.array(scores))]


def test_assignment_takes_the_greatest_sum():
    # The greedy choice (0, 0) would leave row 1 with nothing.
    assert sorted(assign(pairs_of([[0.9, 0.8], [0.85, 0.1]]), accept=0.3)) == [(0, 1, 0.8), (1, 0, 0.85)]


def test_pairs_below_the_threshold_are_not_made():
    assert assign(pairs_of([[0.9, 0.0], [0.0, 0.2]]), accept=0.5) == [(0, 0, 0.9)]


def test_nothing_is_assigned_to_nothing():
    assert assign([], accept=0.0) == []


def test_of_very_many_that_are_all_alike_the_best_are_taken_first():
    size = 402
    alike = [(row, (row + step) % size, 0.9 - step / 10) for row in range(size) for step in (0, 1)]
    assert sorted(assign(alike, accept=0.5)) == [(row, row, 0.9) for row in range(size)]


@given(st.integers(1, 5), st.integers(1, 5), st.randoms(use_true_random=False))
def test_assignment_is_one_to_one_and_as_good_as_any(rows, columns, random):
    scores = np.array([[random.random() for _ in range(columns)] for _ in range(rows)])
    pairs = assign(pairs_of(scores), accept=0.5)
    assert len({row for row, _, _ in pairs}) == len({column for _, column, _ in pairs}) == len(pairs)
    gain = sum(score - 0.5 for _, _, score in pairs)
    assert gain == pytest.approx(best_gain(scores, tuple(range(columns)), 0))


def best_gain(scores, free, row):
    if row == len(scores):
        return 0.0
    skipped = best_gain(scores, free, row + 1)
    taken = [
        scores[row, column] - 0.5 + best_gain(scores, tuple(c for c in free if c != column), row + 1)
        for column in free
        if scores[row, column] > 0.5
    ]
    return max([skipped, *taken])


def test_a_han_character_counts_as_three():
    assert weighted_length("abc") == 3
    assert weighted_length("关切,") == 7


def test_repeated_short_quotes_are_matched_by_place():
    english = Article.from_text(
        "He spoke of “hope” at noon.\n\nThe bridge fell.\n\nShe too had “hope” at night.", language="en"
    )
    russian = Article.from_text("Он говорил: «надежда».\n\nМост упал.\n\nУ неё тоже «надежда».", language="ru")
    first = QuotedVersion(english, (quote_of(english, "hope", name="a"), second_of(english, "hope", "b")))
    second = QuotedVersion(russian, (second_of(russian, "надежда", "b"), quote_of(russian, "надежда", name="a")))
    alignment = Alignment(tuple(Bead((n,), (n,)) for n in range(3)))
    links = link_versions([first, second], {(0, 1): alignment}, vectors=Vectors(FakeEncoder()), options=MatchOptions())
    assert {(first.quotes[link.first[1]].id, second.quotes[link.second[1]].id) for link in links} == {
        ("a", "a"),
        ("b", "b"),
    }


def second_of(article, words, name):
    at = article.text.rindex(words)
    sentence = max(s.index for s in article.sentences if s.start <= at)
    return Quote(name, "partial", words, (words,), ((at, at + len(words)),), "“”", sentences=(sentence,))


def versions_with(*counts):
    text = " ".join("word" for _ in range(9))
    article = Article(text, "en")
    return [
        QuotedVersion(article, tuple(quote_at(version, n) for n in range(count)))
        for version, count in enumerate(counts)
    ]


def quote_at(version, number):
    return Quote(f"q{version}{number}", "direct", "word", ("word",), ((5 * number, 5 * number + 4),))


def test_links_that_contradict_each_other_yield_to_the_better_one():
    versions = versions_with(2, 1, 1)
    links = [QuoteLink((0, 0), (1, 0), 0.9), QuoteLink((1, 0), (2, 0), 0.8), QuoteLink((0, 1), (2, 0), 0.7)]
    assert group_quotes(versions, links) == [(0, 0, 0), (1, None, None)]


def test_quotes_without_links_stand_alone_in_order():
    assert group_quotes(versions_with(1, 2), []) == [(0, None), (None, 0), (None, 1)]


@given(st.lists(st.integers(0, 4), min_size=2, max_size=4), st.data())
def test_every_quote_is_in_exactly_one_group(counts, data):
    versions = versions_with(*counts)
    places = [(version, quote) for version, count in enumerate(counts) for quote in range(count)]
    possible = [(a, b) for a in places for b in places if a[0] < b[0]]
    chosen = data.draw(st.lists(st.sampled_from(possible), max_size=12)) if possible else []
    links = [QuoteLink(a, b, data.draw(st.floats(0, 1))) for a, b in chosen]
    groups = group_quotes(versions, links)
    members = [(version, quote) for group in groups for version, quote in enumerate(group) if quote is not None]
    assert sorted(members) == places
