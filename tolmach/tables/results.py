"""Tables of results in the terminal."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from alignment.types import Bead
from common.names import printable
from tolmach.pages.text import shortened
from tolmach.results.overview import (
    count_sentences,
    describe,
    describe_counts,
    describe_verdicts,
    is_doubtful,
    moved_beads,
)
from tolmach.results.result import GoldScore, Result, Version, VersionAlignment, VersionScores
from tolmach.terminal.console import plain_table

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
    table = plain_table("bead", first.id, second.id, "score", "conf.", "", title=name)
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
    table = plain_table("", "precision", "recall", "F1", title=f"{name} against {gold.name}")
    for kind, one in (("strict", gold.strict), ("lax", gold.lax)):
        table.add_row(kind, *(f"{value:.3f}" for value in (one.precision, one.recall, one.f1)))
    console.print(table)
    for title, links in (("not in gold", gold.wrong), ("missed", gold.missed)):
        text = "; ".join(f"{list(source)}:{list(target)}" for source, target in links)
        console.print(f"{title}: {len(links)}  {text}", soft_wrap=True)


def summary_table(console: Console, result: Result, paths: Sequence[Path]) -> None:
    """Draw the summary of a run: what was made of each version, the quotes, and the written files, the report last."""
    table = Table.grid(padding=(0, 2))
    for name, one in result.translations.items():
        route = "\N{RIGHTWARDS ARROW}".join(one.sentences[0].route) if one.sentences else ""
        made = ", ".join(filter(None, (one.signature.get("model", ""), route)))
        told = [f"{made}: {describe_counts(count_sentences(one))}", _describe_scores(result.scores.get(name))]
        table.add_row(name, "\n".join(filter(None, told)))
    console.print(table)
    if result.quotes:
        console.print(describe_verdicts(result.quotes))
    for warning in dict.fromkeys(warning for one in result.translations.values() for warning in one.warnings):
        console.print(Text.assemble(("Quality:", "yellow"), f" {warning}"), soft_wrap=True)
    *others, report = map(printable, paths)
    console.print(f"Files: {', '.join(others)}", soft_wrap=True)
    console.print(f"Report: {report}", soft_wrap=True)


def samples_table(console: Console, samples: Sequence[Mapping[str, Any]]) -> None:
    """Draw the sample articles."""
    table = plain_table("sample", "language", "sentences", "title")
    for sample in samples:
        table.add_row(sample["name"], sample["language"], str(sample["sentences"]), sample["title"] or "")
    console.print(table)


def settings_table(console: Console, settings: Sequence[Mapping[str, Any]]) -> None:
    """Draw the options of commands with their values and origins."""
    table = plain_table("command", "option", "value", "from")
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


def _shape(bead: Bead) -> str:
    return f"{len(bead.source)}-{len(bead.target)}"


def _sentences(version: Version, indices: Sequence[int]) -> str:
    return "\n".join(f"{index} {shortened(version.article.sentences[index].text, _WIDE)}" for index in indices)


def _describe_scores(scores: VersionScores | None) -> str:
    if scores is None:
        return ""
    free = scores.reference_free
    told = [f"adequacy {free.adequacy:.3f}"] if free and free.adequacy is not None else []
    return ", ".join([*told, *(f"{metric.name} {metric.score:.1f}" for metric in scores.metrics.values())])
