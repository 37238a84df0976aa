"""Errors of web servers, how their messages are quoted, and the deadline of an exchange."""

import time
from typing import Final

from common.errors import NetworkError
from common.secrets import redact

_LONGEST_QUOTE = 400
"""Most characters of a server's message that an error quotes."""


class WebError(NetworkError):
    """There is no usable response; the message is the reason, without the address."""


class WebTimeoutError(WebError):
    """The response was not complete in time."""

    def __init__(self) -> None:
        super().__init__("the server did not answer in time")


class PrivateAddressError(WebError):
    """The address leads to this machine or its network, and only public ones are allowed."""


def quoted(text: str, *keys: str) -> str:
    """Return a server's message for quoting: on one line, without secrets, then truncated.

    Args:
        text: The message.
        keys: Secrets besides those of the environment.
    """
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return redact(line, *keys)[:_LONGEST_QUOTE]


_LONGEST: Final = 86_400.0
"""Seconds; sockets do not accept arbitrarily large timeouts."""


class Deadline:
    """The moment at which an exchange has to be over, from looking up the name to the last byte.

    Args:
        seconds: How long it may take.
        anew_after: Bytes of the body after which the time restarts, for large files; None for never.
    """

    def __init__(self, seconds: float, *, anew_after: int | None = None) -> None:
        self._seconds = min(seconds, _LONGEST)
        self._anew_after = anew_after
        self._received = 0
        self._end = time.monotonic() + self._seconds

    def left(self) -> float:
        """Return the seconds left, above 0.

        Raises:
            WebTimeoutError: It is over.
        """
        left = self._end - time.monotonic()
        if left <= 0:
            raise WebTimeoutError
        return left

    def count(self, size: int) -> None:
        """Count received bytes of the body."""
        self._received += size
        if self._anew_after is not None and self._received >= self._anew_after:
            self._received = 0
            self._end = time.monotonic() + self._seconds
