"""The engine that requests translations from a server."""

import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from common.chat.client import Client, ServerError, UnreadableError
from common.chat.completions import REFUSED, Completions
from common.chat.texts import first_choice, label_of, words_of
from common.chat.worker_pool import work_through
from common.errors import TolmachError
from common.progress import SILENT, Progress
from common.secrets import without_keys
from translate.engines.base import Hypothesis
from translate.engines.server.payloads import PayloadWriter, count_tokens
from translate.models.requests import ChatRequest, Request
from translate.types import DecodeOptions, InputTooLongError, UnsupportedModelError

_GIVE_UP: Final = 5
"""Failed requests in a row after which a server counts as down: more than four, which run in parallel and may meet the
same short failure."""
_OTHER_QUESTION: Final = frozenset({400, 403, 413, 422})
"""Statuses about a single request, such as content refused by a filter. A status of 403 is not about the key here,
since the list of models was readable with it."""
_UNKNOWN: Final = 404
_TOO_LONG: Final = re.compile(r"context (length|size|window)|maximum.{0,20}length|too long", re.IGNORECASE)
_OPENED: Final = "<think>"
_CLOSED: Final = "</think>"
"""Marks around a model's reasoning; some servers leave the opening one in the prompt."""
_GAP: Final = re.compile(r"\s{8,}")
"""Excessive white space: no sentence has so much, and rules on its length would be slow."""
_NAMED: Final = 20
"""Most models that a message lists."""
_WHOLE: Final = frozenset(
    {"stop", "eos", "eos_token", "stop_sequence", "stop_token", "end_turn", "complete", "completed", "done", "finished"}
)
"""Finish reasons of a complete response. Those of an incomplete one are too many to list: `length`, `model_length`,
`max_tokens`, `content_filter`, …"""
"""Finish reasons of an incomplete response."""
_LONGEST_TOKEN: Final = 32
"""Characters per token, above the average of any language."""


class ServerEngine:
    """One model behind one server; `translate.engines.server.loading` makes it.

    A server applies a repetition penalty to the prompt, too; local engines do not.
    """

    def __init__(
        self, client: Client, writer: PayloadWriter, *, version: str = "", progress: Progress = SILENT
    ) -> None:
        self._client = client
        self._writer = writer
        self._version = version
        self._progress = progress
        self._completions = Completions(client)
        self._codes = list(writer.served.profile.codes)
        self._lacking: set[str] = set()
        self._notes: dict[str, bool] = {}
        self._fingerprint = ""
        self._answered = False
        self._failures = 0
        self._failed: set[str] = set()
        self._lock = threading.Lock()

    @property
    def max_input_tokens(self) -> int | None:
        """Most tokens of one request; None if the server does not say."""
        longest = self._writer.served.max_length
        return None if longest is None else longest - 1

    def count_tokens(self, request: Request) -> int:
        """Return the approximate number of tokens that the model reads for `request`, rather too high than too low.

        Raises:
            UnsupportedModelError: The request is for a model with an encoder.
        """
        return count_tokens(_chat(request))

    def generate(self, requests: Sequence[Request], *, options: DecodeOptions) -> list[Hypothesis]:
        """Return one hypothesis for each request, in order.

        Raises:
            InputTooLongError: A request has more than `max_input_tokens`; none is ever cut.
            ServerError: The server does not respond, or not with translations.
        """
        found = dict(self.stream(requests, options=options))
        return [found[index] for index in range(len(requests))]

    def stream(self, requests: Sequence[Request], *, options: DecodeOptions) -> Iterator[tuple[int, Hypothesis]]:
        """Yield the index of a request and its hypothesis as soon as the server responds, in no particular order.

        A request without a usable response has an empty hypothesis, so that the others keep their translations. Ending
        the iteration early aborts running requests.

        Raises:
            InputTooLongError: A request has more than `max_input_tokens`; raised before any request is sent.
            ServerError: The server does not respond, or not with translations, several times in a row.
        """
        chats = [_chat(request) for request in requests]
        for chat in chats:
            self._check_length(chat)
        for index, hypothesis in work_through(
            len(chats),
            lambda index: self._try(chats[index], options, last=index == len(chats) - 1),
            alone=lambda: not self._answered,
            workers=self._client.options.workers,
            cut=self._client.cancel,
        ):
            self._report()
            yield index, hypothesis

    def signature(self) -> dict[str, str]:
        """Return the settings that affect a result; `server.without` lists unsupported options.

        What a server refuses is known only after its response.
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
        length, most = count_tokens(chat), self.max_input_tokens
        if most is not None and length > most:
            raise InputTooLongError(
                f"a text of about {length} tokens is too long for the model, which reads {most}",
                hint="Split it, or start the server with a longer context",
            )

    def _try(self, chat: ChatRequest, options: DecodeOptions, *, last: bool) -> Hypothesis:
        """Request a translation; return an empty, unfinished one if the response cannot be used."""
        try:
            found = self._ask_again(chat, options)
        except ServerError as error:
            gone = self._is_gone(chat, error, last=last)
            explained = self._explain(error, gone=gone)
            if gone and explained is error:
                raise
            if gone:
                raise explained from error
            self._note(f"An answer could not be used: {explained.message}")
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
        """Count a text without a usable response; return whether there were too many in a row.

        A repeated request counts once, so that a few that always fail do not stop the rest.
        """
        with self._lock:
            self._failures += chat.text not in self._failed
            self._failed.add(chat.text)
            return self._failures >= _GIVE_UP

    def _is_gone(self, chat: ChatRequest, error: ServerError, *, last: bool) -> bool:
        """Return whether further requests are useless."""
        if self._fails(chat):
            return True
        if self._answered:
            return False
        # A server that lists its models has the interface, so an odd response is about the request.
        if self._writer.served.others and (isinstance(error, UnreadableError) or error.status in _OTHER_QUESTION):
            return False
        return last or not error.concerns_request

    def _explain(self, error: ServerError, *, gone: bool) -> TolmachError:
        """Explain a failure to the user: of the server if it is down, else of one request."""
        served, url = self._writer.served, self._client.address.url
        if error.status == _UNKNOWN and gone:
            listed = f"It serves {_listed(served.others)}: name one with --server-model" if served.others else None
            return ServerError(
                f"the server at {url} has no model {served.label!r}: {error.reason}",
                hint=listed or "Check --server-model",
            )
        if error.status in REFUSED and _TOO_LONG.search(error.reason):
            return InputTooLongError(
                f"a text is too long for the model at {url}: {error.reason}",
                hint="Start the server with a longer context",
            )
        if error.reason == "timed out":
            hint = "A large model may need longer (--server-timeout), or fewer questions at a time (--server-workers)"
            return ServerError(error.message, hint=hint)
        return error

    def _ask_again(self, chat: ChatRequest, options: DecodeOptions) -> Hypothesis:
        try:
            return self._ask(chat, options)
        except UnreadableError:
            return self._ask(chat, options)

    def _ask(self, chat: ChatRequest, options: DecodeOptions) -> Hypothesis:
        if chat.codes and not self._codes:
            raise UnsupportedModelError(
                f"the server at {self._client.address.host} has no way to pass language codes to the model",
                hint="Serve it with vLLM or llama.cpp, or take another model",
            )
        payload = self._writer.write(chat, options, codes=self._codes[0] if chat.codes else "content")
        self._miss(payload.missing)
        try:
            answer, left_out = self._completions.ask(payload.path, payload.fields, payload.optional)
        except ServerError as error:
            if not (chat.codes and self._takes_other_codes(error)):
                raise
            return self._ask_otherwise(chat, options)
        self._miss([one.name for one in left_out if one.matters])
        return self._read(answer, chat, self._writer.max_tokens(chat, options))

    def _ask_otherwise(self, chat: ChatRequest, options: DecodeOptions) -> Hypothesis:
        """Retry with the next way to pass language codes, and keep it if it works."""
        before = self._codes
        with self._lock:
            self._codes = before[1:]
        try:
            return self._ask(chat, options)
        except ServerError:
            with self._lock:
                self._codes = before
            raise

    def _takes_other_codes(self, error: ServerError) -> bool:
        """Return whether there is another way to pass language codes."""
        if error.status not in {*REFUSED, 500} or len(self._codes) < 2:  # noqa: PLR2004 - the current way and another
            return False
        # If this way worked before, the error is about the request.
        return not self._answered

    def _read(self, answer: object, chat: ChatRequest, most: int) -> Hypothesis:
        found = read_completion(answer, self._writer.stop_tokens, most, source=chat.text)
        if found is None:
            raise self._client.unreadable("answers with something that is not a completion")
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

    def _report(self) -> None:
        """Show notes in the iterating thread: only one thread may draw progress."""
        with self._lock:
            notes = [message for message, shown in self._notes.items() if not shown]
            self._notes |= dict.fromkeys(notes, True)
        for note in notes:
            self._progress.note(note)


def read_completion(answer: object, stops: tuple[str, ...], most: int, *, source: str = "") -> Hypothesis | None:
    """Return the text of a completion, without reasoning; None if it is not a completion.

    Args:
        answer: The response, parsed.
        stops: Tokens that end an answer; a server may include one.
        most: Most tokens requested; a longer answer is truncated.
        source: The source: reasoning marks in it may also be in its translation.
    """
    choice = first_choice(answer)
    words = words_of(choice)
    if words is None and not thought_only(answer):
        return None
    whole = _GAP.sub(_shorter, _answer_alone((words or "").strip(), source)).strip()
    for stop in stops:
        whole = whole.removesuffix(stop).rstrip()
    kept = whole[: most * _LONGEST_TOKEN]
    finished = not _was_cut(choice) and len(kept) == len(whole)
    return Hypothesis(without_keys(kept), (), None, finished)


def thought_only(answer: object) -> bool:
    """Return whether a completion spent its length on reasoning."""
    choice = first_choice(answer)
    message = choice.get("message")
    named = message if isinstance(message, Mapping) else {}
    reasoned = any(named.get(name) for name in ("reasoning_content", "reasoning"))
    return bool(reasoned or (words_of(choice) or "").lstrip().startswith(_OPENED))


def fingerprint(answer: object) -> str:
    """Return the server's name of the responding build; empty if it has none."""
    return label_of(answer.get("system_fingerprint")) if isinstance(answer, Mapping) else ""


def _answer_alone(text: str, source: str) -> str:
    """Return an answer without the preceding reasoning, empty if that did not end."""
    opened = text.startswith(_OPENED) and not source.lstrip().startswith(_OPENED)
    if not opened and _CLOSED in source:
        return text
    thought, closed, rest = text.partition(_CLOSED)
    if not opened and (not closed or _OPENED in thought):
        return text
    return "" if rest.lstrip().startswith(_OPENED) else rest


def _shorter(gap: re.Match[str]) -> str:
    """Return the shortest white space of the same meaning: a break of paragraph, line or word."""
    return "\n" * min(2, len(f"{gap[0]}.".splitlines()) - 1) or " "


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{', '.join(names[:_NAMED])}{more}"


def _was_cut(choice: Mapping[str, Any]) -> bool:
    reason = choice.get("finish_reason")
    return bool(reason) and not (isinstance(reason, str) and reason.lower() in _WHOLE)


def _chat(request: Request) -> ChatRequest:
    if isinstance(request, ChatRequest):
        return request
    raise UnsupportedModelError("a server runs chat models only", hint="Leave out --server, or name a chat model")
