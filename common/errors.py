"""The only errors that Tolmach raises on purpose.

It lives in the lowest layer so that every package can raise it; `tolmach.cli` turns it into one line and an exit code.
"""

from typing import ClassVar

from common.secrets import redact


class TolmachError(Exception):
    """Something that Tolmach could not do, explained to its user.

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
    """Wrong usage: options contradict each other or name something that does not exist."""

    exit_code = 2


class InputError(TolmachError):
    """The input cannot be used: it is missing, empty, binary, undecodable or in an unknown language."""


class OutputError(TolmachError):
    """A result cannot be written: there is no space or no permission, or the path is not a folder."""


class OfflineError(TolmachError):
    """A network is needed but the user forbade it."""


class NetworkError(TolmachError):
    """A network was allowed, but the download or request failed."""


class IntegrityError(TolmachError):
    """A downloaded or cached file is not what it should be."""
