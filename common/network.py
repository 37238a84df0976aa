"""Whether the network may be used, and for which addresses."""

import os

from common.errors import OfflineError

OFFLINE_VARIABLE = "TOLMACH_OFFLINE"
PRIVATE_VARIABLE = "TOLMACH_ALLOW_PRIVATE_ADDRESSES"


def is_offline() -> bool:
    """Return whether the network is forbidden: `--offline`, or `TOLMACH_OFFLINE` set to anything but 0."""
    return _is_set(OFFLINE_VARIABLE)


def go_offline() -> None:
    """Forbid the network for this process and its children."""
    os.environ[OFFLINE_VARIABLE] = "1"
    os.environ["HF_HUB_OFFLINE"] = "1"


def require_network(purpose: str) -> None:
    """Raise if the network is forbidden.

    Args:
        purpose: Purpose of the access, as in "fetch the model opus-mt".

    Raises:
        OfflineError: The user asked for no network.
    """
    if is_offline():
        raise OfflineError(f"cannot {purpose}: no network is allowed (--offline)", hint="Run once without --offline")


def allows_private_addresses() -> bool:
    """Return whether articles may come from private addresses: `--allow-private-addresses`, or its variable.

    Otherwise a service that fetches addresses of strangers would expose its private network.
    """
    return _is_set(PRIVATE_VARIABLE)


def allow_private_addresses() -> None:
    """Let this process and its children fetch articles from any address."""
    os.environ[PRIVATE_VARIABLE] = "1"


def _is_set(variable: str) -> bool:
    return os.environ.get(variable, "0").strip().lower() not in {"", "0", "false", "no"}
