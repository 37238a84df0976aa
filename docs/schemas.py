"""JSON Schemas of the results, made from the dataclasses that `tolmach.results.codec` writes.

Names that a schema does not have are allowed: a field may be added without a new number of the schema.
"""

import dataclasses
import inspect
import json
import re
import types
import typing
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from eval.bench.gold import AlignmentFigures, QuoteFigures
from eval.bench.result import BenchResult
from eval.qe.reference_free import ReferenceFree
from eval.significance.types import Significance
from eval.types import MetricScore
from tolmach.bench import files
from tolmach.results import result

ATTRIBUTE = re.compile(r"^(\w+): (.+?)(?=^\w+: |\Z)", re.MULTILINE | re.DOTALL)
PLAIN = {str: "string", int: "integer", float: "number", bool: "boolean", type(None): "null"}
PAIRS = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class EstimatedSegment:
    """The estimate of one segment: its adequacy, and what it failed in plain sentences."""

    adequacy: float
    checks: tuple[str, ...] = ()


@dataclass(frozen=True)
class SystemEstimates:
    """Quality estimates of one system; `agreement` for three or more, `flagged` and `checks` where these were made."""

    worst_tenth: float
    mean: float
    length_ratio: float
    usual_length_ratio: float | None
    segments: tuple[EstimatedSegment, ...]
    flagged: float = 0.0
    checks: dict[str, int] = field(default_factory=dict)
    agreement: float = 0.0


@dataclass(frozen=True)
class EvaluationRecord:
    """What `tolmach evaluate` writes: `significance` with `--system`, `sentences` by system with `--sentence-level`."""

    language: str
    system: str
    scores: dict[str, MetricScore]
    segments: int | None
    realigned: bool
    reference_free: ReferenceFree | None
    signs: dict[str, SystemEstimates]
    significance: Significance | None = None
    sentences: dict[str, tuple[dict[str, float], ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class GoldRecord:
    """What `tolmach bench --alignment --quotes` writes."""

    alignment: tuple[AlignmentFigures, ...]
    quotes: tuple[QuoteFigures, ...]


DOCUMENTS: dict[str, type] = {
    result.SCHEMA: result.Result,
    files.SCHEMA: BenchResult,
    "tolmach-scores/2": EvaluationRecord,
    "tolmach-gold/1": GoldRecord,
}
"""The type of each document by its `schema`."""


def write_schema(name: str) -> str:
    """Return the schema of the documents with this `schema` as JSON text."""
    definitions: dict[str, Any] = {}
    root = _reference(DOCUMENTS[name], definitions)
    top = definitions.pop(root["$ref"].rpartition("/")[2])
    top["properties"] = {"schema": {"const": name}, **top["properties"]}
    top["required"] = ["schema", *top["required"]]
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": name}
    return json.dumps({**head, **top, "$defs": dict(sorted(definitions.items()))}, ensure_ascii=False, indent=1) + "\n"


def _schema(hint: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    if hint in PLAIN:
        return {"type": PLAIN[hint]}
    if hint == PAIRS:
        return {"type": "object", "additionalProperties": {"type": "string"}}
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return _reference(hint, definitions)
    return _composed(get_origin(hint), get_args(hint), definitions)


def _composed(origin: Any, kinds: tuple[Any, ...], definitions: dict[str, Any]) -> dict[str, Any]:
    if origin is Literal:
        return {"enum": list(kinds)}
    if origin in (types.UnionType, typing.Union):
        return {"anyOf": [_schema(kind, definitions) for kind in kinds]}
    if origin is dict:
        return {"type": "object", "additionalProperties": _schema(kinds[1], definitions)}
    assert origin is tuple, origin  # noqa: S101 - the codec writes nothing else
    return {"type": "array", **_items(kinds, definitions)}


def _items(kinds: tuple[Any, ...], definitions: dict[str, Any]) -> dict[str, Any]:
    if kinds[-1] is Ellipsis:
        return {"items": _schema(kinds[0], definitions)}
    items = [_schema(kind, definitions) for kind in kinds]
    return {"prefixItems": items, "items": False, "minItems": len(items)}


def _reference(kind: type, definitions: dict[str, Any]) -> dict[str, Any]:
    if kind.__name__ not in definitions:
        definitions[kind.__name__] = {}  # for a type that holds itself
        definitions[kind.__name__] = _object(kind, definitions)
    return {"$ref": f"#/$defs/{kind.__name__}"}


def _object(kind: type, definitions: dict[str, Any]) -> dict[str, Any]:
    record = getattr(kind, "RECORD", kind)  # what the codec writes in its place
    hints, told = typing.get_type_hints(record), inspect.getdoc(kind) or ""
    own = [one for one in dataclasses.fields(record) if one.init]
    said = _attributes(told)
    properties = {one.name: said.get(one.name, {}) | _schema(hints[one.name], definitions) for one in own}
    unset = dataclasses.MISSING
    required = [one.name for one in own if one.default is unset and one.default_factory is unset]
    return {
        "description": told.split("\n", maxsplit=1)[0],
        "type": "object",
        "properties": properties,
        "required": required,
    }


def _attributes(text: str) -> dict[str, dict[str, str]]:
    block = text.partition("\nAttributes:\n")[2]
    found = ATTRIBUTE.findall(inspect.cleandoc(block))
    return {name: {"description": " ".join(words.split())} for name, words in found}


SCHEMAS: dict[Path, Callable[[], str]] = {
    Path(__file__).parent / "schema" / f"{name.replace('/', '-')}.json": partial(write_schema, name)
    for name in DOCUMENTS
}
"""The file of each schema, and what makes it."""
