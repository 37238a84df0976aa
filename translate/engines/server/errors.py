"""What goes wrong with a server, in words that its user understands."""

import re
from collections.abc import Sequence
from typing import Final

from common.chat.client import EndpointError
from common.errors import NetworkError, TolmachError
from common.secrets import SERVER_KEY
from translate.engines.errors import InputTooLongError

REFUSED: Final = frozenset({400, 422})
"""Statuses of a server that does not like something about a question."""

_SECRET: Final = frozenset({401, 403})
_UNKNOWN: Final = 404
_TOO_LONG: Final = re.compile(r"context (length|size|window)|maximum.{0,20}length|too long", re.IGNORECASE)


class ServerError(NetworkError):
    """A server did not translate what it was asked to."""


def explain(
    error: EndpointError, url: str, *, model: str = "", served: Sequence[str] = (), proved: bool = False
) -> TolmachError:
    """Return what a failure means to the user.

    Args:
        error: What happened.
        url: The server's address.
        model: Name of the model that it was asked for; empty where it was asked for none.
        served: Names of the models that it lists.
        proved: Whether secret and model are known to be right, so that the failure is about one question.
    """
    if error.status in _SECRET and not proved:
        return ServerError(
            f"the server at {url} wants another secret: {error.reason}", hint=f"Put it into {SERVER_KEY}"
        )
    if error.status == _UNKNOWN and model and model not in served and not proved:
        listed = f"It serves {', '.join(served)}: name one with --server-model" if served else "Check --server-model"
        return ServerError(f"the server at {url} has no model {model!r}: {error.reason}", hint=listed)
    if error.status in REFUSED and _TOO_LONG.search(error.reason):
        return InputTooLongError(
            f"a text is too long for the model at {url}: {error.reason}", hint="Start the server with a longer context"
        )
    return ServerError(f"the server at {url} cannot be asked: {error.reason}", hint=_hint(error))


def _hint(error: EndpointError) -> str:
    if error.reason == "timed out":
        return "A large model may need longer (--server-timeout), or fewer questions at a time (--server-workers)"
    if error.status is None:
        return "Is it running? Its address usually ends in /v1"
    return "Its log says more; its address usually ends in /v1"
