"""Sends questions to a server and reads its answers as JSON; asks again where that can help.

The interface is one POST. `openai`, the ready client, brings pydantic along, and most of this would have to be written
around it, too: no network unless the user allows it, none needed for this machine, no redirections with a key,
questions that Ctrl-C ends at once, a limit to the time and size of an answer.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from common.chat.addresses import Address
from common.errors import NetworkError, UsageError
from common.fetch.deadlines import Deadline
from common.fetch.errors import WebError, WebTimeoutError, quoted
from common.keys import is_key
from common.network import require_network
from common.secrets import without_keys

if TYPE_CHECKING:
    from common.fetch.session import Answer, Question, Session

_LARGEST = 4_000_000
"""Bytes of an answer that are read; no honest one is longer."""
_LONGEST_DETAIL = 4_000
"""Bytes of an error's text that are read; messages repeat its beginning, without the key."""
_BUSY = frozenset({408, 425, 429, 500, 502, 503, 504, 529})
"""Statuses after which the same question may be answered a little later."""
_LONGEST_WAIT = 30.0
"""Seconds between two attempts, at most: also where the server asks for more."""
_ANY_QUESTION = frozenset({401, 403, 404})
"""Statuses that the next question will get, too: another secret, address or model is needed."""


@dataclass(frozen=True, slots=True)
class ClientOptions:
    """How a server is asked.

    Attributes:
        timeout: Seconds that one answer may take, from the question to its last byte.
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

    @property
    def one_question(self) -> bool:
        """Whether another question may get a good answer from a server that gave none so far."""
        return self.status is not None and self.status not in _ANY_QUESTION


class UnreadableError(EndpointError):
    """An answer came, but is no JSON, or too long."""

    @property
    def one_question(self) -> bool:
        """Always: what is odd about an answer may be due to its question."""
        return True


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

    Raises:
        UsageError: The key is none; the message does not repeat it.
    """

    def __init__(self, address: Address, options: ClientOptions | None = None, *, purpose: str) -> None:
        self.address = address
        self._options = options or ClientOptions()
        self._purpose = purpose
        if self._options.key and not is_key(self._options.key):
            raise UsageError("the key for the server has a space, a control character or a letter beyond ASCII")
        self._session = _new_session()

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
        session = self._session
        self._session = _new_session()
        session.cut()

    def _attempt(self, path: str, data: bytes | None, attempts: int) -> Any:
        if not self.address.local:
            require_network(self._purpose)
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
                wait = max(failure.wait, self._options.backoff * 2**number)
                session.was_cut.wait(min(wait, _LONGEST_WAIT))
        if session.was_cut.is_set():
            raise EndpointError("the question was taken back")
        raise EndpointError(failure.reason, failure.status) from failure

    def _question(self, path: str, data: bytes | None) -> "Question":
        from common.fetch.session import Question  # noqa: PLC0415 - loaded when used

        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self._options.key:
            headers["Authorization"] = f"Bearer {self._options.key}"
        url = f"{self.address.root}{path}" if path.startswith("/") else f"{self.address.url}/{path}"
        return Question(url, headers, body=data)

    def _send(self, question: "Question", session: "Session") -> Any:
        try:
            with session.open(question, Deadline(self._options.timeout)) as answer:
                if not answer.succeeded:
                    raise self._failure(answer)
                content = answer.read(_LARGEST + 1)
        except WebTimeoutError as error:
            raise _FailedError("timed out") from error
        except WebError as error:
            raise _FailedError(error.message) from error
        if len(content) > _LARGEST:
            raise UnreadableError(f"its answer is longer than {_LARGEST // 1_000_000} MB")
        try:
            # What servers say ends up in files and on screens.
            return json.loads(without_keys(content.decode(), self._options.key or ""))
        except (ValueError, RecursionError):
            pass
        # Raised here, for the parser's error repeats the answer.
        raise UnreadableError("it answers with something that is no JSON")

    def _failure(self, answer: "Answer") -> Exception:
        try:
            content = answer.read(_LONGEST_DETAIL)
        except WebError:
            content = b""
        # Some servers repeat a wrong key.
        detail = quoted(content.decode("utf-8", errors="replace"), self._options.key or "")
        reason = f"it answers {answer.status}{f' ({detail})' if detail else ''}"
        if answer.status not in _BUSY:
            return EndpointError(reason, answer.status)
        return _FailedError(reason, answer.status, _asked_wait(answer.headers.get("retry-after", "")))


def _new_session() -> "Session":
    from common.fetch.session import Session  # noqa: PLC0415 - loaded when used

    return Session()


def _asked_wait(value: str) -> float:
    """Return the seconds that a `Retry-After` asks for (RFC 9110, 10.2.3); 0 where it says nothing."""
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
