"""Keys and passwords of servers: read without the line end of their file, and printed nowhere, traceback or not."""

from collections.abc import Iterator

import pytest
from click.testing import CliRunner, Result

from tests.support.servers.chat_server import Asked, ChatServer, Reply
from tolmach.cli import main

KEY = "Hunter22hunter33"
SOURCE = "“We will build ten new ferries next year,” the minister Ivan Petrov said.\n"
TARGET = "«Мы построим десять новых паромов в следующем году», — сказал министр Иван Петров.\n"
VARIABLES = {"translate": "TOLMACH_SERVER_KEY", "compare": "TOLMACH_JUDGE_KEY"}


@pytest.fixture
def server() -> Iterator[ChatServer]:
    def refuse(asked: Asked, _number: int) -> Reply:
        return Reply({"error": f"wrong key {asked.headers['Authorization']}"}, 401)

    started = ChatServer(refuse)
    yield started
    started.close()


@pytest.fixture(autouse=True)
def surroundings(monkeypatch, tmp_path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TOLMACH_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("TOLMACH_TRACEBACK", "1")
    monkeypatch.delenv("TOLMACH_OFFLINE", raising=False)
    (tmp_path / "en.txt").write_text(SOURCE, encoding="utf-8")
    (tmp_path / "ru.txt").write_text(TARGET, encoding="utf-8")


def run(command: str, url: str) -> Result:
    words = {
        "translate": ["translate", "en.txt", "--to", "ru", "--server", url, "-o", "out.json"],
        "compare": ["compare", "en.txt", "ru.txt", "--judge", f"{url}#served-model"],
    }
    return CliRunner().invoke(main, words[command])


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n", " "])
@pytest.mark.parametrize("command", VARIABLES)
def test_a_key_is_sent_without_the_end_of_its_line(server, monkeypatch, command, end):
    monkeypatch.setenv(VARIABLES[command], KEY + end)
    result = run(command, server.url)
    assert server.asked[0].headers["Authorization"] == f"Bearer {KEY}"
    assert KEY[:6] not in result.output
    assert "401" in result.output


@pytest.mark.parametrize("key", [f"{KEY} {KEY}", f"{KEY}\r\nX: y", f"{KEY}к"])
@pytest.mark.parametrize("command", VARIABLES)
def test_what_is_no_key_is_refused_without_being_shown(server, monkeypatch, command, key):
    monkeypatch.setenv(VARIABLES[command], key)
    result = run(command, server.url)
    assert (result.exit_code, server.asked) == (2, [])
    assert VARIABLES[command] in result.output
    assert KEY[:6] not in result.output


@pytest.mark.parametrize("url", [f"http://u:{KEY}@h/v1", f"http://u:{KEY}/x@h/v1", f"http://h/v1?token={KEY}"])
@pytest.mark.parametrize("command", VARIABLES)
def test_an_address_with_a_secret_is_refused_without_it(command, url):
    result = run(command, url)
    assert result.exit_code == 2
    assert KEY[:6] not in result.output
