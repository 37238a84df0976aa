"""File names: validity on this system, display, and keys from the environment."""

import errno
import os
import re
from pathlib import Path
from typing import Final

from common.errors import InputError, UsageError

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
