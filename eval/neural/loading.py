"""Neural metrics from the cache, after fetching and converting what is not there."""

import json
import shutil
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Final

import filelock

from common.errors import NetworkError
from common.extras import require_extra
from common.fetch.hub import Hub
from common.files import cache_dir, output_errors, write_text
from common.network import require_network
from common.progress import SILENT, Progress
from eval.neural.checkpoints import convert_checkpoint, read_hyperparameters
from eval.neural.comet import HYPERPARAMETERS, WEIGHTS, Comet
from eval.neural.metricx import MetricX
from eval.neural.registry import LearnedSpec, find_learned
from eval.neural.types import LearnedMetric, Samples
from translate.weights.endpoint import hub_errors
from translate.weights.hub import check_file

_ORIGIN: Final = "origin.json"
_PARTIAL: Final = ".partial"
_SAFE: Final = (".safetensors", ".safetensors.index.json")
_OPTIONAL: Final = ("tokenizer", "special_tokens_map")
"""Files of a tokenizer of which a repository has some, not all."""


class _Signed:
    """A metric with its signature."""

    def __init__(self, model: "Comet | MetricX", signature: str) -> None:
        self._model = model
        self.signature = signature

    def score(self, samples: Samples) -> list[float]:
        """Return a score for each segment."""
        return self._model.score(samples)


def load_learned(name: str, *, device: str | None = None, progress: Progress = SILENT) -> LearnedMetric:
    """Return a neural metric; its weights are fetched first where they are not in the cache.

    Args:
        name: Name out of `eval.neural.LEARNED`.
        device: Where it runs, as torch has it; None takes a GPU where there is one.
        progress: Who is told of downloads.

    Raises:
        UsageError: The name is not known.
        MissingExtraError: What runs such metrics is not installed.
        OfflineError: The weights are not here, and the user allows no network.
        NetworkError: They cannot be fetched.
        InputError: They cannot be read.
        UnsafeWeightsError: The checkpoint holds more than tensors.
        OutputError: The cache cannot be written.
    """
    spec = find_learned(name)
    require_extra("neural")
    folder = fetch_learned(spec, progress=progress)
    return _load(spec, folder, device or _usual_device())


def _usual_device() -> str:
    import torch  # noqa: PLC0415 - slow to import

    return "cuda" if torch.cuda.is_available() else "cpu"


@cache
def _load(spec: LearnedSpec, folder: Path, device: str) -> LearnedMetric:
    model = Comet(folder, device=device) if spec.kind == "comet" else MetricX(folder, device=device)
    origin = json.loads((folder / _ORIGIN).read_text(encoding="utf-8"))
    parts = {
        "weights": f"{spec.repo_id}@{origin[spec.repo_id][:12]}",
        "tokenizer": f"{spec.encoder_repo_id}@{origin[spec.encoder_repo_id][:12]}",
        "sha256": origin["sha256"][:12],
        "device": device,
        "transformers": version("transformers"),
    }
    return _Signed(model, "|".join(f"{name}:{value}" for name, value in parts.items()))


def fetch_learned(spec: LearnedSpec, *, progress: Progress = SILENT) -> Path:
    """Return the folder of a metric in the cache, after fetching it where it is not there; whole or not at all.

    Raises:
        OfflineError: As for `load_learned`, and likewise the rest.
        NetworkError: As there.
        UnsafeWeightsError: As there.
        OutputError: As there.
    """
    progress.note(f"{spec.title}: {spec.licence}, {spec.url}")
    place = cache_dir() / "metrics" / spec.name / "weights"
    if (place / _ORIGIN).exists():
        return place
    require_network(f"fetch the metric {spec.name}, {spec.size / 1e9:.1f} GB")
    with output_errors(place):
        place.parent.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(place.with_name(".lock"))
    with lock:
        if not (place / _ORIGIN).exists():
            _fetch(spec, place, progress)
    return place


def _fetch(spec: LearnedSpec, place: Path, progress: Progress) -> None:
    partial = place.with_name(place.name + _PARTIAL)
    with output_errors(partial), progress.bar(f"Fetching {spec.name}", None):
        partial.mkdir(parents=True, exist_ok=True)
        origin = {spec.encoder_repo_id: _download(spec.encoder_repo_id, spec.encoder_files, partial)}
        if spec.kind == "comet":
            origin[spec.repo_id] = _download(spec.repo_id, spec.files, partial)
            hyperparameters, checkpoint = (partial / name for name in spec.files)
            write_text(partial / HYPERPARAMETERS, json.dumps(read_hyperparameters(hyperparameters)) + "\n")
            convert_checkpoint(checkpoint, partial / WEIGHTS)
            shutil.rmtree(checkpoint.parent)
            hyperparameters.unlink()
        else:
            origin[spec.repo_id] = _download(spec.repo_id, spec.files, partial)
        weights = sorted(partial.glob("*.safetensors"))
        write_text(partial / _ORIGIN, json.dumps(origin | {"sha256": _digest(weights)}) + "\n")
        partial.rename(place)


def _download(repo_id: str, names: Sequence[str], folder: Path) -> str:
    """Fetch files of a repository into a folder, going on where an earlier try stopped; return the commit.

    Args:
        repo_id: Owner and name.
        names: The files; none stands for the configuration and all safetensors.
        folder: Where they go.
    """
    hub = Hub()
    with hub_errors(repo_id, otherwise="bleu, chrf and ter need no hub"):
        commit = hub.find_commit(repo_id)
        there = {file.path: file for file in hub.list_files(repo_id, commit, recursive=True)}
        wanted = tuple(names) or ("config.json", *(name for name in there if name.endswith(_SAFE)))
        missing = [name for name in wanted if name not in there and not name.startswith(_OPTIONAL)]
        if missing or not (names or any(name.endswith(_SAFE) for name in there)):
            lacking = missing[0] if missing else "of safetensors"
            raise NetworkError(f"{repo_id} has no file {lacking}", hint="It may have changed since this version")
        for name in wanted:
            if name in there:
                hub.download_missing(repo_id, commit, there[name], folder)
                check_file(there[name], folder / name, repo_id)
    return commit


def _digest(paths: Sequence[Path]) -> str:
    found = sha256()
    for path in paths:
        with path.open("rb") as file:
            while part := file.read(1 << 20):
                found.update(part)
    return found.hexdigest()
