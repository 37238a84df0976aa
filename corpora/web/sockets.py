"""Opens connections, in a way that another thread can end at any moment."""

import socket
import ssl
import threading
from contextlib import suppress
from functools import lru_cache
from typing import Final
from weakref import WeakSet

from corpora.web.deadlines import Deadline
from corpora.web.errors import WebError, WebTimeoutError
from corpora.web.reach import Place, find_places, public_places, reason_of

_LONGEST_CONNECT: Final = 10.0
"""Seconds until a machine that does not even take a connection counts as unreachable."""


class Sockets:
    """The sockets that are open, so that they can be cut.

    Attributes:
        cut: Set when they were.
    """

    def __init__(self) -> None:
        self._open: WeakSet[socket.socket] = WeakSet()
        self._lock = threading.Lock()
        self.cut = threading.Event()

    def connect(self, host: str, port: int, deadline: Deadline, *, public_only: bool = False) -> socket.socket:
        """Return a connection, to the very address that was checked where only those of the internet are allowed.

        Raises:
            PrivateAddressError: The host is elsewhere.
            WebError: No connection is taken.
            WebTimeoutError: None was in time.
        """
        places = find_places(host, port, deadline, self.cut)
        failure: OSError | None = None
        for place in public_places(host, places) if public_only else places:
            try:
                return self._connect(place, deadline)
            except OSError as error:
                failure = error
        if failure is None or isinstance(failure, TimeoutError):
            raise WebTimeoutError
        raise WebError(reason_of(failure)) from failure

    def encrypt(self, plain: socket.socket, host: str, deadline: Deadline) -> socket.socket:
        """Return the encrypted connection that takes the place of a plain one.

        Raises:
            WebError: The server is not who it should be, or does not encrypt.
            WebTimeoutError: It was not in time.
        """
        line = None
        try:
            plain.settimeout(deadline.left())
            # A page without a length ends where the connection does: an end that the server does not sign is an error.
            line = _encryption().wrap_socket(
                plain, server_hostname=host, do_handshake_on_connect=False, suppress_ragged_eofs=False
            )
            self._add(line)
            line.do_handshake()
        except BaseException as error:
            (line or plain).close()
            if not isinstance(error, OSError):
                raise
            raise WebTimeoutError if isinstance(error, TimeoutError) else WebError(reason_of(error)) from error
        return line

    def cut_all(self) -> None:
        """Cut every connection, open or yet to come: whoever waits for an answer gets an error at once."""
        self.cut.set()
        with self._lock:
            lines = list(self._open)
        for line in lines:
            _shut(line)

    def _connect(self, place: Place, deadline: Deadline) -> socket.socket:
        family, kind, protocol, _, where = place
        line = socket.socket(family, kind, protocol)
        try:
            self._add(line)
            line.settimeout(min(deadline.left(), _LONGEST_CONNECT))
            line.connect(where)
            self._add(line)  # again: it may have been cut before there was anything to cut
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except BaseException:
            line.close()
            raise
        return line

    def _add(self, line: socket.socket) -> None:
        with self._lock:
            self._open.add(line)
        if self.cut.is_set():
            _shut(line)


@lru_cache(maxsize=1)
def _encryption() -> ssl.SSLContext:
    return ssl.create_default_context()


def _shut(line: socket.socket) -> None:
    with suppress(OSError):
        # Not the encrypted socket's own method, which takes its state away from the thread that is reading.
        socket.socket.shutdown(line, socket.SHUT_RDWR)
