"""Requests completions from a server, leaving out the fields that it refuses."""

import re
import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from common.chat.client import Client, ServerError

CHAT: Final = "chat/completions"
PLAIN: Final = "completions"
REFUSED: Final = frozenset({400, 422})
"""Statuses of a server that rejects a part of a request."""

_SHORTEST_NAME: Final = 3
"""Least length of a field's name for its occurrence in an error to be meaningful."""


@dataclass(frozen=True, slots=True)
class OptionalFields:
    """Fields that not every server accepts.

    Attributes:
        matters: Whether leaving them out may change the response.
    """

    name: str
    fields: Mapping[str, Any]
    matters: bool = True


class Completions:
    """Requests completions from one server, without optional fields that it refused; several threads may use it."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._refused: frozenset[str] = frozenset()
        self._accepted: frozenset[str] = frozenset()
        self._lock = threading.Lock()

    def ask(
        self, path: str, fields: Mapping[str, Any], optional: Sequence[OptionalFields] = ()
    ) -> tuple[Any, list[OptionalFields]]:
        """Return the parsed JSON response and the optional fields that were left out.

        Raises:
            ServerError: There is no response, even without optional fields.
            OfflineError: The server is elsewhere, and the user allows no network.
        """
        refused = self._refused
        while True:
            offered = [one for one in optional if one.name not in refused]
            try:
                answer = self._client.post(path, _joined(fields, offered))
            except ServerError as error:
                unwanted = _refused(error, offered, self._accepted)
                if not unwanted:
                    raise
                refused |= {one.name for one in unwanted}
                continue
            # Only now is it known that the request itself was not at fault.
            with self._lock:
                self._accepted |= {one.name for one in offered}
                self._refused |= refused
            return answer, [one for one in optional if one.name in refused]


def _joined(fields: Mapping[str, Any], offered: Sequence[OptionalFields]) -> dict[str, Any]:
    sent = dict(fields)
    for one in offered:
        sent |= one.fields
    return sent


def _refused(error: ServerError, offered: Sequence[OptionalFields], accepted: Collection[str]) -> list[OptionalFields]:
    """Return the fields that a server refuses: those that it names, else all that it has never accepted."""
    if error.status not in REFUSED:
        return []
    named = [one for one in offered if any(_mentions(error.reason, field) for field in one.fields)]
    return named or [one for one in offered if one.name not in accepted]


def _mentions(reason: str, field: str) -> bool:
    return len(field) >= _SHORTEST_NAME and re.search(rf"\b{re.escape(field)}\b", reason) is not None
