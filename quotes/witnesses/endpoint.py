"""Speaks to a server that has the chat completions of OpenAI's interface: one question, one short answer."""

import http.client
import ipaddress
import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from corpora.errors import NetworkError, UsageError
from corpora.network import require_network
from quotes.witnesses.prompts import no_share, said_no

KEY_VARIABLE = "TOLMACH_JUDGE_KEY"
_ALTERNATIVES = 20
"""Tokens whose log-probabilities are asked for: the most that the interface gives."""
_ANSWER_TOKENS = 8
"""Longest answer, for servers without log-probabilities: Yes or No may follow a blank or a mark."""
_LARGEST = 4_000_000
"""Bytes of an answer that are read; no honest one is longer."""
_BUSY = frozenset({408, 425, 429, 500, 502, 503, 504, 529})
_SECRET = frozenset({401, 403})
_UNKNOWN_OPTION = frozenset({400, 422})
_LONGEST_WAIT = 30.0


@dataclass(frozen=True, slots=True)
class EndpointOptions:
    """How a server is asked.

    Attributes:
        timeout: Seconds to wait for one answer.
        attempts: How often a question is asked before it counts as failed, at least 1.
        backoff: Seconds before the second attempt; they double with each further one.
        workers: Questions that are under way at the same time, at least 1.
        key: Secret that the server wants, None where it wants none.
    """

    timeout: float = 60.0
    attempts: int = 3
    backoff: float = 0.5
    workers: int = 4
    key: str | None = field(default=None, repr=False)


class JudgeError(NetworkError):
    """A judge's server did not give an answer that can be used."""


class _RefusedError(Exception):
    """The server answered, and asking the same again is of no use."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class _FailedError(Exception):
    """The server did not answer this time; `wait` is how many seconds it asks for, if it does."""

    def __init__(self, reason: str, wait: float = 0.0) -> None:
        super().__init__(reason)
        self.wait = wait


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Follows no redirection: it would lose the question, and carry the key to another server."""

    def redirect_request(self, *_args: object) -> None:
        """Refuse."""


class Endpoint:
    """One model behind one address.

    Args:
        address: Up to and including the version, as in `http://localhost:8080/v1`.
        model: Name of the model at that server; None takes the first that the server lists.
        options: How it is asked.

    Raises:
        UsageError: The address is none of a web server.
    """

    def __init__(self, address: str, model: str | None = None, options: EndpointOptions | None = None) -> None:
        parts = urlsplit(address)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username:
            raise UsageError(
                f"{address!r} is no address of a judge",
                hint=f"Write http://HOST:PORT/v1#MODEL; a secret goes into {KEY_VARIABLE}",
            )
        self.address = address.rstrip("/")
        self._local = is_loopback(parts.hostname)
        self._model = model
        self._options = options or EndpointOptions()
        self._log_probs = True
        # A proxy has no way to this machine's own servers.
        proxies = [urllib.request.ProxyHandler({})] if self._local else []
        self._opener = urllib.request.build_opener(_NoRedirect, *proxies)

    @property
    def named(self) -> str | None:
        """Name of the model, None as long as nobody has told it."""
        return self._model

    @property
    def model(self) -> str:
        """Name of the model at the server, which is asked for it where nobody named one.

        Raises:
            JudgeError: The server does not tell.
            OfflineError: The server is elsewhere, and the user allows no network.
        """
        if self._model is None:
            listed = self._attempt("models", None)
            try:
                self._model = str(listed["data"][0]["id"])
            except (LookupError, TypeError) as error:
                raise JudgeError(
                    f"the server at {self.address} lists no model", hint=f"Name one: {self.address}#MODEL"
                ) from error
        return self._model

    def ask(self, question: str) -> float | None:
        """Return how likely the model says No, from 0 to 1; None where it says neither Yes nor No.

        Raises:
            JudgeError: There is no answer, or none of the interface.
            OfflineError: The server is elsewhere, and the user allows no network.
        """
        answer = self._attempt("chat/completions", self._body(question))
        try:
            choice = answer["choices"][0]
            content = choice["message"]["content"] or ""
            listed = ((choice.get("logprobs") or {}).get("content") or [{}])[0].get("top_logprobs") or []
            share = no_share((str(item["token"]), float(item["logprob"])) for item in listed)
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            raise self._error("answers with something that is no chat completion") from error
        return share if share is not None else said_no(str(content))

    def _body(self, question: str) -> dict[str, Any]:
        return {
            "model": self.model,
            "messages": [{"role": "user", "content": question}],
            "temperature": 0,
            "max_tokens": _ANSWER_TOKENS,
        }

    def _attempt(self, path: str, body: Mapping[str, Any] | None) -> Any:
        if not self._local:
            require_network(f"ask the judge at {self.address}")
        for number in range(self._options.attempts):
            try:
                return self._asked(path, body)
            except _FailedError as error:
                reason, wait = str(error), max(error.wait, self._options.backoff * 2**number)
            except _RefusedError as error:
                hint = f"Put the server's secret into {KEY_VARIABLE}" if error.status in _SECRET else ""
                raise self._error(str(error), hint) from error
            if number + 1 < self._options.attempts:
                time.sleep(min(wait, _LONGEST_WAIT))
        raise self._error(reason)

    def _asked(self, path: str, body: Mapping[str, Any] | None) -> Any:
        if body is None or not self._log_probs:
            return self._send(path, body)
        try:
            return self._send(path, {**body, "logprobs": True, "top_logprobs": _ALTERNATIVES})
        except _RefusedError as error:
            if error.status not in _UNKNOWN_OPTION:
                raise
            # Some servers know no log-probabilities, and say so.
            self._log_probs = False
            return self._send(path, body)

    def _send(self, path: str, body: Mapping[str, Any] | None) -> Any:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self._options.key:
            headers["Authorization"] = f"Bearer {self._options.key}"
        data = json.dumps(body).encode() if body else None
        request = urllib.request.Request(f"{self.address}/{path}", data, headers)  # noqa: S310 - checked to be http
        try:
            with self._opener.open(request, timeout=self._options.timeout) as answer:
                return json.loads(answer.read(_LARGEST))
        except urllib.error.HTTPError as error:
            raise _told(error) from error
        except (OSError, http.client.HTTPException) as error:
            raise _FailedError(str(getattr(error, "reason", error)) or type(error).__name__) from error
        except ValueError as error:
            raise _FailedError("it answers with something that is no JSON") from error

    def _error(self, reason: str, hint: str = "") -> JudgeError:
        usual = "Check the address (it usually ends in /v1) and the model's name behind #, or leave out --judge"
        return JudgeError(f"the judge at {self.address} cannot be asked: {reason}", hint=hint or usual)


def is_loopback(host: str) -> bool:
    """Tell whether `host` is this machine itself, which is no network."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _told(error: urllib.error.HTTPError) -> Exception:
    try:
        with error:
            detail = " ".join(error.read(300).decode("utf-8", errors="replace").split())
    except (OSError, http.client.HTTPException):
        detail = ""
    reason = f"it answers {error.code}{f' ({detail})' if detail else ''}"
    if error.code not in _BUSY:
        return _RefusedError(error.code, reason)
    asked = error.headers.get("Retry-After", "")
    return _FailedError(reason, float(asked) if asked.isdecimal() else 0.0)
