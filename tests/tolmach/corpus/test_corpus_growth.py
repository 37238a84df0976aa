"""A corpus whose input grows or changes: what is done stays, and all else is as if the corpus had been run at once."""

import json
from collections import Counter
from itertools import islice
from types import SimpleNamespace

import pytest

from common.errors import UsageError
from common.progress import SILENT
from tolmach.corpus import pages, run
from tolmach.corpus.folder import describe
from tolmach.corpus.run import RunSettings, run_corpus
from tolmach.corpus.schema import TABLES, read_table
from tolmach.corpus.worker import BlockWorker, CorpusJob

pa = pytest.importorskip("pyarrow")
parquet = pytest.importorskip("pyarrow.parquet")

TEXTS = {
    "en": "Anna Petrova opened {n} new schools on Monday. “We will teach {n} languages,” Petrova said. It was late.",
    "ru": "Анна Петрова открыла {n} школ в понедельник. «Будем учить {n} языкам», — сказала Петрова. Было поздно.",
    "zh": "安娜·彼得罗娃周一开设了{n}所新学校。彼得罗娃说：“我们将在这里教{n}种语言。”当时已经很晚了。",
}  # fmt: skip
SETTINGS = RunSettings(workers=1, block_tokens=100)


def record(number, language="en", **more):
    story = {"story": f"s{number}"} if "story" not in more else {}
    return {"id": f"{number}-{language}", "text": TEXTS[language].format(n=number + 10)} | story | more


@pytest.fixture
def grow(tmp_path, monkeypatch):
    """Return what runs over some records, in this process, and returns the rows of each table."""
    monkeypatch.setattr(run, "run_in_processes", lambda job, blocks, _workers: map(BlockWorker(job).do, blocks))

    def grow(records, output="out", *, blocks=None, **changes):
        given = {"input": tmp_path / "in.jsonl", "output": tmp_path / output, "steps": ("quotes", "align", "compare")}
        job = CorpusJob(**given | changes)
        if records is not None:
            job.input.write_text("".join(json.dumps(one) + "\n" for one in records), encoding="utf-8")
        if blocks is None:
            run_corpus(job, SILENT, SETTINGS)
        else:
            with monkeypatch.context() as stopped:
                first = lambda job, found, _: map(BlockWorker(job).do, islice(found, blocks))  # noqa: E731
                stopped.setattr(run, "run_in_processes", first)
                run_corpus(job, SILENT, SETTINGS)
        return rows(job)

    return grow


def rows(job):
    """Return the rows of each table, in no order, and what the status says of them."""
    found = {}
    for table, columns in TABLES.items():
        parts = sorted((job.output / table).glob("part-*"))
        listed = [
            row | {"source": None} if table == "failures" else row
            for path in parts
            for row in read_table(path, [*columns])
        ]
        found[table] = Counter(json.dumps(row, ensure_ascii=False) for row in listed)
    status = describe(job.folder)
    assert status["rows"] == {table: sum(counts.values()) for table, counts in found.items()}
    return found | {"status": {name: status[name] for name in ("state", "records", "done", "quarantined", "failures")}}


FIRST = [record(0), record(0, "ru"), record(1), record(1, "ru"), record(2), {"id": "bad", "story": "s2", "text": " "}]
CHANGES = {
    "stories": [*FIRST, record(3), record(3, "zh")],
    "versions": [*FIRST, record(0, "zh"), record(2, "ru")],
    "broken ones": [*FIRST, {"id": "worse", "story": "s0", "text": ""}, {"id": "alone"}],
    "a text": [record(0, text=TEXTS["en"].format(n=99)), *FIRST[1:]],
    "a mended text": [*FIRST[:5], record(2, "ru", id="bad")],
    "a story": [*FIRST[:3], record(1, "ru", story="s7"), *FIRST[4:]],
    "all of a story": [*FIRST[:4], record(2, story="s1"), {"id": "bad", "story": "s1", "text": " "}],
}  # fmt: skip


QUICK = {"versions", "a story"}


@pytest.mark.parametrize(
    "change", [pytest.param(one, marks=() if one in QUICK else pytest.mark.slow) for one in CHANGES]
)
def test_a_changed_input_ends_like_a_run_over_it(grow, tmp_path, change):
    grow(FIRST)
    done = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("done/*.json")}
    found = grow(CHANGES[change])
    assert found == grow(CHANGES[change], "whole")
    assert found == grow(None)
    kept = [path for path, time in done.items() if path.stat().st_mtime_ns == time]
    assert len(kept) >= len(done) - 2, "blocks are written again only where a story changed"


@pytest.mark.slow
def test_it_may_grow_again_and_again_and_before_it_is_done(grow):
    grow(FIRST, blocks=1)
    for last in (7, 8, 9):
        more = [record(0, "zh"), record(2, "ru"), record(2, "zh"), record(1, "zh")]
        listed = [*FIRST, *more][:last]
        grow(listed, blocks=1)
        grow(listed)
    assert grow(None) == grow(listed, "whole")


def test_a_change_that_is_taken_back_before_it_was_done_leaves_no_trace(grow):
    before = grow(FIRST)
    grow(CHANGES["versions"], blocks=0)
    grow(CHANGES["a text"], blocks=0)
    assert grow(FIRST) == before


def test_articles_that_are_gone_keep_their_results(grow):
    before = grow(FIRST)
    after = grow([*FIRST[2:], record(3)])
    assert all(before[table] <= after[table] for table in TABLES)
    assert (after["status"]["state"], after["status"]["records"]) == ("complete", 7)


def test_versions_that_are_found_keep_the_name_of_their_story(grow, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for name, language in (("b", "en"), ("c", "ru")):
        (folder / f"{name}.txt").write_text(TEXTS[language].format(n=3), encoding="utf-8")
    grow(None, input=folder)
    (folder / "a.txt").write_text(TEXTS["zh"].format(n=3), encoding="utf-8")
    found = grow(None, input=folder)
    assert {json.loads(row)["story"] for row in found["articles"]} == {"~b.txt"}
    assert {(json.loads(row)["first"], json.loads(row)["second"]) for row in found["beads"]} == {
        ("b.txt", "c.txt"), ("b.txt", "a.txt"), ("c.txt", "a.txt"),
    }  # fmt: skip


@pytest.mark.slow
def test_rows_of_parquet_are_known_wherever_they_are(grow, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    parquet.write_table(pa.Table.from_pylist(FIRST[:4]), folder / "b.parquet")
    grow(None, input=folder)
    parquet.write_table(pa.Table.from_pylist([record(0, "zh"), record(3)]), folder / "a.parquet")
    found = grow(None, input=folder)
    assert found == grow([*FIRST[:4], record(0, "zh"), record(3)], "whole")
    done = [json.loads(path.read_text(encoding="utf-8"))["records"] for path in (tmp_path / "out").rglob("done/*.json")]
    assert sum(done) == 6


def test_addresses_may_be_added(grow, tmp_path, monkeypatch):
    page = SimpleNamespace(data=TEXTS["en"].encode(), charset="utf-8")
    monkeypatch.delenv("TOLMACH_OFFLINE", raising=False)
    monkeypatch.setattr(pages, "fetch", lambda _url, progress: page)  # noqa: ARG005 - as it is called
    wanted = tmp_path / "in.txt"
    for count in (1, 2):
        wanted.write_text("".join(f"https://a.org/{number}\n" for number in range(count)), encoding="utf-8")
        assert grow(None, input=wanted, steps=("quotes",))["status"]["done"] == count


def test_another_input_is_refused(grow, tmp_path):
    grow(FIRST[:1])
    (tmp_path / "other.jsonl").write_text(json.dumps(record(5)) + "\n", encoding="utf-8")
    with pytest.raises(UsageError, match="another input"):
        grow(None, input=tmp_path / "other.jsonl")
