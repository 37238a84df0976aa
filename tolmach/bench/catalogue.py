"""The test sets as a list for people and programs."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from corpora.testsets import find_folder, known_sets


def describe_sets() -> list[dict[str, Any]]:
    """Return what is known of each set, and where it is."""
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
            "here": entry.layout == "samples" or find_folder(entry) is not None,
            "folder": str(find_folder(entry) or "") or None,
            "note": entry.note or None,
        }
        for entry in known_sets()
    ]


def sets_table(console: Console, sets: Sequence[Mapping[str, Any]]) -> None:
    """Draw the sets."""
    grid = Table()
    for column in ("set", "pairs", "segments", "written in", "licence", "here"):
        grid.add_column(column, overflow="fold")
    for one in sets:
        cells = (" ".join(one["pairs"]), str(one["segments"] or "by pair"), one["original"] or "both", one["licence"])
        grid.add_row(one["name"], *map(escape, cells), "yes" if one["here"] else "no")
    console.print(grid)
