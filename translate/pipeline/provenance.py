"""What produced a translation, by name: what was asked for, and what ran."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from translate.models.specs import UNKNOWN_LICENCE
from translate.pipeline.postprocessing import Done

if TYPE_CHECKING:
    from translate.pipeline.run import Pass, Way


def sign(one: "Pass", done: Sequence[Done]) -> dict[str, str]:
    """Return model, revision, licence, precision, decoding, prompt, and what was asked of the translations.

    A model is named where a delivered sentence is its work, and only there.
    """
    routes = {each.translation.route for each in done if each.steps}
    ways = [way for way in one.ways if way[1] in routes and _ran(way, done)]
    legs = [runner.signature(leg) for runner, route in ways for leg in pairwise(route)]
    ran = [dict(step.engine) for each in done for step in each.steps]
    facts = {name for each in ran for name in each}
    told = [{name: value for name, value in leg.items() if name not in facts} for leg in legs] + ran
    names = dict.fromkeys(name for leg in told for name in leg)
    merged = {name: _distinct(leg.get(name) for leg in told) for name in names}
    return merged | _routes(one, ways) | _licences(ways) | _asked(one, done)


def _ran(way: "Way", done: Sequence[Done]) -> bool:
    """Tell whether a delivered sentence is the work of a way's model: the other model's work is named so."""
    return any(each.steps and each.model == way[0].spec.name for each in done)


def _routes(one: "Pass", ways: Sequence["Way"]) -> dict[str, str]:
    routes = [route for _, route in ways] or [one.route]
    return {"route": _distinct("-".join(route) for route in routes)}


def _licences(ways: Sequence["Way"]) -> dict[str, str]:
    named = (runner.spec.licence_for(leg) or UNKNOWN_LICENCE for runner, route in ways for leg in pairwise(route))
    found = {"licence": _distinct(named), "restriction": _distinct(runner.spec.restriction for runner, _ in ways)}
    return {name: value for name, value in found.items() if value}


def _asked(one: "Pass", done: Sequence[Done]) -> dict[str, str]:
    options = one.options
    found = {
        "attempts": str(options.attempts.most),
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
