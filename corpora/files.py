"""Files that appear whole or not at all, and the folder for what can be made again."""

import errno
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from corpora.errors import OutputError

_REASONS = {
    errno.ENOSPC: ("the disk is full", "Free some space, or name another folder"),
    errno.EDQUOT: ("the disk quota is used up", "Free some space, or name another folder"),
    errno.EACCES: ("permission denied", "Name a folder you may write to"),
    errno.EPERM: ("permission denied", "Name a folder you may write to"),
    errno.EROFS: ("the file system is read-only", "Name a folder you may write to"),
    errno.EEXIST: ("a part of the path is a file, not a folder", "Name another folder"),
    errno.ENOTDIR: ("a part of the path is a file, not a folder", "Name another folder"),
    errno.EISDIR: ("it is a folder", "Name a file"),
    errno.ENOENT: ("a folder of the path does not exist", "Name another folder, or make that one first"),
    errno.EBUSY: ("something else is using it", "Name another file"),
    errno.ENAMETOOLONG: ("the name is too long", "Name a shorter one"),
}


def cache_dir() -> Path:
    """Return the folder for weights, converted models and finished segments; it may not exist yet.

    `TOLMACH_CACHE` names it; without that variable it is the platform's user cache folder.
    """
    configured = os.environ.get("TOLMACH_CACHE")
    if configured:
        return Path(configured).expanduser()
    from platformdirs import user_cache_path  # noqa: PLC0415 - loaded when used

    return user_cache_path("tolmach")


@contextmanager
def output_errors(path: Path) -> Iterator[None]:
    """Turn an operating-system error about writing `path` into an `OutputError` that names the cause."""
    try:
        yield
    except OSError as error:
        reason, hint = _REASONS.get(error.errno or 0, (error.strerror or str(error), None))
        raise OutputError(f"cannot write {path}: {reason}", hint=hint) from error


def require_writable(path: Path) -> None:
    """Tell early that `path` cannot be written, by looking at the nearest folder above it that exists.

    Raises:
        OutputError: That is no folder, or not one that this user may write to.
    """
    nearest = next(folder for folder in path.absolute().parents if folder.exists())
    with output_errors(path):
        if not nearest.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
        if not os.access(nearest, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary path beside `path`; on success it replaces `path`, on any failure it is removed.

    Readers of `path` see the old content or the whole new one, also when the process is killed.

    Raises:
        OutputError: The file cannot be written.
    """
    with output_errors(path):
        if path.is_dir():  # replacing it fails, for "." and "/" with an error that does not say so
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
        os.close(handle)
        temporary = Path(name)
        try:
            yield temporary
            _settle(temporary)
            temporary.chmod(0o666 & ~_umask())
            temporary.replace(path)
        finally:
            with suppress(FileNotFoundError):
                temporary.unlink()


def _settle(path: Path) -> None:
    """Have the system write the file out: a new name may outlast a power cut that its content does not."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_text(path: Path, text: str) -> None:
    r"""Write `text` as UTF-8 with `\n` line ends, whole or not at all.

    Raises:
        OutputError: The file cannot be written.
    """
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def write_texts(texts: Mapping[Path, str]) -> None:
    """Write several files as `write_text` does: all of them, or where one cannot be written, none.

    Raises:
        OutputError: A file cannot be written; folders that were made for it are gone again.
    """
    made = [folder for path in texts for folder in path.parents if not folder.exists()]
    try:
        with ExitStack() as stack:
            for path, text in texts.items():
                temporary = stack.enter_context(replacing(path))
                temporary.write_text(text, encoding="utf-8", newline="\n")
    except BaseException:
        for folder in made:
            with suppress(OSError):  # it holds something else by now
                folder.rmdir()
        raise


def _umask() -> int:
    # mkstemp makes files private; the only portable way to learn the umask is to set it.
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
