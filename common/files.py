"""Atomic file writes, and the cache folder."""

import errno
import glob
import hashlib
import os
import re
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from common.errors import OutputError
from common.names import expand_user, printable, require_text, usable_name

if sys.platform != "win32":
    import fcntl

SUFFIX: Final = ".part"
_LONGEST: Final = 200
"""Most bytes of the final name in the temporary one, so that the whole stays below the usual 255."""
_OURS: Final = ".tolmach-"
"""Marks a temporary file as Tolmach's; unlocked files with this in their name are removed."""
_RANDOM: Final = "[a-z0-9_]" * 8
"""Text that `tempfile.mkstemp` inserts between prefix and suffix."""


@contextmanager
def partial_file(target: Path) -> Iterator[Path]:
    """Yield a temporary file beside `target`; it is removed at the end if it still exists.

    Leftovers of killed processes for the same target are removed, too: the system frees a lock when its process ends.
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
    errno.ELOOP: ("a symbolic link in the path leads back to itself", "Name another file, or remove that link"),
    errno.EFBIG: ("it would be larger than files may be here", "Raise the limit (ulimit -f), or name another folder"),
    errno.EPIPE: ("nobody reads it any more", None),
    errno.EBADF: ("it is closed", "Name a file with -o"),
}
_DESCRIPTOR: Final = re.compile(
    r"/dev/(?P<name>stdout|stderr)|/(?:dev|proc/(?:self|thread-self))/fd/(?P<number>\d{1,9})"
)
_STANDARD: Final = {"stdout": 1, "stderr": 2}
_MOST_LINKS: Final = 40
"""Most links that are followed in a row, as in Linux."""


def cache_dir() -> Path:
    """Return the folder for weights, converted models and translated segments; it may not exist yet.

    `TOLMACH_CACHE` names it; without that variable it is the platform's user cache folder.

    Raises:
        InputError: Its path is not UTF-8, begins with a user that does not exist, or cannot be looked up.
    """
    configured = os.environ.get("TOLMACH_CACHE")
    if configured:
        return require_text(expand_user(usable_name(configured)))
    from platformdirs import user_cache_path  # noqa: PLC0415 - loaded when used

    return require_text(user_cache_path("tolmach"))


@contextmanager
def output_errors(path: Path | str) -> Iterator[None]:
    """Turn an operating-system error about writing `path` into an `OutputError` that names the cause."""
    try:
        yield
    except OSError as error:
        reason, hint = _REASONS.get(error.errno or 0, (error.strerror or str(error), None))
        raise OutputError(f"cannot write {printable(path)}: {reason}", hint=hint) from error


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


_LEAST_GIGABYTES: Final = 100_000_000
"""From this size on a number of gigabytes with one decimal is exact enough."""


def check_space(folder: Path, needed: int, name: str) -> None:
    """Check that `needed` bytes fit on the disk of `folder`.

    Raises:
        OutputError: They do not; `name` is what they are for.
    """
    with output_errors(folder):
        free = shutil.disk_usage(folder).free
    if free < needed:
        raise OutputError(
            f"{name} needs {needed / 1e9:.1f} GB free at {folder}, where {free / 1e9:.1f} GB are",
            hint="Free some space, or name another folder with TOLMACH_CACHE",
        )


def describe_size(size: int | None) -> str:
    """Return a number of bytes for readers, such as `1.1 GB` or `32.4 MB`; an empty text for none."""
    if not size:
        return ""
    return f"{size / 1e9:.1f} GB" if size >= _LEAST_GIGABYTES else f"{size / 1e6:.1f} MB"


def folder_size(folder: Path) -> int:
    """Return the number of bytes in a folder's files; 0 if it does not exist."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def require_writable(path: Path) -> None:
    """Fail early if `path` cannot be written, judging by it or its nearest existing parent folder.

    Raises:
        OutputError: It is a folder or read-only, or its folder does not exist or is not writable.
    """
    with output_errors(path):
        _state(path)
        if is_stream(path):
            return
        nearest = next(folder for folder in _target(path).absolute().parents if folder.exists())
        if not nearest.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
        if not os.access(nearest, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


def is_stream(path: Path) -> bool:
    """Return whether `path` is written to rather than replaced: a device, a pipe, or an open descriptor."""
    if _descriptor(path) is not None:
        return True
    state = _state(path)
    return state is not None and not stat.S_ISREG(state.st_mode)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`, which it replaces on success; on failure it is removed.

    Readers of `path` see the old content or the whole new one, even if the process is killed. Where `path` is a
    symbolic link, the file at its end is replaced; the mode of an existing file is kept.

    Raises:
        OutputError: The file cannot be written.
    """
    with output_errors(path), _made(path) as made:
        yield made.temporary
        made.finish()
        made.put()


def write_text(path: Path, text: str) -> None:
    r"""Write `text` as UTF-8 with `\n` line ends, atomically; see `write_texts`.

    Raises:
        OutputError: The file cannot be written.
    """
    write_texts({path: text})


def write_texts(texts: Mapping[Path, str | bytes]) -> None:
    """Write several files, of bytes or of text as UTF-8: if one cannot be written, none is.

    All are complete in temporary files before the first is renamed. Only a kill or a failure of the disk between two
    renames, which follow each other at once, can leave some files new and others old. A device or a pipe is written to,
    before the renames. A lone surrogate, which UTF-8 has no form for, is escaped.

    Raises:
        OutputError: A file cannot be written; folders that were made for it are gone again.
    """
    folders = [folder for path in texts for folder in path.parents if not os.path.lexists(folder)]
    try:
        with ExitStack() as stack:
            _write_all({path: _encoded(text) for path, text in texts.items()}, stack)
    except BaseException:
        for folder in folders:
            with suppress(OSError):  # it holds something else by now
                folder.rmdir()
        raise


def _encoded(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode("utf-8", "backslashreplace")


def _write_all(contents: Mapping[Path, bytes], stack: ExitStack) -> None:
    streams, files = [], []
    for path, content in contents.items():
        with output_errors(path):
            if is_stream(path):
                streams.append(path)
                continue
            made = stack.enter_context(_made(path))
            made.temporary.write_bytes(content)
            made.finish()
            files.append(made)
    for path in streams:
        _write_through(path, contents[path])
    for made in files:
        with output_errors(made.path):
            made.put()


@dataclass(frozen=True, slots=True)
class _Made:
    """A file being written.

    Attributes:
        target: The file to replace: `path`, or the end of that symbolic link.
    """

    path: Path
    target: Path
    temporary: Path
    before: os.stat_result | None

    def finish(self) -> None:
        """Flush the file to disk and set its mode."""
        with self.temporary.open("rb") as file:  # A new name may survive a power cut that its content does not.
            os.fsync(file.fileno())
        self.temporary.chmod(self._mode())

    def put(self) -> None:
        """Rename it to its final name."""
        self.temporary.replace(self.target)
        with suppress(OSError):  # not every file system can flush a folder
            handle = os.open(self.target.parent, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)

    def _mode(self) -> int:
        if self.before is None:
            return 0o666 & ~_umask()
        mode = stat.S_IMODE(self.before.st_mode) & 0o777
        try:
            os.chown(self.temporary, self.before.st_uid, self.before.st_gid)
        except (OSError, AttributeError):  # Windows has no owners
            # It stays ours: the group is another one, which may read no more than everyone.
            return mode & 0o707 | (mode & 0o007) << 3
        return mode


@contextmanager
def _made(path: Path) -> Iterator[_Made]:
    path.parent.mkdir(parents=True, exist_ok=True)  # first: what `new/../a` is shows when there is `new`
    before, target = _state(path), _target(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    with partial_file(target) as temporary:
        yield _Made(path, target, temporary, before)


def _state(path: Path) -> os.stat_result | None:
    """Return the state of the existing file at `path`, None if there is none.

    Raises:
        OSError: It cannot be read, or is a folder.
        OutputError: It can be neither replaced nor written to.
    """
    try:
        state = path.stat()
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(state.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if stat.S_ISSOCK(state.st_mode) or stat.S_ISBLK(state.st_mode):
        raise OutputError(f"cannot write {printable(path)}: it is a socket or a disk", hint="Name a file")
    # Root may write files without write permission; such a mode still means that the file must not change.
    if not state.st_mode & 0o222 or not os.access(path, os.W_OK):
        raise OutputError(
            f"cannot write {printable(path)}: it is read-only", hint="Name another file, or make that one writable"
        )
    return state


def _target(path: Path) -> Path:
    return Path(os.path.realpath(path)) if path.is_symlink() else path


def _descriptor(path: Path) -> int | None:
    """Return the number of the open file descriptor that `path` names; None for other paths.

    Opening such a path again would begin at the start of what is redirected there, over what is written already.
    """
    for _ in range(_MOST_LINKS):
        found = _DESCRIPTOR.fullmatch(os.path.normpath(path))
        if found:
            return int(found["number"]) if found["number"] else _STANDARD[found["name"]]
        if not path.is_symlink():
            return None
        path = path.parent / path.readlink()
    return None


def _write_through(path: Path, content: bytes) -> None:
    number = _descriptor(path)
    with output_errors(path), open(path if number is None else os.dup(number), "wb") as file:  # noqa: PTH123 - a number
        file.write(content)


def _umask() -> int:
    # mkstemp makes files private; the only portable way to learn the umask is to set it.
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
