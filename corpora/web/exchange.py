"""Questions and answers over one connection, by HTTP/1.1."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

import h11

from corpora.web.deadlines import Deadline
from corpora.web.errors import WebError, WebTimeoutError
from corpora.web.reach import reason_of

Header = tuple[bytes, bytes]
_PIECE: Final = 65_536
"""Bytes that are read or written at a time."""
_LONGEST_HEAD: Final = 65_536
"""Bytes of an answer's headers; servers themselves allow 8 to 64 kB of them."""
_LAST_WORD: Final = 0.5
"""Seconds that a server has to close a connection that it said it would close."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent.

    Attributes:
        method: `GET`, `POST` or `CONNECT`.
        target: Path and query, or what a proxy wants there.
        headers: All of them.
        body: What is posted.
    """

    method: str
    target: str
    headers: list[Header] = field(repr=False)
    body: bytes = field(default=b"", repr=False)


class Exchange:
    """One connection, on which one question after the other can be asked.

    Args:
        line: The connection; it is closed with this.

    Attributes:
        heard: Whether anything came after the last question.
    """

    def __init__(self, line: socket.socket) -> None:
        self.line = line
        self._state = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LONGEST_HEAD)
        self._ended = False
        self.heard = False

    def ask(self, request: Request, deadline: Deadline) -> h11.Response:
        """Send a question and return the head of its answer; the connection is closed where there is none.

        Raises:
            WebError: The connection broke off, or the answer is no HTTP.
            WebTimeoutError: It did not come in time.
        """
        self.heard = False
        try:
            self._send(self._bytes(request), deadline)
            return self._head(deadline)
        except BaseException:
            self.close()
            raise

    def body(self, deadline: Deadline) -> Iterator[bytes]:
        """Yield the body as it comes, to its very end.

        Raises:
            WebError: It broke off, or the server sent more than it announced.
            WebTimeoutError: It was not complete in time.
        """
        piece = bytearray()
        while True:
            event = self._event()
            if isinstance(event, h11.Data):
                piece += event.data
                continue
            if piece:
                deadline.count(len(piece))
                yield bytes(piece)
                piece.clear()
            if event is not h11.NEED_DATA:
                break
            self._receive(deadline)
        if self._state.trailing_data[0] or self._says(self._patience(deadline)):
            self.close()
            raise WebError("the server sent more than it announced")

    def renew(self) -> bool:
        """Make ready for the next question; return whether that can be."""
        if (self._state.our_state, self._state.their_state) != (h11.DONE, h11.DONE):
            return False
        self._state.start_next_cycle()
        return True

    def is_open(self) -> bool:
        """Tell whether the server still waits for a question, and says nothing unasked."""
        return self._says(0.0) is None

    def close(self) -> None:
        """Close the connection."""
        self.line.close()

    def _bytes(self, request: Request) -> bytes:
        head = h11.Request(method=request.method, target=request.target, headers=request.headers)
        body = [h11.Data(data=request.body)] if request.body else []
        return b"".join(self._state.send(part) or b"" for part in (head, *body, h11.EndOfMessage()))

    def _head(self, deadline: Deadline) -> h11.Response:
        while True:
            event = self._event()
            if isinstance(event, h11.Response):
                return event
            if event is h11.NEED_DATA:
                self._receive(deadline)
            elif not isinstance(event, h11.InformationalResponse):
                raise self._broken()

    def _patience(self, deadline: Deadline) -> float:
        return min(_LAST_WORD, deadline.left()) if self._state.their_state is h11.MUST_CLOSE else 0.0

    def _says(self, wait: float) -> bytes | None:
        """Return a byte that the server sends unasked, none where it closed; None where it is silent."""
        if self._ended:
            return b""
        try:
            self.line.settimeout(wait)
            return self.line.recv(1)
        except (TimeoutError, BlockingIOError, ssl.SSLWantReadError):
            return None
        except OSError:
            return b""

    def _event(self) -> object:
        try:
            return self._state.next_event()
        except h11.RemoteProtocolError:
            pass
        # Raised here, for the parser's error repeats what the server sent, which may be the key.
        raise self._broken()

    def _broken(self) -> WebError:
        return WebError("the answer broke off" if self._ended else "its answer is no HTTP")

    def _send(self, data: bytes, deadline: Deadline) -> None:
        view = memoryview(data)
        while view:
            self.line.settimeout(deadline.left())
            with _socket_errors():
                view = view[self.line.send(view[:_PIECE]) :]

    def _receive(self, deadline: Deadline) -> None:
        self.line.settimeout(deadline.left())
        with _socket_errors():
            data = self.line.recv(_PIECE)
        self._ended = not data
        self.heard = self.heard or bool(data)
        self._state.receive_data(data)


@contextmanager
def _socket_errors() -> Iterator[None]:
    try:
        yield
    except TimeoutError as error:
        raise WebTimeoutError from error
    except OSError as error:
        raise WebError(reason_of(error)) from error
