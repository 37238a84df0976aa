"""Connections for httpcore2 that another thread can end at any moment."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final
from weakref import WeakSet

import httpcore2

from common.fetch.errors import Deadline, WebError, WebTimeoutError
from common.fetch.reach import SocketAddress, find_places, public_places, reason_of

_LONGEST_CONNECT: Final = 10.0
"""Seconds after which a machine that accepts no connection counts as unreachable."""
_PIECE: Final = 65_536
"""Bytes per write."""


@dataclass(slots=True)
class Exchange:
    """One request and response on one connection.

    Attributes:
        head: Bytes of the response's head; 0 until it is complete.
        last: Bytes received last; empty if the server closed.
    """

    deadline: Deadline
    public_only: bool
    fresh: bool = False
    received: int = 0
    head: int = 0
    last: bytes | None = None


EXCHANGE: Final[ContextVar[Exchange]] = ContextVar("EXCHANGE")
"""The exchange of the current thread. The timeouts of httpcore2 are per read, so they are not used."""


class Sockets(httpcore2.NetworkBackend):
    """The open sockets, so that another thread can close them."""

    def __init__(self) -> None:
        self._open: WeakSet[socket.socket] = WeakSet()
        self._lock = threading.Lock()
        self.cut = threading.Event()

    def connect_tcp(self, host: str, port: int, *_: object, **__: object) -> "Stream":
        """Return a connection to exactly the address that was checked if only public ones are allowed.

        Raises:
            PrivateAddressError: The host is not public.
            WebError: The connection was refused.
            WebTimeoutError: The connection took too long.
        """
        exchange = EXCHANGE.get()
        exchange.fresh = True
        name = host.strip("[]")  # which IPv6 has only in addresses
        places = find_places(name, port, exchange.deadline, self.cut)
        failure: OSError | None = None
        for place in public_places(name, places) if exchange.public_only else places:
            try:
                return Stream(self._connect(place, exchange.deadline), self)
            except OSError as error:
                failure = error
        if failure is None or isinstance(failure, TimeoutError):
            raise WebTimeoutError
        raise WebError(reason_of(failure)) from failure

    def cut_all(self) -> None:
        """Close every connection, open or future; threads that wait for a response get an error at once."""
        self.cut.set()
        with self._lock:
            lines = list(self._open)
        for line in lines:
            _shut(line)

    def add(self, line: socket.socket) -> None:
        """Add a socket to those that are closed together."""
        with self._lock:
            self._open.add(line)
        if self.cut.is_set():
            _shut(line)

    def _connect(self, place: SocketAddress, deadline: Deadline) -> socket.socket:
        family, kind, protocol, _, where = place
        line = socket.socket(family, kind, protocol)
        try:
            self.add(line)
            line.settimeout(min(deadline.left(), _LONGEST_CONNECT))
            line.connect(where)
            self.add(line)  # again: it may have been cut before there was anything to cut
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except BaseException:
            line.close()
            raise
        return line


class Stream(httpcore2.NetworkStream):
    """One connection; all its operations end at the deadline of the exchange."""

    def __init__(self, line: socket.socket, sockets: Sockets) -> None:
        self._line = line
        self._sockets = sockets
        self._kept = b""

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - see EXCHANGE
        """Return received bytes, of a head one line, so that the head ends with a chunk and the body can be counted.

        Raises:
            WebError: The connection broke off.
            WebTimeoutError: Nothing was received in time.
        """
        exchange = EXCHANGE.get()
        data, self._kept = self._kept or self._receive(max_bytes, exchange.deadline), b""
        end = data.find(b"\n") + 1
        if not exchange.head and end:
            data, self._kept = data[:end], data[end:]
        exchange.last = data
        exchange.received += len(data)
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 - see EXCHANGE
        """Send all bytes.

        Raises:
            httpcore2.WriteError: The connection broke off; a response may have arrived before.
            WebTimeoutError: The server did not accept them in time.
        """
        view = memoryview(buffer)
        while view:
            self._line.settimeout(EXCHANGE.get().deadline.left())
            try:
                view = view[self._line.send(view[:_PIECE]) :]
            except TimeoutError as error:
                raise WebTimeoutError from error
            except OSError as error:
                raise httpcore2.WriteError from error

    def close(self) -> None:
        """Close the connection."""
        self._line.close()

    def goes_on(self, seconds: float) -> bool:
        """Return whether more bytes arrive within some seconds, before the server closes; they are discarded."""
        try:
            self._line.settimeout(seconds)
            return bool(self._kept or self._line.recv(1))
        except OSError:
            return False

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002 - see EXCHANGE
    ) -> "Stream":
        """Return an encrypted connection that replaces this one.

        Raises:
            WebError: The server is not who it should be, or does not encrypt.
            WebTimeoutError: The handshake took too long.
        """
        line = None
        try:
            self._line.settimeout(EXCHANGE.get().deadline.left())
            # A page without a length ends with the connection, so an end that is not authenticated is an error.
            line = ssl_context.wrap_socket(
                self._line,
                server_hostname=(server_hostname or "").strip("[]"),
                do_handshake_on_connect=False,
                suppress_ragged_eofs=False,
            )
            self._sockets.add(line)
            with _socket_errors():
                line.do_handshake()
        except BaseException:
            (line or self._line).close()
            raise
        return Stream(line, self._sockets)

    def get_extra_info(self, info: str) -> bool | None:
        """Return whether the connection is readable (data or closed); no other information is available."""
        if info != "is_readable":
            return None
        try:
            self._line.settimeout(0)
            self._line.recv(1)
        except (BlockingIOError, ssl.SSLWantReadError):
            return bool(self._kept)
        except OSError:
            pass
        return True

    def _receive(self, size: int, deadline: Deadline) -> bytes:
        self._line.settimeout(deadline.left())
        with _socket_errors():
            return self._line.recv(size)


@contextmanager
def _socket_errors() -> Iterator[None]:
    try:
        yield
    except TimeoutError as error:
        raise WebTimeoutError from error
    except OSError as error:
        raise WebError(reason_of(error)) from error


def _shut(line: socket.socket) -> None:
    with suppress(OSError):
        # Not the encrypted socket's own method, which takes its state away from the thread that is reading.
        socket.socket.shutdown(line, socket.SHUT_RDWR)
