"""Where a server with OpenAI's interface is, and how it is asked."""

from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote, urlsplit

from common.fetch.reach import is_loopback

TIMEOUT: Final = 120.0
"""Seconds that one answer may take, where the user gives none."""
WORKERS: Final = 4
"""Questions under way at the same time, where the user gives no number."""

_VERSION: Final = "/v1"
_PARAMETERS: Final = frozenset(";=&?#")
"""Marks of parameters, which may hold a secret also where they stand in the path."""


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """Where a server is, and how it is asked.

    Attributes:
        url: Its address including the version, as in `http://localhost:8000/v1`.
        model: Name of the model there; None finds it in what the server lists.
        timeout: Seconds that one answer may take, from the question to its last byte.
        workers: Questions that are under way at the same time, at least 1; the server puts them into one batch.
        attempts: How often a question is asked before it counts as failed, at least 1.
        backoff: Seconds before the second attempt; they double with each further one.
        key: Secret that the server wants; None takes that of the environment, if it has one.
    """

    url: str
    model: str | None = None
    timeout: float = TIMEOUT
    workers: int = WORKERS
    attempts: int = 4
    backoff: float = 0.5
    key: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Address:
    """Address of a server with OpenAI's interface.

    Attributes:
        url: Including the version, without a slash at the end: `http://localhost:8080/v1`.
        host: Name or number, and the port where one was written: `localhost:8080`.
        local: Whether it is this machine, which is no network.
    """

    url: str
    host: str
    local: bool

    @property
    def root(self) -> str:
        """The same without the version: where servers have what is not part of the interface."""
        return self.url.removesuffix(_VERSION)


def parse_address(text: str) -> Address | None:
    """Return the address that a user wrote; None where it is none, or holds a name, a password or parameters.

    Secrets have no place in an address: it is shown in messages and written into results.
    """
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return None
    # What was escaped twice is read once more by some servers.
    marks = set(unquote(unquote(parts.path))) & _PARAMETERS
    if parts.username is not None or parts.query or parts.fragment or marks:
        return None
    name = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    host = f"{name}:{port}" if port else name
    return Address(f"{parts.scheme}://{host}{parts.path.rstrip('/')}", host, is_loopback(parts.hostname))
