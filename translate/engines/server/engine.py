"""Has a model behind a server translate, as any other engine does."""

import re
import threading
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import Any

from common.chat.client import Client, EndpointError, UnreadableError
from common.chat.crew import work_through
from common.errors import TolmachError
from common.progress import SILENT, Progress
from translate.engines.base import Hypothesis, Scored
from translate.engines.errors import InputTooLongError, UnsupportedModelError
from translate.engines.server.answers import NoCompletionError, fingerprint, read_completion, thought_only
from translate.engines.server.bodies import Body, Extra, Writer, count
from translate.engines.server.errors import REFUSED, ServerError, explain
from translate.models.requests import ChatRequest, Request
from translate.types import DecodeOptions

_SHORTEST_NAME = 3
"""Letters of a field's name that tell something when they occur in an error."""
_GIVE_UP = 5
"""Questions without a usable answer, and none answered between them, after which a server counts as gone: more than
four, which are under way at the same time and may meet the same short failure."""
_OTHER_QUESTION = frozenset({400, 403, 413, 422})
"""Statuses that say something about one question, such as that a filter does not like its words. The secret that a
status of 403 may want, too, was good enough for a list of models."""


class ServerEngine:
    """One model behind one server; `translate.engines.server.loading` makes it.

    A server weighs a repetition penalty against the prompt, too, which the engines of this machine leave out.

    Args:
        client: Asks the server.
        writer: Writes what it is asked.
        version: Name and version of the server; empty where it tells none.
        progress: Is told what the server cannot do.
    """

    def __init__(self, client: Client, writer: Writer, *, version: str = "", progress: Progress = SILENT) -> None:
        self._client = client
        self._writer = writer
        self._version = version
        self._progress = progress
        self._codes = list(writer.served.dialect.codes)
        self._refused: frozenset[str] = frozenset()
        self._accepted: set[str] = set()
        self._lacking: set[str] = set()
        self._notes: dict[str, bool] = {}
        self._fingerprint = ""
        self._answered = False
        self._failures = 0
        self._failed: set[str] = set()
        self._lock = threading.Lock()

    @property
    def max_input_tokens(self) -> int | None:
        """Most tokens of one request; None where the server does not say."""
        longest = self._writer.served.max_length
        return None if longest is None else longest - 1

    def count_tokens(self, request: Request) -> int:
        """Return about how many tokens the model reads for `request`, rather too many than too few.

        Raises:
            UnsupportedModelError: The request is for a model with an encoder.
        """
        return count(_chat(request))

    def generate(self, requests: Sequence[Request], *, options: DecodeOptions) -> list[Hypothesis]:
        """Return one hypothesis for each request, in order.

        Raises:
            InputTooLongError: A request has more than `max_input_tokens`; none is ever cut.
            ServerError: The server does not answer, or not with translations.
        """
        found = dict(self.stream(requests, options=options))
        return [found[index] for index in range(len(requests))]

    def stream(self, requests: Sequence[Request], *, options: DecodeOptions) -> Iterator[tuple[int, Hypothesis]]:
        """Yield the index of a request and its hypothesis as soon as the server has answered, in no particular order.

        A question whose answer cannot be used has an empty hypothesis: it must not cost the others their translations.
        Whatever ends the iteration early ends the questions that are under way, too.

        Raises:
            InputTooLongError: A request has more than `max_input_tokens`; raised before anything is asked.
            ServerError: The server does not answer, or not with translations, several times in a row.
        """
        chats = [_chat(request) for request in requests]
        for chat in chats:
            self._check_length(chat)
        index = 0
        # Alone until one is answered: a wrong address or secret is told at once, and refusals are learnt once.
        while index < len(chats) and not self._answered:
            hypothesis = self._try(chats[index], options, last=index == len(chats) - 1)
            self._tell()
            yield index, hypothesis
            index += 1
        for place, hypothesis in work_through(
            range(index, len(chats)),
            lambda place: self._try(chats[place], options),
            workers=self._writer.options.workers,
            cut=self._client.cancel,
        ):
            self._tell()
            yield place, hypothesis

    def score_targets(
        self, requests: Sequence[Request], targets: Sequence[str], *, batch_size: int
    ) -> Iterator[tuple[int, Scored]]:
        """Refuse: servers do not tell how likely a given answer is.

        Raises:
            UnsupportedModelError: Always.
        """
        del requests, targets, batch_size
        raise UnsupportedModelError("a server is not asked how likely an answer is: run the model here")

    def signature(self) -> dict[str, str]:
        """Return what of the engine moves a result; `server.without` names what the server did not do.

        What a server refuses is known once it has answered, so ask for this afterwards.
        """
        served = self._writer.served
        kind = self._version or self._fingerprint
        facts = {
            "engine": f"server {self._client.address.url}{f' ({kind})' if kind else ''}",
            "precision": "as served",
            "device": "as served",
            "server.model": served.label,
            "server.weights": served.details,
            "server.without": ", ".join(sorted(self._lacking)),
        }
        return {name: value for name, value in facts.items() if value}

    def _check_length(self, chat: ChatRequest) -> None:
        length, most = count(chat), self.max_input_tokens
        if most is not None and length > most:
            raise InputTooLongError(
                f"a text of about {length} tokens is too long for the model, which reads {most}",
                hint="Split it, or start the server with a longer context",
            )

    def _try(self, chat: ChatRequest, options: DecodeOptions, *, last: bool = False) -> Hypothesis:
        """Ask for a translation; an empty one, which is not finished, stands for an answer that cannot be used.

        Args:
            chat: What is asked.
            options: How the answer is searched for.
            last: Whether nothing else is asked that could be answered.
        """
        try:
            found = self._ask_again(chat, options)
        except (EndpointError, NoCompletionError) as error:
            gone = self._is_gone(chat, error, last=last)
            told = self._explained(error, gone=gone)
            if gone:
                raise told from error
            self._note(f"An answer could not be used: {told.message}")
            return Hypothesis("", (), None, finished=False)
        with self._lock:
            self._answered = True
        if found.text:
            with self._lock:
                self._failures = 0
            return found
        if self._fails(chat):
            raise ServerError(
                f"the server at {self._client.address.url} answers without a text, {_GIVE_UP} times in a row",
                hint="Its model may reason until its length is used up, or not follow instructions",
            )
        return replace(found, finished=False)

    def _fails(self, chat: ChatRequest) -> bool:
        """Count a text without a usable answer; tell whether there were too many in a row.

        One that is asked for again counts once: a few that get no answer in any attempt must not cost the rest.
        """
        with self._lock:
            self._failures += chat.text not in self._failed
            self._failed.add(chat.text)
            return self._failures >= _GIVE_UP

    def _is_gone(self, chat: ChatRequest, error: EndpointError | NoCompletionError, *, last: bool) -> bool:
        """Tell whether there is no use in asking on."""
        if self._fails(chat):
            return True
        if self._answered:
            return False
        # A server that lists its models speaks the interface, so that an odd answer is about the question.
        if self._writer.served.others and _is_odd(error):
            return False
        return last or not (isinstance(error, NoCompletionError) or error.one_question)

    def _explained(self, error: EndpointError | NoCompletionError, *, gone: bool) -> TolmachError:
        served, url = self._writer.served, self._client.address.url
        if isinstance(error, EndpointError):
            return explain(error, url, model=served.label, served=served.others, proved=not gone)
        return ServerError(
            f"the server at {url} answers with something that is no completion", hint="Its address usually ends in /v1"
        )

    def _ask_again(self, chat: ChatRequest, options: DecodeOptions) -> Hypothesis:
        try:
            return self._ask(chat, options)
        except NoCompletionError:
            return self._ask(chat, options)

    def _ask(self, chat: ChatRequest, options: DecodeOptions) -> Hypothesis:
        if chat.codes and not self._codes:
            raise UnsupportedModelError(
                f"the server at {self._client.address.host} has no way to hand language codes to the model",
                hint="Serve it with vLLM or llama.cpp, or take another model",
            )
        body = self._writer.write(chat, options, codes=self._codes[0] if chat.codes else "content")
        self._miss(body.missing)
        try:
            answer = self._send(body)
        except EndpointError as error:
            if not (chat.codes and self._takes_other_codes(error)):
                raise
            return self._ask_otherwise(chat, options)
        return self._read(answer, chat, self._writer.max_tokens(chat, options))

    def _ask_otherwise(self, chat: ChatRequest, options: DecodeOptions) -> Hypothesis:
        """Ask with language codes handed on the next way, which is the way from now on if it helps."""
        before = self._codes
        with self._lock:
            self._codes = before[1:]
        try:
            return self._ask(chat, options)
        except (EndpointError, NoCompletionError):
            with self._lock:
                self._codes = before
            raise

    def _send(self, body: Body, unwanted: frozenset[str] = frozenset()) -> Any:
        """Return the answer to a question, which is asked again without what the server seems to refuse.

        Args:
            body: The question.
            unwanted: Names of extras that this question seems to be refused for.
        """
        refused = self._refused | unwanted
        offered = [extra for extra in body.extras if extra.name not in refused]
        try:
            answer = self._client.post(body.path, body.without(refused))
        except EndpointError as error:
            more = _unwanted(error, offered, self._accepted)
            if not more:
                raise
            return self._send(body, unwanted | {extra.name for extra in more})
        # Only now it is known that the question itself was not at fault.
        with self._lock:
            self._accepted |= {extra.name for extra in offered}
            self._refused |= unwanted
        self._miss([extra.name for extra in body.extras if extra.name in unwanted and extra.matters])
        return answer

    def _takes_other_codes(self, error: EndpointError) -> bool:
        """Tell whether language codes can be handed on another way."""
        if error.status not in {*REFUSED, 500} or len(self._codes) < 2:  # noqa: PLR2004 - this way and another
            return False
        # Where this way was taken before, the error is about the question.
        return not self._answered

    def _read(self, answer: object, chat: ChatRequest, most: int) -> Hypothesis:
        found = read_completion(answer, self._writer.stop_tokens, most, source=chat.text)
        self._fingerprint = self._fingerprint or fingerprint(answer)
        if not found.finished and not found.text and thought_only(answer):
            self._note("The model reasons until its length is used up: switch that off where the server is started")
        return found

    def _miss(self, names: Sequence[str]) -> None:
        with self._lock:
            self._lacking |= set(names)
        for name in names:
            self._note(f"The server at {self._client.address.host} does without {name}")

    def _note(self, message: str) -> None:
        with self._lock:
            self._notes.setdefault(message, False)

    def _tell(self) -> None:
        """Hand on notes in the thread that iterates: progress is drawn by one thread only."""
        with self._lock:
            notes = [message for message, told in self._notes.items() if not told]
            self._notes |= dict.fromkeys(notes, True)
        for note in notes:
            self._progress.note(note)


def _is_odd(error: EndpointError | NoCompletionError) -> bool:
    """Tell whether an answer is likely to be due to its question alone."""
    return isinstance(error, NoCompletionError | UnreadableError) or error.status in _OTHER_QUESTION


def _chat(request: Request) -> ChatRequest:
    if isinstance(request, ChatRequest):
        return request
    raise UnsupportedModelError("a server runs chat models only", hint="Leave out --server, or name a chat model")


def _unwanted(error: EndpointError, offered: Sequence[Extra], accepted: Collection[str]) -> list[Extra]:
    """Return the extras that a server refuses: those that it names, else all that it never took before."""
    if error.status not in REFUSED:
        return []
    named = [extra for extra in offered if any(_mentions(error.reason, field) for field in extra.fields)]
    return named or [extra for extra in offered if extra.name not in accepted]


def _mentions(reason: str, field: str) -> bool:
    return len(field) >= _SHORTEST_NAME and re.search(rf"\b{re.escape(field)}\b", reason) is not None
