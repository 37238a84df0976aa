"""What produced a translation, by name: what was asked for, and what ran."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from translate.finishing import Done
from translate.specs import UNKNOWN_LICENCE

if TYPE_CHECKING:
    from translate.passes import Pass


def sign(one: "Pass", done: Sequence[Done]) -> dict[str, str]:
    """Return model, revision, licence, precision, decoding, prompt, and what was asked of the translations."""
    legs: list[dict[str, str]] = []
    for runner, route in one.ways:
        legs += [runner.signature(leg) for leg in pairwise(route)]
    ran = [dict(step.engine) for each in done for step in each.steps]
    facts = {name for each in ran for name in each}
    told = [{name: value for name, value in leg.items() if name not in facts} for leg in legs] + ran
    names = dict.fromkeys(name for leg in told for name in leg)
    merged = {name: _distinct(leg.get(name) for leg in told) for name in names}
    return merged | {"route": "-".join(one.route)} | _licences(one) | _asked(one)


def _licences(one: "Pass") -> dict[str, str]:
    specs = [runner.spec for runner, _ in one.ways]
    named = (runner.spec.licence_for(leg) or UNKNOWN_LICENCE for runner, route in one.ways for leg in pairwise(route))
    restrictions = _distinct(spec.restriction for spec in specs)
    found = {"licence": _distinct(named)}
    return found | {"restriction": restrictions} if restrictions else found


def _asked(one: "Pass") -> dict[str, str]:
    options = one.options
    found = {
        "attempts": str(options.attempts.most),
        "checks": "on" if options.checks else "off",
        "typography": "on" if options.typography else "off",
    }
    if options.glossary:
        found["glossary"] = f"sha256:{options.glossary.sha256[:16]}"
    if options.context:
        found["context"] = str(options.context)
    if options.document:
        found["mode"] = "document"
    return found


def _distinct(values: Iterable[str | None]) -> str:
    return " + ".join(dict.fromkeys(value for value in values if value))
