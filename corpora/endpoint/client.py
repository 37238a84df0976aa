"""Sends questions to a server and reads its answers as JSON; asks again where that can help.

It is made of the standard library. The ready clients are `openai`, which brings an HTTP stack and pydantic along, and
the httpx that huggingface_hub installs, whose name has changed with its versions. The interface is one POST; what is
most of this client would have to be written around them, too: no network unless the user allows it, none needed for
this machine, no redirections with a key, questions that Ctrl-C ends at once.
"""

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from corpora.endpoint.addresses import Address
from corpora.endpoint.transport import Lines, make_opener
from corpora.errors import NetworkError
from corpora.network import require_network

_LARGEST = 4_000_000
"""Bytes of an answer that are read; no honest one is longer."""
_LONGEST_DETAIL = 400
"""Bytes of an error's text that are read."""
_BUSY = frozenset({408, 425, 429, 500, 502, 503, 504, 529})
"""Statuses after which the same question may be answered a little later."""
_LONGEST_WAIT = 30.0
"""Seconds between two attempts, at most: also where the server asks for more."""
_SECRET = "***"  # noqa: S105 - what stands in its place


@dataclass(frozen=True, slots=True)
class ClientOptions:
    """How a server is asked.

    Attributes:
        timeout: Seconds to wait for one answer.
        attempts: How often a question is asked before it counts as failed, at least 1.
        backoff: Seconds before the second attempt; they double with each further one.
        key: Secret that the server wants, None where it wants none.
    """

    timeout: float = 60.0
    attempts: int = 3
    backoff: float = 0.5
    key: str | None = field(default=None, repr=False)


class EndpointError(NetworkError):
    """A server did not give an answer that can be used.

    Args:
        reason: Why, as in "it answers 500 (out of memory)".
        status: Status of its answer; None where there was none, or none that can be read.

    Attributes:
        reason: Why.
        status: Status of its answer, or None.
    """

    def __init__(self, reason: str, status: int | None = None) -> None:
        super().__init__(f"the server cannot be asked: {reason}")
        self.reason = reason
        self.status = status


class _FailedError(Exception):
    """The server did not answer this time; `wait` is how many seconds it asks for, if it does."""

    def __init__(self, reason: str, status: int | None = None, wait: float = 0.0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status
        self.wait = wait


class Client:
    """Asks one server; several threads may use it.

    Args:
        address: Where it is.
        options: How it is asked.
        purpose: What a network would be needed for, as in "ask the judge at http://host/v1".
    """

    def __init__(self, address: Address, options: ClientOptions | None = None, *, purpose: str) -> None:
        self.address = address
        self._options = options or ClientOptions()
        self._purpose = purpose
        self._lines, self._opener = self._fresh()

    def get(self, path: str, *, attempts: int | None = None) -> Any:
        """Return what is at a path, from JSON.

        Args:
            path: Behind the address, as in `models`; with a slash in front, behind the address without its version.
            attempts: How often to ask; None takes the options' number.

        Raises:
            EndpointError: There is no answer, or none in JSON.
            OfflineError: The server is elsewhere, and the user allows no network.
        """
        return self._attempt(path, None, attempts or self._options.attempts)

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """Return the answer to a question, both in JSON.

        Args:
            path: As for `get`.
            body: The question.

        Raises:
            EndpointError: There is no answer, or none in JSON.
            OfflineError: The server is elsewhere, and the user allows no network.
        """
        return self._attempt(path, json.dumps(body).encode(), self._options.attempts)

    def cancel(self) -> None:
        """End what is under way in other threads, at once; later questions are asked as ever."""
        lines = self._lines
        self._lines, self._opener = self._fresh()
        lines.cut_all()

    def _fresh(self) -> tuple[Lines, urllib.request.OpenerDirector]:
        lines = Lines()
        return lines, make_opener(lines, local=self.address.local)

    def _attempt(self, path: str, data: bytes | None, attempts: int) -> Any:
        if not self.address.local:
            require_network(self._purpose)
        lines, opener = self._lines, self._opener
        request = self._request(path, data)
        for number in range(attempts):
            if lines.cut.is_set():
                break
            try:
                return self._send(request, opener)
            except _FailedError as error:
                failure = error
            if number + 1 < attempts:
                wait = max(failure.wait, self._options.backoff * 2**number)
                lines.cut.wait(min(wait, _LONGEST_WAIT))
        if lines.cut.is_set():
            raise EndpointError("the question was taken back")
        raise EndpointError(failure.reason, failure.status) from failure

    def _request(self, path: str, data: bytes | None) -> urllib.request.Request:
        headers = {"Content-Type": "application/json", "Accept": "application/json", "User-Agent": "tolmach"}
        if self._options.key:
            headers["Authorization"] = f"Bearer {self._options.key}"
        url = f"{self.address.root}{path}" if path.startswith("/") else f"{self.address.url}/{path}"
        return urllib.request.Request(url, data, headers)  # noqa: S310 - an address is checked to be http

    def _send(self, request: urllib.request.Request, opener: urllib.request.OpenerDirector) -> Any:
        try:
            with opener.open(request, timeout=self._options.timeout) as answer:
                content = answer.read(_LARGEST + 1)
        except urllib.error.HTTPError as error:
            raise self._told(error) from error
        except (OSError, http.client.HTTPException) as error:
            raise _FailedError(_why(error)) from error
        if len(content) > _LARGEST:
            raise EndpointError(f"its answer is longer than {_LARGEST // 1_000_000} MB")
        try:
            return json.loads(content)
        except (ValueError, RecursionError) as error:
            raise EndpointError("it answers with something that is no JSON") from error

    def _told(self, error: urllib.error.HTTPError) -> Exception:
        try:
            with error:
                detail = " ".join(error.read(_LONGEST_DETAIL).decode("utf-8", errors="replace").split())
        except (OSError, http.client.HTTPException):
            detail = ""
        if self._options.key:
            # Some servers repeat a wrong secret.
            detail = detail.replace(self._options.key, _SECRET)
        reason = f"it answers {error.code}{f' ({detail})' if detail else ''}"
        if error.code not in _BUSY:
            return EndpointError(reason, error.code)
        return _FailedError(reason, error.code, _asked_wait(error.headers.get("Retry-After", "")))


def _asked_wait(value: str) -> float:
    """Return the seconds that a `Retry-After` asks for (RFC 9110, 10.2.3); 0 where it says nothing."""
    text = value.strip()
    if text.isascii() and text.isdecimal():
        return min(float(text), _LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return 0.0
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - datetime.now(UTC)).total_seconds())


def _why(error: Exception) -> str:
    cause = getattr(error, "reason", error)
    if isinstance(cause, TimeoutError):
        return "timed out"
    return str(cause) or type(cause).__name__
