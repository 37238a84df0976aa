"""Whether the network may be used at all."""

import os

from corpora.errors import OfflineError

OFFLINE_VARIABLE = "TOLMACH_OFFLINE"


def is_offline() -> bool:
    """Tell whether the user forbade the network: `--offline`, or `TOLMACH_OFFLINE` set to anything but 0."""
    return os.environ.get(OFFLINE_VARIABLE, "0").strip().lower() not in {"", "0", "false", "no"}


def go_offline() -> None:
    """Forbid the network for this process and the ones it starts."""
    os.environ[OFFLINE_VARIABLE] = "1"
    os.environ["HF_HUB_OFFLINE"] = "1"


def require_network(purpose: str) -> None:
    """Refuse when the network is forbidden.

    Args:
        purpose: What it is needed for, as in "fetch the model opus-mt".

    Raises:
        OfflineError: The user asked for no network.
    """
    if is_offline():
        raise OfflineError(f"cannot {purpose}: no network is allowed (--offline)", hint="Run once without --offline")
