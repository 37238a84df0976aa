"""The cache of translated sentences, so that interrupted or repeated work is not redone."""

import hashlib
import json
import os
import sqlite3
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from common.errors import OutputError
from common.files import output_errors
from common.progress import SILENT, Progress

_TABLE = "CREATE TABLE IF NOT EXISTS hypotheses (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID"
_PATIENCE = 60.0
"""Seconds to wait for another process's transaction."""
_PRIMARY = 0xFF
"""Bits of an error code with its kind; the others have details (https://www.sqlite.org/rescode.html)."""
_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_NOT_A_MEMORY = frozenset({sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT})
_FAILURES = (sqlite3.Error, UnicodeDecodeError)
"""Errors of reading a damaged file: SQLite's messages quote its bytes, which may be invalid text."""

_COMPANIONS = ("-journal", "-wal", "-shm")
"""Suffixes of SQLite's auxiliary files (https://www.sqlite.org/tempfiles.html)."""

_Found = TypeVar("_Found")


def memory_key(signature: Mapping[str, str], request: object) -> str:
    """Return the hexadecimal SHA-256 of everything that affects a hypothesis."""
    content = json.dumps([sorted(signature.items()), request], ensure_ascii=False, sort_keys=True)
    # A text may contain a lone surrogate, which UTF-8 cannot encode.
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()


class TranslationMemory:
    """A SQLite file of hypotheses by `memory_key`.

    Several processes may use one file; each `put` is a transaction, so a killed process loses at most one batch. A
    damaged or foreign file is renamed with a note, and a new one is used. If that is impossible (no space, a lasting
    lock, a pipe), work continues without one.
    """

    def __init__(self, path: Path, progress: Progress = SILENT) -> None:
        self._path = path
        self._progress = progress
        self._given_up = False

    def get(self, keys: Iterable[str]) -> dict[str, str]:
        """Return the stored values of `keys`; none if the file cannot be used."""
        wanted = list(keys)
        return self._unless_given_up(lambda: self._read(wanted)) or {}

    def put(self, values: Mapping[str, str]) -> None:
        """Store `values`, replacing older ones, unless the file cannot be used."""

        def write() -> None:
            """Write the values, making the folder if needed."""
            with output_errors(self._path):
                self._path.parent.mkdir(parents=True, exist_ok=True)
            self._write(values)

        self._unless_given_up(write)

    def _unless_given_up(self, work: Callable[[], _Found]) -> _Found | None:
        if self._given_up:
            return None
        try:
            return self._with_good_file(work)
        except OutputError as error:
            # There is no retry: it would wait for a lock each time.
            self._given_up = True
            self._progress.note(f"Translated sentences are not cached: {error}")
            return None

    def _read(self, keys: Iterable[str]) -> dict[str, str]:
        if not self._is_there():
            return {}
        try:
            return self._select(keys, "ro")
        except sqlite3.OperationalError as error:
            if getattr(error, "sqlite_errorcode", 0) & _PRIMARY != sqlite3.SQLITE_READONLY:
                raise
        # The last writer was killed: only a process with write access can roll back.
        return self._select(keys, "rw")

    def _select(self, keys: Iterable[str], mode: str) -> dict[str, str]:
        with self._connect(mode) as connection:
            rows = {
                key: connection.execute("SELECT value FROM hypotheses WHERE key = ?", (key,)).fetchone() for key in keys
            }
        found = {key: _decoded(row[0]) for key, row in rows.items() if row}
        return {key: value for key, value in found.items() if value is not None}

    def _is_there(self) -> bool:
        """Return whether there is a file."""
        there = _is_file(self._path)
        # SQLite puts auxiliary files next to the target of a link.
        real = self._path.resolve()
        for end in _COMPANIONS:
            _is_file(real.with_name(real.name + end))
        return there

    def _write(self, values: Mapping[str, str]) -> None:
        self._is_there()
        with self._connect("rwc") as connection, connection:
            connection.execute(_TABLE)
            connection.executemany("INSERT OR REPLACE INTO hypotheses VALUES (?, ?)", values.items())

    def _with_good_file(self, work: Callable[[], _Found]) -> _Found:
        """Do the work; if the file is damaged, rename it and retry once."""
        try:
            return work()
        except _FAILURES as error:
            if not self._is_damaged(error):
                raise self._unusable(error) from error
        try:
            self._set_aside()
            return work()
        except _FAILURES as error:
            raise self._unusable(error) from error

    def _is_damaged(self, error: Exception) -> bool:
        if isinstance(error, UnicodeDecodeError):
            return True
        # A file of another program is a valid database without our table.
        code = getattr(error, "sqlite_errorcode", None)
        return code in _NOT_A_MEMORY or "no such table" in str(error) or "no such column" in str(error)

    def _set_aside(self) -> None:
        from filelock import FileLock  # noqa: PLC0415 - needed only for a damaged file

        with output_errors(self._path), FileLock(f"{self._path}.lock"):
            # Another process may have noticed the same and created a new file meanwhile, which must stay.
            if self._is_good():
                return
            moment = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
            aside = self._path.with_name(f"{self._path.name}.broken-{moment}-{os.getpid()}")
            self._path.rename(aside)
            for rest in _COMPANIONS:
                self._path.with_name(self._path.name + rest).unlink(missing_ok=True)
        self._progress.note(f"The cache of translated sentences was damaged; it is now {aside}, and a new one is used")

    def _is_good(self) -> bool:
        try:
            self._read(["-"])
        except _FAILURES:
            return False
        return True

    @contextmanager
    def _connect(self, mode: str) -> Iterator[sqlite3.Connection]:
        address = f"{self._path.resolve().as_uri()}?mode={mode}"
        with closing(sqlite3.connect(address, timeout=_PATIENCE, uri=True)) as connection:
            # Damaged bytes must not raise when decoded.
            connection.text_factory = bytes
            yield connection

    def _unusable(self, error: Exception) -> OutputError:
        busy = getattr(error, "sqlite_errorcode", 0) & _PRIMARY in _BUSY
        hint = "Another program holds it" if busy else "Free some space, or delete that file: it can be made again"
        return OutputError(f"cannot use the translation memory {self._path}: {error}", hint=hint)


def _is_file(path: Path) -> bool:
    with output_errors(path):
        try:
            mode = path.stat().st_mode
        except FileNotFoundError:
            return False
    if not stat.S_ISREG(mode):
        raise OutputError(f"cannot use {path}: it is not a regular file", hint="Remove it")
    return True


def _decoded(value: object) -> str | None:
    """Return a stored text; None if its bytes are damaged."""
    try:
        return value.decode("utf-8") if isinstance(value, bytes) else None
    except UnicodeDecodeError:
        return None
