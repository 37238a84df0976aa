"""The folder of all downloaded weights."""

import re
import shutil
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from common.errors import InputError, IntegrityError, OutputError, UsageError
from common.fetch.repository import PARTIAL, locked, whole_folder
from common.files import cache_dir, folder_size, output_errors, sha256_of
from common.progress import SILENT, Progress
from corpora.languages import Direction
from translate.engines.conversion import verify_conversions
from translate.files import FileRecord, content_id, folder_files, record_files
from translate.models.firefox import firefox_members
from translate.models.registry import licence_of
from translate.models.specs import LocalSource, ModelSpec, WheelSource, direction_name
from translate.weights.manifest import MANIFEST, Manifest, read_manifest, refresh, verify_folders, write_manifest
from translate.weights.parts import fetch_part, part_of, parts_of

_NOT_A_NAME: Final = re.compile(r"[^\w.+-]+")


class WeightsStore:
    """Downloads weights once and finds them again.

    A model has a folder `models/NAME` in the cache, and in it one folder for its weights, `all`, or one for each
    direction, `en-ru`; besides these, their conversions for engines (`derived`). A folder of weights appears complete,
    with its manifest, or not at all; an interrupted download leaves at most a `.partial` folder, which the next one
    resumes.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._models = (folder or cache_dir()) / "models"

    def model_folder(self, spec: ModelSpec) -> Path:
        """Return the cache folder of a model; it may not exist."""
        name = _NOT_A_NAME.sub("--", spec.name)
        if isinstance(spec.source, LocalSource):  # many folders have the same name
            name += f"-{_short(str(spec.source.path))}"
        return self._models / name

    def derived(self, spec: ModelSpec, label: str, direction: Direction | None = None) -> Path:
        """Return the folder for a conversion of exactly these weights, such as `ct2-int8`; it may not exist.

        It is included in `disk_use` and `remove`. Weights of another revision have another folder.

        Raises:
            IntegrityError: The weights are missing.
        """
        manifest = self.manifest(spec, direction)
        if manifest is None:
            raise IntegrityError(f"the weights of {spec.name} are not there", hint="Fetch them first")
        name = direction_name(part_of(spec, direction))
        return self.model_folder(spec) / f"{name}+{label}-{_short(manifest.revision)}"

    def locate(self, spec: ModelSpec, direction: Direction | None = None) -> Path | None:
        """Return the folder of the weights if they are complete and unchanged, else None.

        Args:
            spec: The model.
            direction: Direction of the weights; None for all of them, returning the parent folder. Ignored by models
                with common weights.

        Raises:
            InputError: The model is a folder of the user's, and does not exist any more.
            UnsafeWeightsError: The model is a folder of the user's, and its weights are a pickle.
        """
        if isinstance(spec.source, LocalSource):
            _check_folder(spec.source.path)
            return spec.source.path
        parts = parts_of(spec, direction)
        if not parts or not all(self._is_whole(self._part_folder(spec, part)) for part in parts):
            return None
        return self._answer(spec, direction)

    def manifest(self, spec: ModelSpec, direction: Direction | None = None) -> Manifest | None:
        """Return the manifest of the weights; None if they are missing.

        A folder of the user's is read once, and again after changes, so that its revision identifies its content.
        An adapter that comes with Tolmach is part of the revision.

        Raises:
            UsageError: Each direction has its own weights, and none was named.
        """
        if isinstance(spec.source, LocalSource):
            return self._local_manifest(spec, spec.source.path)
        if spec.split and part_of(spec, direction) is None:
            raise UsageError(f"{spec.name} has weights for each direction", hint="Name one, such as en-ru")
        manifest = read_manifest(self._part_folder(spec, part_of(spec, direction)))
        adapter = _adapter_of(spec)
        if manifest is None or adapter is None:
            return manifest
        return replace(manifest, revision=f"{manifest.revision}+adapter.{_checksum(adapter)}")

    def verify(self, spec: ModelSpec, *, progress: Progress = SILENT) -> tuple[FileRecord, ...]:
        """Verify every byte of the weights and their conversions against its checksum.

        Returns the files. Of a folder of the user's, only conversions can be verified.

        Raises:
            IntegrityError: There are none, or some are missing or changed; the message names them.
        """
        if isinstance(spec.source, LocalSource):
            _check_folder(spec.source.path)
            fetched: tuple[FileRecord, ...] = ()
        else:
            folders = [self._part_folder(spec, part) for part in parts_of(spec, None)]
            fetched = verify_folders(spec.name, folders, progress=progress)
        return (*fetched, *verify_conversions(spec.name, self.model_folder(spec), progress=progress))

    def fetch(self, spec: ModelSpec, direction: Direction | None = None, *, progress: Progress = SILENT) -> Path:
        """Return the folder of the weights, downloading them if they are missing.

        Raises:
            UsageError: The model has no weights for this direction.
            OfflineError: They are missing, and the user allows no network.
            NetworkError: They cannot be downloaded.
            ModelUnavailableError: This user may not download them from the hub.
            UnsafeWeightsError: They exist only as a pickle.
            IntegrityError: A file does not match its checksum.
            OutputError: The cache cannot be written, or the disk is too small.
        """
        found = self.locate(spec, direction)
        if found:
            return found
        parts = parts_of(spec, direction)
        if not parts:
            raise UsageError(f"{spec.name} has no weights for {direction_name(direction)}")
        with locked(self.model_folder(spec), spec.name, progress=progress):
            for part in parts:
                # Another process may have downloaded them while this one waited.
                if not self._is_whole(self._part_folder(spec, part)):
                    self._fetch_part(spec, part, progress)
        return self._answer(spec, direction)

    def drop_base(self, spec: ModelSpec) -> None:
        """Delete the base of a model with an adapter once it is converted, and keep the record of it.

        Raises:
            OutputError: It cannot be deleted.
        """
        folder = self._part_folder(spec, None)
        with locked(self.model_folder(spec), spec.name), output_errors(folder):
            manifest = read_manifest(folder)
            if manifest:
                write_manifest(folder, replace(manifest, files=()))
                for record in manifest.files:
                    (folder / record.path).unlink(missing_ok=True)

    def base_dropped(self, spec: ModelSpec) -> bool:
        """Return whether only conversions are kept of a model."""
        manifest = read_manifest(self._part_folder(spec, None)) if _adapter_of(spec) else None
        return manifest is not None and not manifest.files

    def forget_base(self, spec: ModelSpec) -> None:
        """Delete the record of a base, so that the next `fetch` downloads it again; conversions stay.

        Raises:
            OutputError: It cannot be deleted.
        """
        folder = self._part_folder(spec, None)
        with locked(self.model_folder(spec), spec.name), output_errors(folder):
            shutil.rmtree(folder, ignore_errors=True)

    def remove(self, spec: ModelSpec) -> int:
        """Remove a model from the cache, including its pinned revision; return the freed bytes.

        A folder of the user's is kept. Of a model with separate weights, its directions are removed.

        Raises:
            OutputError: It cannot be removed.
        """
        folder = self.model_folder(spec)
        with locked(folder, spec.name), output_errors(folder):
            patterns = [f"{direction_name(part)}*" for part in parts_of(spec, None)] if spec.split else ["*"]
            freed = folder_size(folder)
            for path in [path for pattern in patterns for path in folder.glob(pattern)]:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
            if folder.exists() and not any(folder.iterdir()):
                folder.rmdir()
            return freed - folder_size(folder)

    def disk_use(self, spec: ModelSpec) -> int:
        """Return the bytes of a model in the cache, including conversions and interrupted downloads."""
        return folder_size(self.model_folder(spec))

    def manifests(self) -> dict[Path, Manifest]:
        """Return the manifests of everything in the cache, by folder."""
        folders = sorted(path.parent for path in self._models.glob(f"*/{MANIFEST}"))
        folders += sorted(path.parent for path in self._models.glob(f"*/*/{MANIFEST}"))
        found = {folder: read_manifest(folder) for folder in folders if not folder.name.endswith(PARTIAL)}
        return {folder: manifest for folder, manifest in found.items() if manifest}

    def _part_folder(self, spec: ModelSpec, part: Direction | None) -> Path:
        return self.model_folder(spec) / direction_name(part)

    def _answer(self, spec: ModelSpec, direction: Direction | None) -> Path:
        part = part_of(spec, direction)
        return self.model_folder(spec) if spec.split and part is None else self._part_folder(spec, part)

    def _is_whole(self, folder: Path) -> bool:
        manifest = read_manifest(folder)
        if manifest is None:
            return False
        now = refresh(folder, manifest)
        if now is not None and now != manifest:
            with suppress(OutputError):  # the copied cache may be read-only: then it is read again the next time
                write_manifest(folder, now)
        return now is not None

    def _local_manifest(self, spec: ModelSpec, folder: Path) -> Manifest:
        home = self.model_folder(spec)
        before = read_manifest(home)
        usable = before is not None and before.source == f"local:{folder}"
        manifest = _describe_folder(spec, folder, before.files if before and usable else ())
        if before is None or manifest.files != before.files or not usable:
            with suppress(OutputError):  # only saves reading it again
                write_manifest(home, manifest)
        return manifest

    def _fetch_part(self, spec: ModelSpec, part: Direction | None, progress: Progress) -> None:
        folder = self._part_folder(spec, part)
        before = read_manifest(folder)
        with whole_folder(folder) as partial:
            pinned = before.revision if before else None
            write_manifest(partial, fetch_part(spec, part, partial, pinned=pinned, progress=progress))


def _adapter_of(spec: ModelSpec) -> Path | None:
    return spec.source.adapter_file if isinstance(spec.source, WheelSource) else None


def _check_folder(folder: Path) -> tuple[str, ...]:
    """Return the names of the files of the model in `folder`.

    Raises:
        InputError: There is no such folder, or its index names weights other than its safetensors.
        UnsafeWeightsError: It has no weights, or only as a pickle.
    """
    if not folder.is_dir():
        raise InputError(f"there is no folder {folder}", hint="Name a folder with a model's files")
    return firefox_members(folder) or folder_files(folder)


def _describe_folder(spec: ModelSpec, folder: Path, known: tuple[FileRecord, ...] = ()) -> Manifest:
    """Return a manifest of a user's folder; its revision is a checksum of names and contents."""
    files = record_files(folder, _check_folder(folder), known)
    today = datetime.now(UTC).date().isoformat()
    licence = spec.licence or licence_of(folder).name
    return Manifest(spec.name, f"local:{folder}", content_id(files), licence, today, files)


@cache
def _checksum(path: Path) -> str:
    return sha256_of(path)[:12]


def _short(text: str) -> str:
    return sha256(text.encode("utf-8")).hexdigest()[:12]
