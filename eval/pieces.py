"""The SentencePiece model that spBLEU counts in: one file, where sacrebleu keeps its own copy."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from corpora.errors import NetworkError
from corpora.network import require_network

NAME: Final = "flores200sacrebleuspm"
"""Name of the file, which is the last part of sacrebleu's own address for it."""


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
    """
    path = pieces_path()
    if not path.exists():
        require_network(f"fetch the pieces that spBLEU counts ({path})")
    try:
        yield
    except OSError as error:
        raise NetworkError(
            f"cannot read or fetch the pieces that spBLEU counts: {error}", hint=f"Put the file in {path}"
        ) from error
