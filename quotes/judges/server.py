"""A judge behind an address: a chat model that is asked whether two wordings say the same."""

import math
import re
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from common.chat.client import Client, ServerError
from common.chat.completions import CHAT, Completions, OptionalFields
from common.chat.options import ServerOptions
from common.chat.texts import boundary_for, first_choice, listed_models, neutral, number_of, words_of
from common.chat.worker_pool import work_through
from common.data import load_table
from common.progress import SILENT, Progress
from common.secrets import JUDGE_KEY, redact
from corpora.languages import NAMES
from quotes.facts.passages import PassagePair
from quotes.judges.base import Judgement

_GIVE_UP: Final = 3
"""Failures without an answer between them after which a server counts as gone."""
_ANSWER_TOKENS: Final = 8
"""Longest answer, for servers without log-probabilities: Yes or No may follow a blank or a mark."""
_LOG_PROBS: Final = OptionalFields("log-probabilities", {"logprobs": True, "top_logprobs": 20}, matters=False)
"""20 alternatives of a token are the most that the interface gives."""
_WORD: Final = re.compile(r"[^\W\d_]+")
_SAID: Final = {"yes": 0.1, "no": 0.9}
"""What a bare word counts as: a judge that gives no probabilities does not say how sure it is."""


class ServerJudge:
    """A judge that asks a server.

    Args:
        options: Where the server is, and how it is asked; without a model's name it takes the first one listed.

    Raises:
        UsageError: The address is none of a web server, or the key is none.
    """

    neutral = 0.5

    def __init__(self, options: ServerOptions) -> None:
        self._client = Client(options, role="judge", key_variable=JUDGE_KEY)
        self._completions = Completions(self._client)
        self._model = options.model
        self._answered = False
        self._failures = 0
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """Name for a reader."""
        return f"the judge {redact(self.model)}"

    @property
    def model(self) -> str:
        """Name of the model at the server, which is asked for it where the user named none.

        Raises:
            ServerError: The server lists no model.
            OfflineError: The server is elsewhere, and the user allows no network.
        """
        if self._model is None:
            listed = listed_models(self._client.get("models"))
            if not listed:
                raise self._client.unreadable("lists no model")
            self._model = str(listed[0]["id"])
        return self._model

    def signature(self) -> tuple[tuple[str, str], ...]:
        """Return the server and the model, by name; asks nobody."""
        return ("judge", redact(self._model or "the server's first")), ("judge.address", self._client.address.url)

    def score(self, pairs: Sequence[PassagePair], progress: Progress = SILENT) -> list[Judgement | None]:
        """Answer every question, in order; None where the server failed, or said neither Yes nor No.

        Raises:
            ServerError: The server does not answer, or the first three questions get nothing that can be used.
            OfflineError: The server is elsewhere, and the user allows no network.
        """
        if not pairs:
            return []
        self._answered, self._failures = False, 0
        shares: list[float | None] = [None] * len(pairs)
        with progress.bar(f"Asking {self.name}", len(pairs), unit="questions") as advance:
            for place, share in work_through(
                len(pairs),
                lambda place: self._try(pairs[place], last=place == len(pairs) - 1),
                alone=lambda: not self._answered,
                workers=self._client.options.workers,
                cut=self._client.cancel,
            ):
                shares[place] = share
                advance(1)
        silent = shares.count(None)
        if silent:
            name = f"{self.name[0].upper()}{self.name[1:]}"
            progress.note(
                f"{name} gives no answer about {silent} of {len(shares)} quotes: other evidence decides there"
            )
        return [None if share is None else Judgement(share) for share in shares]

    def ask(self, pair: PassagePair) -> float | None:
        """Return how likely the model says No, from 0 to 1; None where it says neither Yes nor No.

        Raises:
            ServerError: There is no answer, or none that can be used.
            OfflineError: The server is elsewhere, and the user allows no network.
        """
        fields = {
            "model": self.model,
            "messages": [{"role": "user", "content": write_prompt(pair)}],
            "temperature": 0,
            "max_tokens": _ANSWER_TOKENS,
        }
        answer, _ = self._completions.ask(CHAT, fields, (_LOG_PROBS,))
        choice = first_choice(answer)
        if not isinstance(choice.get("message"), Mapping):
            raise self._client.unreadable("answers with something that is no chat completion")
        share = no_share(_log_probs(choice))
        return said_no(words_of(choice) or "") if share is None else share

    def _try(self, pair: PassagePair, *, last: bool) -> float | None:
        """Return an answer, or None; a server that failed several times in a row is not asked any more."""
        if self._answered and self._failures >= _GIVE_UP:
            return None
        try:
            share = self.ask(pair)
        except ServerError as error:
            with self._lock:
                self._failures += 1
            if not self._answered and (last or self._failures >= _GIVE_UP or not error.concerns_request):
                raise
            return None
        with self._lock:
            gone = self._answered and self._failures >= _GIVE_UP
            self._answered, self._failures = True, self._failures if gone else 0
        return share


def write_prompt(pair: PassagePair) -> str:
    """Return what a judge is asked: one message that wants Yes or No for an answer."""
    texts = neutral(pair.first.text), neutral(pair.second.text)
    # Filled in at once, so that braces inside a quote stay what they are.
    return str(load_table(__name__, "prompt.toml")["question"].strip()).format(
        first_language=NAMES[pair.first.language],
        first=texts[0],
        second_language=NAMES[pair.second.language],
        second=texts[1],
        boundary=boundary_for("text", texts),
    )


def no_share(log_probs: Iterable[tuple[str, float]]) -> float | None:
    """Return the share of No in the probability of Yes and No, from 0 to 1; None where neither is there.

    The tokens that the answer may begin with come with the natural logarithm of how likely each is.
    """
    shares = {"yes": 0.0, "no": 0.0}
    for token, value in log_probs:
        meaning = _meaning(token)
        if meaning:
            shares[meaning] += math.exp(min(0.0, value))
    return shares["no"] / sum(shares.values()) if any(shares.values()) else None


def said_no(answer: str) -> float | None:
    """Return how likely No is meant by the words of an answer, from 0 to 1; None where its first word is neither."""
    first = _WORD.search(answer)
    meaning = _meaning(first[0]) if first else None
    return _SAID.get(meaning or "")


def _log_probs(choice: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    found: Any = choice.get("logprobs")
    for step in ("content", 0, "top_logprobs"):
        fits = isinstance(found, Mapping) if isinstance(step, str) else isinstance(found, list) and bool(found)
        found = (found.get(step) if isinstance(step, str) else found[step]) if fits else None
    for item in found if isinstance(found, list) else ():
        value = number_of(item.get("logprob")) if isinstance(item, Mapping) else None
        if value is not None and isinstance(item.get("token"), str):
            yield item["token"], value


def _meaning(word: str) -> str | None:
    folded = word.strip(" \n\t.,:;!*\"'`\N{LEFT DOUBLE QUOTATION MARK}").lower()
    table = load_table(__name__, "prompt.toml")
    return next((meaning for meaning in ("yes", "no") if folded in table[meaning]), None)
