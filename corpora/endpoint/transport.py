"""Sends one request over HTTP, in a way that another thread can end at any moment."""

import http.client
import socket
import threading
import urllib.request
from contextlib import suppress
from functools import partial
from weakref import WeakSet

_LONGEST_CONNECT = 10.0
"""Seconds until a machine that does not even take a connection counts as unreachable."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Follows no redirection: it would lose the question, and carry the key to another server."""

    def redirect_request(self, *_args: object) -> None:
        """Refuse."""


class Lines:
    """The connections that are open, so that they can be cut."""

    def __init__(self) -> None:
        self._open: WeakSet[socket.socket] = WeakSet()
        self._lock = threading.Lock()
        self.cut = threading.Event()

    def add(self, line: socket.socket) -> None:
        """Note an open connection; it is forgotten when it is closed."""
        with self._lock:
            self._open.add(line)
        if self.cut.is_set():
            _shut(line)

    def cut_all(self) -> None:
        """Cut every connection, open or yet to come: whoever waits for an answer gets an error at once."""
        self.cut.set()
        with self._lock:
            lines = list(self._open)
        for line in lines:
            _shut(line)


class _Plain(http.client.HTTPConnection):
    """One of the lines; gives up early on a machine that takes no connection."""

    def __init__(self, lines: Lines, host: str, *, timeout: float) -> None:
        super().__init__(host, timeout=min(timeout, _LONGEST_CONNECT))
        self._lines = lines
        self._patience = timeout

    def connect(self) -> None:
        """Connect, then wait for the answer as long as was asked for."""
        super().connect()
        self.sock.settimeout(self._patience)
        self._lines.add(self.sock)


class _Secure(_Plain, http.client.HTTPSConnection):
    """The same with encryption: what `_Plain` calls its base is the encrypted connection here."""


class _PlainHandler(urllib.request.HTTPHandler):
    def __init__(self, lines: Lines) -> None:
        super().__init__()
        self._lines = lines

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        """Open a tracked connection."""
        return self.do_open(partial(_Plain, self._lines), req)


class _SecureHandler(urllib.request.HTTPSHandler):
    def __init__(self, lines: Lines) -> None:
        super().__init__()
        self._lines = lines

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        """Open a tracked connection."""
        return self.do_open(partial(_Secure, self._lines), req)


def make_opener(lines: Lines, *, local: bool) -> urllib.request.OpenerDirector:
    """Return what opens addresses: no redirections, and no proxy for this machine's own servers.

    Args:
        lines: Where its connections are noted.
        local: Whether the server is this machine, to which a proxy has no way.
    """
    proxies = [urllib.request.ProxyHandler({})] if local else []
    return urllib.request.build_opener(_NoRedirect, _PlainHandler(lines), _SecureHandler(lines), *proxies)


def _shut(line: socket.socket) -> None:
    with suppress(OSError):
        # Not the encrypted socket's own method, which takes its state away from the thread that is reading.
        socket.socket.shutdown(line, socket.SHUT_RDWR)
