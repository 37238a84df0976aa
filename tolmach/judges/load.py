"""Loads the judge that `tolmach compare --judge` names."""

from typing import TYPE_CHECKING

from common.chat.options import ServerOptions
from common.progress import Progress

if TYPE_CHECKING:
    from quotes.judges.base import Judge

_TIMEOUT = 60.0
_ATTEMPTS = 3
"""Less than for a translation: a judge's answer is one word, and other evidence remains without it."""


def load_judge(name: str, progress: Progress) -> "Judge":
    """Return the judge that `--judge` names; a model is loaded when it is first asked.

    Args:
        name: Address of a server with its model behind `#`, or a chat model as `load_likelihood` takes it.
        progress: Shows what is fetched.

    Raises:
        UnknownModelError: No model has such a name.
        UsageError: The model is none for chats, or the address is none.
        NetworkError: What the model needs to be known cannot be fetched.
        OfflineError: It would have to be, and no network is allowed.
    """
    if "://" in name:
        from quotes.judges.server import ServerJudge  # noqa: PLC0415 - loaded when used

        address, _, model = name.partition("#")
        return ServerJudge(ServerOptions(address, model or None, timeout=_TIMEOUT, attempts=_ATTEMPTS))
    from tolmach.judges.local import LocalJudge  # noqa: PLC0415 - loaded when used
    from translate.likelihood import load_likelihood  # noqa: PLC0415 - loaded when used

    return LocalJudge(load_likelihood(name, progress=progress))
