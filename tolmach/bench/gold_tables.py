"""Figures of alignment and quotes on gold data, for people and programs."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from rich.console import Console
from rich.table import Table as Grid

from eval.bench.gold import AlignmentFigures, QuoteFigures

_ALIGNMENT_COLUMNS = ("pair", "documents", "gold beads", "strict F1", "lax F1", "seconds")
_QUOTE_COLUMNS = ("lang.", "gold quotes", "precision", "recall", "F1", "kind", "seconds")


def gold_text(aligned: Sequence[AlignmentFigures], quoted: Sequence[QuoteFigures]) -> str:
    """Return the figures as JSON text."""
    data = {
        "schema": "tolmach-gold/1",
        "alignment": [asdict(one) for one in aligned],
        "quotes": [asdict(one) for one in quoted],
    }
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def gold_tables(console: Console, aligned: Sequence[AlignmentFigures], quoted: Sequence[QuoteFigures]) -> None:
    """Draw the figures."""
    if aligned:
        _draw_gold(console, _ALIGNMENT_COLUMNS, [_alignment_row(one) for one in aligned])
    if quoted:
        _draw_gold(console, _QUOTE_COLUMNS, [_quote_row(one) for one in quoted])


def gold_markdown(aligned: Sequence[AlignmentFigures], quoted: Sequence[QuoteFigures]) -> str:
    """Return the figures as tables in Markdown."""
    parts = []
    if aligned:
        parts.append(_markdown_grid(_ALIGNMENT_COLUMNS, [_alignment_row(one) for one in aligned]))
    if quoted:
        parts.append(_markdown_grid(_QUOTE_COLUMNS, [_quote_row(one) for one in quoted]))
    return "\n".join(parts)


def _markdown_grid(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "".join(f"| {' | '.join(line)} |\n" for line in (columns, ["---"] * len(columns), *rows))


def _alignment_row(one: AlignmentFigures) -> Sequence[str]:
    counts = (one.pair, str(one.documents), str(one.beads))
    return (*counts, f"{one.strict_f1:.3f}", f"{one.lax_f1:.3f}", f"{one.seconds:.1f}")


def _quote_row(one: QuoteFigures) -> Sequence[str]:
    shares = (f"{value:.3f}" for value in (one.precision, one.recall, one.f1, one.kind))
    return (one.language, str(one.quotes), *shares, f"{one.seconds:.1f}")


def _draw_gold(console: Console, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    grid = Grid()
    for column in columns:
        grid.add_column(column, justify="right" if column != columns[0] else "left")
    for row in rows:
        grid.add_row(*row)
    console.print(grid)
