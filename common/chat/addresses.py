"""Where a server is, and whether that is this machine."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit

from common.fetch.reach import is_loopback

_VERSION = "/v1"
_PARAMETERS: Final = frozenset(";=&?#")
"""Marks of parameters, which may hold a secret also where they stand in the path."""


@dataclass(frozen=True, slots=True)
class Address:
    """Address of a server with OpenAI's interface.

    Attributes:
        url: Up to and including the version, without a slash at the end: `http://localhost:8080/v1`.
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
