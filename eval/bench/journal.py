"""The journal of a model's translations of a set: a file with one line per finished chunk."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from common.errors import InputError, UsageError
from common.files import output_errors
from common.json_text import parse_json
from corpora.limits import read_file

_SCHEMA: Final = "tolmach-bench-journal/1"
_LONGEST_HEAD: Final = 1_000_000
"""Bytes; settings take a thousandth of it, and a file without a line end is not a journal."""


@dataclass(frozen=True, slots=True)
class JournalSegment:
    """One translated segment.

    Attributes:
        number: Its number in the set, from 0.
        attempts: Number of hypotheses from which it was chosen.
    """

    number: int
    text: str
    method: str = "plain"
    attempts: int = 1


@dataclass(frozen=True, slots=True)
class JournalChunk:
    """Segments that were translated together.

    Attributes:
        segments: In the order of translation.
    """

    segments: tuple[JournalSegment, ...]
    seconds: float
    signature: Mapping[str, str]


class Journal:
    """Chunks in a file. Incomplete lines are ignored, so that a process may be killed at any moment.

    Args:
        path: The file; its folder is created with the first chunk.
        identity: Settings that affect the translations, by name; a file with other settings is refused.
    """

    def __init__(self, path: Path, identity: Mapping[str, str]) -> None:
        self.path = path
        self._identity = dict(identity)
        self._end: int | None = None  # end of the last complete line, once known

    def read(self) -> list[JournalChunk]:
        """Return the complete chunks, in the order in which they were written.

        Raises:
            UsageError: The file has other settings.
            InputError: It is not a journal, or was altered.
        """
        lines = self._lines()
        if not lines:
            return []
        head = self._parse(lines[0], 1)
        if not isinstance(head, dict) or head.get("schema") != _SCHEMA or not isinstance(head.get("identity"), dict):
            raise InputError(f"{self.path} is not a journal of a benchmark", hint="Choose another folder with -o")
        self._compare(head["identity"])
        return [self._chunk(self._parse(line, number), number) for number, line in enumerate(lines[1:], start=2)]

    def append(self, chunk: JournalChunk) -> None:
        """Append a finished chunk, flushed to disk so that it survives a crash or power failure."""
        with output_errors(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            if self._end is None:
                self._end = sum(len(line) + 1 for line in self._lines())
            with self.path.open("r+b" if self.path.exists() else "w+b") as file:
                file.truncate(self._end)  # left by a killed process after the last line break
                file.seek(self._end)
                if not self._end:
                    file.write(_line({"schema": _SCHEMA, "identity": self._identity}))
                file.write(_line(_record(chunk)))
                file.flush()
                os.fsync(file.fileno())
                self._end = file.tell()

    def _lines(self) -> list[bytes]:
        if not self.path.exists():
            return []
        lines = read_file(self.path).split(b"\n")[:-1]
        # After a power failure the last line may have its length and its end, but a wrong content.
        return lines[:-1] if lines and not _is_json(lines[-1]) else lines

    def _parse(self, line: bytes, number: int) -> Any:
        try:
            return _json(line)
        except (InputError, UnicodeDecodeError) as error:
            raise self._damaged(number) from error

    def _chunk(self, record: Any, number: int) -> JournalChunk:
        try:
            segments = tuple(_segment(one) for one in record["segments"])
            seconds, signature = float(record["seconds"]), dict(record["signature"])
        except (KeyError, TypeError, ValueError) as error:
            raise self._damaged(number) from error
        if seconds < 0 or not all(isinstance(value, str) for value in signature.values()):
            raise self._damaged(number)
        return JournalChunk(segments, seconds, signature)

    def _damaged(self, number: int) -> InputError:
        return InputError(
            f"{self.path}, line {number} is damaged", hint="Remove the file; its segments are translated again"
        )

    def _compare(self, found: Mapping[str, str]) -> None:
        for name in {**self._identity, **found}:
            if found.get(name) != self._identity.get(name):
                before, now = (repr(side[name]) if name in side else "none" for side in (found, self._identity))
                raise UsageError(
                    f"{self.path} was made with {name} {before}, not {now}",
                    hint="Choose another folder with -o, or remove the file",
                )


def _json(line: bytes) -> Any:
    # Translations may contain lone surrogates, which a server sent.
    return parse_json(line.decode("utf-8", "surrogatepass"), "the line")


def _is_json(line: bytes) -> bool:
    try:
        _json(line)
    except (InputError, UnicodeDecodeError):
        return False
    return True


def _segment(record: Mapping[str, Any]) -> JournalSegment:
    found = JournalSegment(**record)
    for value, kind in ((found.number, int), (found.text, str), (found.method, str), (found.attempts, int)):
        if not isinstance(value, kind) or isinstance(value, bool):
            raise TypeError(f"{value!r} is no {kind.__name__}")
    return found


def read_identity(path: Path) -> dict[str, str]:
    """Return the settings of the translations in a file; empty if it is not a journal."""
    try:
        with path.open("rb") as file:
            head = _json(file.readline(_LONGEST_HEAD))
    except (OSError, InputError, UnicodeDecodeError):
        return {}
    identity = head.get("identity") if isinstance(head, dict) and head.get("schema") == _SCHEMA else None
    known = isinstance(identity, dict) and all(isinstance(value, str) for value in identity.values())
    return dict(identity) if isinstance(identity, dict) and known else {}


def signature_of(chunks: Sequence[JournalChunk]) -> dict[str, str]:
    """Return the signature of chunks, by name; chunks without any text have less information."""
    found: dict[str, str] = {}
    for chunk in chunks:
        found = {**chunk.signature, **found}
    return found


def _record(chunk: JournalChunk) -> dict[str, Any]:
    segments = [
        {"number": one.number, "text": one.text, "method": one.method, "attempts": one.attempts}
        for one in chunk.segments
    ]
    return {"segments": segments, "seconds": chunk.seconds, "signature": dict(chunk.signature)}


def _line(record: Mapping[str, Any]) -> bytes:
    return json.dumps(record, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n"
