"""Keys of servers and of the hub, from the environment."""

import os

from common.errors import UsageError


def read_key(variable: str) -> str | None:
    """Return the key in an environment variable, stripped of white space; None if it is not set.

    Keys from files and container secrets often end in a line break, which no HTTP header can hold.

    Raises:
        UsageError: It holds white space or characters beyond ASCII; the message does not repeat it.
    """
    key = os.environ.get(variable, "").strip()
    if not key:
        return None
    if not is_key(key):
        raise _unusable(f"{variable} is not a key", "Set it again; it may hold more than the key")
    return key


def is_key(text: str) -> bool:
    """Return whether an HTTP header can hold `text` as a key."""
    return bool(text) and all("!" <= character <= "~" for character in text)


def hub_token() -> str | None:
    """Return the user's token for the hub: `HF_TOKEN`, or that of `hf auth login`; None if there is none.

    Raises:
        UsageError: No header can hold it; the message does not repeat it.
    """
    from huggingface_hub import constants, get_token  # noqa: PLC0415 - slow to import, and needed for the hub only

    token = None if constants.HF_HUB_DISABLE_IMPLICIT_TOKEN else get_token()
    if token is not None and not is_key(token):
        raise _unusable("the token for the hub is not one", "Set HF_TOKEN again, or log in again: `hf auth login`")
    return token


def _unusable(what: str, hint: str) -> UsageError:
    return UsageError(f"{what}: it has a space, a control character or a letter beyond ASCII", hint=hint)
