"""Files in the making: each lies beside the one that it will replace, and is locked while its writer lives."""

import glob
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

if sys.platform != "win32":
    import fcntl

SUFFIX: Final = ".part"
_LONGEST: Final = 200
"""Bytes of the final name that the temporary one repeats: with what is added it stays below the usual 255."""
_OURS: Final = ".tolmach-"
"""What marks a temporary file as one of ours: what has this in its name and is not locked is removed."""
_RANDOM: Final = "[a-z0-9_]" * 8
"""What `tempfile.mkstemp` puts between prefix and suffix."""


@contextmanager
def partial_file(target: Path) -> Iterator[Path]:
    """Give an empty file beside `target`; what is left of it in the end is removed.

    What a killed process left for the same target is removed, too: the system frees a lock when its process ends,
    however that ends.
    """
    prefix = f".{os.fsencode(target.name)[:_LONGEST].decode('utf-8', 'ignore')}{_OURS}"
    _remove_abandoned(target.parent, prefix)
    handle, path = _create(target.parent, prefix)
    if sys.platform == "win32":  # it renames no open file
        os.close(handle)
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)
        if sys.platform != "win32":
            os.close(handle)


def _create(folder: Path, prefix: str) -> tuple[int, Path]:
    while True:
        handle, name = tempfile.mkstemp(dir=folder, prefix=prefix, suffix=SUFFIX)
        if sys.platform == "win32":  # it has no such locks, so nothing is removed either
            return handle, Path(name)
        with suppress(OSError):  # on a file system without locks nothing is removed either
            fcntl.flock(handle, fcntl.LOCK_EX)
        if os.fstat(handle).st_nlink:
            return handle, Path(name)
        os.close(handle)  # another writer took it for abandoned before it was locked


def _remove_abandoned(folder: Path, prefix: str) -> None:
    if sys.platform == "win32":
        return
    for path in folder.glob(f"{glob.escape(prefix)}{_RANDOM}{SUFFIX}"):
        with suppress(OSError):  # it is gone by now, or its writer is alive
            handle = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink()
            finally:
                os.close(handle)
