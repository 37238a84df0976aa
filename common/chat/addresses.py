"""Where a server is, and whether that is this machine."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from common.fetch.reach import is_loopback

_VERSION = "/v1"


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
    """Return the address that a user wrote; None where it is none, or holds a name, a password or a query.

    Secrets have no place in an address: it is shown in messages and written into results.
    """
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return None
    if parts.username is not None or parts.query or parts.fragment:
        return None
    name = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    host = f"{name}:{port}" if port else name
    return Address(f"{parts.scheme}://{host}{parts.path.rstrip('/')}", host, is_loopback(parts.hostname))
