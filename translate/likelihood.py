"""The probability of a given translation under a model, without translating."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from common.errors import UsageError
from common.files import cache_dir
from common.progress import SILENT, Progress
from translate.engines.base import BatchEngine, Device, EngineOptions, Scored
from translate.loading import ModelLoader
from translate.models.registry import find_model
from translate.models.requests import build_request, form_of
from translate.models.specs import ModelSpec
from translate.options import AUTO
from translate.weights.store import WeightsStore

_BATCH = 8


@dataclass(frozen=True, slots=True)
class Rendition:
    """A text and its presumed translation."""

    source_language: str
    source: str
    target_language: str
    target: str


class LikelihoodModel:
    """A chat model that scores translations; weights are downloaded and loaded on first use."""

    def __init__(self, spec: ModelSpec, loader: ModelLoader) -> None:
        self._spec = spec
        self._loader = loader

    @property
    def name(self) -> str:
        """Name of the model."""
        return self._spec.name

    def score(self, renditions: Sequence[Rendition], *, progress: Progress = SILENT) -> list[Scored]:
        """Return the log-probabilities of each translation, token by token, in order."""
        if not renditions:
            return []
        engine = self._loader.engine(self._spec.directions[0])
        assert isinstance(engine, BatchEngine)  # noqa: S101 - as all that run chat models here; tells the type checker
        requests = []
        for one in renditions:
            form = form_of(self._spec, "chat", (one.source_language, one.target_language))
            requests.append(build_request(form, one.source))
        found: dict[int, Scored] = {}
        with progress.bar(f"Reading with {self.name}", len(renditions), unit="texts") as advance:
            targets = [one.target for one in renditions]
            for index, scored in engine.score_targets(requests, targets, batch_size=_BATCH):
                found[index] = scored
                advance(1)
        return [found[index] for index in range(len(renditions))]

    def signature(self) -> dict[str, str]:
        """Return the settings that affect a score: model, revision, engine, precision, by name."""
        return {"model": self.name, **self._loader.identity(self._spec.directions[0])}


def load_likelihood(
    model: str, *, device: Device = "auto", cache_folder: Path | None = None, progress: Progress = SILENT
) -> LikelihoodModel:
    """Return a model that scores translations.

    Args:
        model: A name of the registry, a folder, or `hf:owner/name`.
        device: Where to run it.
        cache_folder: Folder for weights and conversions; None for the user's cache.
        progress: Shows downloads and conversions.

    Raises:
        UnknownModelError: No model has that name.
        UsageError: It is not a chat model.
    """
    store = WeightsStore(cache_folder or cache_dir())
    loader = ModelLoader(find_model(model), store, EngineOptions(device), AUTO, progress)
    spec = loader.identified()
    if spec.family != "chat":
        raise UsageError(f"{spec.name} is not a chat model", hint="Choose one from `tolmach models list`, or a folder")
    return LikelihoodModel(spec, loader)
