"""What a language of word lists alone reaches on its gold articles, and beads composed through a third version."""

import json

import pytest

from benchmarks.language import composed, count_quotes
from benchmarks.places import GOLD
from corpora.article import Article

UKRAINIAN = GOLD / "languages" / "uk"


@pytest.mark.parametrize(("name", "right", "speaker"), [("a02", 15, 8), ("a05", 19, 10), ("a09", 15, 4)])
def test_ukrainian_articles(name, right, speaker):
    article = Article.from_text((UKRAINIAN / f"{name}.txt").read_text(encoding="utf-8"))
    gold = json.loads((UKRAINIAN / f"{name}.json").read_text(encoding="utf-8"))
    assert article.language == "uk"
    assert [sentence.text for sentence in article.sentences] == gold["sentences"]
    assert [number for _, side in gold["alignment"] for number in side] == list(range(len(gold["sentences"])))
    counts = count_quotes(article, gold["quotes"])
    assert counts["right"] >= right
    assert counts["speaker"] >= speaker


def test_beads_through_a_third_version():
    first = [((0,), (0,)), ((1, 2), (1,)), ((), (2,)), ((3,), ())]
    second = [((0,), (0, 1)), ((1,), (2,)), ((2,), (3,)), ((3,), (4,))]
    assert sorted(composed(first, second)) == [((), (4,)), ((0,), (0, 1)), ((1,), (2, 3)), ((2,), ())]
