"""Address of a server with OpenAI's interface, and settings of requests."""

from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote, urlsplit

from common.fetch.reach import is_loopback

TIMEOUT: Final = 120.0
"""Default timeout of one response, in seconds."""
WORKERS: Final = 4
"""Default number of parallel requests."""

_VERSION: Final = "/v1"
_PARAMETERS: Final = frozenset(";=&?#")
"""Separators of parameters, which may hold a key even where they are in the path."""


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """Address of a server and settings of requests.

    Attributes:
        url: Its address including the version, as in `http://localhost:8000/v1`.
        model: Name of the model there; None takes it from the server's list.
        timeout: Most seconds for one response, from the request to its last byte.
        workers: Number of parallel requests, at least 1; the server batches them.
        backoff: Seconds before the second attempt; they double with each further one.
        key: API key; None takes that of the environment, if any.
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
        local: Whether it is this machine, which needs no network.
    """

    url: str
    host: str
    local: bool

    @property
    def root(self) -> str:
        """The address without the version, for paths outside OpenAI's interface."""
        return self.url.removesuffix(_VERSION)


def parse_address(text: str) -> Address | None:
    """Parse an address that a user wrote; None if it is invalid or holds a name, a password or parameters.

    Secrets are refused because the address is shown in messages and written into results.
    """
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return None
    # Some servers decode text twice.
    marks = set(unquote(unquote(parts.path))) & _PARAMETERS
    if parts.username is not None or parts.query or parts.fragment or marks:
        return None
    name = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    host = f"{name}:{port}" if port else name
    return Address(f"{parts.scheme}://{host}{parts.path.rstrip('/')}", host, is_loopback(parts.hostname))
