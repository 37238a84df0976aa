"""A client of servers with OpenAI's interface: sends requests, reads JSON responses, retries where that can help.

Why this is not the client of `openai` is in docs/architecture.md, under "Decisions".
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

from common.chat.options import ServerOptions, parse_address
from common.errors import NetworkError, UsageError
from common.fetch.errors import Deadline, WebError, WebTimeoutError, quoted
from common.fetch.session import Session, WebRequest, WebResponse
from common.fetch.urls import show_url
from common.keys import is_key, read_key
from common.network import require_network
from common.secrets import without_keys

_LARGEST: Final = 4_000_000
"""Most bytes read of a response; no valid one is longer."""
_LONGEST_DETAIL: Final = 4_000
"""Most bytes read of an error response; messages quote its beginning, with the key masked."""
_BUSY: Final = frozenset({408, 425, 429, 500, 502, 503, 504, 529})
"""Statuses after which the same request may succeed a little later."""
_LONGEST_WAIT: Final = 30.0
"""Most seconds between two attempts, even where the server asks for more."""
_SECRET: Final = frozenset({401, 403})
_EVERY_QUESTION: Final = frozenset({*_SECRET, 404})
"""Statuses that the next request will get, too: another key, address or model is needed."""


class ServerError(NetworkError):
    """A server did not give a usable response.

    Args:
        message: What could not be done and why.
        reason: Why, as in "it answers 500 (out of memory)".
        status: HTTP status; None without a readable response.
        hint: What to try next.
    """

    def __init__(self, message: str, *, reason: str = "", status: int | None = None, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.reason = reason
        self.status = status

    @property
    def concerns_request(self) -> bool:
        """Whether another request may succeed on a server from which none has so far."""
        return self.status is not None and self.status not in _EVERY_QUESTION

    @property
    def refuses_secret(self) -> bool:
        """Whether the server wants another key."""
        return self.status in _SECRET


class UnreadableError(ServerError):
    """The response is too long or not what was asked for."""

    @property
    def concerns_request(self) -> bool:
        """Always true: an odd response may be due to its request."""
        return True


class _FailedError(Exception):
    """The server failed this time; `wait` is the number of seconds it asks for, 0 if none."""

    def __init__(self, reason: str, status: int | None = None, wait: float = 0.0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status
        self.wait = wait


class Client:
    """A client of one server; several threads may use it.

    Raises:
        UsageError: The address or the key cannot be used; the message does not repeat the key.
    """

    def __init__(self, options: ServerOptions, *, role: str, key_variable: str) -> None:
        address = parse_address(options.url)
        if address is None:
            raise UsageError(
                f"{show_url(options.url)!r} is not an address of a {role}",
                hint=f"Write http://HOST:PORT/v1; a secret goes into {key_variable}",
            )
        self._key = options.key or read_key(key_variable) or ""
        if self._key and not is_key(self._key):
            raise UsageError("the key for the server has a space, a control character or a letter beyond ASCII")
        self.address = address
        self.options = options
        self._role = role
        self._key_variable = key_variable
        self._session = Session()

    def get(self, path: str, *, attempts: int | None = None) -> Any:
        """Send a GET request and return the parsed JSON.

        Args:
            path: Path below the address, as in `models`; with a leading slash, below the address without its version.
            attempts: Most attempts; None for the options' number.

        Raises:
            ServerError: There is no response, or it is not JSON.
            OfflineError: The server is elsewhere, and the user allows no network.
        """
        return self._attempt(path, None, attempts or self.options.attempts)

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """Send a POST request and return the parsed JSON.

        Raises:
            ServerError: There is no response, or it is not JSON.
            OfflineError: The server is elsewhere, and the user allows no network.
        """
        return self._attempt(path, json.dumps(body).encode(), self.options.attempts)

    def cancel(self) -> None:
        """Abort the requests of other threads at once; later requests work as usual."""
        session = self._session
        self._session = Session()
        session.cut()

    def error(self, reason: str, status: int | None = None) -> ServerError:
        """Return an error that names the server, with a hint."""
        hint = "See its log; its address usually ends in /v1"
        if status is None:
            hint = "Is it running? Its address usually ends in /v1"
        if status in _SECRET:
            hint = f"Put its secret into {self._key_variable}"
        message = f"the {self._role} at {self.address.url} cannot be asked: {reason}"
        return ServerError(message, reason=reason, status=status, hint=hint)

    def unreadable(self, reason: str) -> "UnreadableError":
        """Return the error for a response that cannot be used."""
        return UnreadableError(
            f"the {self._role} at {self.address.url} {reason}", reason=reason, hint="Its address usually ends in /v1"
        )

    def _attempt(self, path: str, data: bytes | None, attempts: int) -> Any:
        if not self.address.local:
            require_network(f"ask the {self._role} at {self.address.url}")
        session = self._session
        question = self._question(path, data)
        for number in range(attempts):
            if session.was_cut.is_set():
                break
            try:
                return self._send(question, session)
            except _FailedError as error:
                failure = error
            if number + 1 < attempts:
                wait = max(failure.wait, self.options.backoff * 2**number)
                session.was_cut.wait(min(wait, _LONGEST_WAIT))
        if session.was_cut.is_set():
            raise self.error("the question was taken back")
        raise self.error(failure.reason, failure.status) from failure

    def _question(self, path: str, data: bytes | None) -> WebRequest:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        url = f"{self.address.root}{path}" if path.startswith("/") else f"{self.address.url}/{path}"
        return WebRequest(url, headers, body=data)

    def _send(self, question: WebRequest, session: Session) -> Any:
        try:
            with session.open(question, Deadline(self.options.timeout)) as answer:
                if not answer.succeeded:
                    raise self._failure(answer)
                content = answer.read(_LARGEST + 1)
        except WebTimeoutError as error:
            raise _FailedError("timed out") from error
        except WebError as error:
            raise _FailedError(error.message) from error
        if len(content) > _LARGEST:
            raise self.unreadable(f"answers with more than {_LARGEST // 1_000_000} MB")
        try:
            # Server messages end up in files and on screens.
            return json.loads(without_keys(content.decode(), self._key))
        except (ValueError, RecursionError):
            pass
        # Raised here, since the parser's error repeats the response.
        raise self.unreadable("answers with something that is not JSON")

    def _failure(self, answer: WebResponse) -> Exception:
        try:
            content = answer.read(_LONGEST_DETAIL)
        except WebError:
            content = b""
        # Some servers repeat a wrong key.
        detail = quoted(content.decode("utf-8", errors="replace"), self._key)
        reason = f"it answers {answer.status}{f' ({detail})' if detail else ''}"
        if answer.status not in _BUSY:
            return self.error(reason, answer.status)
        return _FailedError(reason, answer.status, _requested_wait(answer.headers.get("retry-after", "")))


def _requested_wait(value: str) -> float:
    """Return the seconds that a `Retry-After` header asks for (RFC 9110, 10.2.3); 0 if there is none."""
    text = value.strip()
    if text.isascii() and text.isdecimal():
        return min(float(text), _LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(text)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        wait = (aware - datetime.now(UTC)).total_seconds()
    except (ValueError, OverflowError):  # no date, or one with an impossible year or zone
        return 0.0
    return min(max(0.0, wait), _LONGEST_WAIT)
