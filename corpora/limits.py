"""Reads the user's files completely, up to a size limit."""

import io
import os
import re
import stat
import sys
from pathlib import Path
from typing import IO, Final

from common.errors import InputError, UsageError
from common.names import printable
from corpora.encoding import decode_data

SIZE_VARIABLE: Final = "TOLMACH_MAX_INPUT_SIZE"
SIZE_OPTION: Final = "--max-input-size"
ARTICLE_BYTES: Final = 16_000_000
"""Default size limit of an article: some 3 million words."""
DATA_BYTES: Final = 64_000_000
"""Default size limit of glossaries, memories, alignments, test sets and results: half a million sentence pairs."""

_SIZE: Final = re.compile(r"(\d{1,12}(?:\.\d{1,9})?)\s*([kmg]?)b?", re.IGNORECASE)
_UNITS: Final = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9}
_CHUNK: Final = 1_000_000
"""Bytes per read; requesting the whole limit at once would allocate that much memory for every file."""


def parse_size(text: str) -> int:
    """Return the bytes that a size such as `64MB`, `1.5 GB` or `20000000` names.

    Raises:
        UsageError: It is not a size, or 0.
    """
    match = _SIZE.fullmatch(text.strip())
    size = int(float(match[1]) * _UNITS[match[2].lower()]) if match else 0
    if size < 1:
        raise UsageError(f"{text!r} is not a size for {SIZE_OPTION}", hint="Write it as 64MB, 1.5GB or 20000000")
    return size


def set_input_limit(size: str) -> None:
    """Set the size limit of input files for this process and its children."""
    parse_size(size)
    os.environ[SIZE_VARIABLE] = size


def input_limit(usual: int = DATA_BYTES) -> int:
    """Return the size limit of an input in bytes: the user's, else the default of its kind."""
    asked = os.environ.get(SIZE_VARIABLE, "").strip()
    return parse_size(asked) if asked else usual


def read_text(path: Path, usual: int = DATA_BYTES) -> str:
    """Return the text of a data file: UTF-8, or as its byte order mark or XML declaration says.

    Raises:
        InputError: It cannot be read, is too large or no text.
    """
    return decode_data(read_file(path, usual), printable(path))


def read_file(path: Path, usual: int = DATA_BYTES) -> bytes:
    """Return the bytes of a file, a pipe or a device.

    Raises:
        InputError: It cannot be read, or is too large.
    """
    name = printable(path)
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            if stat.S_ISREG(status.st_mode) and status.st_size > input_limit(usual):
                raise too_large(name, input_limit(usual), status.st_size)
            return _read(file, name, input_limit(usual))
    except FileNotFoundError as error:
        raise InputError(f"cannot read {name}: no such file", hint="Check the name") from error
    except IsADirectoryError as error:
        raise InputError(f"cannot read {name}: it is a folder, not a file", hint="Name one file in it") from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise InputError(f"cannot read {name}: {reason[:1].lower()}{reason[1:]}") from error


def read_standard_input(usual: int = DATA_BYTES) -> bytes:
    """Return the content of standard input; `usual` as for `read_file`.

    Raises:
        InputError: It is closed, cannot be read or does not end in time.
    """
    name = "standard input"
    if sys.stdin is None:
        raise InputError("standard input is closed", hint="Name a file")
    try:
        return _read(sys.stdin.buffer, name, input_limit(usual))
    except (OSError, ValueError) as error:
        raise InputError(f"cannot read {name}: {error}", hint="Name a file") from error


def too_large(name: str, limit: int, size: int | None = None) -> InputError:
    """Return the error for an input above the limit; `size` is None if its end was not reached."""
    found = "" if size is None else f"{_shown(size)}, "
    return InputError(
        f"{name} is too large: {found}more than the limit of {_shown(limit)}",
        hint=f"Raise the limit with {SIZE_OPTION}",
    )


def _read(file: IO[bytes], name: str, limit: int) -> bytes:
    content = io.BytesIO()
    while chunk := file.read(min(_CHUNK, limit + 1 - content.tell())):
        content.write(chunk)
        if content.tell() > limit:
            raise too_large(name, limit)
    return content.getvalue()


def _shown(size: int) -> str:
    return f"{size / 1e6:.6f}".rstrip("0").rstrip(".") + " MB"
