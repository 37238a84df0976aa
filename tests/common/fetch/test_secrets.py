"""Whatever fails, no error holds a key or a password: not in words, not in what it came from, not in a traceback."""

import traceback
from collections.abc import Callable, Iterator

import pytest

from common.chat.client import Client
from common.chat.options import ServerOptions
from common.errors import TolmachError, UsageError
from common.network import PRIVATE_VARIABLE
from common.secrets import MASK
from corpora.readers.load import fetch
from tests.support.servers.hostile_server import OK, Behaviour, HostileServer, sends

KEY = "sk-Hunter22hunter33-Hunter44"
_PART = 6
"""Shorter runs of a secret's characters are in ordinary words, too."""


def error_with(status: bytes, body: bytes, headers: bytes = b"") -> Behaviour:
    return sends(b"HTTP/1.1 " + status + b"\r\n" + headers + b"Content-Length: %d\r\n\r\n" % len(body) + body)


_KEY = KEY.encode()
ECHOES: dict[str, Behaviour] = {
    "in the reason": error_with(b"401 Wrong key " + _KEY, b""),
    "in a reason that is cut": error_with(b"401 " + b"x" * 390 + _KEY, b""),
    "in the text": error_with(b"401 No", b"wrong key: " + _KEY),
    "in a text that is cut": error_with(b"401 No", b"x" * 390 + _KEY),
    "where no more is read": error_with(b"401 No", b" " * 3_990 + _KEY),
    "in a text full of it": error_with(b"503 No", _KEY * 400),
    "in a text that breaks off": sends(b"HTTP/1.1 401 No\r\nContent-Length: 999\r\n\r\n" + _KEY),
    "in a redirection": error_with(b"302 Found", b"", b"Location: ftp://h/?key=" + _KEY + b"\r\n"),
    "in a redirection's password": error_with(b"302 Found", b"", b"Location: http://u:" + _KEY + b"@h/\r\n"),
    "in a broken redirection": error_with(b"302 Found", b"", b"Location: http://u:" + _KEY + b"/@[h/\r\n"),
    "in a status that is none": sends(b"HTTP/1.1 " + _KEY + b"\r\n\r\n"),
    "in a header that is none": sends(OK + _KEY + b" :\r\n\r\n"),
    "in a length that is none": sends(OK + b"Content-Length: " + _KEY + b"\r\n\r\n"),
    "in a framing that is none": sends(OK + b"Transfer-Encoding: " + _KEY + b"\r\n\r\n"),
    "in a chunk that is none": sends(OK + b"Transfer-Encoding: chunked\r\n\r\n" + _KEY + b"\r\n"),
    "in a packing": sends(OK + b"Content-Encoding: " + _KEY + b"\r\nContent-Length: 1\r\n\r\n{"),
    "in a type": sends(b"HTTP/1.1 200 OK\r\nContent-Type: a/" + _KEY + b"\r\nContent-Length: 1\r\n\r\n{"),
    "in what is no JSON": sends(
        b"HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nContent-Length: %d\r\n\r\n{%b" % (len(KEY) + 1, _KEY)
    ),
    "in what is no text": sends(
        b"HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nContent-Length: %d\r\n\r\n\xff%b" % (len(KEY) + 1, _KEY)
    ),
    "in a wait": error_with(b"503 No", b"", b"Retry-After: " + _KEY + b"\r\n"),
}


def everything(error: BaseException) -> str:
    """Return all that anyone could print of an error."""
    parts = traceback.format_exception(error)
    chain: list[BaseException | None] = [error]
    while chain:
        link = chain.pop()
        if link is not None:
            parts += [str(link), repr(link), repr(link.args), repr(vars(link))]
            chain += [link.__cause__, link.__context__]
    return "\n".join(parts)


def assert_without(secret: str, text: str) -> None:
    for start in range(len(secret) - _PART + 1):
        assert secret[start : start + _PART] not in text


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Behaviour], HostileServer]]:
    monkeypatch.setenv(PRIVATE_VARIABLE, "1")
    monkeypatch.delenv("TOLMACH_OFFLINE", raising=False)
    monkeypatch.delenv("TOLMACH_SERVER_KEY", raising=False)
    started: list[HostileServer] = []

    def start(behaviour: Behaviour) -> HostileServer:
        started.append(HostileServer(behaviour))
        return started[-1]

    yield start
    for server in started:
        server.close()


def client(url: str, key: str = KEY) -> Client:
    options = ServerOptions(f"{url}/v1", timeout=5, attempts=2, backoff=0.001, key=key)
    return Client(options, role="test", key_variable="TOLMACH_SERVER_KEY")


@pytest.mark.parametrize("behaviour", ECHOES.values(), ids=ECHOES)
def test_a_server_that_repeats_the_key_is_not_repeated(serve, behaviour: Behaviour) -> None:
    server = serve(behaviour)
    with pytest.raises(TolmachError) as raised:
        client(server.url).post("completions", {"prompt": "a"})
    assert KEY.encode() in server.asked[0]
    assert_without(KEY, everything(raised.value))


@pytest.mark.parametrize("behaviour", ECHOES.values(), ids=ECHOES)
def test_a_page_that_fails_does_not_show_what_is_secret(serve, behaviour: Behaviour, monkeypatch) -> None:
    monkeypatch.setenv("TOLMACH_SERVER_KEY", KEY)
    with pytest.raises(TolmachError) as raised:
        fetch(f"{serve(behaviour).url}/a?access_token={KEY}")
    assert_without(KEY, everything(raised.value))


@pytest.mark.parametrize(
    "key", [f"{KEY}\r", f"{KEY}\n", f"{KEY}\r\nX: y", f"{KEY} ", f"{KEY}\0", f"{KEY}к", f"\udcff{KEY}"]
)
def test_a_key_that_no_header_can_hold_is_refused_without_being_shown(serve, key: str) -> None:
    with pytest.raises(UsageError, match="the key for the server has") as raised:
        client(serve(sends()).url, key)
    assert_without(KEY, everything(raised.value))


def test_an_answer_with_the_key_comes_without_it(serve) -> None:
    body = b'{"id": "model %b"}' % _KEY
    server = serve(sends(OK + b"Content-Length: %d\r\n\r\n" % len(body) + body))
    assert client(server.url).get("models") == {"id": f"model {MASK}"}


@pytest.mark.parametrize(
    "url",
    [
        f"http://user:{KEY}@127.0.0.1:1/a", f"http://{KEY}@127.0.0.1:1/", f"http://u:{KEY}/b@127.0.0.1/",
        f"http://u:{KEY}", f"http://u:{KEY}@[::1/", f"http://u:{KEY} @h/", f"http://u:{KEY}@\N{SNOWMAN}-.рф/",
        f"http://127.0.0.1:1/?token={KEY}", f"http://127.0.0.1:1/a?x=1&api_key={KEY}#b", f"http://u:{KEY}@h\r\n/",
        f"ftp://u:{KEY}@h/", f"http://h.invalid:x/?session={KEY}",
    ],
)  # fmt: skip
def test_an_address_that_fails_does_not_show_its_secrets(serve, url: str, monkeypatch) -> None:
    del serve
    with pytest.raises(TolmachError) as raised:
        fetch(url)
    assert_without(KEY, everything(raised.value))
    monkeypatch.setenv("TOLMACH_OFFLINE", "1")
    with pytest.raises(TolmachError) as raised:
        fetch(url)
    assert_without(KEY, everything(raised.value))
