"""`--server-timeout` and `--server-workers`: from the command line to the questions that a server gets."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from common.chat.options import ServerOptions
from common.progress import Progress
from tests.support.servers.chat_server import Asked, ChatServer, Reply, upper
from tolmach.cli import main
from translate.engines.server.loading import ServerLoader

SENTENCES = 7
ENGLISH = "".join(f"The talks of day {number} went on until midnight.\n\n" for number in range(SENTENCES))
PATIENCE = 30.0


class Gate:
    """Holds answers back until `size` questions are under way; the first one, which is asked alone, passes."""

    def __init__(self, size: int) -> None:
        self.barrier = threading.Barrier(size)

    def __call__(self, asked: Asked, number: int) -> Reply:
        if number > 1:
            self.barrier.wait(PATIENCE)
        return upper(asked, number)


@pytest.fixture
def serve() -> Iterator[Callable[..., ChatServer]]:
    running: list[ChatServer] = []

    def start(*arguments: object) -> ChatServer:
        running.append(ChatServer(*arguments))
        return running[-1]

    yield start
    for server in running:
        server.close()


@pytest.fixture(autouse=True)
def asked_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[ServerOptions]:
    """Keep what servers are asked with; a question that fails is not asked again."""
    seen: list[ServerOptions] = []

    class Loader(ServerLoader):
        def __init__(self, model: str, options: ServerOptions, progress: Progress) -> None:
            seen.append(options)
            super().__init__(model, replace(options, attempts=1), progress)

    monkeypatch.setattr("translate.engines.server.loading.ServerLoader", Loader)
    monkeypatch.setenv("TOLMACH_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    Path("en.txt").write_text(ENGLISH, encoding="utf-8")
    return seen


def translate(*words: str, status: int = 0) -> Result:
    found = CliRunner().invoke(main, ["translate", "en.txt", "--from", "en", "--to", "ru", "--no-checks", *words])
    assert found.exit_code == status, found.output
    return found


def test_what_is_named_reaches_the_server(serve, asked_with) -> None:
    server = serve()
    translate(
        "--server", server.url, "--server-timeout", "45", "--server-workers", "2", "--server-model", "served-model"
    )
    assert asked_with == [ServerOptions(server.url, "served-model", timeout=45, workers=2)]


def test_what_is_not_named_is_as_the_server_has_it(serve, asked_with) -> None:
    server = serve()
    translate("--server", server.url)
    assert asked_with == [ServerOptions(server.url)]


@pytest.mark.parametrize("workers", [1, 3, 6])
def test_as_many_questions_are_under_way_as_are_named(serve, workers: int) -> None:
    server = serve(Gate(workers))
    found = translate("--server", server.url, "--server-workers", str(workers))
    assert found.stdout.count("MIDNIGHT") == len(server.asked) == SENTENCES
    assert server.most_together == workers


@pytest.mark.slow
def test_a_server_that_is_too_slow_is_told_with_the_option(serve) -> None:
    server = serve(lambda asked, number: Reply(upper(asked, number).content, delay=1.5))
    said = translate("--server", server.url, "--server-timeout", "1", status=1).stderr
    assert "timed out" in said
    assert "--server-timeout" in said


@pytest.mark.parametrize("words", [("--server-model", "m"), ("--server-timeout", "9"), ("--server-workers", "2")])
def test_what_is_about_a_server_wants_one(words: tuple[str, str]) -> None:
    assert f"{words[0]} needs --server" in translate(*words, status=2).stderr


@pytest.mark.parametrize("value", ["0", "-1", "nan", "inf", "1e3", "99999999999999999999"])
@pytest.mark.parametrize("option", ["--server-timeout", "--server-workers"])
def test_a_number_that_is_none_is_refused(serve, option: str, value: str) -> None:
    server = serve()
    assert option in translate("--server", server.url, option, value, status=2).stderr
    assert server.fetched == []
