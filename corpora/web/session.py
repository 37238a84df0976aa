"""Asks web servers: connections that are used again, proxies, redirections."""

import base64
import re
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final
from urllib.parse import unquote, urljoin, urlsplit
from weakref import finalize

import h11

from corpora.web.deadlines import Deadline
from corpora.web.errors import PrivateAddressError, WebError, WebTimeoutError, quoted
from corpora.web.exchange import Exchange, Header, Request
from corpora.web.reach import is_loopback, is_public, numeric_places
from corpora.web.sockets import Sockets
from corpora.web.urls import SCHEMES, Url, parse_url, show_url

_MOVED: Final = frozenset({301, 302, 303, 307, 308})
_IDLE: Final = 2.0
"""Seconds that a connection is kept for the next question; servers close theirs after 5, some of them."""
_VALUE: Final = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
"""What a header's value may hold (RFC 9110, 5.5)."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a server.

    Attributes:
        url: The address.
        headers: Beside those that every question has.
        body: What is posted; None gets the page.
        redirections: How many are followed, to any server: none where a header holds a secret.
    """

    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)
    redirections: int = 0


class Answer:
    """What a server answers, as far as it has come.

    Attributes:
        status: Number of its status.
        reason: Its words for it, in one line and without secrets.
        headers: By name in lower case; of several with one name, the last.
        url: Where it came from, after redirections.
    """

    def __init__(self, exchange: Exchange, head: h11.Response, url: Url, deadline: Deadline) -> None:
        self.status = head.status_code
        self.reason = quoted(_text(bytes(head.reason)))
        self.headers = {bytes(name).decode("ascii"): _text(bytes(value)) for name, value in head.headers}
        self.url = url
        self._exchange = exchange
        self._deadline = deadline

    @property
    def succeeded(self) -> bool:
        """Whether the server did what it was asked."""
        return _succeeded(self.status)

    def pieces(self) -> Iterator[bytes]:
        """Yield the body as it comes, to its very end.

        Raises:
            WebError: It broke off, or the server sent more than it announced.
            WebTimeoutError: It was not complete in time.
        """
        return self._exchange.body(self._deadline)

    def read(self, limit: int) -> bytes:
        """Return the body, of a longer one no more than `limit` bytes; raises what `pieces` does."""
        found = bytearray()
        for piece in self.pieces():
            found += piece
            if len(found) > limit:
                break
        return bytes(found[:limit])


@dataclass(frozen=True, slots=True)
class _Proxy:
    host: str
    port: int
    headers: tuple[Header, ...] = field(default=(), repr=False)


_Key = tuple[str, str, int, _Proxy | None]
_Idle = dict[_Key, list[tuple[float, Exchange]]]


class Session:
    """Connections to servers; several threads may use them.

    Args:
        public_only: Whether only addresses of the internet are asked. Behind a proxy only numbers can be checked: it is
            the proxy that looks up names.
    """

    def __init__(self, *, public_only: bool = False) -> None:
        self._public_only = public_only
        self._sockets = Sockets()
        self._idle: _Idle = {}
        self._lock = threading.Lock()
        finalize(self, _close, self._idle)

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
                url = _moved(url, location)
        raise WebError(f"it redirects more than {question.redirections} times")

    @contextmanager
    def _exchange(self, url: Url, question: Question, deadline: Deadline) -> Iterator[Answer]:
        proxy = _proxy_for(url)
        key = (url.scheme, url.host, url.port, proxy)
        exchange, head = self._ask(key, _request(url, question, proxy), deadline)
        try:
            yield Answer(exchange, head, url, deadline)
        except BaseException:
            exchange.close()
            raise
        if exchange.renew():
            with self._lock:
                self._idle.setdefault(key, []).append((time.monotonic(), exchange))
        else:
            exchange.close()

    def _ask(self, key: _Key, request: Request, deadline: Deadline) -> tuple[Exchange, h11.Response]:
        waiting = self._waiting(key)
        if waiting:
            try:
                return waiting, waiting.ask(request, deadline)
            except WebError as error:
                # A server may close a connection at the moment when a question is sent.
                if waiting.heard or isinstance(error, WebTimeoutError):
                    raise
        fresh = self._connected(key, deadline)
        return fresh, fresh.ask(request, deadline)

    def _waiting(self, key: _Key) -> Exchange | None:
        """Return a connection that an earlier question left."""
        while True:
            with self._lock:
                kept = self._idle.get(key)
                if not kept:
                    return None
                since, exchange = kept.pop()
            if time.monotonic() - since < _IDLE and exchange.is_open():
                return exchange
            exchange.close()

    def _connected(self, key: _Key, deadline: Deadline) -> Exchange:
        scheme, host, port, proxy = key
        if proxy is None:
            line = self._sockets.connect(host, port, deadline, public_only=self._public_only)
        else:
            if self._public_only:
                _check_number(host, port)
            line = self._sockets.connect(proxy.host, proxy.port, deadline)
        if scheme == "http":
            return Exchange(line)
        if proxy:
            _tunnel(Exchange(line), (host, port), proxy, deadline)
        return Exchange(self._sockets.encrypt(line, host, deadline))


def _close(idle: _Idle) -> None:
    for kept in idle.values():
        for _, exchange in kept:
            exchange.close()


def _request(url: Url, question: Question, proxy: _Proxy | None) -> Request:
    method = "GET" if question.body is None else "POST"
    target, headers = url.target, _headers(url, question)
    if proxy and url.scheme == "http":
        target, headers = str(url), [*headers, *proxy.headers]
    return Request(method, target, headers, question.body or b"")


def _headers(url: Url, question: Question) -> list[Header]:
    found = {"Host": url.authority, "User-Agent": "tolmach", "Accept-Encoding": "identity", **question.headers}
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


def _proxy_for(url: Url) -> _Proxy | None:
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
        return _Proxy(end.host, end.port)
    secret = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
    return _Proxy(end.host, end.port, ((b"Proxy-Authorization", b"Basic " + base64.b64encode(secret)),))


def _check_number(host: str, port: int) -> None:
    if is_loopback(host) or not all(is_public(place[4][0]) for place in numeric_places(host, port)):
        raise PrivateAddressError(f"{host} is in a private network or this machine itself")


def _tunnel(exchange: Exchange, end: tuple[str, int], proxy: _Proxy, deadline: Deadline) -> None:
    host, port = end
    target = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    head = exchange.ask(Request("CONNECT", target, [(b"Host", target.encode("ascii")), *proxy.headers]), deadline)
    if not _succeeded(head.status_code):
        exchange.close()
        raise WebError(f"the proxy answers {head.status_code}")


def _succeeded(status: int) -> bool:
    return HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES


def _text(value: bytes) -> str:
    """Return a header's value; some servers write letters beyond ASCII as they are."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")
