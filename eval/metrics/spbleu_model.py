"""The SentencePiece model that spBLEU counts in: one file, where sacrebleu keeps its own copy."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from common.errors import InputError, IntegrityError
from common.files import output_errors, replacing
from common.network import require_network
from corpora.readers.fetch import FetchOptions, fetch

NAME: Final = "flores200sacrebleuspm"
"""Name of the file, which is the last part of sacrebleu's own address for it."""
_ADDRESS: Final = f"https://tinyurl.com/{NAME}"
_LIMITS: Final = FetchOptions(anew_after=65_536, max_bytes=50_000_000, user_agent="tolmach (spBLEU)", types=None)
"""The file has 5 MB. A slow connection may take its time, as long as 64 kB come in every 30 seconds."""


def pieces_path() -> Path:
    """Return where sacrebleu looks for it: in `models` of the folder that `SACREBLEU` names, or of `~/.sacrebleu`."""
    home = os.environ.get("SACREBLEU")
    return (Path(home) if home else Path.home() / ".sacrebleu") / "models" / NAME


@contextmanager
def pieces_errors() -> Iterator[None]:
    """Let sacrebleu read the file, after fetching it where it is missing: sacrebleu would wait for ever.

    Raises:
        OfflineError: It is missing, and the user allows no network.
        NetworkError: It cannot be fetched.
        IntegrityError: What came is no model of SentencePiece.
        InputError: What is there is damaged.
    """
    path = pieces_path()
    if not path.exists():
        _fetch(path)
    try:
        yield
    except (OSError, RuntimeError) as error:  # what SentencePiece says to a file that is not its own, or was cut off
        raise InputError(
            f"{path}, which spBLEU counts by, cannot be read", hint="Remove it, so that it is fetched again"
        ) from error


def _fetch(path: Path) -> None:
    import sentencepiece  # noqa: PLC0415 - loaded when used

    require_network(f"fetch the pieces that spBLEU counts ({path})")
    found = fetch(_ADDRESS, options=_LIMITS).data
    with output_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as partial:
            partial.write_bytes(found)
            try:
                sentencepiece.SentencePieceProcessor(model_file=str(partial))
            except (OSError, RuntimeError) as error:
                raise IntegrityError(
                    f"what {_ADDRESS} leads to is no model of SentencePiece", hint=f"Put the right file in {path}"
                ) from error
