"""Weights in a folder of the user's: checked, described, and used where they are."""

from datetime import UTC, datetime
from pathlib import Path

from common.errors import InputError
from translate.models.firefox import firefox_members
from translate.models.licences import licence_of
from translate.models.specs import ModelSpec
from translate.weights.files import FileRecord, content_id, folder_files, record_files
from translate.weights.manifest import Manifest


def check_folder(folder: Path) -> tuple[str, ...]:
    """Return the names of the files that make up the model in `folder`.

    Raises:
        InputError: There is no such folder, or its index names other weights than its safetensors.
        UnsafeWeightsError: It has no weights, or only as a pickle.
    """
    if not folder.is_dir():
        raise InputError(f"there is no folder {folder}", hint="Name a folder with a model's files")
    return firefox_members(folder) or folder_files(folder)


def describe_folder(spec: ModelSpec, folder: Path, known: tuple[FileRecord, ...] = ()) -> Manifest:
    """Describe a folder as if it had been fetched; its revision is a checksum of the names and contents.

    Args:
        spec: The model.
        folder: Where it is.
        known: Files that were described before; those that did not change are not read again.

    Raises:
        InputError: There is no such folder.
        UnsafeWeightsError: It has no weights, or only as a pickle.
    """
    files = record_files(folder, check_folder(folder), known)
    today = datetime.now(UTC).date().isoformat()
    licence = spec.licence or licence_of(folder).name
    return Manifest(spec.name, f"local:{folder}", content_id(files), licence, today, files)
