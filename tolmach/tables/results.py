"""Tables of results in the terminal."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from alignment.types import Bead
from common.names import printable
from tolmach.results.gold import GoldScore
from tolmach.results.overview import count_sentences, describe, describe_verdicts, is_doubtful
from tolmach.results.reordering import moved_beads
from tolmach.results.result import Result, Version, VersionAlignment, VersionScores

_WIDE = 48
"""Most characters of a sentence or quote in a table."""


def alignment_table(console: Console, result: Result) -> None:
    """Draw every alignment of `result`: a row for each bead and a summary line."""
    for name, found in result.alignments.items():
        _draw_beads(console, name, found, result)
        console.print(describe(found, result), soft_wrap=True)
        if found.gold:
            _draw_gold(console, name, found.gold)


def _draw_beads(console: Console, name: str, found: VersionAlignment, result: Result) -> None:
    first, second = (result.versions[index] for index in found.versions)
    table = _table("bead", first.id, second.id, "score", "conf.", "", title=name)
    moved = moved_beads(found.beads)
    for place, bead in enumerate(found.beads):
        table.add_row(
            _shape(bead),
            _sentences(first, bead.source),
            _sentences(second, bead.target),
            f"{bead.score:.2f}",
            f"{bead.confidence:.2f}",
            "\n".join(_remarks(bead, moved.get(place), moved=place in moved)),
        )
    console.print(table)


def _remarks(bead: Bead, after: int | None, *, moved: bool) -> list[str]:
    remarks = ["check"] if is_doubtful(bead) else []
    if moved:
        remarks.append("moved: first" if after is None else f"moved: after {after}")
    return remarks


def _draw_gold(console: Console, name: str, gold: GoldScore) -> None:
    table = _table("", "precision", "recall", "F1", title=f"{name} against {gold.name}")
    for kind, one in (("strict", gold.strict), ("lax", gold.lax)):
        table.add_row(kind, *(f"{value:.3f}" for value in (one.precision, one.recall, one.f1)))
    console.print(table)
    for title, links in (("not in gold", gold.wrong), ("missed", gold.missed)):
        text = "; ".join(f"{list(source)}:{list(target)}" for source, target in links)
        console.print(f"{title}: {len(links)}  {text}", soft_wrap=True)


def summary_table(console: Console, result: Result, paths: Sequence[Path]) -> None:
    """Draw the summary of a run: a row for each translation, the quotes, and the written files."""
    table = _table("version", "model", "route", "sentences", "tried again", "flagged", "adequacy", "scores")
    for name, one in result.translations.items():
        made = count_sentences(one)
        numbers = (made.sentences, made.tried_again, made.flagged)
        route = "→".join(one.sentences[0].route) if one.sentences else ""
        model = one.signature.get("model", "")
        table.add_row(name, model, route, *map(str, numbers), *_score_cells(result.scores.get(name)))
    console.print(table)
    if result.quotes:
        console.print(describe_verdicts(result.quotes))
    for warning in dict.fromkeys(warning for one in result.translations.values() for warning in one.warnings):
        console.print(Text.assemble(("Quality:", "yellow"), f" {warning}"), soft_wrap=True)
    for path in paths:
        console.print(printable(path), soft_wrap=True)


def samples_table(console: Console, samples: Sequence[Mapping[str, Any]]) -> None:
    """Draw the sample articles."""
    table = _table("sample", "language", "sentences", "title")
    for sample in samples:
        table.add_row(sample["name"], sample["language"], str(sample["sentences"]), sample["title"] or "")
    console.print(table)


def settings_table(console: Console, settings: Sequence[Mapping[str, Any]]) -> None:
    """Draw the options of commands with their values and origins."""
    table = _table("command", "option", "value", "from")
    for row in settings:
        value = row["value"]
        shown = " ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)
        table.add_row(row["command"], row["option"], shown, row["from"])
    console.print(table)


def facts_table(console: Console, facts: Mapping[str, Any]) -> None:
    """Draw names and values."""
    table = Table.grid(padding=(0, 2))
    for name, value in facts.items():
        if value is None or value in ("", [], {}):
            continue
        text = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
        table.add_row(Text(name, style="bold"), text)
    console.print(table)


def _table(*columns: str, title: str | None = None, show_lines: bool = False) -> Table:
    # Chinese has no spaces to wrap at: by default rich would truncate it.
    folding = (Column(name, overflow="fold") for name in columns)
    return Table(*folding, title=title, title_justify="left", show_lines=show_lines)


def _shape(bead: Bead) -> str:
    return f"{len(bead.source)}-{len(bead.target)}"


def _sentences(version: Version, indices: Sequence[int]) -> str:
    return "\n".join(f"{index} {_shorten(version.article.sentences[index].text)}" for index in indices)


def _shorten(text: str) -> str:
    return text if len(text) <= _WIDE else f"{text[: _WIDE - 1]}\N{HORIZONTAL ELLIPSIS}"


def _score_cells(scores: VersionScores | None) -> tuple[str, str]:
    if scores is None:
        return "", ""
    free = scores.reference_free
    adequacy = f"{free.adequacy:.3f}" if free and free.adequacy is not None else ""
    return adequacy, " ".join(f"{metric.name} {metric.score:.1f}" for metric in scores.metrics.values())
