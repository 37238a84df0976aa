"""Asks web servers: connections that are used again, proxies, redirections."""

import re
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from http import HTTPStatus
from typing import Final
from urllib.parse import unquote, urljoin, urlsplit
from weakref import finalize

import httpcore2

from common.fetch.deadlines import Deadline
from common.fetch.errors import PrivateAddressError, WebError, WebTimeoutError, quoted
from common.fetch.reach import is_loopback, is_public, numeric_places
from common.fetch.sockets import EXCHANGE, Exchange, Sockets, Stream
from common.fetch.urls import SCHEMES, Url, parse_url, show_url

_MOVED: Final = frozenset({301, 302, 303, 307, 308})
_WHOLE: Final = frozenset({HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.NON_AUTHORITATIVE_INFORMATION})
"""201 is what some gateways answer to everything that is posted."""
_IDLE: Final = 2.0
"""Seconds that a connection is kept for the next question; servers close theirs after 5, some of them."""
_LISTS: Final = frozenset({"content-encoding", "link"})
"""Headers that mean the same in several lines as in one with commas (RFC 9110, 5.3), of those that are read here."""
_LINGER: Final = 0.5
"""Seconds for more to come after the announced end, where the server was asked to close: twice a slow round trip."""
_VALUE: Final = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
"""What a header's value may hold (RFC 9110, 5.5)."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a server.

    Attributes:
        url: The address.
        headers: Beside those that every question has.
        secrets: Headers for the server of the address alone: after a redirection to another one they are left out.
        body: What is posted; None gets the page.
        redirections: How many are followed, to any server: none where one of `headers` holds a secret.
    """

    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)
    redirections: int = 0


class Answer:
    """What a server answers, as far as it has come.

    Attributes:
        status: Number of its status.
        reason: Its words for it, in one line and without secrets.
        headers: By name in lower case; of several with one name, the last, but all of those that are lists.
        url: Where it came from, after redirections.
    """

    def __init__(self, response: httpcore2.Response, exchange: Exchange, url: Url, *, closes: bool = False) -> None:
        self.status = response.status
        self.reason = quoted(_text(response.extensions["reason_phrase"]))
        self.headers = _joined(response.headers)
        self.url = url
        self._response = response
        self._current = exchange
        self._closes = closes

    @property
    def succeeded(self) -> bool:
        """Whether the answer is the whole of what was asked for: neither a part of it, nor only a promise."""
        return self.status in _WHOLE

    def pieces(self) -> Iterator[bytes]:
        """Yield the body as it comes, to its very end.

        Raises:
            WebError: It broke off, or the server sent more than it announced.
            WebTimeoutError: It was not complete in time.
        """
        try:
            for piece in self._stream():
                self._current.deadline.count(len(piece))
                yield piece
        except httpcore2.ProtocolError:
            whole = False
        else:
            whole = True
        # Raised here, for the library's error repeats what the server sent, which may be the key.
        if not whole:
            raise _broken(self._current)
        if self._goes_on():
            self._response.extensions["network_stream"].close()
            raise WebError("the server sent more than it announced")

    def read(self, limit: int) -> bytes:
        """Return the body, of a longer one no more than `limit` bytes; raises what `pieces` does."""
        found = bytearray()
        for piece in self.pieces():
            found += piece
            if len(found) > limit:
                break
        return bytes(found[:limit])

    def _stream(self) -> Iterator[bytes]:
        pieces = iter(self._response.iter_stream())
        while True:
            EXCHANGE.set(self._current)  # each time: another question may have been asked since the last piece
            piece = next(pieces, None)
            if piece is None:
                return
            yield piece

    def _goes_on(self) -> bool:
        """Return whether more came than the answer: a server that counts characters for bytes announces half a text."""
        body = self._current.received - self._current.head
        if "transfer-encoding" in self.headers:
            more = not (self._current.last or b"").endswith(b"\n")
        else:
            more = body > int(self.headers.get("content-length", body))
        if more or not self._closes:
            return more
        stream: Stream = self._response.extensions["network_stream"]
        return stream.goes_on(min(_LINGER, self._current.deadline.left()))


_Pools = dict[tuple[str, bytes, object], httpcore2.ConnectionPool]


class Session:
    """Connections to servers; several threads may use them.

    Args:
        public_only: Whether only addresses of the internet are asked. Behind a proxy only numbers can be checked: it is
            the proxy that looks up names.
    """

    def __init__(self, *, public_only: bool = False) -> None:
        self._public_only = public_only
        self._sockets = Sockets()
        self._pools: _Pools = {}
        finalize(self, _close, self._pools)

    @property
    def was_cut(self) -> threading.Event:
        """Set when another thread ended what was under way."""
        return self._sockets.cut

    def cut(self) -> None:
        """End what is under way in other threads, at once, and what is asked later."""
        self._sockets.cut_all()

    @contextmanager
    def open(self, question: Question, deadline: Deadline) -> Iterator[Answer]:
        """Ask, and give the answer as soon as its head has come.

        Raises:
            WebError: There is no answer, or it cannot be used; also from reading the answer.
            WebTimeoutError: It was not complete in time; also from reading the answer.
        """
        url = parse_url(question.url)
        for _ in range(question.redirections + 1):
            with self._exchange(url, question, deadline) as answer:
                location = answer.headers.get("location") if answer.status in _MOVED else None
                if not question.redirections or not location:
                    yield answer
                    return
                target = _moved(url, location)
                if target.origin != url.origin:  # nor does it come back with a later redirection
                    question = replace(question, secrets={})
                url = target
        raise WebError(f"it redirects more than {question.redirections} times")

    @contextmanager
    def _exchange(self, url: Url, question: Question, deadline: Deadline) -> Iterator[Answer]:
        proxy = _proxy_for(url)
        if proxy and self._public_only:
            _check_number(url.host, url.port)
        exchanges = partial(Exchange, deadline, self._public_only and proxy is None)
        exchange, response = _ask(self._pool(url.scheme, proxy), _request(url, question), exchanges)
        try:
            yield Answer(response, exchange, url, closes=question.headers.get("Connection") == "close")
        finally:
            response.close()

    def _pool(self, scheme: str, proxy: httpcore2.Proxy | None) -> httpcore2.ConnectionPool:
        key = (scheme, bytes(proxy.url) if proxy else b"", proxy and proxy.auth)
        return self._pools.get(key) or self._pools.setdefault(
            key,
            httpcore2.ConnectionPool(
                ssl_context=_encryption() if scheme == "https" else None,
                proxy=proxy,
                max_connections=None,
                keepalive_expiry=_IDLE,
                network_backend=self._sockets,
            ),
        )


def _ask(
    pool: httpcore2.ConnectionPool, request: httpcore2.Request, exchanges: Callable[[], Exchange]
) -> tuple[Exchange, httpcore2.Response]:
    while True:
        exchange = exchanges()
        EXCHANGE.set(exchange)
        try:
            response = pool.handle_request(request)
        except WebTimeoutError:
            raise
        except WebError as error:
            failure = error
        except httpcore2.ProtocolError:
            failure = _broken(exchange)
        except httpcore2.ProxyError as error:
            failure = WebError(f"the proxy answers {str(error).partition(' ')[0]}")
        else:
            # What came before the question was left from an earlier one.
            if exchange.received and response.status != HTTPStatus.SWITCHING_PROTOCOLS:
                exchange.head = exchange.received
                return exchange, response
            response.close()
            failure = _broken(exchange)
        # A server may close a connection at the moment when a question is sent.
        if exchange.fresh or exchange.received:
            raise failure


def _broken(exchange: Exchange) -> WebError:
    return WebError("the answer broke off" if exchange.last == b"" else "its answer is no HTTP")


def _close(pools: _Pools) -> None:
    for pool in pools.values():
        pool.close()


@lru_cache(maxsize=1)
def _encryption() -> ssl.SSLContext:
    return ssl.create_default_context()


def _request(url: Url, question: Question) -> httpcore2.Request:
    # With the brackets of IPv6, for the library writes the host into a proxy's questions as it is.
    host = url.authority.removesuffix(f":{url.port}")
    port = None if host == url.authority else url.port
    where = httpcore2.URL(scheme=url.scheme, host=host, port=port, target=url.target)
    method = "GET" if question.body is None else "POST"
    return httpcore2.Request(method, where, headers=_headers(url, question), content=question.body)


def _headers(url: Url, question: Question) -> list[tuple[bytes, bytes]]:
    found = {
        "Host": url.authority,
        "User-Agent": "tolmach",
        "Accept-Encoding": "identity",
        **question.headers,
        **question.secrets,
    }
    if question.body is not None:
        found["Content-Length"] = str(len(question.body))
    for name, value in found.items():
        if not _VALUE.fullmatch(value):
            raise WebError(f"the header {name} has a character that HTTP does not allow")
    return [(name.encode("ascii"), value.strip().encode("latin-1")) for name, value in found.items()]


def _moved(url: Url, location: str) -> Url:
    shown = show_url(location)
    try:
        joined = urljoin(str(url), location)
    except ValueError:  # it repeats the address, so nothing is raised from it
        joined = ""
    if joined.partition(":")[0].lower() not in SCHEMES:
        raise WebError(f"it redirects to {shown}, which is not on the web")
    try:
        return parse_url(joined)
    except WebError as error:
        raise WebError(f"it redirects to {shown}: {error.message}") from error


def _proxy_for(url: Url) -> httpcore2.Proxy | None:
    """Return the user's proxy for an address: none for this machine, to which a proxy has no way."""
    from urllib.request import getproxies, proxy_bypass  # noqa: PLC0415 - as the system or the environment names them

    named = None if is_loopback(url.host) else getproxies().get(url.scheme)
    if not named or proxy_bypass(url.authority):
        return None
    try:
        parts = urlsplit(named if "://" in named else f"http://{named}")
        end = parse_url(f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}")
    except (ValueError, WebError):  # it may repeat the password, so nothing is raised from it
        end = None
    if end is None or end.scheme != "http":
        raise WebError(f"the proxy in {url.scheme}_proxy has no address of the form http://HOST:PORT")
    if parts.username is None:
        return httpcore2.Proxy(str(end))
    return httpcore2.Proxy(str(end), (unquote(parts.username).encode(), unquote(parts.password or "").encode()))


def _check_number(host: str, port: int) -> None:
    bare = host.removesuffix(".")  # some proxies read such a name as the number without the dot
    is_own = is_loopback(bare) or bare.endswith(".localhost")
    if is_own or not all(is_public(place[4][0]) for place in numeric_places(bare, port)):
        raise PrivateAddressError(f"{host} is in a private network or this machine itself")


def _joined(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in headers:
        name, text = key.lower().decode("ascii"), _text(value)
        found[name] = f"{found[name]}, {text}" if name in _LISTS and name in found else text
    return found


def _text(value: bytes) -> str:
    """Return a header's value; some servers write letters beyond ASCII as they are."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")
