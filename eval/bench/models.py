"""Files of a benchmark about each model, and its facts from the registry and the cache."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median
from typing import Any, Final

from common.errors import InputError, TolmachError, UsageError
from common.json_text import parse_json
from corpora.limits import read_text
from eval.bench.journal import JournalChunk, signature_of
from eval.bench.plan import Task, file_name
from eval.bench.result import ModelFigures
from translate.models.registry import find_model
from translate.models.specs import LocalSource, ModelSpec
from translate.weights.store import WeightsStore

MEASURED: Final = "measured.json"


@dataclass
class MeasuredModel:
    """Measurements of one model over all its processes.

    Attributes:
        starts: Seconds from the start of each process to its first sentence.
        failed: Why the model could not be run at all; empty if it could.
    """

    starts: list[float] = field(default_factory=list)
    peak_bytes: int = 0
    refused: dict[str, str] = field(default_factory=dict)
    failed: str = ""
    machine: dict[str, str] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)


def journal_path(folder: Path, model: str, task: Task) -> Path:
    """Return the path of a model's journal."""
    return folder / file_name(model) / f"{task.name}.jsonl"


def measured_path(folder: Path, model: str) -> Path:
    """Return the path of a model's measurements."""
    return folder / file_name(model) / MEASURED


def read_measured(folder: Path, model: str) -> MeasuredModel:
    """Return the measurements of a model so far."""
    place = measured_path(folder, model)
    try:
        found = parse_json(read_text(place), str(place))
        return MeasuredModel(**found) if _is_sound(found) else MeasuredModel()
    except (InputError, TypeError):
        return MeasuredModel()  # missing or damaged: it is measured again, and no score depends on it


def _is_sound(found: Any) -> bool:
    """Return whether the content of a file has the types of `MeasuredModel`."""
    named = [found.get(name, {}) for name in ("refused", "machine", "versions")] if isinstance(found, dict) else [None]
    return (
        all(isinstance(one, dict) and all(isinstance(value, str) for value in one.values()) for one in named)
        and isinstance(found.get("starts", []), list)
        and all(type(one) in {int, float} for one in found.get("starts", []))
        and type(found.get("peak_bytes", 0)) is int
        and isinstance(found.get("failed", ""), str)
    )


def check_weights(model: str, task: Task, path: Path, chunks: Sequence[JournalChunk]) -> None:
    """Refuse translations of a model whose weights have changed since.

    Missing weights and translations by other directions are not checked.

    Raises:
        UsageError: The weights are not those of the translations.
    """
    signature = signature_of(chunks)
    if "revision" not in signature or signature.get("route") != task.pair:
        return
    try:
        manifest = WeightsStore().manifest(find_model(model), task.direction)
    except TolmachError:
        return
    if manifest is not None and manifest.revision != signature["revision"]:
        raise UsageError(
            f"{path} was made with the weights {signature['revision']!r} of {model}, not {manifest.revision!r}",
            hint="Choose another folder with -o, or remove the file",
        )


def describe_model(name: str, measured: MeasuredModel) -> ModelFigures:
    """Return a model's figures."""
    figures = ModelFigures(
        name=name,
        start_seconds=median(measured.starts) if measured.starts else None,
        peak_bytes=measured.peak_bytes or None,
        failed=measured.failed,
        machine=tuple(measured.machine.items()),
        versions=tuple(measured.versions.items()),
    )
    try:
        spec = find_model(name)
    except TolmachError:
        return figures
    return replace(
        figures,
        licence=spec.licence or "",
        restriction=spec.restriction or "",
        size_bytes=_size(spec),
        parameters=spec.parameters,
    )


def _size(spec: ModelSpec) -> int | None:
    """Return the bytes of the model's weights, without conversions."""
    store = WeightsStore()
    if isinstance(spec.source, LocalSource):
        return sum(path.stat().st_size for path in spec.source.path.iterdir() if path.is_file())
    folder = store.model_folder(spec)
    manifests = [one for place, one in store.manifests().items() if place == folder or folder in place.parents]
    return sum(file.size for one in manifests for file in one.files) or spec.size
