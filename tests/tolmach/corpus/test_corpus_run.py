"""Runs over a corpus: every record exactly once, whatever is broken and whatever is killed."""

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from click.testing import CliRunner

from common.progress import SILENT
from corpora.samples import load_sample
from tests.support.models.tiny_models import make_t5
from tests.support.places import ROOT
from tolmach.cli import main
from tolmach.corpus.folder import CorpusFolder, describe
from tolmach.corpus.plan import group_stories, read_plan, write_plan
from tolmach.corpus.records import open_source
from tolmach.corpus.run import RunSettings, run_corpus
from tolmach.corpus.schema import TABLES, arrow_schema
from tolmach.corpus.steps import StoryWork
from tolmach.corpus.worker import MOST_DEATHS, BlockWorker, CorpusJob

pa = pytest.importorskip("pyarrow")
parquet = pytest.importorskip("pyarrow.parquet")

SAMPLES = (("lavrov", "en"), ("lavrov", "ru"))
SAID = "The minister of the {number} provinces said: “We will open {number} schools in May.” It was a long day for him."
BROKEN = (
    ('{"id": "cut', "not JSON"),
    ('["a list"]', "not a JSON object"),
    ('{"id": "empty", "text": "  "}', "empty"),
    ('{"id": "none"}', "no text"),
    (json.dumps({"id": "binary", "text": "\0\1\2\3" * 99}), "not a text"),
    (json.dumps({"id": "mojibake", "text": "Министр заявил, что встреча будет".encode().decode("cp1251")}), "mojibake"),
    (json.dumps({"id": "german", "text": "Der Hund ist nicht in dem Haus, und das ist auch gut so."}), "German"),
    (json.dumps({"id": "wrong", "language": "ru", "text": SAID.format(number=1)}), "not Russian"),
)  # fmt: skip


def write_lines(path, records):
    path.write_text("".join(line + "\n" for line in records), encoding="utf-8")
    return path


def story_lines():
    return [
        json.dumps(
            {"id": f"{name}-{tag}", "story": name, "date": f"2024-01-0{at}", "text": load_sample(name, tag).text}
        )
        for at, (name, tag) in enumerate(SAMPLES, 1)
    ]


def short_lines(count):
    return [json.dumps({"id": f"r{number}", "text": SAID.format(number=number)}) for number in range(count)]


def tables(folder):
    """Return the bytes of all that a run gives its user."""
    found = {path.relative_to(folder): path.read_bytes() for path in folder.rglob("part-*")}
    return found | {Path("quarantine"): (folder / "quarantine.jsonl").read_bytes()}


def ids(folder):
    """Return the records that were read, and those in quarantine."""
    read = parquet.read_table(folder / "articles")["article"].to_pylist()
    lost = [
        row["article"]
        for row in map(json.loads, (folder / "quarantine.jsonl").read_text(encoding="utf-8").splitlines())
    ]
    return read, lost


def test_versions_are_quoted_aligned_and_compared(tmp_path):
    """All steps for a story, in this process."""
    job = CorpusJob(
        input=write_lines(tmp_path / "in.jsonl", story_lines()),
        output=tmp_path / "out",
        steps=("quotes", "align", "compare"),
    )
    work = StoryWork(source := open_source(job.input), frozenset(job.steps))
    for story in group_stories(source.entries(), {}):
        work.do(story)
    rows = work.rows
    assert [row["article"] for row in rows["articles"]] == [f"{name}-{tag}" for name, tag in SAMPLES]
    assert rows["failures"] == []
    texts = {row["article"]: row["text"] for row in rows["articles"]}
    for quote in rows["quotes"]:
        first = quote["spans"][0]
        assert texts[quote["article"]][first["start"] : first["end"]] in quote["text"]
    assert {row["verdict"] for row in rows["pairs"]} == {"same"}
    assert {(row["first"], row["second"]) for row in rows["beads"]} == {("lavrov-en", "lavrov-ru")}
    listed = {(row["article"], row["quote"]) for row in rows["quotes"]}
    assert {(row["first"], row["first_quote"]) for row in rows["pairs"] if row["first_quote"]} <= listed


def test_an_article_that_is_no_version_is_named_and_the_others_compared(tmp_path):
    lines = [*story_lines()[:2], json.dumps({"id": "odd", "story": "lavrov", "text": load_sample("a02", "zh").text})]
    source = open_source(write_lines(tmp_path / "in.jsonl", lines))
    work = StoryWork(source, frozenset({"align"}))
    work.do(*group_stories(source.entries(), {}))
    assert [(row["article"], row["step"]) for row in work.rows["failures"]] == [("odd", "align")]
    assert {(row["first"], row["second"]) for row in work.rows["beads"]} == {("lavrov-en", "lavrov-ru")}
    assert len(work.rows["articles"]) == len(lines)


def test_broken_records_are_quarantined_and_the_rest_unharmed(tmp_path, monkeypatch):
    monkeypatch.setenv("TOLMACH_MAX_INPUT_SIZE", "100kB")
    huge = json.dumps({"id": "huge", "text": "Word. " * 50_000})
    lines = [*short_lines(5), *(line for line, _ in BROKEN), huge, short_lines(1)[0], *short_lines(6)[5:]]
    source = write_lines(tmp_path / "in.jsonl", lines)
    words = ["corpus", "run", str(source), "-o", str(tmp_path / "out"), "--steps", "quotes", "--workers", "1"]
    words += ["--ray", "none", "--quiet"]
    result = CliRunner().invoke(main, words)
    assert (result.exit_code, json.loads(result.stdout)["quarantined"]) == (0, len(BROKEN) + 2)
    read, lost = ids(tmp_path / "out")
    assert sorted(read) == [f"r{number}" for number in range(6)]
    assert len(lost) == len(set(lost)) == len(BROKEN) + 2
    reasons = (tmp_path / "out" / "quarantine.jsonl").read_text(encoding="utf-8").splitlines()
    for line, (_, reason) in zip(reasons, BROKEN, strict=False):
        assert reason in json.loads(line)["reason"]
    assert "too large" in reasons[-2]
    assert "another record has the id" in reasons[-1]
    again = CliRunner().invoke(main, [*words, "--strict"])
    assert (again.exit_code, json.loads(again.stdout)["done"]) == (3, len(lines))
    status = CliRunner().invoke(main, ["corpus", "status", str(tmp_path / "out"), "--format", "json"])
    assert json.loads(status.stdout)["state"] == "complete"


def test_an_error_of_ours_costs_one_article(tmp_path, monkeypatch):
    def fail(article):
        if "3" in article.text:
            raise RuntimeError("a bug")
        return ()

    monkeypatch.setattr("quotes.extract_quotes", fail, raising=False)
    job = job_of(tmp_path, short_lines(5))
    (block,) = planned(job)
    report = BlockWorker(job).do(block)
    assert [row["reason"] for row in report.failures] == ["RuntimeError: a bug"]
    assert report.rows["articles"] == 4


def job_of(tmp_path, lines, **changes):
    given = {"input": write_lines(tmp_path / "in.jsonl", lines), "output": tmp_path / "out", "steps": ("quotes",)}
    return CorpusJob(**given | changes)


def planned(job, tokens=50_000):
    write_plan(job.folder.plan, group_stories(open_source(job.input).entries(), {}), tokens)
    return list(read_plan(job.folder.plan))


def test_a_story_at_which_processes_die_is_given_up(tmp_path):
    job = job_of(tmp_path, short_lines(3))
    (block,) = planned(job)
    marker = job.folder.running(0)
    marker.parent.mkdir()
    marker.write_text(json.dumps({"story": "~r1", "deaths": {"~r1": MOST_DEATHS - 1}}), encoding="utf-8")
    report = BlockWorker(job).do(block)
    assert [(row["article"], row["step"]) for row in report.failures] == [("r1", "read")]
    assert not marker.exists()


def test_a_run_is_resumed_only_with_the_same_steps(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words = ["corpus", "run", "in.jsonl", "-o", "out", "--quiet", "--ray", "none", "--workers", "1", "--steps"]

    def end(steps):
        result = CliRunner().invoke(main, [*words, steps])
        return result.exit_code, result.stderr

    source = write_lines(Path("in.jsonl"), [])
    assert "holds no articles" in end("quotes")[1]
    write_lines(source, short_lines(2))
    assert end("quotes")[0] == 0
    status, message = end("quotes,align")
    assert (status, "another steps" in message) == (2, True)
    with CorpusFolder(Path("out")).locked():
        status, message = end("quotes")
    assert (status, "another run is at work" in message) == (2, True)


def test_folder_lines_and_parquet_give_the_same_rows(tmp_path):
    texts = [SAID.format(number=number) for number in range(3)]
    folder = tmp_path / "folder"
    folder.mkdir()
    for number, text in enumerate(texts):
        (folder / f"r{number}").write_text(text, encoding="utf-8")
    lines = write_lines(tmp_path / "in.jsonl", short_lines(3))
    table = tmp_path / "in.parquet"
    parquet.write_table(pa.table({"id": [f"r{n}" for n in range(3)], "text": texts, "more": [1, 2, 3]}), table)
    found = []
    for source in map(open_source, (folder, lines, table)):
        entries = list(source.entries())
        found.append([(entry.id, source.load(entry).text) for entry in entries])
    assert found[0] == found[1] == found[2]
    stories = tmp_path / "stories"
    (stories / "talks").mkdir(parents=True)
    (stories / "talks" / "en.txt").write_text(texts[0], encoding="utf-8")
    assert [(entry.id, entry.story) for entry in open_source(stories).entries()] == [("talks/en.txt", "talks")]


def test_jsonl_tables_have_the_same_rows(tmp_path):
    jobs = [job_of(tmp_path, story_lines()[:1], output=tmp_path / form, form=form) for form in ("parquet", "jsonl")]
    for job in jobs:
        (block,) = planned(job)
        BlockWorker(job).do(block)
    for table in TABLES:
        rows = parquet.read_table(tmp_path / "parquet" / table).to_pylist()
        lines = (tmp_path / "jsonl" / table / "part-000000.jsonl").read_text(encoding="utf-8").splitlines()
        assert list(map(json.loads, lines)) == rows


@pytest.mark.slow
@pytest.mark.parametrize("program", ["duckdb", "pandas", "polars"])
def test_other_programs_read_a_folder_as_one_table(tmp_path, program):
    reader = pytest.importorskip(program)
    job = job_of(tmp_path, short_lines(4))
    for block in planned(job, tokens=60):
        BlockWorker(job).do(block)
    assert len(list((job.output / "quotes").iterdir())) > 1
    for table in TABLES:
        folder = job.output / table
        if program == "duckdb":
            found = reader.sql(f"SELECT * FROM '{folder}/*.parquet'")  # noqa: S608 - our own folder
        else:
            found = reader.read_parquet(folder)
        assert list(found.columns) == list(TABLES[table])
        assert len(found) == parquet.read_table(folder).num_rows


def test_every_column_is_described():
    page = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")
    for table, columns in TABLES.items():
        (line,) = re.findall(rf"^\| `{table}` \|.*$", page, re.MULTILINE)
        assert re.findall(r"`(\w+)`", line.split("|")[3]) != []
        assert {name for name in columns if f"`{name}`" not in line} == set()
        assert arrow_schema(table).names == list(columns)


@pytest.mark.slow
def test_every_sentence_is_translated(tmp_path):
    job = job_of(tmp_path, short_lines(2))
    model = str(make_t5(tmp_path / "t5"))
    assert start(job, "--steps", "quotes,translate", "--to", "ru", "--model", model, "--offline").wait() == 0
    rows = parquet.read_table(job.output / "translations").to_pylist()
    texts = {
        row["article"]: [row["text"][one["start"] : one["end"]] for one in row["sentences"]]
        for row in parquet.read_table(job.output / "articles").to_pylist()
    }
    found = [(row["article"], row["sentence"], row["source"]) for row in rows]
    assert found == [(name, at, one) for name in texts for at, one in enumerate(texts[name])]
    assert {(row["source_language"], row["language"], bool(row["text"])) for row in rows} == {("en", "ru", True)}


@pytest.mark.slow
def test_a_killed_worker_costs_at_most_its_block(tmp_path):
    job = job_of(tmp_path, short_lines(400))
    run_corpus(job_of(tmp_path, short_lines(400), output=tmp_path / "calm"), SILENT, SMALL)
    process = start(job)
    for killed in range(4):
        await_blocks(job, process, 2 * killed + 1)
        kill(workers(process)[:1])
    assert process.wait() == 0
    assert tables(tmp_path / "out") == tables(tmp_path / "calm")


@pytest.mark.slow
def test_ray_gives_the_same_bytes(tmp_path):
    pytest.importorskip("ray")
    for ray in ("none", "local"):
        job = job_of(tmp_path, story_lines(), output=tmp_path / ray)
        assert start(job, "--steps", "quotes,align,compare", "--ray", ray).wait() == 0
    assert tables(tmp_path / "local") == tables(tmp_path / "none")


@pytest.mark.slow
def test_a_run_killed_at_twenty_moments_ends_like_an_undisturbed_one(tmp_path):
    """The driver is killed, sometimes with its workers; no more than a block for each worker is done again."""
    lines = [*short_lines(400), *(line for line, _ in BROKEN)]
    job, calm = job_of(tmp_path, lines), job_of(tmp_path, lines, output=tmp_path / "calm")
    run_corpus(calm, SILENT, SMALL)
    blocks = len(calm.folder.numbers_done())
    chance = random.Random(7)  # noqa: S311 - no secret
    for killed in range(20):
        process = start(job)
        await_blocks(job, process, killed * blocks // 20)
        time.sleep(chance.uniform(0.0, 0.3))
        victims = workers(process) if killed % 2 else []
        process.kill()
        kill(victims)
        process.wait()
    before = {number: job.folder.done(number).stat().st_mtime_ns for number in job.folder.numbers_done()}
    assert start(job).wait() == 0
    assert {number: job.folder.done(number).stat().st_mtime_ns for number in before} == before
    assert tables(tmp_path / "out") == tables(tmp_path / "calm")
    read, lost = ids(tmp_path / "out")
    assert len({*read, *lost}) == len(read) + len(lost) == len(lines)
    assert describe(job.folder)["state"] == "complete"


@pytest.mark.slow
def test_a_run_on_ray_outlives_a_worker_and_is_resumed_after_it_was_killed(tmp_path):
    pytest.importorskip("ray")
    lines = [*short_lines(400), *(line for line, _ in BROKEN)]
    job, calm = job_of(tmp_path, lines), job_of(tmp_path, lines, output=tmp_path / "calm")
    run_corpus(calm, SILENT, SMALL)
    process = start(job, "--ray", "local")
    await_blocks(job, process, 3)
    kill(actors(process)[:1])
    await_blocks(job, process, 15)
    assert process.poll() is None
    process.kill()
    process.wait()
    process = start(job, "--ray", "local")
    await_blocks(job, process, 30)
    kill([process.pid, *descendants(process)])
    process.wait()
    before = {number: job.folder.done(number).stat().st_mtime_ns for number in job.folder.numbers_done()}
    assert len(before) < len(calm.folder.numbers_done())
    assert start(job, "--ray", "local").wait() == 0
    assert {number: job.folder.done(number).stat().st_mtime_ns for number in before} == before
    assert tables(tmp_path / "out") == tables(tmp_path / "calm")


SMALL = RunSettings(workers=2, block_tokens=200)


def start(job, *words):
    """Begin a run in blocks of a few articles, in a process of its own."""
    usual = ["--steps", "quotes", "--ray", "none", "--workers", "2", "--block-tokens", "200", "--quiet"]
    command = [sys.executable, "-m", "tolmach", "corpus", "run", str(job.input), "-o", str(job.output), *usual, *words]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, env=os.environ | {"PYTHONPATH": str(ROOT)}, cwd=ROOT)


def await_blocks(job, process, count):
    while process.poll() is None and len(job.folder.numbers_done()) < count:
        time.sleep(0.02)


def workers(process):
    """Return the worker processes of a run, none if it has ended; Python's own helper for shared memory is none."""
    while process.poll() is None:
        with suppress(FileNotFoundError):
            found = map(
                int, Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text(encoding="utf-8").split()
            )
            if spawned := [child for child in found if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]:
                return spawned
    return []


def descendants(process):
    """Return the processes of a run but the first, and their command lines."""
    found, new = {}, [process.pid]
    while new:
        parent = new.pop()
        with suppress(FileNotFoundError, ProcessLookupError):
            for task in Path(f"/proc/{parent}/task").iterdir():
                children = list(map(int, (task / "children").read_text(encoding="utf-8").split()))
                found |= {child: Path(f"/proc/{child}/cmdline").read_bytes() for child in children}
                new += children
    return found


def actors(process):
    """Return the workers of a run on Ray."""
    return [pid for pid, command in descendants(process).items() if b"RayWorker" in command]


def kill(victims):
    """Kill processes, which may have ended by themselves."""
    for victim in victims:
        with suppress(ProcessLookupError):
            os.kill(victim, signal.SIGKILL)
