"""File names: validity on this system, and display."""

import errno
import os
import re
from pathlib import Path
from typing import Final

from common.errors import InputError

_NO_TEXT: Final = re.compile("[\udc80-\udcff]")
_ESCAPED: Final = 0xDC00
"""Characters that Python uses for undecodable bytes of a file name (PEP 383)."""


def printable(name: str | Path) -> str:
    r"""Return a file name as valid Unicode text: undecodable bytes are shown as in `bad\xff.txt`."""
    shown = _NO_TEXT.sub(lambda found: f"\\x{ord(found[0]) - _ESCAPED:02x}", str(name))
    return shown.encode("utf-8", "backslashreplace").decode("utf-8")


def expand_user(path: str | Path) -> Path:
    """Return `path` with `~` or `~name` replaced by the user's folder.

    Raises:
        InputError: There is no such user.
    """
    try:
        return Path(path).expanduser()
    except RuntimeError as error:
        raise InputError(f"{path}: there is no such user", hint="Write the path without ~") from error


def usable_name(name: str) -> str:
    """Return a name that the system can look up, whether or not a file of that name exists.

    Raises:
        InputError: It cannot: the name is too long, links lead in a circle, a folder is closed to this user.
    """
    try:
        os.stat(name)  # noqa: PTH116 - Path.exists hides the reason
    except ValueError:
        raise InputError(f"cannot use {name!r}: it holds a null character") from None
    except OSError as error:
        if error.errno not in (errno.ENOENT, errno.ENOTDIR):
            reason = (error.strerror or str(error)).lower()
            raise InputError(f"cannot use {printable(name)}: {reason}", hint="Check the name") from error
    return name


def require_text(path: Path) -> Path:
    """Return the path of a model folder, which must be UTF-8: the libraries that load models accept no other.

    Raises:
        InputError: It is not.
    """
    if printable(path) != str(path):
        raise InputError(f"{printable(path)}: the path of a folder with models must be UTF-8", hint="Rename it")
    return path


def is_folder(path: str | Path) -> bool:
    """Return whether `path` is a folder; false if it cannot be accessed."""
    try:
        return Path(path).is_dir()
    except (OSError, ValueError):
        return False
