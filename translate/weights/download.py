"""One file from a hub, which goes on where an earlier try broke off.

huggingface_hub itself resumes only within one call: since its version 1.x it writes to a file of a random name that it
removes on any failure, because it cannot rely on its lock. Tolmach holds a lock of its own for each model
(`translate.weights.store`), so what a broken-off fetch left can be gone on with, days later too.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Self

_PART: Final = ".incomplete"


def download(url: str, path: Path, *, size: int, content: str, advance: Callable[[float], None]) -> None:
    """Fetch a file; what an earlier try left of the same content is not fetched again.

    Nothing is checked but the length: the caller knows the checksum.

    Args:
        url: Where it is.
        path: Where it goes; its folder exists.
        size: Its length in bytes.
        content: What identifies its content: a checksum.
        advance: Is told of bytes that arrived.

    Raises:
        HfHubHTTPError: The server answers with an error; `translate.weights.endpoint.hub_errors` knows this and the
            following ones.
        OSError: The connection breaks off, or the file cannot be written.
    """
    from huggingface_hub.file_download import http_get  # noqa: PLC0415 - slow to import, not needed for cached models
    from huggingface_hub.utils import build_hf_headers  # type: ignore[attr-defined] # noqa: PLC0415 - as above

    part = part_of(path, content)
    part.touch()
    with part.open("r+b") as file:
        there = file.seek(0, os.SEEK_END)
        if there > size:  # not what it is said to be
            there = file.truncate(0)
            file.seek(0)
        http_get(
            url,
            file,
            resume_size=there,
            headers=build_hf_headers(library_name="tolmach"),
            expected_size=size,
            displayed_filename=path.name,
            tqdm_class=_bar_class(advance),
        )
    part.replace(path)


def part_of(path: Path, content: str) -> Path:
    """Return where a part of a file is kept until it is whole."""
    return path.with_name(f"{path.name}.{content[:16]}{_PART}")


class _Bar:
    """Enough of tqdm's bar for huggingface_hub, which counts bytes into it."""

    total: float | None = None
    n: float = 0

    def __init__(self, *_args: object, **_options: object) -> None:
        self.format_dict: dict[str, float] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        return None

    def update(self, number: float | None = 1) -> None:
        """Count bytes that are on disk."""
        self.n += number or 0
        self.advance(number or 0)

    def update_transfer(self, number: float | None = 1) -> None:
        """Ignore bytes on the wire: they are the same ones, or fewer where the hub compresses."""

    def advance(self, number: float) -> None:
        """Tell whoever watches; `_bar_class` puts their function here."""

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *_args, **_options: None


def _bar_class(advance: Callable[[float], None]) -> Any:
    return type("_BoundBar", (_Bar,), {"advance": staticmethod(advance)})
