"""Brings the files of a direction from a mirror of the user's.

Mozilla asks other programs not to load models from its own servers, so there is no address here: only one that the user
gives. A mirror is any web server with the folders that `find_bergamot` knows: `enru/model.enru.intgemm.alphas.bin`,
perhaps below `base`, `base-memory`, `tiny` or `prod`, packed with gzip or not.
"""

import gzip
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from common.errors import IntegrityError, UsageError
from common.fetch.errors import WebError
from common.fetch.repository import ModelUnavailableError
from common.fetch.urls import parse_url, show_url
from common.files import output_errors, replacing
from common.network import require_network
from common.progress import SILENT, Progress
from translate.engines.bergamot.binary import MAX_BYTES
from translate.engines.bergamot.download import Transfer, download
from translate.engines.bergamot.files import MODEL_NAMES, PLACES, BergamotFiles, pair_name
from translate.engines.errors import ModelFilesError
from translate.models.specs import Direction, direction_name
from translate.weights.files import FileRecord, record_files

MIRROR_VARIABLE: Final = "TOLMACH_BERGAMOT_MIRROR"
_NAMES: Final = tuple(name for name in MODEL_NAMES if name.endswith(".bin"))
_CHUNK: Final = 1 << 20
_AGAIN: Final = "Try again; if it stays so, the mirror has something else under this name"


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a fetch brought.

    Attributes:
        files: The model.
        records: Name, size and SHA-256 of every file.
        revision: A checksum of the names and contents of all files, in hexadecimal.
    """

    files: BergamotFiles
    records: tuple[FileRecord, ...]
    revision: str


def bergamot_mirror(option: str | None = None) -> str:
    """Return the address of the user's mirror: `option`, else `TOLMACH_BERGAMOT_MIRROR`.

    Raises:
        UsageError: Neither names one, or it is no address of a web server.
    """
    address = (option or os.environ.get(MIRROR_VARIABLE, "")).strip().rstrip("/")
    if not address:
        raise UsageError(
            "no mirror of Bergamot models is named, and Mozilla's own servers are not for other programs",
            hint=f"Set {MIRROR_VARIABLE} to the address of your copy, or name a folder with the files: --model FOLDER",
        )
    try:
        parse_url(address)
    except WebError as error:
        raise UsageError(
            f"{show_url(address)!r} is not the address of a mirror: {error.message}",
            hint="Write https://host/path, or name a folder: --model",
        ) from error
    return address


def fetch_bergamot(mirror_url: str, direction: Direction, folder: Path, *, progress: Progress = SILENT) -> Fetched:
    """Bring a direction's weights and vocabularies into `folder`, unpacked; what a broken-off fetch left is used.

    Args:
        mirror_url: Where they are, as `bergamot_mirror` returns it.
        direction: Source and target language, by tag.
        folder: Where they go; made where it does not exist.
        progress: Told of every byte.

    Raises:
        OfflineError: The user allows no network.
        NetworkError: The mirror cannot be reached, fails, or breaks off; what came so far is kept.
        ModelUnavailableError: The mirror has no such direction.
        IntegrityError: A file is damaged or far too large; it is removed.
        OutputError: The folder cannot be written.
    """
    name = direction_name(direction)
    require_network(f"fetch the Bergamot model for {name}")
    with output_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    with progress.bar(f"Fetching bergamot {name}", None, unit="B") as advance:
        source = _Mirror(mirror_url, folder, Transfer(MAX_BYTES, advance))
        place, model = source.model(pair_name(direction))
        files = source.beside(place, pair_name(direction), model)
    _check(files)
    records = record_files(folder, (path.name for path in files.paths))
    content = "".join(f"{record.path}\0{record.sha256}\n" for record in records)
    return Fetched(files, records, sha256(content.encode("utf-8")).hexdigest())


@dataclass(frozen=True, slots=True)
class _Mirror:
    url: str
    folder: Path
    transfer: Transfer

    def model(self, pair: str) -> tuple[str, Path]:
        """Return the folder on the mirror that has the direction, and the file with its weights."""
        for place in PLACES:
            for name in _NAMES:
                below = f"{place}/{pair}" if place else pair
                path = self._bring(below, name.format(pair=pair))
                if path:
                    return below, path
        raise ModelUnavailableError(
            f"the mirror {show_url(self.url)} has no model for {pair}",
            hint=f"It should have {pair}/model.{pair}.intgemm.alphas.bin or that file with .gz",
        )

    def beside(self, place: str, pair: str, model: Path) -> BergamotFiles:
        """Return the files of a direction, after bringing its vocabularies."""
        shared = self._bring(place, f"vocab.{pair}.spm")
        source = shared or self._bring(place, f"srcvocab.{pair}.spm")
        target = shared or self._bring(place, f"trgvocab.{pair}.spm")
        if source and target:
            return BergamotFiles(model, source, target)
        raise ModelUnavailableError(f"the mirror {show_url(self.url)} has a model in {place}, but not its vocabulary")

    def _bring(self, place: str, name: str) -> Path | None:
        target = self.folder / name
        if target.is_file():
            return target
        packed = self.folder / f"{name}.gz"
        if packed.is_file() or download(f"{self.url}/{place}/{packed.name}", packed, self.transfer):
            _unpack(packed, target)
            return target
        return target if download(f"{self.url}/{place}/{name}", target, self.transfer) else None


def _unpack(packed: Path, target: Path) -> None:
    try:
        with replacing(target) as temporary, temporary.open("wb") as output:
            for chunk in _chunks(packed):
                output.write(chunk)
    except IntegrityError:
        packed.unlink()
        raise
    packed.unlink()


def _chunks(packed: Path) -> Iterator[bytes]:
    # A generator, so that only errors of reading are caught: those of writing are about the disk.
    size = 0
    try:
        with gzip.open(packed) as content:
            while chunk := content.read(_CHUNK):
                size += len(chunk)
                if size > MAX_BYTES:
                    raise IntegrityError(f"{packed.name} unpacks to more than {MAX_BYTES >> 30} GiB", hint=_AGAIN)
                yield chunk
    except (OSError, EOFError, zlib.error) as error:
        raise IntegrityError(f"{packed.name} is damaged: {error}", hint=_AGAIN) from error


def _check(files: BergamotFiles) -> None:
    from translate.engines.bergamot.binary import read_model  # noqa: PLC0415 - imports numpy
    from translate.engines.bergamot.vocabulary import load_pieces  # noqa: PLC0415 - loads sentencepiece

    try:
        read_model(files.model)
        load_pieces(files)
    except ModelFilesError as error:
        for path in files.paths:
            path.unlink()
        raise IntegrityError(f"what the mirror gave is not a model: {error.message}", hint=_AGAIN) from error
