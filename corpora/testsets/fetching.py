"""Fetching test sets: from the addresses of the registry, or through sacrebleu, each file checked by its checksum."""

import io
import shutil
import tarfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import filelock

from common.errors import IntegrityError, NetworkError, UsageError
from common.files import output_errors, write_text
from common.network import require_network
from common.progress import SILENT, Progress
from corpora.readers.fetch import FetchOptions, fetch
from corpora.testsets.loading import (
    DEFAULT_REFERENCES,
    DOCUMENTS,
    FOLDERS_VARIABLE,
    ORIGINS,
    fetched_folder,
    find_folder,
)
from corpora.testsets.types import SetEntry, SetFile

_SOURCE, _REFERENCE, _DOCUMENT, _ORIGIN, _DOMAIN = "src", "ref", "docid", "origlang", "domain"
_UNNAMED: Final = "A"
"""What a set's only reference is called."""

_LIMITS: Final = FetchOptions(anew_after=65_536, max_bytes=200_000_000, user_agent="tolmach (test sets)", types=None)
"""Sets are large: a slow connection may take its time, as long as 64 kB come in every 30 seconds."""


def fetch_set(entry: SetEntry, *, progress: Progress = SILENT) -> Path:
    """Return the folder of a set, after fetching it where it is not here; it appears whole or not at all.

    Args:
        entry: The set.
        progress: Who is told how far it is.

    Raises:
        UsageError: The set is not fetched: it comes with the package.
        OfflineError: It is not here, and the user allows no network.
        NetworkError: It cannot be fetched.
        IntegrityError: What came is not what it should be.
        OutputError: The cache cannot be written.
    """
    if not entry.files and not entry.sacrebleu:
        raise UsageError(f"{entry.name} comes with Tolmach and need not be fetched")
    for direction in entry.directions:
        if find_folder(entry, direction) is None:
            break
    else:
        found = find_folder(entry)
        assert found is not None  # noqa: S101 - every direction was found just now
        return found
    require_network(f"fetch the test set {entry.name}")
    place = fetched_folder() / entry.name
    with output_errors(place):
        place.parent.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(place.with_name(f".{entry.name}.lock"))
    with output_errors(place), lock:
        if all(find_folder(entry, direction) for direction in entry.directions):
            return place  # another process fetched it while this one waited
        with TemporaryDirectory(prefix=f".{entry.name}-", dir=place.parent) as made:
            partial = Path(made) / entry.name
            partial.mkdir()
            try:
                _fill(entry, partial, progress)
            except NetworkError as error:
                told = f"Or put its files into a folder of your own, whose parent {FOLDERS_VARIABLE} names"
                raise NetworkError(error.message, hint=told) from error
            shutil.rmtree(place, ignore_errors=True)
            partial.rename(place)
    return place


def _fill(entry: SetEntry, folder: Path, progress: Progress) -> None:
    if entry.sacrebleu:
        _write_from_sacrebleu(entry, folder, progress=progress)
    elif entry.archive:
        archive = fetch(entry.archive, options=_LIMITS, progress=progress).data
        for file, data in _members(entry, archive):
            _write(folder, file, data)
    else:
        for file in entry.files:
            _write(folder, file, fetch(file.url, options=_LIMITS, progress=progress).data)


def _members(entry: SetEntry, archive: bytes) -> Iterator[tuple[SetFile, bytes]]:
    """Yield the set's files out of its archive; nothing else of it is unpacked."""
    try:
        with tarfile.open(fileobj=io.BytesIO(archive)) as opened:
            for file in entry.files:
                member = opened.extractfile(file.member)
                if member is None:
                    raise IntegrityError(f"the archive of {entry.name} holds no file {file.member}")
                yield file, member.read()
    except (tarfile.TarError, KeyError, EOFError, OSError) as error:
        raise IntegrityError(
            f"the archive of {entry.name} cannot be unpacked: {error}", hint=f"Look at {entry.archive}"
        ) from error


def _write(folder: Path, file: SetFile, data: bytes) -> None:
    found = sha256(data).hexdigest()
    if found != file.sha256:
        raise IntegrityError(
            f"{file.name} is not the file that it should be: its checksum is {found[:12]}, not {file.sha256[:12]}",
            hint="The set may have changed where it is published; put the right files in a folder of your own",
        )
    folder.joinpath(file.name).write_bytes(data)


def _write_from_sacrebleu(entry: SetEntry, folder: Path, *, progress: Progress) -> None:
    """Write what sacrebleu has of a set: sources, references, documents, origins, and what systems submitted.

    sacrebleu keeps the archive in its own folder. Where a set has several references, it scores against some of them;
    which they are is written down, too.

    Args:
        entry: The set.
        folder: Where a folder for each direction goes.
        progress: Who is told what is left out.

    Raises:
        NetworkError: It cannot be fetched.
        IntegrityError: What came is not what it should be, or cannot be read.
    """
    from sacrebleu.dataset import DATASETS  # noqa: PLC0415 - loaded when used

    dataset: Any = DATASETS[entry.sacrebleu]
    for source, target in entry.directions:
        pair = f"{source}-{target}"
        try:
            paths = dict(zip(dataset.fieldnames(pair), map(Path, dataset.get_files(pair)), strict=True))
            usual = set(map(Path, dataset.get_reference_files(pair)))
        except OSError as error:
            raise NetworkError(f"cannot fetch {entry.name} through sacrebleu: {error}") from error
        except SystemExit as error:  # its way to say that a checksum is wrong
            raise IntegrityError(
                f"what sacrebleu fetched of {entry.name} is not what it should be", hint="See its message above"
            ) from error
        except (AssertionError, AttributeError, LookupError, ValueError, SyntaxError) as error:  # the last is lxml's
            raise IntegrityError(
                f"sacrebleu cannot read what it fetched of {entry.name} {pair}: {error}", hint=f"Look at {entry.url}"
            ) from error
        fields = {field: path.read_bytes().decode("utf-8") for field, path in paths.items()}
        place = folder / pair
        for name, field in _names(fields, (source, target)):
            if fields[field].count("\n") != fields[_SOURCE].count("\n"):
                progress.note(f"{entry.name} {pair}: {field} lacks segments and is left out")
            else:
                write_text(place / name, fields[field])
        chosen = [_reference(field) for field, path in paths.items() if _is_reference(field) and path in usual]
        write_text(place / DEFAULT_REFERENCES, "".join(f"{name}\n" for name in chosen))


def _names(fields: dict[str, str], direction: tuple[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the name of the file that each field goes to."""
    source, target = direction
    known = {_SOURCE: f"src.{source}", _DOCUMENT: DOCUMENTS, _ORIGIN: ORIGINS}
    for field in fields:
        if _is_reference(field):
            yield f"ref.{_reference(field)}.{target}", field
        elif field in known:
            yield known[field], field
        elif field != _DOMAIN and Path(field).name == field:
            yield f"hyp.{field}.{target}", field


def _is_reference(field: str) -> bool:
    return field == _REFERENCE or field.startswith(f"{_REFERENCE}:")


def _reference(field: str) -> str:
    return field.partition(":")[2] or _UNNAMED
