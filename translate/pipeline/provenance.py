"""What produced a translation, by name: what was asked for, and what ran."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from corpora.languages import Direction
from translate.models.specs import UNKNOWN_LICENCE, ModelSpec
from translate.options import ArticleOptions
from translate.pipeline.candidates import TranslationContext
from translate.pipeline.postprocessing import TranslatedSegment


def sign(context: TranslationContext, done: Sequence[TranslatedSegment]) -> dict[str, str]:
    """Return model, revision, licence, precision, decoding, prompt, and what was asked of the translations.

    The model is named where a delivered sentence is its work, and only there.
    """
    ran = [dict(step.engine) for each in done for step in each.steps]
    directions = list(pairwise(context.route)) if ran else []
    facts = {name for each in ran for name in each}
    asked = [context.runner.signature(direction) for direction in directions]
    told = [{name: value for name, value in direction.items() if name not in facts} for direction in asked] + ran
    names = dict.fromkeys(name for direction in told for name in direction)
    merged = {name: _distinct(direction.get(name) for direction in told) for name in names}
    licences = _licences(context.runner.spec, directions)
    return merged | {"route": "-".join(context.route)} | licences | _asked(context.options, done)


def _licences(spec: ModelSpec, directions: Sequence[Direction]) -> dict[str, str]:
    named = _distinct(spec.licence_for(direction) or UNKNOWN_LICENCE for direction in directions)
    restriction = (spec.restriction if directions else None) or ""
    return {name: value for name, value in (("licence", named), ("restriction", restriction)) if value}


def _asked(options: ArticleOptions, done: Sequence[TranslatedSegment]) -> dict[str, str]:
    found = {
        "attempts": str(options.retry.attempts),
        "checks": "on" if options.checks else "off",
        "typography": "on" if options.typography else "off",
    }
    if options.glossary:
        found["glossary"] = f"sha256:{options.glossary.sha256[:16]}"
    if options.memory:
        taken = sum(each.translation.method == "memory" for each in done)
        found["memory"] = f"sha256:{options.memory.sha256[:16]}, {taken} sentences"
    if options.context:
        found["context"] = str(options.context)
    if options.document:
        found["mode"] = "document"
    return found


def _distinct(values: Iterable[str | None]) -> str:
    return " + ".join(dict.fromkeys(value for value in values if value))
