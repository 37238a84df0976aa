"""Dataclasses to JSON and back, by their type hints alone.

A tuple becomes a list, but a tuple of `(name, value)` texts, as in signatures, becomes an object. A dataclass with a
`RECORD` is written as that dataclass: its method `record` makes one, and the record's method `value` turns it back. A
field with `absent_when_none` in its metadata is left out if it is None. Decoding checks every value against its type
and reports the place of the first mismatch; unknown names are ignored, so that a field can be added without breaking
older readers.
"""

import dataclasses
import types
import typing
from collections.abc import Callable
from functools import cache
from typing import Any, Literal, get_args, get_origin

Json = Any
_PAIRS = tuple[tuple[str, str], ...]
_NAMES = {str: "text", int: "a whole number", float: "a number", bool: "true or false", type(None): "null"}


class DecodeError(ValueError):
    """A value does not have the type of its place, which the message names."""


def encode(value: Any, hint: Any) -> Json:
    """Return `value` of type `hint` in JSON-compatible form."""
    if value is None or hint in _NAMES:
        return value
    if hint == _PAIRS:
        return dict(value)
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        if hasattr(hint, "RECORD"):
            return encode(value.record(), hint.RECORD)
        values = ((name, getattr(value, name), kind) for name, kind in _fields(hint).items())
        return {name: encode(one, kind) for name, one, kind in values if one is not None or name not in _absent(hint)}
    return _ENCODERS[get_origin(hint)](value, hint)


def _encode_dict(value: Any, hint: Any) -> Json:
    return {key: encode(item, get_args(hint)[1]) for key, item in value.items()}


def _encode_tuple(value: Any, hint: Any) -> Json:
    kinds = get_args(hint)
    if kinds[-1] is Ellipsis:
        kinds = (kinds[0],) * len(value)
    return [encode(item, kind) for item, kind in zip(value, kinds, strict=True)]


_ENCODERS: dict[Any, Callable[[Any, Any], Json]] = {
    types.UnionType: lambda value, hint: encode(value, _without_none(hint)),
    typing.Union: lambda value, hint: encode(value, _without_none(hint)),
    Literal: lambda value, _hint: value,
    dict: _encode_dict,
    tuple: _encode_tuple,
}


def decode(data: Json, hint: Any, place: str = "") -> Any:
    """Return the value of type `hint` that `encode` turned into `data`.

    Args:
        data: Parsed JSON.
        hint: A dataclass, a text, number or truth value, a `Literal`, or a tuple, dict or "or None" of such.
        place: Position of `data` in its document, for the message.

    Raises:
        DecodeError: A value does not have the type of its place.
    """
    if hint in _NAMES:
        return _decode_plain(data, hint, place)
    if hint == _PAIRS:
        return tuple((name, decode(item, str, f"{place}.{name}")) for name, item in _expect(data, dict, place).items())
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return _decode_dataclass(data, hint, place)
    return _DECODERS[get_origin(hint)](data, hint, place)


def _decode_plain(data: Json, hint: Any, place: str) -> Any:
    # An integer is a valid number; JSON's true and false are not numbers, though Python's are.
    if hint is float and type(data) is int:
        return float(data)
    if type(data) is not hint:
        raise DecodeError(f"{place}: expected {_NAMES[hint]}, found {_describe(data)}")
    return data


def _decode_dataclass(data: Json, hint: Any, place: str) -> Any:
    if hasattr(hint, "RECORD"):
        return decode(data, hint.RECORD, place).value()
    _expect(data, dict, place)
    values = {}
    for name, kind in _fields(hint).items():
        if name in data:
            values[name] = decode(data[name], kind, f"{place}.{name}".lstrip("."))
        elif name in _required(hint):
            raise DecodeError(f"{place or 'the document'}: {name!r} is missing")
    return hint(**values)


def _decode_optional(data: Json, hint: Any, place: str) -> Any:
    return None if data is None else decode(data, _without_none(hint), place)


def _decode_literal(data: Json, hint: Any, place: str) -> Any:
    if data not in get_args(hint):
        raise DecodeError(f"{place}: expected one of {', '.join(get_args(hint))}, found {_describe(data)}")
    return data


def _decode_dict(data: Json, hint: Any, place: str) -> Any:
    kind = get_args(hint)[1]
    return {key: decode(item, kind, f"{place}.{key}") for key, item in _expect(data, dict, place).items()}


def _decode_tuple(data: Json, hint: Any, place: str) -> Any:
    kinds, items = get_args(hint), _expect(data, list, place)
    if kinds[-1] is Ellipsis:
        kinds = (kinds[0],) * len(items)
    if len(kinds) != len(items):
        raise DecodeError(f"{place}: expected {len(kinds)} items, found {len(items)}")
    numbered = enumerate(zip(items, kinds, strict=True))
    return tuple(decode(item, kind, f"{place}[{number}]") for number, (item, kind) in numbered)


_DECODERS: dict[Any, Callable[[Json, Any, str], Any]] = {
    types.UnionType: _decode_optional,
    typing.Union: _decode_optional,
    Literal: _decode_literal,
    dict: _decode_dict,
    tuple: _decode_tuple,
}


def _expect(data: Json, kind: type, place: str) -> Any:
    if not isinstance(data, kind):
        wanted = "an object" if kind is dict else "a list"
        raise DecodeError(f"{place or 'the document'}: expected {wanted}, found {_describe(data)}")
    return data


def _describe(data: Json) -> str:
    if isinstance(data, dict | list):
        return "an object" if isinstance(data, dict) else "a list"
    return repr(data) if isinstance(data, str) else _NAMES[type(data)]


def _without_none(hint: Any) -> Any:
    kept = [kind for kind in get_args(hint) if kind is not type(None)]
    assert len(kept) == 1, f"only 'X or None' unions can be stored, not {hint}"  # noqa: S101 - cannot happen, and tells the type checker
    return kept[0]


@cache
def _fields(hint: type) -> dict[str, Any]:
    hints = typing.get_type_hints(hint)
    return {field.name: hints[field.name] for field in dataclasses.fields(hint) if field.init}


@cache
def _absent(hint: type) -> frozenset[str]:
    return frozenset(field.name for field in dataclasses.fields(hint) if field.metadata.get("absent_when_none"))


@cache
def _required(hint: type) -> frozenset[str]:
    unset = dataclasses.MISSING
    return frozenset(
        field.name for field in dataclasses.fields(hint) if field.default is unset and field.default_factory is unset
    )
