"""What goes wrong with a server, and how its words are repeated."""

from common.errors import NetworkError
from common.secrets import redact

_LONGEST_QUOTE = 400
"""Characters of what a server said that a message repeats."""


class WebError(NetworkError):
    """There is no answer, or none that can be used; the message is the reason, without the address."""


class WebTimeoutError(WebError):
    """The answer was not complete in time."""

    def __init__(self) -> None:
        super().__init__("the server did not answer in time")


class PrivateAddressError(WebError):
    """The address leads to this machine or its network, and only those of the internet are allowed."""


def quoted(text: str, *keys: str) -> str:
    """Return a server's words for a message: in one line, without secrets, and only then cut.

    Args:
        text: What it said.
        keys: Secrets besides those of the environment.
    """
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return redact(line, *keys)[:_LONGEST_QUOTE]
