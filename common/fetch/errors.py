"""Errors of web servers, and how their messages are quoted."""

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
