"""The one family of errors that Tolmach raises on purpose.

It lives in the lowest layer so that every package can raise it; `tolmach.cli` turns it into one line and an exit code.
"""

from typing import ClassVar

from common.secrets import redact


class TolmachError(Exception):
    """Something Tolmach could not do, told in words that its user understands.

    Keys, and the passwords and tokens of addresses, are masked here, so that no error shows one.

    Args:
        message: What could not be done and why, one sentence without a final stop.
        hint: What to try next, or None where there is nothing to suggest.

    Attributes:
        exit_code: Exit status of the command line when this error ends it.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        self.message = redact(message)
        self.hint = redact(hint) if hint else hint
        super().__init__(self.message)

    def __str__(self) -> str:
        return f"{self.message}. {self.hint}" if self.hint else self.message


class UsageError(TolmachError):
    """Options that contradict each other or name something that does not exist: wrong usage."""

    exit_code = 2


class InputError(TolmachError):
    """The input cannot be used: missing, empty, binary, undecodable, of no known language."""


class OutputError(TolmachError):
    """A result cannot be written: no space, no permission, not a folder."""


class OfflineError(TolmachError):
    """A network would be needed, and the user asked for none."""


class NetworkError(TolmachError):
    """A network was allowed, but what it should bring did not come."""


class IntegrityError(TolmachError):
    """What was fetched, or what lies in the cache, is not what it should be."""
