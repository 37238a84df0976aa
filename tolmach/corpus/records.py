"""What a corpus is read from: a folder, JSON lines, Parquet; where each record is, and its article."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import IO, Any, Final, Protocol

from common.errors import InputError
from common.extras import require_extra
from common.json_text import parse_json
from common.names import printable
from corpora.article import Article
from corpora.limits import ARTICLE_BYTES, input_limit, too_large
from corpora.readers.load import load_article, read_article

RecordPlace = str | tuple[int, ...]
"""Where a record is in its input: the name of a file, or numbers of lines, bytes, row groups and rows."""
FIELDS: Final = ("id", "story", "language", "outlet", "date", "url", "title", "text")
"""Fields of a record in JSON lines and Parquet; only `text` must be there."""
_DIGEST: Final = 8
"""Bytes of a digest: one change in 10**19 goes unnoticed."""
_ROWS: Final = 1_000
"""Rows of Parquet that are Python objects at once."""
_HINT: Final = "Give a folder of articles, a .jsonl or .parquet file, or a .txt file with one address per line"


@dataclass(frozen=True, slots=True)
class CorpusRecord:
    """A record as the plan knows it, without its text.

    Attributes:
        id: Its name, unique in the corpus.
        place: Where it is.
        story: Story that it is a version of; None if the input does not say.
        size: Bytes of its text, as far as they are known.
        error: Why it cannot be used; None if nothing is known against it.
        digest: A text that changes when the record does, wherever it is.
        done: Whether an earlier run wrote its own rows, and only its story is done again.
    """

    id: str
    place: RecordPlace
    story: str | None
    size: int
    error: str | None = None
    digest: str = ""
    done: bool = False


class Source(Protocol):
    """An input that lists its records, and reads each of them again by its place."""

    def entries(self) -> Iterator[CorpusRecord]:
        """Yield the records in order."""
        ...

    def load(self, entry: CorpusRecord) -> Article:
        """Return the article of a record.

        Raises:
            TolmachError: It cannot be used.
        """
        ...

    def fingerprint(self) -> str:
        """Return a text that changes when the input does."""
        ...


def open_source(path: Path) -> Source:
    """Return the reader of an input.

    Raises:
        InputError: There is no such input, or it is of another kind.
        MissingExtraError: It is Parquet, and pyarrow is not installed.
    """
    if path.is_dir():
        tables = sorted(path.glob("*.parquet"))
        return ParquetSource(tables) if tables else FolderSource(path)
    kind = path.suffix.lower()
    if not path.is_file():
        raise InputError(f"cannot read {printable(path)}: no such file or folder", hint=_HINT)
    if kind == ".parquet":
        return ParquetSource([path])
    if kind not in {".jsonl", ".ndjson"}:
        raise InputError(f"{printable(path)} is no corpus: its suffix is {kind or 'missing'}", hint=_HINT)
    return LinesSource(path)


@dataclass(frozen=True)
class FolderSource:
    """Files of any format that Tolmach reads; the files of a subfolder are versions of one story."""

    root: Path

    def entries(self) -> Iterator[CorpusRecord]:
        """Yield the files by name; hidden ones are left out."""
        for path in self._files():
            inner = path.relative_to(self.root)
            story = inner.parent.as_posix() if inner.parent.parts else None
            digest = _digest_of_file(path)
            yield CorpusRecord(inner.as_posix(), inner.as_posix(), story, path.stat().st_size, digest=digest)

    def load(self, entry: CorpusRecord) -> Article:
        """Return the article of a file."""
        return load_article(self.root / str(entry.place))

    def fingerprint(self) -> str:
        """Return a digest of names, sizes and times."""
        return _digest_of(self._files(), self.root)

    def _files(self) -> list[Path]:
        found = (path for path in self.root.rglob("*") if path.is_file())
        return sorted(path for path in found if not any(one[0] == "." for one in path.relative_to(self.root).parts))


@dataclass(frozen=True)
class LinesSource:
    """JSON lines: an object with `FIELDS` on each line."""

    path: Path

    def entries(self) -> Iterator[CorpusRecord]:
        """Yield the lines, those that cannot be used with their error."""
        seen: set[int] = set()
        limit = input_limit(ARTICLE_BYTES)
        with self.path.open("rb") as file:
            number, start = 0, 0
            while line := file.readline(limit + 1):
                number += 1
                size = len(line) if line.endswith(b"\n") or len(line) <= limit else len(line) + _skip_line(file)
                if line.strip():
                    place = (number, start, size)
                    error = too_large(f"line {number}", limit, size).message if size > limit else None
                    yield _unique(_entry(place, line, error), seen)
                start += size

    def load(self, entry: CorpusRecord) -> Article:
        """Return the article of a line."""
        number, start, size = (int(part) for part in entry.place)
        with self.path.open("rb") as file:
            file.seek(start)
            return article_of(_object(file.read(size), f"line {number}"), f"line {number}")

    def fingerprint(self) -> str:
        """Return a digest of the file's size and time."""
        return _digest_of([self.path], self.path.parent)


@dataclass(frozen=True)
class ParquetSource:
    """Parquet files with `FIELDS` as columns; others are ignored."""

    paths: list[Path]

    def entries(self) -> Iterator[CorpusRecord]:
        """Yield the rows of all files in order."""
        require_extra("corpus")
        seen: set[int] = set()
        count = 0
        for at, (file, columns) in enumerate(self._opened):
            for group in range(file.num_row_groups):
                table = file.read_row_group(group, [name for name in FIELDS if name in columns])
                rows = (row for batch in table.to_batches(_ROWS) for row in batch.to_pylist())
                for row, values in enumerate(rows):
                    count += 1
                    name, story = _name(values.get("id"), count), _word(values.get("story"))
                    size, digest = len(str(values["text"] or "").encode()), _digest(repr(values).encode())
                    yield _unique(CorpusRecord(name, (at, group, row), story, size, digest=digest), seen)

    def load(self, entry: CorpusRecord) -> Article:
        """Return the article of a row."""
        at, group, row = (int(part) for part in entry.place)
        return article_of(self._group(at, group)[row], f"row {entry.id}")

    def fingerprint(self) -> str:
        """Return a digest of the files' sizes and times."""
        return _digest_of(self.paths, self.paths[0].parent)

    def _group(self, at: int, group: int) -> list[dict[str, Any]]:
        if self._kept.get("place") != (at, group):  # neighbours are read together
            file, columns = self._opened[at]
            rows = file.read_row_group(group, [name for name in FIELDS if name in columns]).to_pylist()
            self._kept.update(place=(at, group), rows=rows)
        rows = self._kept["rows"]
        assert isinstance(rows, list)  # noqa: S101 - tells the type checker
        return rows

    @cached_property
    def _kept(self) -> dict[str, object]:
        return {}

    @cached_property
    def _opened(self) -> list[tuple[Any, set[str]]]:
        from pyarrow import parquet  # noqa: PLC0415 - loaded when used

        opened = []
        for path in self.paths:
            try:
                file = parquet.ParquetFile(path)
            except (OSError, ValueError) as error:
                raise InputError(f"{printable(path)} is not Parquet: {error}") from error
            columns = set(file.schema_arrow.names)
            if "text" not in columns:
                raise InputError(f"{printable(path)} has no column `text`", hint=f"Known columns: {', '.join(FIELDS)}")
            opened.append((file, columns))
        return opened


def article_of(record: Mapping[str, Any], name: str) -> Article:
    """Return the article of a record with `FIELDS`; what the record says goes before what its text says.

    Raises:
        InputError: It has no text, or the text cannot be used.
    """
    if record.get("error"):  # an address that could not be fetched
        raise InputError(str(record["error"]))
    text = record.get("text")
    if not isinstance(text, str):
        raise InputError(f"{name} has no text")
    title = _word(record.get("title"))
    if title and not text.lstrip().startswith((title, "<")):
        text = f"{title}\n\n{text}"
    article = read_article(text, _word(record.get("language")), name=name)
    outlet, date, url = (_word(record.get(key)) for key in ("outlet", "date", "url"))
    meta = article.meta
    meta = replace(meta, outlet=outlet or meta.outlet, date=date or meta.date, source=url)
    return replace(article, meta=meta)


def _entry(place: tuple[int, int, int], line: bytes, error: str | None) -> CorpusRecord:
    record: Mapping[str, Any] = {}
    if error is None:
        try:
            record = _object(line, f"line {place[0]}")
        except InputError as problem:
            error = problem.message
    name, story = _name(record.get("id"), place[0]), _word(record.get("story"))
    return CorpusRecord(name, place, story, place[2], error, _digest(line.strip()))


def _object(line: bytes, name: str) -> Mapping[str, Any]:
    try:
        record = parse_json(line.decode("utf-8"), name)
    except UnicodeDecodeError as error:
        raise InputError(f"{name} is not UTF-8") from error
    if not isinstance(record, dict):
        raise InputError(f"{name} is not a JSON object")
    return record


def _skip_line(file: IO[bytes]) -> int:
    """Read to the end of a line without keeping it; return its bytes."""
    skipped = 0
    while part := file.readline(1_000_000):
        skipped += len(part)
        if part.endswith(b"\n"):
            break
    return skipped


def _unique(entry: CorpusRecord, seen: set[int]) -> CorpusRecord:
    """Return the entry, with an error and a name of its own if another one has its name."""
    name, copies = entry.id, 1
    while hash(name) in seen:
        copies += 1
        name = f"{entry.id} ({copies})"
    seen.add(hash(name))
    if name == entry.id:
        return entry
    return replace(entry, id=name, error=entry.error or f"another record has the id {entry.id!r}")


def _name(value: object, number: int) -> str:
    return _word(value) or str(number)


def _word(value: object) -> str | None:
    """Return a field as text; dates and numbers of Parquet are written out."""
    text = "" if value is None else str(value).strip()
    return text or None


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=_DIGEST).hexdigest()


def _digest_of_file(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=_DIGEST)).hexdigest()
    except OSError:  # it goes to the quarantine when its block is done
        return ""


def _digest_of(paths: Iterable[Path], root: Path) -> str:
    states = [(path.relative_to(root).as_posix(), path.stat().st_size, path.stat().st_mtime_ns) for path in paths]
    return hashlib.sha256(json.dumps(states).encode("utf-8")).hexdigest()
