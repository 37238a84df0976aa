"""The models that Tolmach knows, read from `registry.toml`, and how a user's word for one is understood."""

import difflib
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import permutations
from pathlib import Path
from typing import Any, Final

from corpora.errors import InputError, TolmachError
from corpora.languages import CHINESE, ENGLISH, RUSSIAN
from translate.entries import Entry, RegistryError
from translate.specs import (
    ALL_DIRECTIONS,
    FAMILIES,
    Direction,
    Family,
    HubRepository,
    HubSource,
    LocalSource,
    ModelSpec,
    Prompt,
    Sampling,
    Source,
    WheelSource,
)

REGISTRY_PATH: Final = Path(__file__).with_name("registry.toml")
HUB_PREFIX: Final = "hf:"
MODEL_TYPES: Final[Mapping[str, Family]] = {
    "marian": "marian", "t5": "t5", "mt5": "t5", "umt5": "t5", "m2m_100": "m2m100",
}  # fmt: skip
"""Family of a model by the `model_type` of its `config.json`; what is not here and is a decoder is a `chat` model."""

_REPOSITORY_ID: Final = re.compile(r"[\w.-]+/[\w.-]+")
_DIRECTION_IN_NAME: Final = re.compile(r"\b(en|ru|zh)[-_](en|ru|zh)$")
_LANGUAGES: Final = (ENGLISH, RUSSIAN, CHINESE)


class UnknownModelError(TolmachError):
    """No model has this name."""


@dataclass(frozen=True, slots=True)
class Registry:
    """The models, in the order in which `auto` prefers what is cached.

    Attributes:
        models: All of them.
        families: For each family, a model without a name that is spoken to in the family's usual way.
    """

    models: tuple[ModelSpec, ...]
    families: Mapping[Family, ModelSpec]

    @property
    def default(self) -> ModelSpec:
        """The model that `auto` fetches from the hub."""
        return next(model for model in self.models if model.default)

    @property
    def automatic(self) -> tuple[ModelSpec, ...]:
        """The models that `auto` may choose: those whose licence restricts nothing."""
        return tuple(model for model in self.models if not model.restricted)

    @property
    def index_carried(self) -> ModelSpec | None:
        """The model that comes from a package index, for where no hub can be reached; None if there is none."""
        return next((model for model in self.models if isinstance(model.source, WheelSource)), None)

    def get(self, name: str) -> ModelSpec | None:
        """Return the model of this name, upper and lower case alike, or None."""
        return next((model for model in self.models if model.name == name.strip().lower()), None)


@cache
def load_registry(path: Path = REGISTRY_PATH) -> Registry:
    """Read and check a registry.

    Raises:
        RegistryError: An entry is wrong; the message names it.
    """
    try:
        document = Entry(path.name, tomllib.loads(path.read_text(encoding="utf-8")))
    except ValueError as error:
        raise RegistryError(f"{path.name} is not TOML: {error}") from error
    families = {_known_family(table, name): _family(table, name) for name, table in document.tables("families").items()}
    models = tuple(_model(table, families) for table in document.list("models"))
    document.finish()
    names = [model.name for model in models]
    for name in names:
        if names.count(name) > 1:
            raise RegistryError(f"{path.name}: two models are named {name!r}")
    if sum(model.default for model in models) != 1:
        raise RegistryError(f"{path.name}: exactly one model must be the default")
    return Registry(models, families)


def find_model(name: str, registry: Registry | None = None) -> ModelSpec:
    """Return the model that a user means.

    Args:
        name: A name of the registry; the path of a folder that holds a model (with a `/`, a `.` or a `~` in front, or
            just existing); or `hf:owner/name`, a repository of the hub, optionally with `@revision`.
        registry: The models that are known; by default those that come with Tolmach.

    Raises:
        UnknownModelError: It is none of these; the hint has the nearest names.
        InputError: The folder holds no model.
    """
    registry = registry or load_registry()
    known = registry.get(name)
    if known:
        return known
    if name.startswith(HUB_PREFIX):
        return _hub_model(name)
    path = Path(name).expanduser()
    if name.strip() and path.is_dir():
        return identify(ModelSpec(f"local:{path.resolve().name}", None, LocalSource(path.resolve())), path, registry)
    if name.startswith(("/", "./", "../", "~")):
        raise UnknownModelError(f"there is no folder {name}", hint="Name a folder with a model's files")
    names = [model.name for model in registry.models]
    near = difflib.get_close_matches(name.lower(), names, n=3, cutoff=0.4)
    hint = f"Did you mean {' or '.join(near)}?" if near else f"Known: {', '.join(names)}"
    raise UnknownModelError(f"unknown model {name!r}", hint=hint)


def identify(spec: ModelSpec, folder: Path, registry: Registry | None = None) -> ModelSpec:
    """Return `spec` with the family that the files in `folder` tell; a spec that has one is returned as it is.

    Raises:
        InputError: The files are not those of a translation model that Tolmach can run.
    """
    if spec.family:
        return spec
    registry = registry or load_registry()
    family = _family_of_files(folder)
    identified = spec.as_family(registry.families[family])
    named = _DIRECTION_IN_NAME.search(spec.name)
    if family == "marian" and named:
        return replace(identified, directions=((named[1], named[2]),))
    return identified


def _family_of_files(folder: Path) -> Family:
    if not (folder / "config.json").is_file():
        if any(folder.glob("*.gguf")):
            return "chat"
        raise InputError(f"{folder} holds no model: it has neither config.json nor a .gguf file")
    config = _json(folder / "config.json")
    family = MODEL_TYPES.get(str(config.get("model_type")))
    if family == "m2m100" and _is_nllb(folder):
        return "nllb"
    if family:
        return family
    if any(str(name).endswith("ForCausalLM") for name in config.get("architectures") or ()):
        return "chat"
    raise InputError(
        f"{folder} holds a model of type {config.get('model_type')!r}, which is not one that translates",
        hint=f"Known families: {', '.join(FAMILIES)}",
    )


def _is_nllb(folder: Path) -> bool:
    # NLLB shares M2M100's architecture; only the tokenizer tells them apart.
    path = folder / "tokenizer_config.json"
    return path.is_file() and str(_json(path).get("tokenizer_class")).startswith("Nllb")


def _json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError(f"{path} is not JSON: {error}") from error
    if not isinstance(content, dict):
        raise InputError(f"{path} does not hold a JSON object")
    return content


def _hub_model(name: str) -> ModelSpec:
    repo_id, _, revision = name.removeprefix(HUB_PREFIX).partition("@")
    if not _REPOSITORY_ID.fullmatch(repo_id):
        raise UnknownModelError(f"{name!r} names no repository", hint="Write hf:owner/name")
    return ModelSpec(name, None, HubSource((HubRepository(repo_id, revision=revision or None),)))


def _known_family(entry: Entry, name: str) -> Family:
    for family in FAMILIES:
        if family == name:
            return family
    raise RegistryError(f"{entry.name}: unknown family {name!r}", hint=f"Known: {', '.join(FAMILIES)}")


def _family(entry: Entry, name: str) -> ModelSpec:
    plain = ModelSpec("", _known_family(entry, name), LocalSource(Path()))
    spec = replace(plain, **_speech(entry, plain))
    entry.finish()
    return spec


def _model(entry: Entry, families: Mapping[Family, ModelSpec]) -> ModelSpec:
    entry.name = f"model {entry.text('name')!r}"
    family = _known_family(entry, entry.text("family"))
    licence, sampling = entry.text("licence"), entry.table("sampling")
    spec = ModelSpec(
        name=entry.text("name"),
        family=family,
        source=_source(entry, licence),
        licence=licence,
        citation=entry.text("citation"),
        url=entry.text("url"),
        directions=tuple(_direction(entry, text) for text in entry.texts("directions", ())) or ALL_DIRECTIONS,
        restriction=entry.text("restriction", "") or None,
        pivot=entry.text("pivot", "") or None,
        sampling=sampling.build(Sampling) if sampling else None,
        size=entry.integer("size"),
        parameters=entry.integer("parameters"),
        quality_note=entry.text("quality_note", ""),
        examples=entry.integer("examples") or 0,
        default=entry.flag("default"),
        **_speech(entry, families[family]),
    )
    entry.finish()
    if spec.default and spec.restricted:
        raise RegistryError(f"{entry.name}: a restricted model cannot be the default")
    return spec


def _speech(entry: Entry, family: ModelSpec) -> dict[str, Any]:
    prompt, chinese = entry.table("prompt"), entry.table("chinese_prompt")
    return {
        "prefix": entry.text("prefix", family.prefix),
        "codes": entry.mapping("codes") or family.codes,
        "prompt": _prompt(prompt) if prompt else family.prompt,
        "chinese_prompt": _prompt(chinese) if chinese else family.chinese_prompt,
        "stop_tokens": entry.texts("stop_tokens", family.stop_tokens),
    }


def _prompt(entry: Entry) -> Prompt:
    user, names = entry.text("user"), entry.mapping("names")
    prompt = Prompt(user, names or Prompt(user).names, entry.text("system", "") or None)
    entry.finish()
    if "{text}" not in user or "{target}" not in user:
        raise RegistryError(f"{entry.name}: the user's turn must contain {{text}} and {{target}}")
    return prompt


def _source(entry: Entry, licence: str) -> Source:
    wheels, repositories = entry.table("wheels"), entry.list("repositories")
    if bool(wheels) == bool(repositories):
        raise RegistryError(f"{entry.name}: it needs either repositories or wheels")
    if wheels:
        return wheels.build(WheelSource)
    return HubSource(tuple(_repository(one, licence) for one in repositories))


def _repository(entry: Entry, licence: str) -> HubRepository:
    direction = entry.text("direction", "")
    repository = HubRepository(
        repo_id=entry.text("repo_id"),
        direction=_direction(entry, direction) if direction else None,
        revision=entry.text("revision", "") or None,
        licence=entry.text("licence", licence),
        prefix=entry.text("prefix", ""),
    )
    entry.finish()
    return repository


def _direction(entry: Entry, text: str) -> Direction:
    found = next((pair for pair in permutations(_LANGUAGES, 2) if "-".join(pair) == text), None)
    if not found:
        raise RegistryError(f"{entry.name}: {text!r} is not a direction such as 'en-ru'")
    return found
