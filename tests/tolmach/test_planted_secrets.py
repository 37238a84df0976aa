"""Secrets planted in the environment and in addresses turn up in no stream and no file, whatever fails."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner

from tolmach.cli import main

KEY = "sk-live-0123456789abcdef"
PASSWORD = "hunter2-correct-horse"  # noqa: S105 - planted
TOKEN = "tok-9f8e7d6c5b4a"  # noqa: S105 - planted
SECRETS = (KEY, PASSWORD, TOKEN)
ENGLISH = "The minister met his colleague on Monday.\n\n“We will build ten new ferries next year,” Ivan Petrov said.\n"
RUSSIAN = "Министр встретился с коллегой.\n\n«Мы построим десять паромов в следующем году», — сказал Иван Петров.\n"
CLOSED = "127.0.0.1:9"


@dataclass(frozen=True)
class Echo:
    """An answer to any request; `{key}` in it is the key that came in."""

    status: int = 200
    reason: str = "OK"
    body: str = ""

    def filled(self, key: str) -> "Echo":
        return Echo(self.status, self.reason.replace("{key}", key), self.body.replace("{key}", key))


def chat(text: str, *, name: str = "served") -> Echo:
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}
    return Echo(body=json.dumps({"choices": [choice], "system_fingerprint": name, "data": [{"id": name}]}))


ECHOES = {
    "in an error's text": Echo(401, "Unauthorized", "Incorrect API key provided: {key}"),
    "far into an error's text": Echo(400, "Bad", "x" * 390 + " Bearer {key}"),
    "in an error that is asked again": Echo(503, "Busy", '{"error": "key {key} is over its limit"}'),
    "in a reason": Echo(403, "no {key} here", "no"),
    "in a translation": chat("Ключ {key} неверен."),
    "as a model's name": chat("Да.", name="{key}"),
    "as a redirection": Echo(307, "to {key}", ""),
    "as no JSON": Echo(body="{key}"),
}


@pytest.fixture
def serve() -> Iterator[Callable[[Echo], str]]:
    running: list[ThreadingHTTPServer] = []
    came: list[str] = []

    def start(echo: Echo) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                came.append(self.headers.get("Authorization", ""))
                filled = echo.filled(came[-1].removeprefix("Bearer "))
                data = filled.body.encode()
                self.send_response(filled.status, filled.reason)
                self.send_header("Content-Length", str(len(data)))
                self.send_header("Location", f"http://{PASSWORD}:{PASSWORD}@{CLOSED}/?token={TOKEN}")
                self.end_headers()
                self.wfile.write(data)

            do_POST = do_GET  # noqa: N815 - http.server's name

            def log_message(self, *_arguments: object) -> None:
                pass

        running.append(ThreadingHTTPServer(("127.0.0.1", 0), Handler))
        threading.Thread(target=running[-1].serve_forever, args=(0.005,), daemon=True).start()
        return f"127.0.0.1:{running[-1].server_port}"

    yield start
    assert set(came) <= {"", f"Bearer {KEY}"}
    assert came
    for server in running:
        server.shutdown()
        server.server_close()


@pytest.fixture(autouse=True)
def planted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("TOLMACH_SERVER_KEY", "TOLMACH_JUDGE_KEY", "HF_TOKEN"):
        monkeypatch.setenv(variable, f" {KEY}\r\n")
    monkeypatch.setenv("TOLMACH_TRACEBACK", "1")
    monkeypatch.setenv("TOLMACH_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("TOLMACH_OFFLINE", "0")
    monkeypatch.setenv("TOLMACH_ALLOW_PRIVATE_ADDRESSES", "1")
    monkeypatch.setattr("common.chat.client._LONGEST_WAIT", 0.0)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "en.txt").write_text(ENGLISH, encoding="utf-8")
    (tmp_path / "ru.txt").write_text(RUSSIAN, encoding="utf-8")


def shown_and_written(words: list[str], folder: Path) -> str:
    """Return all that a command prints, and all that lies in `folder` afterwards."""
    result = CliRunner().invoke(main, words)
    assert "This is a bug" not in result.output
    files = [path.read_bytes().decode("utf-8", "replace") for path in folder.rglob("*") if path.is_file()]
    return "\n".join([result.output, repr(result.exception), *files])


def holds_a_secret(text: str) -> bool:
    parts = {secret[at : at + 8] for secret in SECRETS for at in range(len(secret) - 7)}
    return any(part in text for part in parts)


ASKING = {
    "translate": [
        "translate",
        "en.txt",
        "--to",
        "ru",
        "--format",
        "json",
        "-o",
        "out.json",
        "--server",
        "http://{host}/v1",
    ],
    "run": ["run", "en.txt", "--to", "ru", "-o", "out", "--attempts", "1", "--server", "http://{host}/v1"],
    "compare": ["compare", "en.txt", "ru.txt", "-o", "out.json", "--judge", "http://{host}/v1#model"],
    "quotes": ["quotes", "http://{host}/a?token=" + TOKEN, "-o", "out.json"],
    "bench": [
        *("bench", "run", "--model", "qwen2.5-coder-1.5b", "--server", "http://{host}/v1"),
        *("--set", "samples", "--pair", "en-ru", "--first", "2"),
    ],
}
# A benchmark runs its model in a process of its own, which takes a while to start.
CASES = [(command, echo) for command in ASKING for echo in ECHOES if command != "bench" or "translation" in echo]


@pytest.mark.slow
@pytest.mark.parametrize(("command", "echo"), CASES)
def test_what_a_server_echoes_is_kept_nowhere(command, echo, serve, tmp_path):
    host = serve(ECHOES[echo])
    assert not holds_a_secret(shown_and_written([word.format(host=host) for word in ASKING[command]], tmp_path))


@pytest.mark.parametrize(
    "command",
    [
        ["translate", "en.txt", "--to", "ru", "--server", f"http://u:{PASSWORD}@{CLOSED}/v1"],
        ["translate", "en.txt", "--to", "ru", "--server", f"http://{CLOSED}/v1?token={TOKEN}"],
        ["translate", f"http://u:{PASSWORD}@{CLOSED}/a?token={TOKEN}", "--to", "ru"],
        ["translate", f"ftp://u:{PASSWORD}@{CLOSED}/a?token={TOKEN}", "--to", "ru"],
        ["compare", "en.txt", "ru.txt", "--judge", f"http://u:{PASSWORD}@{CLOSED}/v1"],
        ["align", "en.txt", f"https://u:{PASSWORD}@{CLOSED}/a?api_key={TOKEN}"],
        ["quotes", f"http://[u:{PASSWORD}@x/?token={TOKEN}"],
        ["quotes", f"no-such-file-{KEY}"],
        ["evaluate", f"http://u:{PASSWORD}@{CLOSED}/a", "ru.txt"],
        ["models", "show", KEY],
        ["nonsense", KEY],
        ["translate", "--nonsense", f"http://u:{PASSWORD}@{CLOSED}/"],
    ],
    ids=lambda command: " ".join(command)[:40],
)
def test_addresses_and_names_are_masked(command, tmp_path):
    assert not holds_a_secret(shown_and_written(command, tmp_path))


@pytest.mark.parametrize("command", [["models", "fetch", "t5-enruzh-base"], ["doctor"], ["models", "list"]])
def test_the_address_of_a_hub_is_masked(command, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", f"http://u:{PASSWORD}@{CLOSED}")
    assert not holds_a_secret(shown_and_written(command, tmp_path))
