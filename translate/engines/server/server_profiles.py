"""What the known servers can do beyond OpenAI's interface, and by which names."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from common.data import load_table

_OTHER: Final = "other"


@dataclass(frozen=True, slots=True)
class Dialect:
    """What one kind of server can do.

    Attributes:
        name: What it is called; empty for a server of an unknown kind.
        owner: What it gives as the owner of its models.
        repetition_penalty: Its name for that; empty where it has none.
        beam_search: Whether it searches with `use_beam_search`.
        codes: Ways to hand on language codes, the preferred one first: `content`, `template`.
        about: Path where it tells its version; empty where it tells none.
        version: Name of the version there.
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


def dialect_of(owner: str) -> Dialect:
    """Return what a server can do that gives `owner` as the owner of its models."""
    known = _dialects()
    return next((one for one in known.values() if one.owner == owner and one.name), known[_OTHER])


@cache
def _dialects() -> Mapping[str, Dialect]:
    return {name: _dialect(name, table) for name, table in load_table(__name__, "server_profiles.toml").items()}


def _dialect(name: str, table: Mapping[str, Any]) -> Dialect:
    fields = {**table, "codes": tuple(table["codes"])}
    return Dialect(name="" if name == _OTHER else name, **fields)
