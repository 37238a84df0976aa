"""Downloads test sets from the addresses of the registry or through sacrebleu, with checksums."""

import io
import tarfile
from collections.abc import Iterator
from hashlib import md5, sha256
from pathlib import Path
from typing import Any, Final

from common.errors import IntegrityError, NetworkError, UsageError
from common.fetch.repository import locked, whole_folder
from common.files import output_errors, replacing, write_text
from common.network import require_network
from common.progress import SILENT, Progress
from corpora.readers.load import FetchOptions, fetch
from corpora.testsets.loading import (
    DEFAULT_REFERENCES,
    DOCUMENTS,
    FOLDERS_VARIABLE,
    ORIGINS,
    fetched_folder,
    find_folder,
)
from corpora.testsets.registry import SetEntry, SetFile

_UNPACKED: Final = 1_000_000_000
"""Most bytes of an archive's content: FLORES-200, the largest, has a tenth of that."""


def fetch_set(entry: SetEntry, *, progress: Progress = SILENT) -> Path:
    """Return the folder of a set, downloading it if needed; it appears complete or not at all.

    Raises:
        UsageError: The set is not downloaded: it comes with the package.
        OfflineError: It is missing, and the user allows no network.
        NetworkError: It cannot be downloaded.
        IntegrityError: A file does not match its checksum.
        OutputError: The cache cannot be written.
    """
    if not entry.files and not entry.sacrebleu:
        raise UsageError(f"{entry.name} is part of Tolmach and need not be downloaded")
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
            return place  # another process downloaded it while this one waited
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
    """Yield the set's files from its archive; nothing else is unpacked."""
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
    """Read the set's members of an archive, without unpacking more than a plausible amount."""
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


_SOURCE, _REFERENCE, _DOCUMENT, _ORIGIN, _DOMAIN = "src", "ref", "docid", "origlang", "domain"
_UNNAMED: Final = "A"
"""Name of a set's only reference."""
LIMITS: Final = FetchOptions(anew_after=65_536, max_bytes=200_000_000, user_agent="tolmach (test sets)", types=None)
"""Sets are large: a slow connection has enough time if 64 kB arrive every 30 seconds."""


def write_from_sacrebleu(entry: SetEntry, folder: Path, *, progress: Progress) -> None:
    """Write sacrebleu's data of a set: sources, references, documents, origins and outputs of systems.

    The archive is in sacrebleu's folder, but is downloaded by Tolmach, as sacrebleu limits neither time nor size. If a
    set has several references, those that sacrebleu scores against are recorded, too.

    Raises:
        NetworkError: It cannot be downloaded.
        IntegrityError: The download does not match its checksum, or cannot be read.
    """
    from sacrebleu.dataset import DATASETS  # noqa: PLC0415 - loaded when used

    dataset: Any = DATASETS[entry.sacrebleu]
    _fetch_archives(dataset, entry, progress)
    for source, target in entry.directions:
        pair = f"{source}-{target}"
        try:
            paths = dict(zip(dataset.fieldnames(pair), map(Path, dataset.get_files(pair)), strict=True))
            usual = set(map(Path, dataset.get_reference_files(pair)))
        except (
            OSError,
            AssertionError,
            AttributeError,
            LookupError,
            ValueError,
            SyntaxError,
        ) as error:  # the last is lxml's
            raise IntegrityError(
                f"sacrebleu cannot read its download of {entry.name} {pair}: {error}", hint=f"Look at {entry.url}"
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


def _fetch_archives(dataset: Any, entry: SetEntry, progress: Progress) -> None:
    """Put a set's archives and their contents where sacrebleu looks before downloading them itself."""
    raw = Path(dataset._rawdir)  # noqa: SLF001 - the release of sacrebleu is pinned for such names
    for url, checksum in zip(dataset.data, dataset.md5, strict=True):
        place = raw / dataset._get_tarball_filename(url)  # noqa: SLF001 - see above
        if place.exists() and place.stat().st_size:
            continue
        packed = fetch(url, options=LIMITS, progress=progress).data
        if md5(packed, usedforsecurity=False).hexdigest() != checksum:  # the file that sacrebleu compares
            raise IntegrityError(
                f"the archive of {entry.name} has a checksum other than sacrebleu's",
                hint=f"It may have changed where it is published: {url}",
            )
        raw.mkdir(parents=True, exist_ok=True)
        try:
            with tarfile.open(fileobj=io.BytesIO(packed)) as opened:
                opened.extractall(raw, filter="data")
        except tarfile.TarError as error:
            raise IntegrityError(f"the archive of {entry.name} cannot be unpacked: {error}") from error
        with replacing(place) as partial:  # last, as its presence tells sacrebleu that the set is complete
            partial.write_bytes(packed)


def _names(fields: dict[str, str], direction: tuple[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the file name of each field."""
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
