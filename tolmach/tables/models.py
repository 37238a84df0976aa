"""Models as tables for people."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from translate.models.specs import ALL_DIRECTIONS

_ALL = len(ALL_DIRECTIONS)
_LEAST_GIGABYTES = 0.1
_TEXTS = ("prompt", "chinese_prompt")
"""Facts whose values are texts of several lines."""


def models_table(console: Console, models: Sequence[Mapping[str, Any]]) -> None:
    """Draw the translation models, and how much of the disk they take together."""
    columns = [Column("model", no_wrap=True)]
    columns += [Column(name, overflow="fold") for name in ("licence", "forbids", "size", "on disk", "directions")]
    table = Table(*columns)
    for model in models:
        forbids = "; ".join(filter(None, (model["restriction"], "gated" if model["gated"] else None)))
        cells = (model["name"], model["licence"] or "unknown", forbids, _size(model["size"]), _on_disk(model))
        table.add_row(*cells, _directions(model), style="bold" if model["default"] else None)
    console.print(table)
    default = next((model["name"] for model in models if model["default"]), "none")
    total = _size(sum(model["disk_use"] for model in models)) or "0 MB"
    console.print(f"{total} on disk; default: {default}")


def model_page(console: Console, facts: Mapping[str, Any]) -> None:
    """Draw what is known of one model."""
    table = Table.grid(padding=(0, 2))
    for name, value in facts.items():
        if value is None or value in ("", [], {}) or name in _TEXTS:
            continue
        table.add_row(Text(name, style="bold"), _words(name, value))
    console.print(table)
    for name in _TEXTS:
        for part, text in (facts.get(name) or {}).items():
            console.print(Text(f"\n{name}, {part}", style="bold"))
            console.print(text, soft_wrap=True)


def _words(name: str, value: Any) -> str:
    if name in ("size", "disk_use"):
        return _size(value)
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {one}" for key, one in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _directions(model: Mapping[str, Any]) -> str:
    if len(model["directions"]) == _ALL:
        return "all six"
    others = f", others via {model['pivot']}" if model["pivot"] else ""
    return " ".join(model["directions"]) + others


def _on_disk(model: Mapping[str, Any]) -> str:
    if not model["disk_use"]:
        return "yes" if model["cached"] else ""
    missing = "" if model["cached"] else f" ({', '.join(model['fetched']) or 'broken off'})"
    return _size(model["disk_use"]) + missing


def _size(number: int | None) -> str:
    if not number:
        return ""
    giga = number / 1e9
    return f"{giga:.1f} GB" if giga >= _LEAST_GIGABYTES else f"{number / 1e6:.1f} MB"
