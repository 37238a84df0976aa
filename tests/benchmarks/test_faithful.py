"""Which documents count as faithful, and what is counted of them."""

import json

import pytest

from benchmarks.quotes.faithful import count, faithful_stories
from quotes.types import QuoteGroup, QuotePair


@pytest.fixture
def shared(tmp_path, monkeypatch):
    monkeypatch.setenv("TOLMACH_SHARED", str(tmp_path))
    for name, doc in (("quotes", "first"), ("alterations", "third")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "ntrex-dev.jsonl").write_text(json.dumps({"doc": doc}) + "\n", encoding="utf-8")
    folder = tmp_path / "testsets" / "ntrex"
    folder.mkdir(parents=True)
    names = ["first", "second", "second", "third", "fourth"]
    (folder / "documents.txt").write_text("\n".join(names) + "\n", encoding="utf-8")
    for language, words in (("en", "Part {} of the news."), ("ru", "Часть {} новостей."), ("zh", "新闻的第{}部分。")):
        lines = [words.format(number) for number in range(len(names))]
        (folder / f"{language}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.mark.usefixtures("shared")
@pytest.mark.parametrize(("part", "name"), [("development", "second"), ("unseen", "fourth")])
def test_documents_without_gold_are_parted_by_number(part, name):
    assert [story.name for story in faithful_stories(part)] == [name]


@pytest.mark.usefixtures("shared")
def test_a_document_has_all_its_segments():
    (story,) = faithful_stories("development")
    assert story.articles["ru"].text == "Часть 1 новостей.\n\nЧасть 2 новостей."


def test_accused_are_altered_indirect_and_missing():
    verdicts = ("altered", "indirect", "missing", "uncertain", "same", "same")
    groups = [QuoteGroup("g", (None, None), (QuotePair((0, 1), verdict, None, 0.0),)) for verdict in verdicts]
    counts = count(groups)
    assert (counts["quotes"], counts["accused"], counts["same"]) == (6, 3, 2)
