"""Loads neural metrics, and scores translations with one reference or several."""

import json
import pickle
import shutil
import warnings
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache, partial
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from common.errors import InputError, NetworkError, OutputError, UsageError
from common.extras import require_extra
from common.fetch.repository import RepositoryRequest, Snapshot, fetch_repository, locked, whole_folder
from common.files import cache_dir, output_errors, write_text
from common.model_files import UnsafeWeightsError
from common.network import require_network
from common.progress import SILENT, Progress
from corpora.limits import read_text
from eval.neural.comet import HYPERPARAMETERS, WEIGHTS, Comet, MetricX
from eval.neural.registry import NeuralMetric, NeuralMetricSpec, Samples, find_neural_metric
from eval.types import MetricScore, Segments

_ORIGIN: Final = "origin.json"
_SAFE: Final = (".safetensors", ".safetensors.index.json")
_OPTIONAL: Final = ("tokenizer", "special_tokens_map")
"""Tokenizer files; a repository has some of them."""


class _Signed:
    """A metric with its signature."""

    def __init__(self, model: "Comet | MetricX", signature: str) -> None:
        self._model = model
        self.signature = signature

    def score(self, samples: Samples) -> list[float]:
        """Return a score for each segment."""
        return self._model.score(samples)


def load_neural_metric(name: str, *, device: str | None = None, progress: Progress = SILENT) -> NeuralMetric:
    """Return a neural metric, downloading its weights if needed.

    Args:
        name: Name out of `eval.neural.NEURAL_METRICS`.
        device: Device, as in torch; None for a GPU if there is one.
        progress: Receives downloads.

    Raises:
        UsageError: The name is not known.
        MissingExtraError: The libraries of neural metrics are not installed.
        OfflineError: The weights are missing, and the user allows no network.
        NetworkError: The download failed.
        InputError: They cannot be read.
        UnsafeWeightsError: The checkpoint contains more than tensors.
        OutputError: The cache cannot be written.
    """
    spec = find_neural_metric(name)
    require_extra("neural")
    folder = fetch_neural_metric(spec, progress=progress)
    return _load(spec, folder, device or _usual_device())


def _usual_device() -> str:
    import torch  # noqa: PLC0415 - slow to import

    return "cuda" if torch.cuda.is_available() else "cpu"


@cache
def _load(spec: NeuralMetricSpec, folder: Path, device: str) -> NeuralMetric:
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


def fetch_neural_metric(spec: NeuralMetricSpec, *, progress: Progress = SILENT) -> Path:
    """Return the cache folder of a metric, downloading it if needed, completely or not at all."""
    progress.note(f"{spec.title}: {spec.licence}, {spec.url}")
    place = cache_dir() / "metrics" / spec.name / "weights"
    if (place / _ORIGIN).exists():
        return place
    require_network(f"fetch the metric {spec.name}, {spec.size / 1e9:.1f} GB")
    with locked(place, spec.name, progress=progress):
        if not (place / _ORIGIN).exists():
            with whole_folder(place) as unfinished:
                _fetch(spec, unfinished, progress)
    return place


def _fetch(spec: NeuralMetricSpec, folder: Path, progress: Progress) -> None:
    origin = {
        spec.encoder_repo_id: _download(spec.encoder_repo_id, spec.encoder_files, folder, progress),
        spec.repo_id: _download(spec.repo_id, spec.files, folder, progress),
    }
    if spec.kind == "comet":
        hyperparameters, checkpoint = (folder / name for name in spec.files)
        write_text(folder / HYPERPARAMETERS, json.dumps(read_hyperparameters(hyperparameters)) + "\n")
        convert_checkpoint(checkpoint, folder / WEIGHTS)
        with output_errors(folder):
            shutil.rmtree(checkpoint.parent)
            hyperparameters.unlink()
    weights = sorted(folder.glob("*.safetensors"))
    write_text(folder / _ORIGIN, json.dumps(origin | {"sha256": _digest(weights)}) + "\n")


def _download(repo_id: str, names: Sequence[str], folder: Path, progress: Progress) -> str:
    """Download files of a repository, by default configuration and safetensors; return the commit."""
    request = RepositoryRequest(repo_id, partial(_chosen, names), otherwise="bleu, chrf and ter need no hub")
    return fetch_repository(request, folder, progress=progress).revision


def _chosen(names: Sequence[str], found: Snapshot) -> Snapshot:
    there = {file.path: file for file in found.files}
    wanted = tuple(names) or ("config.json", *(name for name in there if name.endswith(_SAFE)))
    missing = [name for name in wanted if name not in there and not name.startswith(_OPTIONAL)]
    if missing or not (names or any(name.endswith(_SAFE) for name in there)):
        lacking = missing[0] if missing else "of safetensors"
        raise NetworkError(f"{found.repo_id} has no file {lacking}", hint="It may have changed since this version")
    return replace(found, files=tuple(there[name] for name in wanted if name in there))


def _digest(paths: Sequence[Path]) -> str:
    found = sha256()
    for path in paths:
        with path.open("rb") as file:
            while part := file.read(1 << 20):
                found.update(part)
    return found.hexdigest()


_NEEDED: Final = ("encoder.", "estimator.", "layerwise_attention.")


def convert_checkpoint(path: Path, target: Path) -> None:
    """Write the tensors of a checkpoint as safetensors.

    torch's weights-only loader creates only tensors and plain containers, and refuses any other pickle before running
    it.

    Raises:
        UnsafeWeightsError: It contains more than tensors.
        InputError: It is damaged, or not a checkpoint of COMET.
    """
    import torch  # noqa: PLC0415 - slow to import
    from safetensors.torch import save_file  # noqa: PLC0415 - slow to import

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch's own about old pickle formats; it refuses unreadable ones
            found: Any = torch.load(path, map_location="cpu", weights_only=True)
        tensors = {
            name: value.detach().clone().contiguous()
            for name, value in found["state_dict"].items()
            if name.startswith(_NEEDED) and isinstance(value, torch.Tensor)
        }
    except pickle.UnpicklingError as error:
        raise UnsafeWeightsError(
            f"{path.name} holds more than tensors, and is not read", hint="Use another metric, or tell the developers"
        ) from error
    except (OSError, RuntimeError, KeyError, TypeError, EOFError, AttributeError) as error:
        raise InputError(f"{path.name} is damaged, or no checkpoint of COMET: {error}") from error
    if not tensors:
        raise InputError(f"{path.name} has no weights of COMET")
    save_file(tensors, target)


_MOST_SETTINGS: Final = 1_000_000  # bytes; COMET-22's have a thousand


def read_hyperparameters(path: Path) -> dict[str, Any]:
    """Return the hyperparameters in a YAML file that are plain values or lists of them.

    Raises:
        InputError: It cannot be read, or has aliases: a few such lines can expand to gigabytes.
    """
    import yaml  # noqa: PLC0415 - loaded when used

    try:
        text = read_text(path, _MOST_SETTINGS)
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text)):
            raise InputError(f"cannot read {path.name}: it has an alias")
        found = yaml.safe_load(text)
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        raise InputError(f"cannot read {path.name}: {error}") from error
    if not isinstance(found, dict):
        raise InputError(f"{path.name} has no hyperparameters")
    return {str(name): value for name, value in found.items() if _is_plain(value)}


def _is_plain(value: object) -> bool:
    parts = value if isinstance(value, list) else [value]
    return all(part is None or isinstance(part, str | int | float) for part in parts)


_BLOCK: Final = 256
"""Segments per cached block of scores."""


@dataclass(frozen=True, slots=True)
class NeuralScores:
    """The scores of all segments by one neural metric."""

    spec: NeuralMetricSpec
    values: tuple[float, ...]
    signature: str

    def mean(self) -> MetricScore:
        """Return the corpus score, which is the mean."""
        return self._as_score(sum(self.values) / len(self.values))

    def sentences(self) -> list[MetricScore]:
        """Return the score of each segment."""
        return [self._as_score(value) for value in self.values]

    def _as_score(self, value: float) -> MetricScore:
        return MetricScore(self.spec.title, value, self.signature, self.spec.higher_is_better)


def neural_scores(
    name: str, hypotheses: Sequence[str], segments: Segments, *, progress: Progress = SILENT
) -> NeuralScores:
    """Score translations by a neural metric, averaging over the references of a segment.

    Segments are scored in cached blocks: after an interruption, scoring resumes after the last complete block.

    Raises:
        UsageError: There are no sources, or no references for a metric that needs them.
        TolmachError: The metric cannot be loaded; see `eval.neural.load_neural_metric`.
    """
    spec = find_neural_metric(name)
    if segments.sources is None:
        raise UsageError(f"{spec.title} reads the source", hint="Give it: one segment a line, as in the translation")
    model = load_neural_metric(name, progress=progress)
    columns: list[list[str | None]] = [list(each) for each in segments.references] or [[""] * len(hypotheses)]
    sums, counts = [0.0] * len(hypotheses), [0] * len(hypotheses)
    with progress.bar(f"Scoring by {spec.title}", len(columns) * len(hypotheses), unit="segments") as advance:
        for reference in columns:
            there = [at for at, text in enumerate(reference) if text is not None]
            for start in range(0, len(there), _BLOCK):
                part = there[start : start + _BLOCK]
                samples = Samples(
                    [segments.sources[at] for at in part],
                    [hypotheses[at] for at in part],
                    [reference[at] or "" for at in part] if segments.references else None,
                )
                for at, score in zip(part, _score_block(name, model, samples), strict=True):
                    sums[at] += score
                    counts[at] += 1
                advance(len(part))
    values = tuple(total / count for total, count in zip(sums, counts, strict=True))
    return NeuralScores(spec, values, f"nrefs:{len(segments.references)}|{model.signature}")


def _score_block(name: str, model: NeuralMetric, samples: Samples) -> list[float]:
    """Return the scores of a block, cached if possible."""
    asked = [model.signature, list(samples.sources), list(samples.hypotheses), samples.references]
    key = sha256(json.dumps(asked).encode("ascii")).hexdigest()
    place = cache_dir() / "metrics" / name / "scores" / f"{key}.json"
    try:
        known = json.loads(place.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        known = None  # missing or damaged: scored again
    if isinstance(known, list) and len(known) == len(samples) and all(type(score) is float for score in known):
        return known
    found = [float(score) for score in model.score(samples)]
    with suppress(OutputError):  # a cache owned by others has the weights, which suffices
        write_text(place, json.dumps(found))
    return found
