"""How a server that runs a translation model is asked."""

from dataclasses import dataclass, field
from typing import Final

TIMEOUT: Final = 120.0
"""Seconds that one answer may take, where the user names none."""
WORKERS: Final = 4
"""Questions under way at the same time, where the user names no number."""


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """Where a server is, and how it is asked.

    Attributes:
        url: Its address up to and including the version, as in `http://localhost:8000/v1`.
        model: Name of the model there; None finds it in what the server lists.
        key: Secret that the server wants; None takes that of the environment, if it has one.
        timeout: Seconds that one answer may take, from the question to its last byte.
        attempts: How often a question is asked before it counts as failed, at least 1.
        backoff: Seconds before the second attempt; they double with each further one.
        workers: Questions that are under way at the same time, at least 1; the server puts them into one batch.
    """

    url: str
    model: str | None = None
    key: str | None = field(default=None, repr=False)
    timeout: float = TIMEOUT
    attempts: int = 4
    backoff: float = 0.5
    workers: int = WORKERS
