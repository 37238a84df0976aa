"""The façade: what `import tolmach` offers."""

from pathlib import Path

import pytest

import tolmach
import tolmach.api
from common.errors import InputError, UsageError
from corpora.article import Article
from tolmach.results.result import to_json

ENGLISH = 'The minister said on Monday: "We will continue the talks in May."'
RUSSIAN = "Министр сказал в понедельник: «Мы продолжим переговоры в мае»."
NAMES = ("align", "compare", "evaluate", "quotes", "read_result", "report", "translate")


@pytest.mark.parametrize("name", NAMES)
def test_each_call_is_found_and_has_an_example(name):
    assert name in dir(tolmach)
    assert name in tolmach.__all__
    assert ">>> import tolmach\n" in getattr(tolmach, name).__doc__
    assert getattr(tolmach, name) is getattr(tolmach.api, name)


def test_another_name_is_unknown():
    with pytest.raises(AttributeError, match="no attribute 'nosuch'"):
        _ = tolmach.nosuch


@pytest.mark.parametrize("kind", ["text", "path", "name", "article"])
def test_an_article_is_a_text_a_path_a_name_or_loaded(kind, tmp_path):
    path = tmp_path / "my news.txt"
    path.write_text(ENGLISH, encoding="utf-8")
    given = {"text": ENGLISH, "path": path, "name": str(path), "article": Article.from_text(ENGLISH)}[kind]
    assert [quote.text for quote in tolmach.quotes(given)] == ["We will continue the talks in May."]


def test_chinese_without_spaces_is_a_text():
    assert [quote.text for quote in tolmach.quotes("部长说:“我们将在五月继续谈判。”")] == ["我们将在五月继续谈判。"]


@pytest.mark.parametrize("name", ["nosuch.txt", "folder/nosuch", Path("nosuch")])
def test_what_looks_like_a_file_is_never_taken_for_text(name):
    with pytest.raises(InputError, match="no such file"):
        tolmach.quotes(name)


def test_versions_are_compared_aligned_and_reported(tmp_path):
    result = tolmach.compare(ENGLISH, RUSSIAN, languages=["en", "ru"])
    assert [version.article.language for version in result.versions] == ["en", "ru"]
    assert tolmach.align(ENGLISH, RUSSIAN).alignments["en-ru"].beads[0].target == (0,)
    page = tolmach.report(result, tmp_path / "report.html")
    assert (tmp_path / "report.html").read_text(encoding="utf-8") == page
    (tmp_path / "result.json").write_text(to_json(result), encoding="utf-8")
    assert tolmach.read_result(str(tmp_path / "result.json")) == result


def test_languages_must_be_as_many_as_versions():
    with pytest.raises(UsageError, match="2 versions but 1 languages"):
        tolmach.compare(ENGLISH, RUSSIAN, languages=["en"])


def test_scores_need_a_reference_or_a_source():
    with pytest.raises(UsageError, match="nothing to score against"):
        tolmach.evaluate(RUSSIAN)
    assert tolmach.evaluate(RUSSIAN, source=ENGLISH).reference_free is not None
    assert tolmach.evaluate(RUSSIAN, RUSSIAN).metrics["chrf"].score == pytest.approx(100)


def test_versions_can_be_named() -> None:
    texts = ("He said: “We agree to all of it.”", "He said: “We agree to none of it.”")
    result = tolmach.compare(*texts, languages=["en", "en"], labels=["Ledger", "Courier"], original="Ledger")
    assert [(each.label, each.role) for each in result.versions] == [("Ledger", "source"), ("Courier", "given")]
