"""Finished sentences, kept so that interrupted or repeated work is not done again."""

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from corpora.errors import OutputError
from corpora.files import output_errors

_TABLE = "CREATE TABLE IF NOT EXISTS hypotheses (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID"


def memory_key(signature: Mapping[str, str], request: object) -> str:
    """Return the hexadecimal SHA-256 of everything that a hypothesis depends on.

    Args:
        signature: Model, revision, precision and decoding, by name.
        request: What the model is given for the sentence, as data that JSON can hold.
    """
    content = json.dumps([sorted(signature.items()), request], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(content.encode("utf-8")).hexdigest()


class TranslationMemory:
    """A SQLite file of hypotheses by `memory_key`.

    Several processes may use one file; each `put` is a transaction, so a killed process loses at most one batch.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def get(self, keys: Iterable[str]) -> dict[str, str]:
        """Return the stored values of those `keys` that are there.

        Raises:
            OutputError: The file exists and is not a memory.
        """
        if not self._path.exists():
            return {}
        with self._connect(f"{self._path.resolve().as_uri()}?mode=ro") as connection:
            rows = [
                connection.execute("SELECT key, value FROM hypotheses WHERE key = ?", (key,)).fetchone() for key in keys
            ]
        return {row[0]: row[1] for row in rows if row}

    def put(self, values: Mapping[str, str]) -> None:
        """Store `values`, replacing older ones.

        Raises:
            OutputError: The file cannot be written.
        """
        with output_errors(self._path):
            self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._connect(self._path.resolve().as_uri()) as connection, connection:
            connection.execute(_TABLE)
            connection.executemany("INSERT OR REPLACE INTO hypotheses VALUES (?, ?)", values.items())

    @contextmanager
    def _connect(self, address: str) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(address, timeout=60, uri=True)) as connection:
                yield connection
        except sqlite3.Error as error:
            raise OutputError(
                f"cannot use the translation memory {self._path}: {error}",
                hint="Free some space, or delete that file: it can be made again",
            ) from error
