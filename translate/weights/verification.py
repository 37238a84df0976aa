"""Whether fetched weights are still, byte for byte, what they were."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from common.errors import IntegrityError, OutputError
from common.files import sha256_of
from common.progress import SILENT, Progress
from translate.weights.files import FileRecord
from translate.weights.manifest import MANIFEST, Manifest, read_manifest, write_manifest


def verify_folders(name: str, folders: Sequence[Path], *, progress: Progress = SILENT) -> tuple[FileRecord, ...]:
    """Read every byte in folders of weights and compare it with what was fetched; return the files.

    Args:
        name: What the model is called.
        folders: Where its weights are, each with a manifest; those that do not exist were not fetched.
        progress: Who is told how far it is.

    Raises:
        IntegrityError: There are none, or some are missing or not as they were; the message names them.
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
    """Record that files must be read again before they are used, although their size and time tell no change."""
    if not names:
        return
    files = tuple(replace(file, modified=-1) if file.path in names else file for file in manifest.files)
    with suppress(OutputError):  # a copied cache may be read-only
        write_manifest(folder, replace(manifest, files=files))
