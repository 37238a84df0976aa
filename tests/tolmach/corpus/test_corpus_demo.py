"""The corpus to try searches with, from its articles to a browser."""

import json
import os
import signal
import subprocess
import sys
import time
from urllib.request import urlopen

import pytest
from click.testing import CliRunner

from tests.support.places import ROOT
from tolmach.cli import main
from tolmach.corpus.demo import write_demo
from tolmach.corpus.folder import CorpusFolder, describe


def test_the_articles_have_all_that_a_search_shows(tmp_path):
    write_demo(path := tmp_path / "articles.jsonl")
    records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert len({record["id"] for record in records}) == len(records)
    assert {record["language"] for record in records if record["story"] == "lavrov"} == {"en", "ru", "zh"}
    assert all(record[name] for record in records for name in ("outlet", "date", "title", "text"))


def test_articles_that_are_there_stay_so_that_their_run_goes_on(tmp_path):
    write_demo(path := tmp_path / "articles.jsonl")
    os.utime(path, (1, 1))
    write_demo(path)
    assert path.stat().st_mtime == 1
    path.write_text("other", encoding="utf-8")
    write_demo(path)
    assert path.stat().st_mtime > 1


@pytest.mark.slow
def test_the_demo_is_made_searched_and_served(tmp_path):
    for name in ("lancedb", "starlette", "uvicorn"):
        pytest.importorskip(name, reason="the extra `web` is not installed")
    result = CliRunner().invoke(main, ["corpus", "demo", "-o", str(tmp_path), "--quiet"])
    assert result.exit_code == 0, result.stderr
    assert all(words in result.stdout for words in ("multipolar", "многополярного", "多极", "tolmach corpus serve"))
    assert describe(CorpusFolder(tmp_path / "corpus"))["quarantined"] == 0
    command = [sys.executable, "-m", "tolmach", "corpus", "serve", str(tmp_path / "corpus"), "--port", "0"]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "TOLMACH_OFFLINE": "1"}
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        address = server.stderr.readline().split()[0]
        assert address.startswith("http://127.0.0.1:")
        with urlopen(f"{address}api/search?q=multipolar+world&speaker=Lavrov", timeout=60) as answer:  # noqa: S310
            found = json.load(answer)
        assert {one["language"] for one in found["utterances"][0]["wordings"]} == {"en", "ru", "zh"}
        began = time.monotonic()
        server.send_signal(signal.SIGINT)
        assert server.wait(30) == 130
        assert time.monotonic() - began < 5
