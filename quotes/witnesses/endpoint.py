"""Speaks to a server that has the chat completions of OpenAI's interface: one question, one short answer."""

from dataclasses import dataclass, field
from typing import Any

from corpora.endpoint.addresses import parse_address
from corpora.endpoint.client import Client, ClientOptions, EndpointError
from corpora.errors import NetworkError, UsageError
from corpora.secrets import JUDGE_KEY
from corpora.web.urls import show_url
from quotes.witnesses.prompts import no_share, said_no

_ALTERNATIVES = 20
"""Tokens whose log-probabilities are asked for: the most that the interface gives."""
_ANSWER_TOKENS = 8
"""Longest answer, for servers without log-probabilities: Yes or No may follow a blank or a mark."""
_SECRET = frozenset({401, 403})
_UNKNOWN_OPTION = frozenset({400, 422})


@dataclass(frozen=True, slots=True)
class EndpointOptions:
    """How a server is asked.

    Attributes:
        timeout: Seconds that one answer may take, from the question to its last byte.
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


class Endpoint:
    """One model behind one address.

    Args:
        address: Up to and including the version, as in `http://localhost:8080/v1`.
        model: Name of the model at that server; None takes the first that the server lists.
        options: How it is asked.

    Raises:
        UsageError: The address is none of a web server, or the key is none.
    """

    def __init__(self, address: str, model: str | None = None, options: EndpointOptions | None = None) -> None:
        found = parse_address(address)
        if found is None:
            raise UsageError(
                f"{show_url(address)!r} is no address of a judge",
                hint=f"Write http://HOST:PORT/v1#MODEL; a secret goes into {JUDGE_KEY}",
            )
        chosen = options or EndpointOptions()
        how = ClientOptions(chosen.timeout, chosen.attempts, chosen.backoff, chosen.key)
        self.address = found.url
        self._client = Client(found, how, purpose=f"ask the judge at {found.url}")
        self._model = model
        self._log_probs = True

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
            try:
                listed = self._client.get("models")
            except EndpointError as error:
                raise self._error(error.reason, error.status) from error
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
        try:
            answer = self._asked(self._body(question))
        except EndpointError as error:
            raise self._error(error.reason, error.status) from error
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

    def _asked(self, body: dict[str, Any]) -> Any:
        path = "chat/completions"
        if not self._log_probs:
            return self._client.post(path, body)
        try:
            return self._client.post(path, body | {"logprobs": True, "top_logprobs": _ALTERNATIVES})
        except EndpointError as error:
            if error.status not in _UNKNOWN_OPTION:
                raise
            # Some servers know no log-probabilities, and say so.
            self._log_probs = False
            return self._client.post(path, body)

    def _error(self, reason: str, status: int | None = None) -> JudgeError:
        usual = "Check the address (it usually ends in /v1) and the model's name behind #, or leave out --judge"
        hint = f"Put the server's secret into {JUDGE_KEY}" if status in _SECRET else usual
        return JudgeError(f"the judge at {self.address} cannot be asked: {reason}", hint=hint)
