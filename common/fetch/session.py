"""HTTP requests: connections that are reused, proxies, redirections."""

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

from common.fetch.errors import Deadline, PrivateAddressError, WebError, WebTimeoutError, quoted
from common.fetch.reach import is_loopback, is_public, numeric_places
from common.fetch.sockets import EXCHANGE, Exchange, Sockets, Stream
from common.fetch.urls import SCHEMES, Url, parse_url, show_url

_MOVED: Final = frozenset({301, 302, 303, 307, 308})
_WHOLE: Final = frozenset({HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.NON_AUTHORITATIVE_INFORMATION})
"""Statuses of success; some gateways respond with 201 to every POST."""
_IDLE: Final = 2.0
"""Seconds that a connection is kept for the next request; some servers close theirs after 5."""
_LISTS: Final = frozenset({"content-encoding", "link"})
"""Headers that mean the same on several lines as on one with commas (RFC 9110, 5.3), of those read here."""
_LINGER: Final = 0.5
"""Seconds to wait for excess bytes where the server was asked to close: twice a slow round trip."""
_VALUE: Final = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
"""Characters that a header's value may hold (RFC 9110, 5.5)."""


@dataclass(frozen=True, slots=True)
class WebRequest:
    """A request.

    Attributes:
        secrets: Headers for this server only; they are left out after a redirection to another.
        body: Body of a POST request; None for GET.
        redirections: Most redirections followed; 0 if one of `headers` holds a secret.
    """

    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)
    redirections: int = 0


class WebResponse:
    """A response, as far as it has been received.

    Attributes:
        reason: Reason phrase, on one line and without secrets.
        headers: Headers by lower-case name; of repeated ones the last, but all of those that are lists.
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
        """Whether the response is the complete content, not a part of it or a promise."""
        return self.status in _WHOLE

    def pieces(self) -> Iterator[bytes]:
        """Yield the chunks of the body, to its very end.

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
        # Raised here, since the library's error repeats what the server sent, which may be the key.
        if not whole:
            raise _broken(self._current)
        if self._goes_on():
            self._response.extensions["network_stream"].close()
            raise WebError("the server sent more than it announced")

    def read(self, limit: int) -> bytes:
        """Return at most `limit` bytes of the body; raises what `pieces` does."""
        found = bytearray()
        for piece in self.pieces():
            found += piece
            if len(found) > limit:
                break
        return bytes(found[:limit])

    def _stream(self) -> Iterator[bytes]:
        pieces = iter(self._response.iter_stream())
        while True:
            EXCHANGE.set(self._current)  # each time: another request may have been sent since the last chunk
            piece = next(pieces, None)
            if piece is None:
                return
            yield piece

    def _goes_on(self) -> bool:
        """Return whether more bytes follow the response: a server that counts characters announces half a text."""
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
        public_only: Whether to refuse private addresses. Behind a proxy only numbers can be checked, since the proxy
            looks up names.
    """

    def __init__(self, *, public_only: bool = False) -> None:
        self._public_only = public_only
        self._sockets = Sockets()
        self._pools: _Pools = {}
        finalize(self, _close, self._pools)

    @property
    def was_cut(self) -> threading.Event:
        """Set when another thread aborted the requests."""
        return self._sockets.cut

    def cut(self) -> None:
        """Abort the running requests of all threads, and all later ones."""
        self._sockets.cut_all()

    @contextmanager
    def open(self, question: WebRequest, deadline: Deadline) -> Iterator[WebResponse]:
        """Send a request and yield the response once its head has arrived.

        Raises:
            WebError: There is no usable response; also raised while reading it.
            WebTimeoutError: It was not complete in time; also raised while reading it.
        """
        url = parse_url(question.url)
        for _ in range(question.redirections + 1):
            with self._exchange(url, question, deadline) as answer:
                location = answer.headers.get("location") if answer.status in _MOVED else None
                if not question.redirections or not location:
                    yield answer
                    return
                target = _moved(url, location)
                if target.origin != url.origin:  # Nor is it sent again after a later redirection.
                    question = replace(question, secrets={})
                url = target
        raise WebError(f"it redirects more than {question.redirections} times")

    @contextmanager
    def _exchange(self, url: Url, question: WebRequest, deadline: Deadline) -> Iterator[WebResponse]:
        proxy = _proxy_for(url)
        if proxy and self._public_only:
            _check_number(url.host, url.port)
        exchanges = partial(Exchange, deadline, self._public_only and proxy is None)
        exchange, response = _ask(self._pool(url.scheme, proxy), _request(url, question), exchanges)
        try:
            yield WebResponse(response, exchange, url, closes=question.headers.get("Connection") == "close")
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
            # Bytes received before the request are left from an earlier one.
            if exchange.received and response.status != HTTPStatus.SWITCHING_PROTOCOLS:
                exchange.head = exchange.received
                return exchange, response
            response.close()
            failure = _broken(exchange)
        # A server may close a connection just as a request is sent.
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


def _request(url: Url, question: WebRequest) -> httpcore2.Request:
    # With the brackets of IPv6, since the library writes the host into a proxy's requests unchanged.
    host = url.authority.removesuffix(f":{url.port}")
    port = None if host == url.authority else url.port
    where = httpcore2.URL(scheme=url.scheme, host=host, port=port, target=url.target)
    method = "GET" if question.body is None else "POST"
    return httpcore2.Request(method, where, headers=_headers(url, question), content=question.body)


def _headers(url: Url, question: WebRequest) -> list[tuple[bytes, bytes]]:
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
    """Return the user's proxy for an address; None for this machine, which a proxy cannot reach."""
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
    """Return a header's value; some servers send letters beyond ASCII unescaped."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")
