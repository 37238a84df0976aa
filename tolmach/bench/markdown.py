"""A benchmark's report in Markdown, for a repository or a forum."""

from collections.abc import Iterator, Mapping

from common.messages import message
from eval.bench.result import BenchResult, Breakdown, Table
from tolmach.bench.page import how_to_read, model_facts, system_facts, table_facts
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
from tolmach.terminal.console import visible
from tolmach.terminal.grids import Grid

_WORST = 3
"""Worst segments of each system shown here; the page and the JSON have more."""


def render_markdown(result: BenchResult) -> str:
    """Return the report."""
    parts = [f"# {message('benchmark.heading')}", *_head(result)]
    for table in result.tables:
        parts += _table(result, table)
    return visible("\n\n".join(parts) + "\n")


def _head(result: BenchResult) -> Iterator[str]:
    labels = labels_of(result)
    if result.command:
        yield f"```text\n{result.command}\n```"
    if result.models:
        columns = (message("benchmark.model"), *model_columns())
        yield Grid(columns, [(labels[one.name], *model_cells(one)) for one in result.models]).markdown()
    for model in result.models:
        if model.failed:
            yield f"**{plain(message('benchmark.was_not_run', system=labels[model.name]))}** {plain(model.failed)}."
    facts = [f"- {plain(labels[model.name])}: {plain(model_facts(model))}" for model in result.models if model.machine]
    if facts:
        yield "\n".join([message("benchmark.measured_with"), "", *facts])
    yield how_to_read(result)


def _table(result: BenchResult, table: Table) -> Iterator[str]:
    labels = labels_of(result)
    yield f"## {plain(table_title(table))}"
    if table.systems:
        yield _scores(result, table)
    for name, reason in table.missing.items():
        yield plain(message("benchmark.not_measured", system=labels[name], reason=f"{reason}."))
    if detectable := detectable_text(result, table):
        yield plain(detectable)
    if named := signatures(result, table):
        yield "\n".join(f"- {name}: `{signature}`" for name, signature in named.items())
    yield " ".join(map(plain, table_facts(table)))
    facts = [f"- {plain(labels[one.name])}: {plain(told)}" for one in table.systems if (told := system_facts(one))]
    if facts:
        yield "\n".join([message("benchmark.translated_by"), "", *facts])
    for breakdown in table.breakdowns:
        if breakdown.property != "document":
            yield _breakdown(table, breakdown, labels)
    yield from _worst(table, labels)


def _scores(result: BenchResult, table: Table) -> str:
    columns = [message("benchmark.system")]
    for metric in result.metrics:
        columns += [metric_name(metric), message("benchmark.difference"), message("benchmark.p")]
    rows, estimates = [], shown_estimates(table)
    for row in system_rows(result, table):
        cells = [row.label]
        for cell in row.cells:
            cells += [f"**{cell.text}**" if cell.best else cell.text, cell.difference.replace("*", "\\*"), cell.p_value]
        rows.append([*cells, *(row.estimates[at] for at in estimates)])
    if reference := reference_row(table):
        rows.append([reference.label, *[""] * (len(columns) - 1), *(reference.estimates[at] for at in estimates)])
    return Grid([*columns, *(estimate_columns()[at] for at in estimates)], rows).markdown()


def _breakdown(table: Table, breakdown: Breakdown, labels: Mapping[str, str]) -> str:
    names = [f"{part.name} ({part.segments})" for part in breakdown.parts]
    rows = [
        (labels[system.name], *(number(part.scores[system.name]) for part in breakdown.parts))
        for system in table.systems
    ]
    return Grid((breakdown_title(breakdown), *names), rows).markdown()


def _worst(table: Table, labels: Mapping[str, str]) -> Iterator[str]:
    for system in table.systems:
        found = [one for one in table.worst if one.system == system.name][:_WORST]
        if not found:
            continue
        yield plain(message("benchmark.worst_of", system=labels[system.name]))
        for one in found:
            lines = [
                f"- {message('benchmark.segment', number=one.number)}",
                f"  - {plain(message('benchmark.source_text', text=one.source))}",
            ]
            lines += [
                f"  - {plain(labels[name])} ({number(one.scores[name])}): {plain(text)}"
                for name, text in one.outputs.items()
            ]
            lines.append(f"  - {plain(message('benchmark.reference_text', text=one.reference))}")
            lines += [f"  - {plain(message('benchmark.check_text', text=text))}" for text in one.checks]
            yield "\n".join(lines)


def plain(text: str) -> str:
    """Return text without markup characters."""
    for character in "\\`*_[]<>#|":
        text = text.replace(character, f"\\{character}")
    return " ".join(text.split())
