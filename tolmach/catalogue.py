"""What is known and what is cached of models and samples, as data for the command line."""

from pathlib import Path
from typing import Any

from corpora.progress import SILENT, Progress
from corpora.samples import list_samples, load_sample
from translate.registry import find_model, load_registry
from translate.specs import LocalSource, ModelSpec, WheelSource, direction_name
from translate.weights.store import WeightsStore

_SAMPLE_LANGUAGES = ("en", "ru", "zh")


def describe_models() -> list[dict[str, Any]]:
    """Return the models of the registry, in its order."""
    return [_facts(spec) for spec in load_registry().models]


def describe_model(name: str) -> dict[str, Any]:
    """Return what is known of one model, its revision and disk use too.

    Raises:
        UnknownModelError: No model has that name.
    """
    spec, store = find_model(name), WeightsStore()
    parts = spec.directions if spec.split else (None,)
    manifests = {direction_name(part): store.manifest(spec, part) for part in parts}
    revisions = {part: manifest.revision for part, manifest in manifests.items() if manifest}
    more = {
        "family": spec.family,
        "source": _source(spec),
        "parameters": spec.parameters,
        "citation": spec.citation,
        "url": spec.url,
        "quality_note": " ".join(spec.quality_note.split()),
        "revisions": revisions,
        "disk_use": store.disk_use(spec),
    }
    return _facts(spec) | more


def fetch_model(name: str, progress: Progress = SILENT) -> list[Path]:
    """Fetch a model's weights, for all its directions; return the folders.

    Raises:
        UnknownModelError: No model has that name.
        OfflineError: No network is allowed.
        NetworkError: The weights cannot be fetched.
    """
    spec, store = find_model(name), WeightsStore()
    if spec.restriction:
        progress.note(f"{spec.name} is licensed {spec.licence}: {spec.restriction}")
    return [store.fetch(spec, part, progress=progress) for part in (spec.directions if spec.split else (None,))]


def remove_model(name: str) -> int:
    """Remove what the cache holds of a model; return the bytes freed.

    Raises:
        UnknownModelError: No model has that name.
        OutputError: It cannot be removed.
    """
    return WeightsStore().remove(find_model(name))


def describe_samples() -> list[dict[str, Any]]:
    """Return each version of each sample article."""
    articles = [(name, load_sample(name, language)) for name in list_samples() for language in _SAMPLE_LANGUAGES]
    return [
        {"name": name, "language": article.language, "sentences": len(article.sentences), "title": article.title}
        for name, article in articles
    ]


def _facts(spec: ModelSpec) -> dict[str, Any]:
    return {
        "name": spec.name,
        "licence": spec.licence,
        "restriction": spec.restriction,
        "directions": [direction_name(direction) for direction in spec.directions],
        "pivot": spec.pivot,
        "size": spec.size,
        "default": spec.default,
        "cached": WeightsStore().locate(spec) is not None,
    }


def _source(spec: ModelSpec) -> list[str]:
    if isinstance(spec.source, LocalSource):
        return [str(spec.source.path)]
    if isinstance(spec.source, WheelSource):
        source = spec.source
        return [f"{source.package.format(part=f'1…{source.parts}')}=={source.version}"]
    return [f"hf:{repository.repo_id}" for repository in spec.source.repositories]
