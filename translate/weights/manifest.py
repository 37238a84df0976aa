"""Records of the files in a folder of weights, their source, and their verification."""

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from common.errors import IntegrityError, OutputError
from common.files import sha256_of, write_text
from common.progress import SILENT, Progress
from translate.files import FileRecord, record_files

MANIFEST: Final = "tolmach-manifest.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """The record of a finished download.

    Attributes:
        source: Source of the files, such as `hf:owner/name` or `wheels:package==version`.
        revision: State of the source: a commit, a version, a checksum.
        fetched: Day of the download, as `2026-01-31`.
    """

    model: str
    source: str
    revision: str
    licence: str
    fetched: str
    files: tuple[FileRecord, ...]


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the record beside the files."""
    write_text(folder / MANIFEST, json.dumps(asdict(manifest), indent=2, ensure_ascii=False) + "\n")


def read_manifest(folder: Path) -> Manifest | None:
    """Return the record of a folder; None if there is no readable one."""
    try:
        content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        files = tuple(FileRecord(**record) for record in content.pop("files"))
        return Manifest(**content, files=files)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def refresh(folder: Path, manifest: Manifest) -> Manifest | None:
    """Return the record if the folder still matches it; else None.

    Files with the recorded size and modification time count as unchanged.
    """
    try:
        now = record_files(folder, (record.path for record in manifest.files), manifest.files)
    except OSError:
        return None
    same = all(old.sha256 == new.sha256 for old, new in zip(manifest.files, now, strict=True))
    return replace(manifest, files=now) if same else None


def verify_folders(name: str, folders: Sequence[Path], *, progress: Progress = SILENT) -> tuple[FileRecord, ...]:
    """Verify every byte in folders of weights against the download, and return the files.

    Raises:
        IntegrityError: There are none, or some are missing or changed; the message names them.
    """
    there = {folder: read_manifest(folder) for folder in folders if folder.exists()}
    manifests = {folder: manifest for folder, manifest in there.items() if manifest}
    if not there:
        hint = f"Fetch them first: tolmach models fetch {name}"
        raise IntegrityError(f"the weights of {name} are not there", hint=hint)
    damaged = [folder / MANIFEST for folder in there if folder not in manifests]
    total = sum(record.size for manifest in manifests.values() for record in manifest.files)
    with progress.bar(f"Reading {name}", total, unit="B") as advance:
        for folder, manifest in manifests.items():
            names = _damaged(folder, manifest, advance)
            _distrust(folder, manifest, names)
            damaged += [folder / file for file in names]
    if damaged:
        raise IntegrityError(
            f"the weights of {name} are damaged: {', '.join(map(str, damaged))}",
            hint=f"Fetch them again: tolmach models fetch {name}",
        )
    return tuple(record for manifest in manifests.values() for record in manifest.files)


def _damaged(folder: Path, manifest: Manifest, advance: Callable[[float], None]) -> list[str]:
    found = []
    for record in manifest.files:
        path = folder / record.path
        if not path.is_file() or path.stat().st_size != record.size or sha256_of(path) != record.sha256:
            found.append(record.path)
        advance(record.size)
    return found


def _distrust(folder: Path, manifest: Manifest, names: Sequence[str]) -> None:
    """Mark files as changed, so that they are read again although size and time are the same."""
    if not names:
        return
    files = tuple(replace(file, modified=-1) if file.path in names else file for file in manifest.files)
    with suppress(OutputError):  # a copied cache may be read-only
        write_manifest(folder, replace(manifest, files=files))
