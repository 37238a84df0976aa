"""Speaks to a server that has the chat completions of OpenAI's interface: one question, one short answer."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from common.chat.addresses import parse_address
from common.chat.answers import first_choice, name_of, number_of, words_of
from common.chat.client import Client, ClientOptions, EndpointError
from common.errors import NetworkError, UsageError
from common.fetch.urls import show_url
from common.secrets import JUDGE_KEY
from quotes.judges.prompts import no_share, said_no

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


class OddAnswerError(JudgeError):
    """A server answered one question with an error, or something that is no chat completion; others may fare better."""


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
                raise self._error(error) from error
            data = listed.get("data") if isinstance(listed, Mapping) else None
            names = (
                [name_of(one.get("id")) for one in data if isinstance(one, Mapping)] if isinstance(data, list) else []
            )
            self._model = next((name for name in names if name), None)
            if self._model is None:
                raise JudgeError(f"the server at {self.address} lists no model", hint=f"Name one: {self.address}#MODEL")
        return self._model

    def ask(self, question: str) -> float | None:
        """Return how likely the model says No, from 0 to 1; None where it says neither Yes nor No.

        Raises:
            OddAnswerError: The answer is none that can be used; another question may get one.
            JudgeError: There is no answer.
            OfflineError: The server is elsewhere, and the user allows no network.
        """
        try:
            choice = first_choice(self._asked(self._body(question)))
        except EndpointError as error:
            raise self._error(error) from error
        if not isinstance(choice.get("message"), Mapping):
            raise OddAnswerError(
                f"the judge at {self.address} cannot be asked: answers with something that is no chat completion",
                hint="Check the address: it usually ends in /v1",
            )
        share = no_share(_log_probs(choice))
        return share if share is not None else said_no(words_of(choice) or "")

    def cancel(self) -> None:
        """End what is under way in other threads, at once; later questions are asked as ever."""
        self._client.cancel()

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
            # Some servers know no log-probabilities, and say so; others do not like this question in any form.
            answer = self._client.post(path, body)
        self._log_probs = False
        return answer

    def _error(self, error: EndpointError) -> JudgeError:
        usual = "Check the address (it usually ends in /v1) and the model's name behind #, or leave out --judge"
        hint = f"Put the server's secret into {JUDGE_KEY}" if error.status in _SECRET else usual
        kind = OddAnswerError if error.one_question else JudgeError
        return kind(f"the judge at {self.address} cannot be asked: {error.reason}", hint=hint)


def _log_probs(choice: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """Give the tokens that the answer may begin with, and how likely each is, where the server tells."""
    found: Any = choice.get("logprobs")
    for step in ("content", 0, "top_logprobs"):
        fits = isinstance(found, Mapping) if isinstance(step, str) else isinstance(found, list) and bool(found)
        found = (found.get(step) if isinstance(step, str) else found[step]) if fits else None
    for item in found if isinstance(found, list) else ():
        value = number_of(item.get("logprob")) if isinstance(item, Mapping) else None
        if value is not None and isinstance(item.get("token"), str):
            yield item["token"], value
