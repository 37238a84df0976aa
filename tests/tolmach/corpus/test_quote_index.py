"""The index of a corpus's quotes: built part by part, and searched."""

import csv
import json
import shutil
from dataclasses import replace

import pytest
from click.testing import CliRunner

from common.errors import InputError, UsageError
from common.progress import SILENT
from tolmach.cli import main
from tolmach.corpus.folder import BlockReport, CorpusFolder
from tolmach.corpus.index.search import QuoteFilter, QuoteIndex
from tolmach.corpus.schema import SCHEMA, TABLES

pytest.importorskip("lancedb")

from tolmach.corpus.index import building

WORLD = {
    "en": "It will take a long time before a truly multipolar world is formed in international affairs.",
    "ru": "Потребуется долгое время, прежде чем в международных делах сформируется действительно многополярный мир.",
    "zh": "在国际事务中形成真正的多极世界需要很长时间。",
}
SHORT = "It will take a short time before a truly multipolar world is formed in international affairs."
LAVROV = {"en": "Sergey Lavrov", "ru": "Сергей Лавров", "zh": "拉夫罗夫"}
GRAIN = "The harvest of grain in the southern regions was the largest of the last twenty years."
BANK = "The central bank will keep its interest rate at seven per cent until the autumn."


def quote(article, text, **more):
    known = {"language": "en", "date": None, "speaker_name": None, "kind": "direct", "quote": "q1", "outlet": None}
    return {"article": article, "story": article, "text": text, "url": f"https://news.example/{article}"} | known | more


PARTS = (
    [
        quote("a", WORLD["ru"], language="ru", date="2023-02-01", speaker_name=LAVROV["ru"], outlet="Вестник"),
        quote("b", GRAIN, date="2022-05-05", speaker_name="Anna Petrova", outlet="Herald"),
    ],
    [
        quote("c", WORLD["en"], date="2023-01-31", speaker_name=LAVROV["en"], outlet="Herald"),
        quote("d", WORLD["zh"], language="zh", date="2023-03-01", speaker_name=LAVROV["zh"], outlet="人民"),
        quote("e", "A Long Way", kind="title"),
    ],
    [
        quote("f", SHORT, date="2024-01-01", speaker_name="Lavrov", outlet="Gazette"),
        quote("g", f"Nobody should be surprised. {BANK}", date="2024-02", speaker_name="Olga Smith"),
        quote("h", BANK, speaker_name="Smith"),
    ],
)


def write_part(folder, number, quotes, *, pairs=(), form="parquet"):
    empty = {table: dict.fromkeys(columns) for table, columns in TABLES.items()}
    rows = {table: [] for table in TABLES} | {"pairs": [empty["pairs"] | pair for pair in pairs]}
    for one in quotes:
        rows["quotes"].append(empty["quotes"] | one)
        article = {name: value for name, value in one.items() if name in TABLES["articles"]}
        rows["articles"].append(empty["articles"] | article | {"title": "A title", "sentences": []})
    CorpusFolder(folder, form).write(BlockReport(number, 1, {name: len(found) for name, found in rows.items()}), rows)
    CorpusFolder(folder, form).write_manifest({"schema": SCHEMA, "format": form, "records": number + 1})


def write_all(folder, **more):
    for number, quotes in enumerate(PARTS):
        write_part(folder, number, quotes, **more)
    return folder


def build(folder):
    return building.index_corpus(CorpusFolder(folder), SILENT)


def contents(folder):
    """Return what is in the index but the vectors."""
    columns = ("number", "utterance", "part", "article", "text", "speaker_name")
    index = QuoteIndex.open(folder)
    found = [utterance.wordings for utterance in index.search("world").utterances]
    return sorted(index.quotes(columns), key=lambda row: row["number"]), found


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    folder = write_all(tmp_path_factory.mktemp("corpus") / "out")
    assert build(folder) == {"parts": 3, "new_parts": 3, "quotes": 7, "new_quotes": 7, "utterances": 3}
    return folder


@pytest.fixture(scope="module")
def index(corpus):
    return QuoteIndex.open(corpus)


def articles(found):
    return [[wording.article for wording in utterance.wordings] for utterance in found.utterances]


def test_an_utterance_has_its_wordings_in_all_languages_the_earliest_first(index):
    best, *_ = index.search("многополярный мир").utterances
    assert [wording.article for wording in best.wordings] == ["c", "a", "d", "f"]
    earliest, *others = best.wordings
    assert (earliest.verdict, earliest.altered) == (None, None)
    assert others[-1].verdict == "altered"
    assert all(wording.altered < others[-1].altered for wording in others[:-1])
    assert best.speaker_name == LAVROV["en"]
    assert (earliest.url, earliest.title) == ("https://news.example/c", "A title")


def test_a_sentence_of_a_longer_quote_is_found_and_joined(index):
    assert articles(index.search("interest rate of the central bank", limit=1)) == [["g", "h"]]


def test_the_very_words_come_first_however_small_a_part_of_the_quote_they_are(index):
    (best,) = index.search("nobody should", limit=1).utterances
    assert best.wordings[0].article == "g"
    assert best.score == pytest.approx(0.95)


@pytest.mark.parametrize("name", ["Lavrov", "Лавров", "拉夫罗夫", "Sergey Lavrov", "С. Лавров"])
def test_a_speaker_is_one_person_across_scripts(index, name):
    assert articles(index.search("world", QuoteFilter(speaker=name))) == [["c", "a", "d", "f"]]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (QuoteFilter(language="zh"), [["c", "a", "d", "f"]]),
        (QuoteFilter(outlet="herald"), [["c", "a", "d", "f"], ["b"]]),
        (QuoteFilter(since="2024"), [["c", "a", "d", "f"], ["g", "h"]]),
        (QuoteFilter(until="2022"), [["b"]]),
        (QuoteFilter(since="2023-03", until="2023-03"), [["c", "a", "d", "f"]]),
        (QuoteFilter(speaker="Lavrov", language="zh", since="2023-03-02"), []),
        (QuoteFilter(speaker="Ivanov"), []),
        (QuoteFilter(outlet="O'Neil's"), []),
    ],
)
def test_an_utterance_is_found_if_one_of_its_wordings_fits_all_filters(index, filters, expected):
    assert sorted(articles(index.search("a multipolar world", filters)), key=len, reverse=True) == expected


def test_an_article_comes_with_what_is_known_of_it(index):
    article = index.article("c")
    assert (article.text, article.meta.outlet, article.meta.date) == (WORLD["en"], "Herald", "2023-01-31")
    with pytest.raises(InputError, match="no article x"):
        index.article("x")


def test_names_are_listed_the_most_frequent_first(index):
    assert index.names("outlet")[0] == "Herald"
    assert index.names("language") == ["en", "ru", "zh"]


def test_parts_that_come_later_join_and_the_index_is_that_of_all_at_once(tmp_path, corpus):
    for number, quotes in enumerate(PARTS):
        write_part(tmp_path / "out", number, quotes)
        assert build(tmp_path / "out")["new_parts"] == 1
    assert contents(tmp_path / "out") == contents(corpus)
    assert build(tmp_path / "out")["new_parts"] == 0


def test_an_interrupted_run_leaves_no_quote_twice(tmp_path, corpus, monkeypatch):
    write_all(tmp_path / "out")
    monkeypatch.setattr(building, "_SLICE", 2)
    with monkeypatch.context() as broken:
        broken.setattr(building.QuoteStore, "finish", interrupt)
        with pytest.raises(KeyboardInterrupt):
            build(tmp_path / "out")
    build(tmp_path / "out")
    assert contents(tmp_path / "out") == contents(corpus)


def interrupt(*_):
    raise KeyboardInterrupt


def test_the_comparison_of_a_story_decides_about_short_quotes(tmp_path):
    short = [quote("a", "a dead end"), quote("b", "тупик", language="ru"), quote("c", "a dead end")]
    pair = {"first": "a", "first_quote": "q1", "second": "b", "second_quote": "q1"}
    write_part(tmp_path, 0, short, pairs=[pair])
    build(tmp_path)
    assert sorted(articles(QuoteIndex.open(tmp_path).search("dead end"))) == [["a", "b"], ["c"]]


def test_a_version_that_comes_later_joins_what_its_story_had(tmp_path):
    write_part(tmp_path, 0, [quote("a", "a dead end"), quote("c", "a dead end")])
    build(tmp_path)
    pair = {"first": "a", "first_quote": "q1", "second": "b", "second_quote": "q1"}
    write_part(tmp_path, 1, [quote("b", "тупик", language="ru")], pairs=[pair])
    assert build(tmp_path)["utterances"] == 2
    assert sorted(articles(QuoteIndex.open(tmp_path).search("dead end"))) == [["a", "b"], ["c"]]


def test_quotes_of_an_article_that_was_done_again_are_replaced(tmp_path):
    write_all(tmp_path)
    build(tmp_path)
    write_part(tmp_path, 3, [quote("c", BANK)])
    CorpusFolder(tmp_path).note(replace(CorpusFolder(tmp_path).report(1), withdrawn=["c"]))
    assert build(tmp_path) == {"parts": 4, "new_parts": 1, "quotes": 7, "new_quotes": 1, "utterances": 3}
    index = QuoteIndex.open(tmp_path)
    assert sorted(articles(index.search("bank"))[0]) == ["c", "g", "h"]
    numbers = [row["number"] for row in index.quotes(["number"])]
    assert len(set(numbers)) == len(numbers)


def test_tables_in_json_lines_are_read_too(tmp_path):
    write_all(tmp_path, form="jsonl")
    assert build(tmp_path)["utterances"] == 3


def test_an_earlier_wording_that_comes_later_is_the_one_to_compare_with(tmp_path):
    write_part(tmp_path, 0, [quote("late", SHORT, date="2024-01-01"), quote("same", SHORT, date="2024-01-02")])
    build(tmp_path)
    write_part(tmp_path, 1, [quote("early", WORLD["en"], date="2023-01-01")])
    build(tmp_path)
    (best,) = QuoteIndex.open(tmp_path).search("world").utterances
    assert [(wording.article, wording.verdict) for wording in best.wordings] == [
        ("early", None), ("late", "altered"), ("same", "altered"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "filters", "reason"),
    [("  ", QuoteFilter(), "empty"), ("world", QuoteFilter(since="May 2023"), "no date")],
)
def test_a_question_without_sense_is_refused(index, query, filters, reason):
    with pytest.raises(UsageError, match=reason):
        index.search(query, filters)


def test_what_is_missing_or_damaged_is_said(tmp_path, corpus):
    write_part(tmp_path / "none", 0, [])
    with pytest.raises(InputError, match="has no quotes"):
        build(tmp_path / "none")
    with pytest.raises(InputError, match="no index"):
        QuoteIndex.open(tmp_path / "none")
    shutil.copytree(corpus, tmp_path / "bad")
    for path in (tmp_path / "bad" / "index" / "quotes.lance").rglob("*.manifest"):
        path.write_bytes(b"?")
    with pytest.raises(InputError, match="damaged"):
        QuoteIndex.open(tmp_path / "bad").search("world")
    with pytest.raises(InputError, match="damaged"):
        build(tmp_path / "bad")
    write_all(tmp_path / "torn")
    (tmp_path / "torn" / "quotes" / "part-000001.parquet").write_bytes(b"PAR1")
    with pytest.raises(InputError, match=r"part-000001.parquet is damaged"):
        build(tmp_path / "torn")


def run(*words):
    return CliRunner().invoke(main, ["corpus", *map(str, words)])


def test_the_commands_index_and_search(tmp_path, corpus):
    write_all(tmp_path / "out")
    made = run("index", tmp_path / "out", "--format", "json")
    assert json.loads(made.stdout)["utterances"] == 3
    assert "up to date" in run("index", tmp_path / "out").stderr
    found = json.loads(run("search", corpus, "multipolar", "--speaker", "Лавров", "--format", "json").stdout)
    assert found["filters"]["speaker"] == "Лавров"
    assert [wording["article"] for wording in found["utterances"][0]["wordings"]] == ["c", "a", "d", "f"]
    rows = list(
        csv.DictReader(run("search", corpus, "multipolar", "--limit", "1", "--format", "csv").stdout.splitlines())
    )
    assert [row["article"] for row in rows] == ["c", "a", "d", "f"]
    assert "<html" in run("search", corpus, "multipolar", "--format", "html").stdout
    nothing = run("search", corpus, "multipolar", "--outlet", "none", "--format", "table")
    assert (nothing.exit_code, nothing.stdout) == (0, "Nothing was found.\n")
    assert run("search", corpus, "multipolar", "--since", "soon").exit_code == 2


def test_a_timeline_has_equal_wordings_once(tmp_path):
    dates = ("2023-01-01", "2023-02-01", "2023-03-01")
    write_part(tmp_path, 0, [quote(f"a{day}", WORLD["en"], date=day) for day in dates] + [quote("b", SHORT)])
    build(tmp_path)
    shown = run("search", tmp_path, "world", "--timeline", "--format", "table").stdout
    assert shown.count("3 ×") == 1
    assert "ALTERED" in shown
