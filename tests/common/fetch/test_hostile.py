"""Slow, endless, broken-off and lying servers: an error in time, nothing half, no memory beyond the limit."""

import time
import tracemalloc
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.chat.client import Client, ServerError
from common.chat.options import ServerOptions
from common.errors import InputError, NetworkError
from common.network import PRIVATE_VARIABLE
from corpora.encoding import decode
from corpora.readers.load import FetchOptions, _parse_type, fetch
from tests.support.servers.hostile_server import BROKEN, FLOODS, OK, SLOW, TEXT, Behaviour, HostileServer, sends, silent

TIMEOUT = 0.3
Ask = Callable[[str, float], object]


def ask_article(url: str, timeout: float) -> object:
    return fetch(f"{url}/a", options=FetchOptions(timeout=timeout)).data


def ask_server(url: str, timeout: float) -> object:
    options = ServerOptions(f"{url}/v1", timeout=timeout, attempts=1)
    return Client(options, role="test", key_variable="TOLMACH_SERVER_KEY").post("completions", {"prompt": "a"})


_CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(TEXT)
ASKS = {"fetch": ask_article, "client": ask_server}


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Behaviour], HostileServer]]:
    monkeypatch.setenv(PRIVATE_VARIABLE, "1")
    monkeypatch.delenv("TOLMACH_OFFLINE", raising=False)
    started: list[HostileServer] = []

    def start(behaviour: Behaviour) -> HostileServer:
        started.append(HostileServer(behaviour))
        return started[-1]

    yield start
    for server in started:
        server.close()


@pytest.mark.parametrize("ask", ASKS.values(), ids=ASKS)
@pytest.mark.parametrize("behaviour", SLOW.values(), ids=SLOW)
def test_an_answer_that_never_ends_is_given_up_in_time(serve, behaviour: Behaviour, ask: Ask) -> None:
    server = serve(behaviour)
    start = time.monotonic()
    with pytest.raises(NetworkError, match=r"did not answer in time|timed out"):
        ask(server.url, TIMEOUT)
    assert time.monotonic() - start < TIMEOUT + 1.0


@pytest.mark.parametrize("ask", ASKS.values(), ids=ASKS)
@pytest.mark.parametrize("behaviour", FLOODS.values(), ids=FLOODS)
def test_no_answer_takes_memory_beyond_the_limit(serve, behaviour: Behaviour, ask: Ask) -> None:
    server = serve(behaviour)
    tracemalloc.start()
    try:
        with pytest.raises((NetworkError, InputError)):
            ask(server.url, 60)
        assert tracemalloc.get_traced_memory()[1] < 40_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("ask", ASKS.values(), ids=ASKS)
@pytest.mark.parametrize("behaviour", BROKEN.values(), ids=BROKEN)
def test_half_an_answer_is_none(serve, behaviour: Behaviour, ask: Ask) -> None:
    with pytest.raises(NetworkError) as raised:
        ask(serve(behaviour).url, 10)
    assert "not JSON" not in str(raised.value)


@pytest.mark.parametrize("status", [201, 202, 204, 205, 206, 226, 299])
def test_other_successes_are_no_page(serve, status: int) -> None:
    body = b"" if status in (204, 205) else TEXT
    head = f"HTTP/1.1 {status} Odd\r\nContent-Type: text/plain\r\nContent-Range: bytes 0-9/99\r\n"
    server = serve(sends(head.encode() + b"Content-Length: %d\r\n\r\n" % len(body) + body))
    with pytest.raises(NetworkError, match=f"the server answered {status}"):
        ask_article(server.url, 10)
    if status != 201:
        with pytest.raises(NetworkError):
            ask_server(server.url, 10)


def test_a_page_that_a_proxy_changed_is_one(serve) -> None:
    assert ask_article(serve(sends(b"HTTP/1.1 203 Changed\r\n\r\n", TEXT)).url, 10) == TEXT


@pytest.mark.parametrize(
    "header",
    ["charset*=utf-8''a; charset*0=b", f"charset*{'1' * 5000}=x", "charset*=a%00b''x", "charset=\xff", "charset=",
     ";;=", "charset=a\tb"],
)  # fmt: skip
def test_no_content_type_is_a_fault(serve, header: str) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; {header}\r\nContent-Length: 5\r\n\r\nhello"
    assert fetch(serve(sends(head.encode("latin-1"))).url).data == b"hello"


@given(st.text(max_size=60) | st.text(st.sampled_from("charset*0=';\"/ %\0a"), max_size=60))
def test_any_content_type_is_read(header: str) -> None:
    kind, charset = _parse_type(header)
    assert kind.count("/") == 1
    assert charset is None or decode(b"hello", declared=charset).text == "hello"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, ("", None)), ("text/html", ("text/html", None)), ("Text/HTML ; Charset=KOI8-R", ("text/html", "koi8-r")),
        ('text/html; a=b; charset="utf-8" ; c', ("text/html", "utf-8")), ("html;charset='x'", ("text/plain", "x")),
    ],
)  # fmt: skip
def test_a_content_type_names_kind_and_charset(header: str | None, expected: tuple[str, str | None]) -> None:
    assert _parse_type(header) == expected


@pytest.mark.parametrize("packing", ["gzip", "br", "x-gzip, identity", "gzip\r\nContent-Encoding: identity"])
def test_packed_pages_are_refused(serve, packing: str) -> None:
    server = serve(sends(OK + f"Content-Encoding: {packing}\r\nContent-Length: 1\r\n\r\na".encode()))
    with pytest.raises(NetworkError, match="compresses the page"):
        ask_article(server.url, 10)


def test_whole_answers_of_every_framing_are_taken(serve) -> None:
    half = len(TEXT) // 2
    chunks = b"".join(b"%x;a=b\r\n%b\r\n" % (len(part), part) for part in (TEXT[:half], TEXT[half:]))
    for behaviour in (
        sends(OK + b"Content-Length: %d\r\n\r\n" % len(TEXT), TEXT),
        sends(OK + b"Transfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\nX-Sum: 1\r\n\r\n"),
        sends(b"HTTP/1.0 200\r\n\r\n", TEXT),
        sends(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + OK + b"\r\n", TEXT),
    ):
        assert ask_article(serve(behaviour).url, 10) == TEXT


@pytest.mark.parametrize(
    "framing",
    [
        b"Content-Length: %d\r\n\r\n" % len(TEXT) + TEXT,
        b"Content-Length: 0\r\n\r\n",
        _CHUNKED + TEXT + b"\r\n0\r\n\r\n",
    ],
)
def test_an_article_that_goes_on_after_its_announced_end_is_none(serve, framing: bytes) -> None:
    def later(line) -> None:
        line.sendall(OK + framing)
        time.sleep(0.3)
        line.sendall(TEXT)

    with pytest.raises(NetworkError, match="more than it announced"):
        ask_article(serve(later).url, 10)


def test_a_server_that_does_not_close_is_not_waited_for_long(serve) -> None:
    def stay(line) -> None:
        line.sendall(OK + b"Content-Length: %d\r\n\r\n" % len(TEXT) + TEXT)
        silent(line)

    start = time.monotonic()
    assert ask_article(serve(stay).url, 10) == TEXT
    assert time.monotonic() - start < 2


@pytest.mark.slow
def test_large_files_may_take_their_time(serve) -> None:
    def slowly(line) -> None:
        line.sendall(OK + b"Content-Length: 400\r\n\r\n")
        for _ in range(4):
            time.sleep(0.15)
            line.sendall(b"a" * 100)

    server = serve(slowly)
    assert fetch(server.url, options=FetchOptions(timeout=0.5, anew_after=100)).data == b"a" * 400
    with pytest.raises(NetworkError, match="did not answer in time"):
        fetch(server.url, options=FetchOptions(timeout=0.5))


def test_an_error_whose_text_breaks_off_is_one(serve) -> None:
    server = serve(sends(b"HTTP/1.1 503 Busy\r\nContent-Length: 9\r\n\r\nhal"))
    with pytest.raises(ServerError, match=r"answers 503\. "):
        ask_server(server.url, 10)
