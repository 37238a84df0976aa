"""Web addresses: prepared for requests, and shown without their secrets."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlsplit

from common.fetch.errors import WebError, quoted
from common.secrets import MASK

SCHEMES: Final = ("http", "https")
_PORTS: Final = {"http": 80, "https": 443}
_KEPT: Final = "/%:@!$&'()*+,;=-._~?"
"""Characters allowed in a path or query, including `%`, so that escapes are kept."""
_UNWRITABLE: Final = frozenset({"Cc", "Cs", "Zl", "Zp", "Zs"})
_HOST: Final = re.compile(r"(?=.{1,254}\Z)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\.?|[0-9a-f:.]*:[0-9a-f:.]*")
"""A host name (RFC 1035, 2.3.4, and the underscore, which is in use), IPv4 or IPv6 address."""
_BEFORE_AT: Final = re.compile(r"://.*@", re.DOTALL)
_NO_SCHEME: Final = re.compile(r"\A[^/]*:[^/].*@", re.DOTALL)
"""A name and password whose scheme was forgotten, before any host."""
_PORT: Final = re.compile(r"(://[^/]*?:)[^/]*")


@dataclass(frozen=True, slots=True)
class Url:
    """An address in the characters that HTTP allows.

    Attributes:
        host: Name or number, lower case, without brackets.
    """

    scheme: str
    host: str
    port: int
    target: str

    @property
    def authority(self) -> str:
        """Host, with the port unless it is the default."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """The server: scheme, host and port."""
        return f"{self.scheme}://{self.authority}"

    def __str__(self) -> str:
        return f"{self.origin}{self.target}"


def parse_url(text: str) -> Url:
    """Parse an address for HTTP: non-ASCII letters are escaped, those of the host by IDNA.

    Raises:
        WebError: It is invalid, or holds a name and password.
    """
    if _is_unwritable(text):
        raise WebError("the address has a space or a control character")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in SCHEMES or not parts.hostname or port == 0:
        raise WebError("it is not a web address")
    if parts.username is not None:
        raise WebError("an address with a name or password is not used")
    target = quote(parts.path, safe=_KEPT) or "/"
    query = f"?{quote(parts.query, safe=_KEPT)}" if parts.query else ""
    return Url(parts.scheme, _ascii_host(parts.hostname), port or _PORTS[parts.scheme], target + query)


def show_url(text: str) -> str:
    """Return an address for messages and results: on one line, without passwords and tokens."""
    try:
        odd = _is_unwritable(text)
        _ = urlsplit(text).port
    except ValueError:
        odd = True
    if odd:
        # Perhaps a password with a slash in it, or half of one; its end cannot be known.
        text = _PORT.sub(rf"\1{MASK}", _BEFORE_AT.sub(f"://{MASK}@", text))
    return quoted(_NO_SCHEME.sub(f"{MASK}@", text))


def _is_unwritable(text: str) -> bool:
    return any(unicodedata.category(char) in _UNWRITABLE for char in text)


def _ascii_host(name: str) -> str:
    import idna  # noqa: PLC0415 - loaded when used

    host = name.lower()
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError):
            host = ""
    if not _HOST.fullmatch(host):
        raise WebError("its server has no name that exists on the web")
    return host
