"""Writes the payloads of requests: required fields, and those that a server may refuse."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from common.chat.completions import CHAT, PLAIN, OptionalFields
from common.chat.texts import neutral
from translate.engines.base import target_limit
from translate.engines.server.model_discovery import ServedModel
from translate.models.requests import ChatRequest
from translate.types import DecodeOptions

BEAMS: Final = "beam search"
PENALTY: Final = "the repetition penalty"
RUNS: Final = "the limit on repeated runs"

_BYTES_PER_TOKEN: Final = 3
"""UTF-8 bytes in a token, estimated low: a Chinese character has three, and vocabularies of chat models have longer
pieces than that for English and Russian."""
_TOKENS_PER_TURN: Final = 8
"""Tokens of a template around a turn, a high estimate."""
_MOST_STOPS: Final = 4
"""Most stop texts of a request in OpenAI's interface."""


@dataclass(frozen=True, slots=True)
class Payload:
    """The payload of a request.

    Attributes:
        missing: Names of options that this server does not have.
    """

    path: str
    fields: Mapping[str, Any]
    optional: tuple[OptionalFields, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class PayloadWriter:
    """Writes the payloads for one model on one server.

    Attributes:
        stop_tokens: Tokens that end an answer, besides those of the model's configuration.
    """

    served: ServedModel
    stop_tokens: tuple[str, ...] = ()

    def write(self, request: ChatRequest, options: DecodeOptions, *, codes: str = "content") -> Payload:
        """Return the payload of one request."""
        fields = {
            "model": self.served.name,
            "max_tokens": self.max_tokens(request, options),
            "temperature": 0,
            "stream": False,
        }
        extras, missing = self._extras(options)
        if request.form == "plain":
            prompt = request.plain_prompt(neutral)
            return Payload(PLAIN, fields | {"prompt": prompt}, extras, missing)
        if request.codes and codes == "template":
            fields |= {"messages": plain_messages(request), "chat_template_kwargs": _named_codes(request.codes)}
        else:
            fields |= {"messages": request.messages(neutral)}
            direct = self.served.profile.direct
            extras += (
                (OptionalFields("answers without reasoning", direct, matters=False),)
                if direct and not request.codes
                else ()
            )
        return Payload(CHAT, fields, extras, missing)

    def max_tokens(self, request: ChatRequest, options: DecodeOptions) -> int:
        """Return the most tokens of the answer: the requested number, or the remaining room."""
        wanted = options.max_length or target_limit(estimate_tokens(request.text))
        if self.served.max_length is None:
            return wanted
        return max(1, min(wanted, self.served.max_length - count_tokens(request)))

    def _extras(self, options: DecodeOptions) -> tuple[tuple[OptionalFields, ...], tuple[str, ...]]:
        profile = self.served.profile
        extras: list[OptionalFields] = []
        missing = [RUNS] if options.no_repeat_ngram_size else []
        penalty = options.repetition_penalty
        if profile.repetition_penalty and (penalty != 1 or profile.name):
            extras.append(OptionalFields(PENALTY, {profile.repetition_penalty: penalty}))
        elif penalty != 1:
            missing.append(PENALTY)
        if options.beam_size > 1 and profile.beam_search:
            extras.append(OptionalFields(BEAMS, {"use_beam_search": True, "n": options.beam_size}))
        elif options.beam_size > 1:
            missing.append(BEAMS)
        if self.stop_tokens:
            extras.append(OptionalFields("stop tokens", {"stop": list(self.stop_tokens[:_MOST_STOPS])}, matters=False))
        return tuple(extras), tuple(missing)


def estimate_tokens(text: str) -> int:
    """Estimate the number of tokens of a text, rather too high than too low: only the server knows it."""
    return max(1, -(-len(text.encode("utf-8")) // _BYTES_PER_TOKEN))


def count_tokens(request: ChatRequest) -> int:
    """Estimate the number of tokens that a model reads for a request, rather too high than too low."""
    return sum(estimate_tokens(turn.content + turn.tail) + _TOKENS_PER_TURN for turn in request.turns)


def plain_messages(request: ChatRequest) -> list[dict[str, object]]:
    """Return the turns as plain text, even if a template wants language codes, too."""
    return [{"role": turn.role, "content": neutral(turn.content) + turn.tail} for turn in request.turns]


def _named_codes(codes: Sequence[str]) -> dict[str, str]:
    source, target = codes
    return {"source_lang_code": source, "target_lang_code": target}
