"""What the comparison of long texts costs: calls and encoded texts, which must grow with the text and not faster."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

import numpy as np
import pytest
from numpy.typing import NDArray

from alignment.types import Alignment, Bead
from corpora.article import Article
from quotes.comparison import compare_versions
from quotes.facts.vectors import Vectors
from quotes.matching import links, search
from quotes.matching.links import QuotedVersion, link_versions
from quotes.types import MatchOptions, Quote
from tests.support.comparison_fakes import FakeEncoder, quote_of

MISSING = 4
"""Every so many quotes one that the other version lacks."""


class CountingEncoder(FakeEncoder):
    def __init__(self) -> None:
        self.calls = self.texts = 0

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.calls += 1
        self.texts += len(texts)
        return super().encode(texts)


def version(count: int, *, whole: bool) -> tuple[Article, list[Quote]]:
    """Make a text of quotes in paragraphs of their own; one that is not whole tells something else here and there."""
    said = [f"alpha{at} beta{at} gamma{at}, delta{at} epsilon{at} zeta{at}" for at in range(count)]
    kept = [whole or at % MISSING > 0 for at in range(count)]
    blocks = [
        f"“{words}” said Anna Petrova." if there else f"Rain{at} fell{at} on{at} hill{at}."
        for at, (words, there) in enumerate(zip(said, kept, strict=True))
    ]
    article = Article.from_text("\n\n".join(blocks), language="en")
    quoted = [(at, words) for at, words in enumerate(said) if kept[at]]
    return article, [quote_of(article, words, name=f"q{at}", speaker="Anna Petrova") for at, words in quoted]


def cost(count: int) -> dict[str, int]:
    (first, one), (second, other) = version(count, whole=True), version(count, whole=False)
    alignment = Alignment(tuple(Bead((at,), (at,)) for at in range(count)))
    encoder = CountingEncoder()
    with counted() as calls:
        found = compare_versions([first, second], encoder=encoder, quotes=[one, other], alignments={(0, 1): alignment})
    assert sum(group.members[1] is None for group in found.groups) == count // MISSING
    return {"calls of the encoder": encoder.calls, "texts": encoder.texts, "calls": len(calls)}


@contextmanager
def counted() -> Iterator[list[None]]:
    """Count the calls of functions of ours."""
    calls: list[None] = []

    def seen(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and "/quotes/" in frame.f_code.co_filename:
            calls.append(None)

    sys.setprofile(seen)
    try:
        yield calls
    finally:
        sys.setprofile(None)


def test_four_times_as_many_quotes_cost_four_times_as_much() -> None:
    cost(8)  # what is read once
    small, large = cost(40), cost(160)
    for what, number in large.items():
        assert number <= 4.6 * small[what], what


def test_texts_are_encoded_in_batches() -> None:
    found = cost(64)
    assert found["texts"] > 20 * found["calls of the encoder"]


def named_version(count: int, language: str) -> tuple[Article, list[Quote]]:
    """Make a text of quotes in each of which somebody is named whom no other text names so."""
    letters, form = {"en": ("klmr", "we met Kol{} by it"), "ru": ("зжшц", "мы ждали Зуз{} тут")}[language]
    marks = {"en": "“{}” said Anna Petrova.", "ru": "«{}» — сказала Анна Петрова."}[language]
    said = [form.format("".join(letters[at // 4**place % 4] for place in range(3))) for at in range(count)]
    article = Article.from_text("\n\n".join(map(marks.format, said)), language=language)
    return article, [quote_of(article, words, name=f"q{at}") for at, words in enumerate(said)]


def test_names_in_another_script_are_encoded_for_all_quotes_at_once() -> None:
    calls = []
    for count in (8, 24):
        (first, one), (second, other) = named_version(count, "en"), named_version(count, "ru")
        alignment = Alignment(tuple(Bead((at,), (at,)) for at in range(count)))
        encoder = CountingEncoder()
        compare_versions([first, second], encoder=encoder, quotes=[one, other], alignments={(0, 1): alignment})
        calls.append(encoder.calls)
    assert calls[0] == calls[1]


@pytest.mark.parametrize(("far", "linked"), [(300, 1), (3, 0)])
def test_equal_words_far_from_the_expected_place_are_not_looked_at(
    monkeypatch: pytest.MonkeyPatch, far: int, linked: int
) -> None:
    words = "alpha beta gamma delta epsilon zeta"
    plain = [f"Rain{at} fell on hill{at}." for at in range(9)]
    sides = ([f"“{words}” said Anna Petrova.", *plain], [*plain, f"“{words}” said Anna Petrova."])
    articles = [Article.from_text("\n\n".join(blocks), language="en") for blocks in sides]
    versions = [QuotedVersion(article, (quote_of(article, words),)) for article in articles]
    alignment = Alignment(tuple(Bead((at,), (at,)) for at in range(10)))
    monkeypatch.setattr(links, "FAR", far)
    monkeypatch.setattr(search, "FAR", far)
    vectors = Vectors(FakeEncoder())
    assert len(link_versions(versions, {(0, 1): alignment}, vectors=vectors, options=MatchOptions())) == linked
