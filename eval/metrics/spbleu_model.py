"""The SentencePiece model that spBLEU counts in: one file, where sacrebleu keeps its own copy."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from common.errors import InputError, NetworkError
from common.network import require_network

NAME: Final = "flores200sacrebleuspm"
"""Name of the file, which is the last part of sacrebleu's own address for it."""
_ADDRESS: Final = f"https://tinyurl.com/{NAME}"


def pieces_path() -> Path:
    """Return where sacrebleu looks for it: in `models` of the folder that `SACREBLEU` names, or of `~/.sacrebleu`."""
    home = os.environ.get("SACREBLEU")
    return (Path(home) if home else Path.home() / ".sacrebleu") / "models" / NAME


@contextmanager
def pieces_errors() -> Iterator[None]:
    """Let sacrebleu read the file, which it fetches where it is not there, and tell what goes wrong.

    Raises:
        OfflineError: It is not there, and the user allows no network.
        NetworkError: It cannot be fetched.
        InputError: It is damaged.
    """
    path = pieces_path()
    if not path.exists():
        require_network(f"fetch the pieces that spBLEU counts ({path})")
    try:
        yield
    except OSError as error:
        raise NetworkError(
            f"cannot read or fetch the pieces that spBLEU counts: {error}",
            hint=f"Put the file that {_ADDRESS} leads to in {path}",
        ) from error
    except SystemExit as error:  # sacrebleu's way to say that a secure connection failed
        raise NetworkError(
            "cannot fetch the pieces that spBLEU counts", hint="See sacrebleu's message above"
        ) from error
    except RuntimeError as error:  # what SentencePiece says to a file that is not its own, or was cut off
        raise InputError(
            f"{path}, which spBLEU counts by, cannot be read", hint="Remove it, so that it is fetched again"
        ) from error
