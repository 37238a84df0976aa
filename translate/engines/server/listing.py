"""What a server says of itself and of the models that it serves."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from common.chat.answers import label_of, name_of
from common.chat.client import Client, EndpointError
from common.secrets import redact
from translate.engines.server.dialects import Dialect, dialect_of
from translate.engines.server.errors import ServerError, explain

_SECRET: Final = frozenset({401, 403})
_SIZES: Final = ("n_params", "size")
_SEPARATORS: Final = re.compile(r"[^a-z0-9.]+")


@dataclass(frozen=True, slots=True)
class Served:
    """A model that a server serves.

    Attributes:
        name: What the server calls it.
        dialect: What the server can do.
        max_length: Most tokens of a prompt and its answer together; None where the server does not say.
        details: What else tells these weights from others of the same name.
        others: Names of all models that the server lists.
    """

    name: str
    dialect: Dialect = field(default_factory=lambda: dialect_of(""))
    max_length: int | None = None
    details: str = ""
    others: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The name as it may be shown and kept: a server may repeat the key as one."""
        return redact(self.name)

    @property
    def identity(self) -> str:
        """What tells this model from every other one of its server, and may be kept."""
        name = _told_apart(self.name, self.label)
        return f"{name} ({self.details})" if self.details else name


def list_served(client: Client, *, optional: bool = False) -> list[Served]:
    """Return the models that a server lists, in its order, without those whose names cannot be used.

    Args:
        client: Asks it.
        optional: Whether it may have no list.

    Raises:
        ServerError: It cannot be asked, or gives something that is no list.
        OfflineError: It is elsewhere, and the user allows no network.
    """
    try:
        listed = client.get("models")
    except EndpointError as error:
        if optional and error.status is not None and error.status not in _SECRET:
            return []
        raise explain(error, client.address.url) from error
    data = listed.get("data") if isinstance(listed, Mapping) else None
    if not isinstance(data, list):
        raise ServerError(
            f"the server at {client.address.url} gives no list of models", hint="Its address usually ends in /v1"
        )
    entries = [one for one in data if isinstance(one, Mapping) and name_of(one.get("id"))]
    names = tuple(one["id"] for one in entries)
    return [_served(name, entry, names) for name, entry in zip(names, entries, strict=True)]


def find_served(listed: Sequence[Served], names: Sequence[str]) -> Served | None:
    """Return the model that goes by one of `names`; None where none does.

    Args:
        listed: What the server lists.
        names: What the model is called elsewhere, such as in a registry or on the hub: the best one first. Capitals,
            folders, `.gguf` and what stands behind the name (`-FP8`, `-Q4_K_M`, `:latest`) make no difference.
    """
    for same in (str.__eq__, _begins):
        for name in names:
            for one in listed:
                if same(_plain(one.name), _plain(name)):
                    return one
    return None


def version_of(client: Client, dialect: Dialect) -> str:
    """Return the version of a server; empty where it tells none."""
    if not dialect.about:
        return ""
    try:
        found = client.get(dialect.about, attempts=1)
    except EndpointError:
        return ""
    return label_of(found.get(dialect.version)) if isinstance(found, Mapping) else ""


def _served(name: str, entry: Mapping[str, Any], names: tuple[str, ...]) -> Served:
    meta = entry.get("meta")
    meta = meta if isinstance(meta, Mapping) else {}
    root = _told_apart(str(entry.get("root")), label_of(entry.get("root")))
    # llama.cpp knows its files by their sizes only; vLLM says where they come from.
    facts = [
        root if entry.get("root") != name else "",
        *(f"{key} {label_of(meta[key])}" for key in _SIZES if key in meta),
    ]
    return Served(
        name,
        dialect_of(label_of(entry.get("owned_by"))),
        _length(entry.get("max_model_len")) or _length(meta.get("n_ctx")),
        ", ".join(fact for fact in facts if fact),
        names,
    )


def _told_apart(name: str, label: str) -> str:
    """Return a label with a checksum where it is not the whole name: masking may give two names one label."""
    if not label or label == name:
        return label
    return f"{label} sha256:{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"


def _length(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 1 else None


def _plain(name: str) -> str:
    return _SEPARATORS.sub("-", name.rpartition("/")[2].lower().removesuffix(".gguf").removesuffix(":latest"))


def _begins(name: str, start: str) -> bool:
    return name.startswith(f"{start}-")
