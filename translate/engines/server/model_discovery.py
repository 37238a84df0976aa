"""Models served by a server, and the capabilities of its kind beyond OpenAI's interface."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from common.chat.client import Client, ServerError
from common.chat.texts import label_of, listed_models
from common.data import load_table
from common.secrets import redact

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
