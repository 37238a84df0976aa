"""Resolves hosts and checks whether they are on the public internet."""

import ipaddress
import socket
import threading
from typing import Any, Final

from common.fetch.errors import Deadline, PrivateAddressError, WebError

_POLL: Final = 0.05
"""Seconds after which a look-up notices its cancellation."""
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
"""Prefix in which IPv6-only networks map IPv4 addresses (NAT64)."""
_GLOBAL: Final = ipaddress.IPv6Network("2000::/3")
"""The allocated range of IPv6 (RFC 4291, 2.4, and IANA's list); all other addresses are reserved."""
_DOCUMENTATION: Final = ipaddress.IPv6Network("3fff::/20")
"""RFC 9637; older versions of Python count it as public."""
_ASSIGNMENTS: Final = ipaddress.IPv4Network("192.0.0.0/24")
"""For protocols, not for servers; some versions of Python count parts of it as public."""

SocketAddress = tuple[Any, ...]
"""The entries of `socket.getaddrinfo`: family, kind, protocol, name, address."""


def is_loopback(host: str) -> bool:
    """Return whether `host` is this machine itself, which needs no network."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_public(number: str) -> bool:
    """Return whether an IP address is public: not of this machine, its networks, or reserved.

    An IPv6 address that holds one of IPv4 (mapped, 6to4, NAT64) counts as that one.
    """
    address = ipaddress.ip_address(number)
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
        if inner is not None:
            return is_public(str(inner))
        if address not in _GLOBAL or address in _DOCUMENTATION:
            return False
    elif address in _ASSIGNMENTS:
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved)


def numeric_places(host: str, port: int) -> list[SocketAddress]:
    """Return the addresses of a host given as a number in any spelling (127.1, 0x7f000001); none for a name."""
    try:
        return socket.getaddrinfo(host.encode("ascii"), port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except OSError:
        return []


def find_places(host: str, port: int, deadline: Deadline, cut: threading.Event) -> list[SocketAddress]:
    """Resolve a host to its addresses.

    Args:
        host: Name or number.
        port: Number of the port.
        deadline: When to give up.
        cut: Set by another thread to give up at once.

    Raises:
        WebError: The name is not known.
        WebTimeoutError: The look-up took too long.
    """
    numeric = numeric_places(host, port)
    if numeric:
        return numeric
    found: list[SocketAddress] = []
    reasons: list[str] = []
    over = threading.Event()

    def look_up() -> None:
        """Resolve the host in a thread of its own, which no deadline can end."""
        try:
            found.extend(socket.getaddrinfo(host.encode("ascii"), port, type=socket.SOCK_STREAM))
        except OSError as error:
            reasons.append(reason_of(error))
        over.set()

    # A look-up has no timeout, hence the thread.
    threading.Thread(target=look_up, daemon=True).start()
    while not over.wait(min(_POLL, deadline.left())):
        if cut.is_set():
            break
    if not found:
        raise WebError(reasons[0] if reasons else "the look-up was taken back")
    return found


def public_places(host: str, places: list[SocketAddress]) -> list[SocketAddress]:
    """Return the addresses that are public.

    Raises:
        PrivateAddressError: There is none.
    """
    public = [place for place in places if is_public(place[4][0])]
    if not public:
        raise PrivateAddressError(f"{host} is in a private network or this machine itself")
    return public


def reason_of(error: OSError) -> str:
    """Return the reason of a socket's failure, as part of a sentence."""
    reason = error.strerror or type(error).__name__
    return reason[:1].lower() + reason[1:]
