"""From a model's name to a translator that is ready to run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Final, Literal

from corpora.errors import NetworkError, OfflineError
from corpora.files import cache_dir
from corpora.network import is_offline
from corpora.progress import SILENT, Progress
from translate.engines.base import Device, Engine, EngineOptions, ModelFiles
from translate.engines.errors import UnsupportedModelError
from translate.examples import ExampleOptions
from translate.legs import LegRunner
from translate.memory import TranslationMemory
from translate.registry import find_model, identify, load_registry
from translate.specs import Direction, ModelSpec
from translate.translator import Translator
from translate.types import DecodeOptions
from translate.weights.hub import hub_reachable
from translate.weights.store import WeightsStore

AUTO: Final = "auto"
MEMORY = "translations.sqlite"
EngineName = Literal["auto", "ctranslate2", "transformers"]


@dataclass(frozen=True, slots=True)
class TranslatorOptions:
    """How a model is run.

    Attributes:
        engine: What runs it; `auto` takes CTranslate2 wherever it has the architecture, transformers elsewhere.
        precision: As `translate.engines.base.EngineOptions` has it.
        decode: How hypotheses are searched for.
        via: Language to translate through even where there is a direct way.
        examples: Translations that a chat model is shown before each sentence; None leaves it to the model's entry.
        remember: Whether finished sentences are kept in the cache and found there again.
    """

    engine: EngineName = AUTO
    precision: str = AUTO
    decode: DecodeOptions = field(default_factory=DecodeOptions)
    via: str | None = None
    examples: ExampleOptions | None = None
    remember: bool = True


def load_translator(
    model: str = AUTO,
    *,
    device: Device = "auto",
    options: TranslatorOptions | None = None,
    cache_folder: Path | None = None,
    progress: Progress = SILENT,
) -> Translator:
    """Return a translator; weights are fetched and converted when the first sentence needs them.

    Args:
        model: A name of the registry, a folder, `hf:owner/name`, or `auto`: the first model of the registry that is
            cached; else its default from the hub; else, where no hub can be reached, the one that the package index
            carries, with a note about its quality. `auto` never takes a model whose licence restricts its use.
        device: Where to run it.
        options: How to run it.
        cache_folder: Folder for weights, conversions and finished sentences; None takes the user's cache.
        progress: Is told of downloads, conversions and finished sentences.

    Raises:
        UnknownModelError: No model has that name.
        OfflineError: `auto` finds nothing cached, and no network is allowed.
    """
    options = options or TranslatorOptions()
    folder = cache_folder or cache_dir()
    store = WeightsStore(folder)
    spec = choose_model(store, progress) if model == AUTO else find_model(model)
    loader = ModelLoader(spec, store, EngineOptions(device, options.precision), options.engine, progress)
    spec = loader.identified()
    memory = TranslationMemory(folder / MEMORY) if options.remember else None
    examples = options.examples or ExampleOptions(spec.examples)
    runner = LegRunner(spec, loader.engine, loader.identity, options.decode, memory, examples)
    translator = Translator(runner, via=options.via)
    for warning in translator.warnings():
        progress.note(warning)
    return translator


def choose_model(store: WeightsStore, progress: Progress = SILENT) -> ModelSpec:
    """Return the model that `auto` means here and now.

    Raises:
        OfflineError: Nothing is cached, and no network is allowed.
        NetworkError: Nothing is cached, no hub can be reached, and the registry has no index-carried model.
    """
    registry = load_registry()
    cached = next((spec for spec in registry.automatic if store.locate(spec)), None)
    if cached:
        return cached
    if is_offline():
        raise OfflineError(
            "no translation model is cached, and no network is allowed (--offline)",
            hint=f"Fetch one first: tolmach models fetch {registry.default.name}",
        )
    if hub_reachable():
        return registry.default
    carried = registry.index_carried
    if carried is None:
        raise NetworkError("no hub can be reached", hint="Name a folder with a model: --model FOLDER")
    progress.note(f"No model hub can be reached: using {carried.name}, which the package index carries")
    return carried


class ModelLoader:
    """Loads the engine of each direction of one model, at most once."""

    def __init__(
        self, spec: ModelSpec, store: WeightsStore, options: EngineOptions, engine: EngineName, progress: Progress
    ) -> None:
        self._spec = spec
        self._store = store
        self._options = options
        self._engine = engine
        self._progress = progress
        self._loaded: dict[Direction | None, Engine] = {}

    def identified(self) -> ModelSpec:
        """Return the model with its family, which files that are not in the registry must tell first."""
        if self._spec.family is None:
            self._spec = identify(self._spec, self._store.fetch(self._spec, progress=self._progress))
        return self._spec

    def identity(self, direction: Direction) -> Mapping[str, str]:
        """Return what stands for model and engine before they are loaded.

        The weights are fetched where they are not there, since only they have a revision.
        """
        manifest = self._store.manifest(self._spec, direction)
        if manifest is None:
            self._store.fetch(self._spec, self._part(direction), progress=self._progress)
            manifest = self._store.manifest(self._spec, direction)
        assert manifest is not None  # noqa: S101 - cannot happen, and tells the type checker
        return {
            "revision": manifest.revision,
            "engine": f"{self._engine} {_versions()}",
            "precision": self._options.precision,
            "device": self._options.device,
        }

    def engine(self, direction: Direction) -> Engine:
        """Return the engine of a direction.

        Raises:
            TolmachError: The weights cannot be fetched, read, or run.
        """
        part = self._part(direction)
        if part not in self._loaded:
            self._loaded[part] = self._load(direction)
        return self._loaded[part]

    def _part(self, direction: Direction) -> Direction | None:
        return direction if self._spec.split else None

    def _load(self, direction: Direction) -> Engine:
        files = self._files(direction)
        if self._engine == "transformers":
            return self._load_transformers(files)
        from translate.engines.ctranslate2_engine import load_ctranslate2  # noqa: PLC0415 - loaded when used

        folder = self._store.derived(self._spec, "ctranslate2", direction)
        try:
            return load_ctranslate2(files, folder=folder, options=self._options, progress=self._progress)
        except UnsupportedModelError as error:
            if self._engine == "ctranslate2":
                raise
            self._progress.note(f"{error.message}; transformers runs it, more slowly")
            return self._load_transformers(files)

    def _load_transformers(self, files: ModelFiles) -> Engine:
        from translate.engines.transformers_engine import load_transformers  # noqa: PLC0415 - loaded when used

        return load_transformers(files, options=self._options, progress=self._progress)

    def _files(self, direction: Direction) -> ModelFiles:
        spec = self._spec
        assert spec.family is not None  # noqa: S101 - cannot happen, and tells the type checker
        path = self._store.fetch(spec, self._part(direction), progress=self._progress)
        manifest = self._store.manifest(spec, direction)
        gguf = next((file.name for file in sorted(path.glob("*.gguf"))), None)
        return ModelFiles(path, spec.family, gguf, spec.stop_tokens, manifest.revision if manifest else None)


@cache
def _versions() -> str:
    return f"ctranslate2 {version('ctranslate2')}, transformers {version('transformers')}"
