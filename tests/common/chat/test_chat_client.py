"""The client for servers with OpenAI's interface, against a real one of this machine."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.chat.client import Client, ServerError, _requested_wait
from common.chat.options import ServerOptions, parse_address
from tests.support.servers.chat_server import ChatServer, Reply


@pytest.fixture
def server() -> Iterator[ChatServer]:
    started = ChatServer()
    yield started
    started.close()


def client_of(server: ChatServer) -> Client:
    options = ServerOptions(server.url, timeout=60, attempts=2, backoff=0.001)
    return Client(options, role="test", key_variable="TOLMACH_SERVER_KEY")


@pytest.mark.parametrize(
    ("text", "url", "host", "root", "local"),
    [
        ("http://localhost:8000/v1/", "http://localhost:8000/v1", "localhost:8000", "http://localhost:8000", True),
        ("https://api.example/v1", "https://api.example/v1", "api.example", "https://api.example", False),
        ("http://[::1]:9/v1", "http://[::1]:9/v1", "[::1]:9", "http://[::1]:9", True),
        (" http://H.example/x/openai ", "http://h.example/x/openai", "h.example", "http://h.example/x/openai", False),
    ],
)
def test_an_address_is_taken_apart(text, url, host, root, local):
    found = parse_address(text)
    assert (found.url, found.host, found.root, found.local) == (url, host, root, local)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "host:80/v1",
        "ftp://h/v1",
        "http:///v1",
        "http://a:b@h/v1",
        "http://@h/v1",
        "http://h/v1?k=x",
        "http://h:x",
        "http://[::1/v1",
    ],
)
def test_what_is_none_or_holds_a_secret_is_no_address(text):
    assert parse_address(text) is None


def test_questions_and_pages_are_read_from_json(server):
    server.pages["/version"] = Reply({"version": "1"})
    client = client_of(server)
    assert client.get("/version") == {"version": "1"}
    assert client.get("models")["data"][0]["id"] == "served-model"
    assert client.post("completions", {"prompt": "день"})["choices"][0]["text"] == "ДЕНЬ"


@pytest.mark.parametrize(
    ("content", "reason"), [(b"no", "not JSON"), (b"[" * 100_000, "not JSON"), (b" " * 4_000_001, "more than 4 MB")]
)
def test_answers_that_cannot_be_used_are_not_asked_for_again(server, content, reason):
    server.reply = lambda *_: Reply(content)
    with pytest.raises(ServerError, match=reason):
        client_of(server).post("completions", {"prompt": ""})
    assert len(server.asked) == 1


def test_what_stays_busy_fails_with_the_last_answer(server):
    server.reply = lambda _, number: Reply({"number": number}, 503)
    with pytest.raises(ServerError, match='"number": 2') as raised:
        client_of(server).post("completions", {"prompt": ""})
    assert raised.value.status == 503


def test_the_text_of_an_error_is_told_in_one_line(server):
    server.reply = lambda *_: Reply(b"no\x1b[2J\r\nway \xe2\x80\xae\xff", 400)
    with pytest.raises(ServerError, match=r"^the test at \S+ cannot be asked: it answers 400 \(no \[2J way \ufffd\)\."):
        client_of(server).post("completions", {"prompt": ""})


def test_what_is_under_way_can_be_taken_back(server):
    gate = threading.Event()
    server.reply = lambda *_: Reply({"waited": gate.wait(60)})
    client, errors = client_of(server), []

    def ask() -> None:
        try:
            client.post("completions", {"prompt": ""})
        except ServerError as error:
            errors.append(error.reason)

    thread = threading.Thread(target=ask)
    thread.start()
    while not server.asked:
        time.sleep(0.002)
    client.cancel()
    thread.join(30)
    gate.set()
    assert errors == ["the question was taken back"]
    assert client.get("models")["object"] == "list"


def test_a_server_may_ask_for_time_in_seconds_or_until_a_moment():
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=25), usegmt=True)
    earlier = format_datetime(datetime.now(UTC) - timedelta(seconds=9), usegmt=True)
    assert 0 < _requested_wait(later) <= 25
    assert [_requested_wait(one) for one in ("3", earlier, "9" * 400, "soon", "", "²", "-1")] == [3, 0, 30, 0, 0, 0, 0]


@pytest.mark.parametrize(
    "text",
    [
        "Wed, 21 Oct 2015 07:28:00 +" + "9" * 20,
        "Wed, 21 Oct 2015 07:28:00 -99999999",
        "Fri, 31 Dec 9999 23:59:59 -2359",
        "Mon, 01 Jan 0001 00:00:00 +2359",
        "Wed, 99 Oct 2015 99:99:99 GMT",
        "9" * 5000 + ", 21 Oct 2015 07:28:00 GMT",
        "Wed, 21 Oct " + "9" * 5000 + " 07:28:00 GMT",
    ],
)
def test_an_impossible_moment_asks_for_no_more_than_the_longest_wait(text):
    assert 0 <= _requested_wait(text) <= 30


@given(
    st.text(max_size=40) | st.from_regex(r"[A-Z][a-z]{2}, \d{1,3} [A-Z][a-z]{2} \d{1,6} \d\d:\d\d:\d\d [+-]?\w{1,9}")
)
def test_any_text_may_stand_where_a_server_asks_for_time(text):
    assert 0 <= _requested_wait(text) <= 30
