"""A benchmark on the terminal."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from common.messages import message
from corpora.testsets import find_folder, known_sets
from corpora.testsets.registry import SAMPLES
from eval.bench.gold import AlignmentFigures, QuoteFigures
from eval.bench.result import BenchResult, Table
from tolmach.bench.page import how_to_read, table_facts
from tolmach.bench.rows import (
    breakdown_title,
    detectable_text,
    estimate_columns,
    labels_of,
    metric_name,
    model_cells,
    model_columns,
    number,
    reference_row,
    shown_estimates,
    signatures,
    system_rows,
    table_title,
)
from tolmach.results.overview import describe_directions
from tolmach.terminal.console import plain_table
from tolmach.terminal.grids import Grid

_GAP = 2
"""Columns between two of a table."""
_PART_WIDTH = 8
"""Least columns of the figures of a part: a word of its name and a figure."""


def bench_tables(console: Console, result: BenchResult) -> None:
    """Draw the models, and the scores of every set and direction."""
    labels = labels_of(result)
    models = plain_table(message("benchmark.model"), *model_columns(), title=message("benchmark.models"), numbers=True)
    for model in result.models:
        models.add_row(labels[model.name], *model_cells(model))
    if result.models:
        console.print(models)
    for name, reason in result.failures.items():
        text = Text.assemble((message("benchmark.was_not_run", system=labels[name]), "red"), f" {reason}")
        console.print(text, soft_wrap=True)
    for table in result.tables:
        _scores(console, result, table)
        _parts(console, table, labels)
    if any(table.systems for table in result.tables):
        console.print(how_to_read(result), soft_wrap=True)


def _scores(console: Console, result: BenchResult, table: Table) -> None:
    # A row a system and metric: side by side, two metrics would not fit into 80 columns.
    system = message("benchmark.system")
    scored = (message("benchmark.metric"), message("benchmark.score"), "\N{PLUS-MINUS SIGN}")
    grid = plain_table(
        system, *scored, message("benchmark.difference"), message("benchmark.p"), title=table_title(table), numbers=True
    )
    estimates = shown_estimates(table)
    others = plain_table(system, *(estimate_columns()[at] for at in estimates), numbers=True)
    for row in system_rows(result, table):
        for cell in row.cells:
            score, half = cell.value, cell.half_width
            names = row.label, metric_name(cell.score.metric)
            grid.add_row(*names, Text(score, style="bold" if cell.best else ""), half, cell.difference, cell.p_value)
        others.add_row(row.label, *(row.estimates[at] for at in estimates))
    if reference := reference_row(table):
        others.add_row(reference.label, *(reference.estimates[at] for at in estimates))
    if table.systems:
        console.print(grid)
    if table.systems and estimates:
        console.print(others)
    labels = labels_of(result)
    for name, reason in table.missing.items():
        console.print(message("benchmark.not_measured", system=labels[name], reason=reason), soft_wrap=True)
    if detectable := detectable_text(result, table):
        console.print(detectable, soft_wrap=True)
    for name, signature in signatures(result, table).items():
        console.print(f"{name}: {signature}", soft_wrap=True)
    console.print(" ".join(table_facts(table)), soft_wrap=True)


def _parts(console: Console, table: Table, labels: Mapping[str, str]) -> None:
    # One system per row: there may be many, while parts are few.
    for breakdown in table.breakdowns:
        if breakdown.property == "document" or not table.systems:
            continue
        names = [f"{part.name} ({part.segments})" for part in breakdown.parts]
        grid = plain_table(breakdown_title(breakdown), *names, numbers=True)
        for system in table.systems:
            grid.add_row(labels[system.name], *(number(part.scores[system.name]) for part in breakdown.parts))
        # Names of parts wrap at spaces, in even shares of the room; those of systems would break inside a word.
        room = console.width - max(cell_len(labels[system.name]) for system in table.systems)
        for column in grid.columns[1:]:
            column.max_width = max(_PART_WIDTH, room // len(names) - _GAP)
        console.print(grid)


_ALIGNMENT_COLUMNS = ("pair", "documents", "gold beads", "strict F1", "lax F1", "seconds")
_QUOTE_COLUMNS = ("lang.", "gold quotes", "precision", "recall", "F1", "kind", "seconds")


def gold_text(aligned: Sequence[AlignmentFigures], quoted: Sequence[QuoteFigures]) -> str:
    """Return the figures on gold data as JSON text."""
    data = {
        "schema": "tolmach-gold/1",
        "alignment": [asdict(one) for one in aligned],
        "quotes": [asdict(one) for one in quoted],
    }
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def gold_tables(console: Console, aligned: Sequence[AlignmentFigures], quoted: Sequence[QuoteFigures]) -> None:
    """Draw the figures on gold data."""
    if aligned:
        Grid(_ALIGNMENT_COLUMNS, [_alignment_row(one) for one in aligned]).draw(console)
    if quoted:
        Grid(_QUOTE_COLUMNS, [_quote_row(one) for one in quoted]).draw(console)


def gold_markdown(aligned: Sequence[AlignmentFigures], quoted: Sequence[QuoteFigures]) -> str:
    """Return the figures on gold data as tables in Markdown."""
    parts = []
    if aligned:
        parts.append(Grid(_ALIGNMENT_COLUMNS, [_alignment_row(one) for one in aligned]).markdown() + "\n")
    if quoted:
        parts.append(Grid(_QUOTE_COLUMNS, [_quote_row(one) for one in quoted]).markdown() + "\n")
    return "\n".join(parts)


def _alignment_row(one: AlignmentFigures) -> Sequence[str]:
    counts = (one.pair, str(one.documents), str(one.beads))
    return (*counts, f"{one.strict_f1:.3f}", f"{one.lax_f1:.3f}", f"{one.seconds:.1f}")


def _quote_row(one: QuoteFigures) -> Sequence[str]:
    shares = (f"{value:.3f}" for value in (one.precision, one.recall, one.f1, one.kind))
    return (one.language, str(one.quotes), *shares, f"{one.seconds:.1f}")


def describe_sets() -> list[dict[str, Any]]:
    """Describe each test set: its facts, folder, and available directions."""
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
    """Draw the test sets."""
    grid = plain_table("set", "pairs", "segments", "written in", "here", "licence")
    for one in sets:
        there = "yes" if one["here"] == one["pairs"] else describe_directions(one["here"]) or "no"
        cells = (
            str(one["segments"] or "by pair"),
            one["original"] or "various",
            there,
            one["licence"].removeprefix("LicenseRef-"),
        )
        grid.add_row(one["name"], describe_directions(one["pairs"]), *cells)
    console.print(grid)
