"""`tolmach compare --judge`, and whom it asks."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from click.testing import CliRunner

from common.errors import UsageError
from common.progress import SILENT
from tolmach.cli import main
from tolmach.judges import load_judge
from translate.models.registry import UnknownModelError

ENGLISH = "“We will build ten new ferries next year,” the minister Ivan Petrov said.\n"
RUSSIAN = "«Мы построим десять новых паромов в следующем году», — сказал министр Иван Петров.\n"


def test_a_chat_model_is_named_and_not_loaded(tmp_path, monkeypatch):
    monkeypatch.setenv("TOLMACH_CACHE", str(tmp_path))
    assert load_judge("qwen2.5-coder-1.5b", SILENT).name == "the judge qwen2.5-coder-1.5b"


def test_an_address_is_a_server_with_a_model_behind_the_mark(monkeypatch):
    monkeypatch.setenv("TOLMACH_JUDGE_KEY", "s3cret")
    judge = load_judge("https://judge.example/v1#big/model", SILENT)
    assert judge.signature() == (("judge", "big/model"), ("judge.address", "https://judge.example/v1"))


@pytest.mark.parametrize(
    ("name", "error"),
    [("ftp://host/v1", UsageError), ("no-such-model", UnknownModelError), ("t5-enruzh-large", UsageError)],
)
def test_what_cannot_be_a_judge_is_told_at_once(name, error, tmp_path, monkeypatch):
    monkeypatch.setenv("TOLMACH_CACHE", str(tmp_path))
    with pytest.raises(error):
        load_judge(name, SILENT)


class Doubting(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"choices": [{"message": {"content": "No"}}]}).encode())

    def log_message(self, *_arguments):
        pass


@pytest.fixture
def address():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Doubting)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1#m"
    server.shutdown()
    server.server_close()


def compare(tmp_path, *words):
    (tmp_path / "en.txt").write_text(ENGLISH, encoding="utf-8")
    (tmp_path / "ru.txt").write_text(RUSSIAN, encoding="utf-8")
    files = [str(tmp_path / "en.txt"), str(tmp_path / "ru.txt")]
    return CliRunner().invoke(main, ["compare", *files, "--format", "json", *words])


def test_the_command_tells_a_judge_s_doubt_that_alone_is_no_change(tmp_path, address):
    run = compare(tmp_path, "--offline", "--judge", address)
    assert run.exit_code == 0, run.output
    text = run.stdout
    assert "The judge m doubts that the two say the same (90%)." in text
    (group,) = json.loads(text)["quotes"]["groups"]
    (pair,) = group["pairs"]
    typed = [one for one in pair["findings"] if one["kind"] != "judge" and one["severity"] != "note"]
    assert pair["verdict"] in {"same", "uncertain"} or typed


def test_a_judge_that_is_not_there_ends_the_command_with_one_line(tmp_path):
    run = compare(tmp_path, "--judge", "ftp://host/v1")
    assert run.exit_code == 2
    assert "is not an address of a judge" in run.stderr
