"""Facts about known and cached models and samples, as data for the command line."""

from collections.abc import Iterator
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path
from typing import Any

from common.errors import InputError, IntegrityError
from common.progress import SILENT, Progress
from corpora.languages import Direction, base_language
from corpora.samples import list_samples, load_sample
from translate.loading import cached_model
from translate.models.prompts import PLACEHOLDERS, Prompt
from translate.models.registry import find_model, identify, licence_of, load_registry
from translate.models.requests import plan_route
from translate.models.specs import FirefoxSource, LocalSource, ModelSpec, WheelSource, direction_name
from translate.weights.firefox import MIRROR_VARIABLE
from translate.weights.manifest import Manifest
from translate.weights.store import WeightsStore

_SAMPLE_LANGUAGES = ("en", "ru", "zh")
_SEARCH = ("beam_size", "repetition_penalty", "no_repeat_ngram_size")


def describe_models() -> list[dict[str, Any]]:
    """Describe the models of the registry, in its order, then other cached ones."""
    store, models = WeightsStore(), load_registry().models
    others = {manifest.model: (folder, manifest) for folder, manifest in _others(store)}
    listed = [_facts(spec, store) for spec in models] + [_other_facts(*others[name]) for name in sorted(others)]
    auto = cached_model(store)
    return [facts | {"auto": auto is not None and facts["name"] == auto.name} for facts in listed]


def describe_model(name: str) -> dict[str, Any]:
    """Describe one model, including its prompts, revision and disk use."""
    spec, store = find_model(name), WeightsStore()
    folder = store.locate(spec)
    spec = identify(spec, folder) if folder and spec.family is None else spec
    manifests = {direction_name(part): store.manifest(spec, part) for part in parts_for(spec)}
    more = {
        "family": spec.family,
        "source": _source(spec),
        "parameters": spec.parameters,
        "citation": spec.citation,
        "url": spec.url,
        "quality_note": " ".join(spec.quality_note.split()),
        "revisions": {part: manifest.revision for part, manifest in manifests.items() if manifest},
        "access": _access(spec),
    }
    return _facts(spec, store) | more | _input_facts(spec)


def fetch_model(name: str, pair: Direction | None = None, progress: Progress = SILENT) -> list[Path]:
    """Download a model's weights; return the folders.

    Raises:
        UnknownModelError: No model has that name.
        UsageError: The model has no route between the languages of `pair`.
        OfflineError: No network is allowed.
        NetworkError: The weights cannot be downloaded.
    """
    spec, store = find_model(name), WeightsStore()
    parts = parts_for(spec, pair)
    for note in (spec.licence_warning, _access(spec)):
        if note and spec.family:
            progress.note(note)
    folders = [store.fetch(spec, part, progress=progress) for part in parts]
    if spec.family is None:
        _note_licence(spec, folders[0], progress)
    return folders


def verify_models(name: str | None = None, progress: Progress = SILENT) -> list[dict[str, Any]]:
    """Verify the checksums of a model's weights and conversions, or of all.

    Returns:
        Name, number of files and bytes of each complete model.

    Raises:
        UnknownModelError: No model has that name.
        IntegrityError: Files are missing or changed; the message names them.
    """
    store, found, damage = WeightsStore(), [], []
    for one in [name] if name else dict.fromkeys(_fetched(store)):
        try:
            spec = find_model(one)
            files = store.verify(spec, progress=progress)
        except InputError as error:
            if name:
                raise
            progress.note(error.message)  # a folder of the user's that no longer contains a model
            continue
        except IntegrityError as error:
            damage.append(error)
            continue
        if isinstance(spec.source, LocalSource):
            progress.note(f"{spec.name} is used in place: there are no checksums of its own files")
        found.append({"name": spec.name, "files": len(files), "bytes": sum(file.size for file in files)})
    if damage:
        hint = damage[0].hint if len(damage) == 1 else "Fetch them again: tolmach models fetch NAME"
        raise IntegrityError("; ".join(error.message for error in damage), hint=hint)
    return found


def remove_model(name: str) -> int:
    """Remove a model from the cache; return the bytes freed.

    Raises:
        UnknownModelError: No model has that name.
        OutputError: It cannot be removed.
    """
    return WeightsStore().remove(find_model(name))


def describe_samples() -> list[dict[str, Any]]:
    """Describe each version of each sample article."""
    articles = [(name, load_sample(name, language)) for name in list_samples() for language in _SAMPLE_LANGUAGES]
    return [
        {"name": name, "language": article.language, "sentences": len(article.sentences), "title": article.title}
        for name, article in articles
    ]


def _facts(spec: ModelSpec, store: WeightsStore) -> dict[str, Any]:
    fetched = [direction_name(part) for part in parts_for(spec) if store.locate(spec, part)]
    return {
        "name": spec.name,
        "licence": spec.licence,
        "restriction": spec.restriction,
        "gated": spec.gated,
        "directions": [direction_name(direction) for direction in spec.directions],
        "pivot": spec.pivot,
        "size": spec.size,
        "default": spec.default,
        "cached": len(fetched) == len(parts_for(spec)),
        "fetched": fetched,
        "disk_use": store.disk_use(spec),
    }


def _other_facts(folder: Path, manifest: Manifest) -> dict[str, Any]:
    """Describe an unregistered model by the record of its download or use."""
    kind, _, place = manifest.source.partition(":")
    licence = licence_of(Path(place) if kind == "local" else folder)
    return {
        "name": manifest.model,
        "licence": manifest.licence,
        "restriction": licence.restriction,
        "gated": False,
        "directions": [],
        "pivot": None,
        "size": sum(file.size for file in manifest.files),
        "default": False,
        "cached": True,
        "fetched": [folder.name] if kind != "local" else [],
        "disk_use": sum(path.stat().st_size for path in _home(folder, manifest).rglob("*") if path.is_file()),
    }


def _home(folder: Path, manifest: Manifest) -> Path:
    return folder if manifest.source.startswith("local:") else folder.parent


def _others(store: WeightsStore) -> Iterator[tuple[Path, Manifest]]:
    known = {spec.name for spec in load_registry().models}
    yield from ((folder, one) for folder, one in store.manifests().items() if one.model not in known)


def _fetched(store: WeightsStore) -> Iterator[str]:
    """Return the names of all models with weights or conversions in the cache; folders are named by path."""
    for manifest in store.manifests().values():
        kind, _, place = manifest.source.partition(":")
        if kind != "local":
            yield manifest.model
        elif Path(place).is_dir():
            yield place


def parts_for(spec: ModelSpec, pair: Direction | None = None) -> tuple[Direction | None, ...]:
    """Return the parts of a model's weights for a pair of languages, as for `WeightsStore.fetch`; None for all."""
    route = plan_route(spec.directions, *pair) if pair else None
    if not spec.split:
        return (None,)
    if route is None:
        return spec.directions
    return tuple((base_language(source), base_language(target)) for source, target in pairwise(route))


def _note_licence(spec: ModelSpec, folder: Path, progress: Progress) -> None:
    try:
        warning = identify(spec, folder).licence_warning
    except InputError as error:  # it may have another purpose than translation
        progress.note(error.message)
        return
    if warning:
        progress.note(warning)


def _access(spec: ModelSpec) -> str | None:
    if not spec.gated:
        return None
    return f"{spec.name} is gated: accept the terms at {spec.url} and set HF_TOKEN"


def _input_facts(spec: ModelSpec) -> dict[str, Any]:
    """Describe a model's prompts and decoding."""
    decode = asdict(spec.decode)
    return {
        "form": spec.form if spec.family == "chat" else None,
        "prompt": _prompt(spec.prompt),
        "chinese_prompt": _prompt(spec.chinese_prompt),
        "prefix": spec.prefix,
        "codes": dict(spec.codes),
        "stop_tokens": list(spec.stop_tokens),
        "examples": {"-".join(direction): count for direction, count in spec.examples.items()},
        "detours": {"-".join(direction): via for direction, via in spec.detours.items()},
        "decode": {name: decode[name] for name in _SEARCH},
        "max_input": spec.max_input,
    }


def _prompt(prompt: Prompt | None) -> dict[str, str] | None:
    if prompt is None:
        return None
    found = {name: getattr(prompt, name) for name in ("system", *PLACEHOLDERS, "tail")}
    return {name: template for name, template in found.items() if template}


def _source(spec: ModelSpec) -> list[str]:
    if isinstance(spec.source, LocalSource):
        return [str(spec.source.path)]
    if isinstance(spec.source, WheelSource):
        source = spec.source
        return [f"{source.package.format(part=f'1…{source.parts}')}=={source.version}"]
    if isinstance(spec.source, FirefoxSource):
        return [f"Mozilla's service for Firefox, or the mirror that {MIRROR_VARIABLE} names"]
    return [f"hf:{repository.repo_id}" for repository in spec.source.repositories]
