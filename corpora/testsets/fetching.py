"""Fetching test sets: from the addresses of the registry, or through sacrebleu, each file checked by its checksum."""

import io
import tarfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Final

from common.errors import IntegrityError, NetworkError, UsageError
from common.fetch.repository import locked, whole_folder
from common.files import output_errors
from common.network import require_network
from common.progress import SILENT, Progress
from corpora.readers.fetch import fetch
from corpora.testsets.from_sacrebleu import LIMITS, write_from_sacrebleu
from corpora.testsets.loading import FOLDERS_VARIABLE, fetched_folder, find_folder
from corpora.testsets.types import SetEntry, SetFile

_UNPACKED: Final = 1_000_000_000
"""Bytes that an archive may hold: FLORES-200, the largest, holds a tenth of that."""


def fetch_set(entry: SetEntry, *, progress: Progress = SILENT) -> Path:
    """Return the folder of a set, after fetching it where it is not here; it appears whole or not at all.

    Args:
        entry: The set.
        progress: Shows how far it is.

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
    with locked(place, entry.name, progress=progress):
        if all(find_folder(entry, direction) for direction in entry.directions):
            return place  # another process fetched it while this one waited
        with whole_folder(place) as partial, output_errors(place):
            try:
                _fill(entry, partial, progress)
            except NetworkError as error:
                hint = f"Or put its files into a folder of your own, whose parent {FOLDERS_VARIABLE} names"
                raise NetworkError(error.message, hint=hint) from error
    return place


def _fill(entry: SetEntry, folder: Path, progress: Progress) -> None:
    if entry.sacrebleu:
        write_from_sacrebleu(entry, folder, progress=progress)
    elif entry.archive:
        archive = fetch(entry.archive, options=LIMITS, progress=progress).data
        for file, data in _members(entry, archive):
            _write(folder, file, data)
    else:
        for file in entry.files:
            _write(folder, file, fetch(file.url, options=LIMITS, progress=progress).data)


def _members(entry: SetEntry, archive: bytes) -> Iterator[tuple[SetFile, bytes]]:
    """Yield the set's files out of its archive; nothing else of it is unpacked."""
    try:
        found = _unpacked(entry, archive)
    except (tarfile.TarError, KeyError, EOFError, OSError) as error:
        raise IntegrityError(
            f"the archive of {entry.name} cannot be unpacked: {error}", hint=f"Look at {entry.archive}"
        ) from error
    for file in entry.files:
        if file.member not in found:
            raise IntegrityError(f"the archive of {entry.name} holds no file {file.member}")
        yield file, found[file.member]


def _unpacked(entry: SetEntry, archive: bytes) -> dict[str, bytes]:
    """Read the members that the set names, without unpacking more than an honest archive holds."""
    wanted, found, size = {file.member for file in entry.files}, {}, 0
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r|*") as opened:
        for member in opened:
            size += member.size
            if size > _UNPACKED:
                raise IntegrityError(
                    f"the archive of {entry.name} holds more than {_UNPACKED // 10**6} MB",
                    hint=f"Look at {entry.archive}",
                )
            content = opened.extractfile(member) if member.name in wanted else None
            if content is not None:
                found[member.name] = content.read()
    return found


def _write(folder: Path, file: SetFile, data: bytes) -> None:
    found = sha256(data).hexdigest()
    if found != file.sha256:
        raise IntegrityError(
            f"{file.name} is not the file that it should be: its checksum is {found[:12]}, not {file.sha256[:12]}",
            hint="The set may have changed where it is published; put the right files in a folder of your own",
        )
    folder.joinpath(file.name).write_bytes(data)
