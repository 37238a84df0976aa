"""The test sets as a list for people and programs."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table as Grid

from corpora.testsets import find_folder, known_sets
from corpora.testsets.types import SAMPLES


def describe_sets() -> list[dict[str, Any]]:
    """Return what is known of each set, where it is, and in which directions it is here."""
    return [
        {
            "name": entry.name,
            "title": entry.title,
            "pairs": ["-".join(direction) for direction in entry.directions],
            "segments": entry.segments,
            "original": entry.original,
            "licence": entry.licence,
            "citation": entry.citation,
            "url": entry.url,
            "here": [
                "-".join(direction)
                for direction in entry.directions
                if entry.layout == SAMPLES or find_folder(entry, direction)
            ],
            "folder": str(find_folder(entry) or "") or None,
            "note": entry.note or None,
        }
        for entry in known_sets()
    ]


def sets_table(console: Console, sets: Sequence[Mapping[str, Any]]) -> None:
    """Draw the sets."""
    grid = Grid()
    for column in ("set", "pairs", "segments", "written in", "licence", "here"):
        grid.add_column(column, overflow="fold", no_wrap=column in {"set", "licence"})
    for one in sets:
        cells = (
            " ".join(one["pairs"]),
            str(one["segments"] or "by pair"),
            one["original"] or "various",
            one["licence"],
        )
        there = "yes" if one["here"] == one["pairs"] else " ".join(one["here"]) or "no"
        grid.add_row(one["name"], *cells, there)
    console.print(grid)
