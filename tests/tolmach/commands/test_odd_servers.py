"""A server that answers one sentence oddly: the others are translated, kept, and the odd one is flagged."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.support.servers.chat_server import Asked, ChatServer, Reply, completion
from tolmach.cli import main

ENGLISH = "The talks went on until midnight.\n\nNobody signed the paper.\n\nPrices fell on Friday.\n"
RUSSIAN = {
    "The talks went on until midnight.": "Переговоры продолжались до полуночи.",
    "Prices fell on Friday.": "В пятницу цены упали.",
}
FORMATS = ("text", "html", "bilingual", "tmx", "xliff", "json")


def shaped(choice: object) -> Reply:
    return Reply({"choices": [choice]})


ODD = {
    "surrogate": completion("Никто \ud800 не подписал."),
    "controls": completion("Никто \x00\x07 не подписал."),
    "null": shaped({"message": {"content": None}}),
    "number": shaped({"message": {"content": 10**400}}),
    "log-probability": shaped({"message": {"content": ""}, "logprobs": {"content": [{"logprob": "abc"}]}}),
    "choices": Reply({"choices": "many"}),
    "list": Reply([[]]),
    "filter": Reply({"error": {"code": "content_filter"}}, 400),
    "forbidden": Reply({"error": "blocked by policy"}, 403),
    "no JSON": Reply(b"\xff\xfe<html>"),
    "long": completion("слово " * 600_000),
}


@pytest.fixture
def serve() -> Iterator[Callable[..., ChatServer]]:
    running: list[ChatServer] = []

    def start(odd: Reply) -> ChatServer:
        running.append(ChatServer(lambda asked, _: said(asked, odd)))
        return running[-1]

    yield start
    for server in running:
        server.close()


def said(asked: Asked, odd: Reply) -> Reply:
    return completion(RUSSIAN[asked.text]) if asked.text in RUSSIAN else odd


def translate(server: ChatServer, *words: str) -> Result:
    forms = [word for form in FORMATS for word in ("--format", form)]
    command = ["translate", "en.txt", "--from", "en", "--to", "ru", "--attempts", "2", "-o", "out", *forms]
    return CliRunner().invoke(main, [*command, "--server", server.url, *words])


@pytest.mark.slow
@pytest.mark.parametrize("name", ODD)
def test_an_odd_answer_is_flagged_and_costs_no_other_sentence(serve, name, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("TOLMACH_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    Path("en.txt").write_text(ENGLISH, encoding="utf-8")
    Path("out").mkdir()
    server = serve(ODD[name])
    found = translate(server)
    assert found.exit_code == 0, found.output
    text = Path("out/ru.txt").read_text(encoding="utf-8")
    assert all(words in text for words in RUSSIAN.values())
    assert len(list(Path("out").iterdir())) == len(FORMATS)
    server.asked.clear()
    again = translate(server, "--strict")
    assert again.exit_code == 3, again.output
    assert "Check failed: ru, sentence 2:" in again.stderr
    assert not {asked.text for asked in server.asked} & set(RUSSIAN)


@pytest.mark.slow
@pytest.mark.parametrize(
    "odd",
    [
        completion(""), completion("<think>Hm"), completion("..."), completion("Никто не", finish="length"),
        Reply({}, 400), Reply({}, 403), Reply({}, 500), Reply(b"x"), shaped({"message": {"content": None}}),
    ],
    ids=str,
)  # fmt: skip
def test_what_is_lost_or_cut_counts_also_without_checks(serve, odd, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("TOLMACH_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    Path("en.txt").write_text(ENGLISH, encoding="utf-8")
    Path("out").mkdir()
    found = translate(serve(odd), "--no-checks", "--strict", "--attempts", "1")
    assert found.exit_code == 3, found.output
    assert found.stderr.count("Check failed: ru, sentence 2:") == found.stderr.count("Check failed:") == 1


def test_without_checks_a_whole_translation_is_taken_as_it_comes(serve, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("TOLMACH_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    Path("en.txt").write_text(ENGLISH, encoding="utf-8")
    Path("out").mkdir()
    found = translate(serve(completion("Sure! Here is the translation: 17")), "--no-checks", "--strict")
    assert found.exit_code == 0, found.output


@pytest.mark.parametrize("options", [(), ("--no-checks",)], ids=str)
@pytest.mark.parametrize("count", [1, 3, 8])
@pytest.mark.parametrize("text", ["", "<think>Hm", " " * 200_000])
def test_a_run_without_any_translation_fails(text, count, options, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("TOLMACH_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    Path("en.txt").write_text("\n\n".join(f"Ferry {at} sails in May." for at in range(count)), encoding="utf-8")
    Path("out").mkdir()
    server = ChatServer(lambda *_: completion(text))
    found = translate(server, *options)
    server.close()
    assert found.exit_code == 1, found.output
    assert ("without a text" if count > 4 else "no sentence was translated") in found.stderr
    assert list(Path("out").iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize("odd", [1, 3])
def test_one_forbidden_sentence_costs_a_benchmark_no_other(odd, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("TOLMACH_CACHE", str(tmp_path / "cache"))
    server = ChatServer(lambda _, number: Reply({}, 403) if number == odd else completion("Да."))
    command = ["bench", "run", "--set", "samples", "--first", "6", "--model", "auto", "--server", server.url]
    found = CliRunner().invoke(main, [*command, "--pair", "en-ru", "-q", "-o", str(tmp_path / "bench")])
    server.close()
    assert found.exit_code == 0, found.output
    (journal,) = (tmp_path / "bench").glob("*/*.jsonl")
    assert journal.read_text(encoding="utf-8").count("Да.") >= 5
