"""What produced a translation, by name: what was asked for, and what ran."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from translate.models.specs import UNKNOWN_LICENCE, Direction, ModelSpec
from translate.pipeline.postprocessing import Done

if TYPE_CHECKING:
    from translate.pipeline.run import Pass


def sign(one: "Pass", done: Sequence[Done]) -> dict[str, str]:
    """Return model, revision, licence, precision, decoding, prompt, and what was asked of the translations.

    The model is named where a delivered sentence is its work, and only there.
    """
    ran = [dict(step.engine) for each in done for step in each.steps]
    legs = list(pairwise(one.route)) if ran else []
    facts = {name for each in ran for name in each}
    asked = [one.runner.signature(leg) for leg in legs]
    told = [{name: value for name, value in leg.items() if name not in facts} for leg in asked] + ran
    names = dict.fromkeys(name for leg in told for name in leg)
    merged = {name: _distinct(leg.get(name) for leg in told) for name in names}
    return merged | {"route": "-".join(one.route)} | _licences(one.runner.spec, legs) | _asked(one, done)


def _licences(spec: ModelSpec, legs: Sequence[Direction]) -> dict[str, str]:
    named = _distinct(spec.licence_for(leg) or UNKNOWN_LICENCE for leg in legs)
    restriction = (spec.restriction if legs else None) or ""
    return {name: value for name, value in (("licence", named), ("restriction", restriction)) if value}


def _asked(one: "Pass", done: Sequence[Done]) -> dict[str, str]:
    options = one.options
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
