"""A server on this machine that answers each connection with a function of its socket: slowly, half, or with lies."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

STEP = 0.02
"""Seconds between two pieces: far below every timeout of a test, so that each single read is in time."""
CERTIFICATE = Path(__file__).with_name("localhost.pem")
"""Made for these tests, trusted by nobody."""
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"

Behaviour = Callable[[socket.socket], None]


class HostileServer:
    """Runs until it is closed; answers what it is asked with `behaviour`, encrypted where it has a certificate."""

    def __init__(self, behaviour: Behaviour, certificate: Path | None = None) -> None:
        self.behaviour = behaviour
        self._encryption = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) if certificate else None
        if self._encryption:
            self._encryption.load_cert_chain(certificate)
        self.asked: list[bytes] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.url = f"http{'s' if certificate else ''}://127.0.0.1:{self.port}"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        with suppress(OSError):  # wakes the thread that accepts, which closing alone does not
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(line,), daemon=True).start()

    def _encrypted(self, line: socket.socket) -> socket.socket:
        return self._encryption.wrap_socket(line, server_side=True) if self._encryption else line

    def _answer(self, line: socket.socket) -> None:
        with line, suppress(OSError), self._encrypted(line) as talk:
            self._talk(talk)

    def _talk(self, line: socket.socket) -> None:
        line.settimeout(10)
        head = b""
        while b"\r\n\r\n" not in head:
            received = line.recv(65_536)
            if not received:
                return
            head += received
        self.asked.append(head)
        self.behaviour(line)


def sends(*pieces: bytes) -> Behaviour:
    """Return what sends these pieces and closes."""

    def behave(line: socket.socket) -> None:
        for piece in pieces:
            line.sendall(piece)

    return behave


def drips(first: bytes, pieces: Callable[[], Iterator[bytes]] | bytes) -> Behaviour:
    """Return what sends `first`, then a piece each `STEP` seconds, for ten seconds or until nobody listens."""

    def behave(line: socket.socket) -> None:
        line.sendall(first)
        end = time.monotonic() + 10
        endless = pieces() if callable(pieces) else iter(lambda: pieces, None)
        for piece in endless:
            time.sleep(STEP)
            line.sendall(piece)
            if time.monotonic() > end:
                return

    return behave


def floods(first: bytes, piece: bytes, size: int) -> Behaviour:
    """Return what sends `first`, then `piece` again and again, `size` bytes or until nobody listens."""

    def behave(line: socket.socket) -> None:
        line.sendall(first)
        block = piece * (65_536 // len(piece) + 1)
        for _ in range(size // len(block) + 1):
            line.sendall(block)

    return behave


def silent(line: socket.socket) -> None:
    """Say nothing, for ten seconds or until the other side has gone."""
    with suppress(TimeoutError):
        while line.recv(65_536):  # what is left of the question
            pass


def _numbered() -> Iterator[bytes]:
    number = 0
    while True:
        number += 1
        yield f"X-{number}: y\r\n".encode()


SLOW: dict[str, Behaviour] = {
    "says nothing": silent,
    "drips the body": drips(OK + b"Content-Length: 100000\r\n\r\n", b"a"),
    "drips a body without a length": drips(OK + b"\r\n", b"a"),
    "drips chunks": drips(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n"),
    "drips one header": drips(OK + b"X: ", b"a"),
    "drips the status": drips(b"HTTP/1.1 200 ", b"a"),
    "drips header lines": drips(OK, _numbered),
    "drips 100 Continue": drips(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "drips trailers": drips(OK + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n", _numbered),
    "drips a chunk's extension": drips(OK + b"Transfer-Encoding: chunked\r\n\r\n1;", b"a"),
}
"""Each read is in time, the answer never comes."""

FLOODS: dict[str, Behaviour] = {
    "header lines": floods(OK, b"X: y\r\n", 50_000_000),
    "one header": floods(OK + b"X: ", b"a", 50_000_000),
    "trailers": floods(OK + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n", b"X: y\r\n", 50_000_000),
    "a body without a length": floods(OK + b"\r\n", b"a", 50_000_000),
    "a body far too long": floods(OK + b"Content-Length: 50000000\r\n\r\n", b"a", 50_000_000),
    "chunks": floods(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"8000\r\n" + b"a" * 0x8000 + b"\r\n", 50_000_000),
    "one chunk": floods(OK + b"Transfer-Encoding: chunked\r\n\r\n2faf080\r\n", b"a", 50_000_000),
    "a chunk of -1": floods(OK + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n", b"a", 50_000_000),
    "a chunk of 2^70": floods(OK + b"Transfer-Encoding: chunked\r\n\r\n400000000000000000\r\n", b"a", 50_000_000),
}
"""More than anyone may send."""

TEXT = b"The ferry will sail again in April after a break of eleven years, both ministers said. " * 40
_HEX = f"{len(TEXT):x}".encode()
_CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
BROKEN: dict[str, Behaviour] = {
    "closes at once": sends(),
    "closes in the status": sends(b"HTTP/1.1 20"),
    "closes in a header": sends(OK + b"Content-Len"),
    "closes after the headers": sends(OK + b"Content-Length: 3480\r\n\r\n"),
    "half of the body": sends(OK + b"Content-Length: 6960\r\n\r\n", TEXT),
    "more than announced": sends(OK + b"Content-Length: 1740\r\n\r\n" + TEXT),
    "more than announced, a little later": sends(OK + b"Content-Length: 1740\r\nConnection: close\r\n\r\n", TEXT),
    "two lengths": sends(OK + b"Content-Length: 3480\r\nContent-Length: 1740\r\n\r\n", TEXT),
    "a length below zero": sends(OK + b"Content-Length: -1\r\n\r\n", TEXT),
    "a length that is no number": sends(OK + b"Content-Length: many\r\n\r\n", TEXT),
    "no last chunk": sends(_CHUNKED, _HEX + b"\r\n" + TEXT + b"\r\n"),
    "half of a chunk": sends(_CHUNKED, b"ffff\r\n" + TEXT),
    "chunk of -5": sends(_CHUNKED, b"-5\r\n" + TEXT + b"\r\n0\r\n\r\n"),
    "chunk that is no number": sends(_CHUNKED, b"zz\r\n" + TEXT + b"\r\n0\r\n\r\n"),
    "chunk longer than it says": sends(_CHUNKED, b"10\r\n" + TEXT + b"\r\n0\r\n\r\n"),
    "something after the last chunk": sends(_CHUNKED + _HEX + b"\r\n" + TEXT + b"\r\n0\r\n\r\n" + TEXT),
    "closes in the trailers": sends(_CHUNKED, _HEX + b"\r\n" + TEXT + b"\r\n0\r\nX: y"),
    "no HTTP": sends(b"SSH-2.0-OpenSSH_9.9\r\n"),
    "an upgrade": sends(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"),
    "unknown framing": sends(OK + b"Transfer-Encoding: gzip\r\n\r\n", TEXT),
}
"""Not the whole answer, or not one."""
