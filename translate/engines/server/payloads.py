"""What a server and its models can do, and what is sent to it."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from common.chat.client import Client, ServerError
from common.chat.completions import CHAT, PLAIN, OptionalFields
from common.chat.texts import label_of, listed_models, neutral
from common.data import load_table
from common.secrets import redact
from translate.engines.base import target_limit
from translate.models.requests import ChatRequest
from translate.types import DecodeOptions

_OTHER: Final = "other"
"""The profile of unknown servers."""
_SIZES: Final = ("n_params", "size")
_AMBIGUOUS: Final = re.compile(r"[(),]|sha256:")
"""Separator of a name and its details; a name that contains it gets a checksum instead."""
_SEPARATORS: Final = re.compile(r"[^a-z0-9.]+")


@dataclass(frozen=True, slots=True)
class ServerProfile:
    """Capabilities of one kind of server.

    Attributes:
        name: Its name; empty for an unknown kind.
        owner: Owner in its list of models.
        repetition_penalty: Its field for that; empty if none.
        codes: Ways to pass language codes, the preferred one first: `content`, `template`.
        direct: Fields that keep a model from reasoning before it answers.
    """

    name: str
    owner: str
    repetition_penalty: str = ""
    beam_search: bool = False
    codes: tuple[str, ...] = ()
    about: str = ""
    version: str = ""
    direct: Mapping[str, Any] = field(default_factory=dict)


def profile_of(owner: str) -> ServerProfile:
    """Return the profile of a server with `owner` in its list of models."""
    known = _profiles()
    return next((one for one in known.values() if one.owner == owner and one.name), known[_OTHER])


@dataclass(frozen=True, slots=True)
class ServedModel:
    """A model on a server.

    Attributes:
        max_length: Most tokens of prompt and answer together; None if unknown.
        details: Other properties that distinguish its weights from others of the same name.
    """

    name: str
    profile: ServerProfile = field(default_factory=lambda: profile_of(""))
    max_length: int | None = None
    details: str = ""
    others: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The name for display and storage, without a key that a server may repeat in it."""
        return redact(self.name)

    @property
    def identity(self) -> str:
        """Identifier of this model among those of its server, safe to store."""
        name = _unambiguous(self.name, self.label)
        return f"{name} ({self.details})" if self.details else name


def list_served(client: Client, *, optional: bool = False) -> list[ServedModel]:
    """Return the models that a server lists, in its order, without unusable names.

    Raises:
        ServerError: The request fails, or the response is not a list.
        OfflineError: It is elsewhere, and the user allows no network.
    """
    try:
        entries = listed_models(client.get("models"))
    except ServerError as error:
        if optional and error.status is not None and not error.refuses_secret:
            return []
        raise
    if entries is None:
        raise client.unreadable("gives no list of models")
    names = tuple(entry["id"] for entry in entries)
    return [_served(name, entry, names) for name, entry in zip(names, entries, strict=True)]


def find_served(listed: Sequence[ServedModel], names: Sequence[str]) -> ServedModel | None:
    """Return the model with one of `names`; None if there is none.

    Args:
        listed: Models listed by the server.
        names: Names of the model, as in a registry or on the hub, the best one first. Capitals, folders, `.gguf` and
            suffixes (`-FP8`, `-Q4_K_M`, `:latest`) are ignored.
    """
    for same in (str.__eq__, _begins):
        for name in names:
            for one in listed:
                if same(_plain(one.name), _plain(name)):
                    return one
    return None


def version_of(client: Client, profile: ServerProfile) -> str:
    """Return the version of a server; empty if unknown."""
    if not profile.about:
        return ""
    try:
        found = client.get(profile.about, attempts=1)
    except ServerError:
        return ""
    return label_of(found.get(profile.version)) if isinstance(found, Mapping) else ""


def _served(name: str, entry: Mapping[str, Any], names: tuple[str, ...]) -> ServedModel:
    meta = entry.get("meta")
    meta = meta if isinstance(meta, Mapping) else {}
    root = _unambiguous(str(entry.get("root")), label_of(entry.get("root")))
    # llama.cpp identifies its files by size only; vLLM by origin.
    facts = [
        root if entry.get("root") != name else "",
        *(f"{key} {_unambiguous(str(meta[key]), label_of(meta[key]))}" for key in _SIZES if key in meta),
    ]
    return ServedModel(
        name,
        profile_of(label_of(entry.get("owned_by"))),
        _length(entry.get("max_model_len")) or _length(meta.get("n_ctx")),
        ", ".join(fact for fact in facts if fact),
        names,
    )


def _unambiguous(name: str, label: str) -> str:
    """Return a label with a checksum of the name if it would be ambiguous otherwise."""
    if not label or (label == name and not _AMBIGUOUS.search(name)):
        return label
    return f"{label} sha256:{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"


def _length(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 1 else None


def _plain(name: str) -> str:
    return _SEPARATORS.sub("-", name.rpartition("/")[2].lower().removesuffix(".gguf").removesuffix(":latest"))


def _begins(name: str, start: str) -> bool:
    return name.startswith(f"{start}-")


@cache
def _profiles() -> Mapping[str, ServerProfile]:
    return {name: _profile(name, table) for name, table in load_table(__name__, "server_profiles.toml").items()}


def _profile(name: str, table: Mapping[str, Any]) -> ServerProfile:
    fields = {**table, "codes": tuple(table["codes"])}
    return ServerProfile(name="" if name == _OTHER else name, **fields)


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
