"""A benchmark's report as one HTML page that needs nothing else, no script either."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from eval.bench.result import BenchResult, Table, WorstSegment
from tolmach.bench.facts import how_to_read, model_facts, system_facts, table_facts
from tolmach.bench.plots import intervals, legend_mark, parts_plot, quality_by_speed
from tolmach.bench.rows import (
    MODEL_COLUMNS,
    SIGN_COLUMNS,
    SystemRow,
    detectable_text,
    labels_of,
    metric_name,
    model_cells,
    reference_row,
    shown_signs,
    signatures,
    system_rows,
    table_title,
)
from tolmach.pages.page import environment, make_policy, resource

_SHOWN = "chrf"
"""The metric on the quality axis, where it was measured: unlike BLEU it can be compared between tokenizers."""

_TITLES: Final = {
    "document": "By document",
    "length": "By length of the source",
    "content": "By what the source has",
    "origin": "By original language",
}


@dataclass(frozen=True, slots=True)
class Plot:
    """A drawing, what it shows, and whether it needs a legend."""

    title: str
    svg: str
    legend: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """One set in one direction.

    Attributes:
        table: Its figures.
        anchor: Its name in the page.
        title: Its heading.
        source: Tag of the source language.
        target: Tag of the target language.
        rows: Its systems.
        reference: Signs of its reference; None where there are none.
        signs: Which of the signs it has a figure for.
        facts: What the test set is.
        keys: Name and mark of each system.
        plots: Its drawings.
        signatures: Signature of each metric.
        detectable: How small a difference it can show.
        worst: Worst segments, by system.
    """

    table: Table
    anchor: str
    title: str
    source: str
    target: str
    rows: tuple[SystemRow, ...]
    reference: SystemRow | None
    signs: tuple[int, ...]
    facts: tuple[str, ...]
    keys: tuple[tuple[str, str], ...]
    plots: tuple[Plot, ...]
    signatures: dict[str, str]
    detectable: str
    worst: tuple[tuple[str, tuple[WorstSegment, ...]], ...]


def render_page(result: BenchResult) -> str:
    """Return the page."""
    from markupsafe import Markup  # noqa: PLC0415 - comes with jinja2

    style, labels = resource("report.css") + resource("bench.css"), labels_of(result)
    return (
        environment()
        .get_template("bench.html")
        .render(
            result=result,
            sections=[_section(result, table, number) for number, table in enumerate(result.tables, start=1)],
            models=[(labels[model.name], model, model_cells(model), model_facts(model)) for model in result.models],
            model_columns=MODEL_COLUMNS,
            sign_columns=SIGN_COLUMNS,
            system_facts=system_facts,
            metrics=[metric_name(metric) for metric in result.metrics],
            reading=how_to_read(result),
            labels=labels,
            # Our own style sheet.
            style=Markup(style),  # noqa: S704
            policy=make_policy(style),
        )
    )


def _section(result: BenchResult, table: Table, number: int) -> Section:
    from markupsafe import Markup  # noqa: PLC0415 - comes with jinja2

    source, _, target = table.pair.partition("-")
    rows = tuple(system_rows(result, table))
    worst = tuple(
        (system.name, tuple(one for one in table.worst if one.system == system.name)) for system in table.systems
    )
    return Section(
        table=table,
        anchor=f"table-{number}",
        title=table_title(table),
        source=source,
        target=target,
        rows=rows,
        reference=reference_row(table),
        signs=shown_signs(table),
        facts=tuple(table_facts(table)),
        # Drawn by us; what comes from outside was escaped there.
        keys=tuple((row.label, Markup(legend_mark(place))) for place, row in enumerate(rows)),  # noqa: S704
        plots=tuple(replace(plot, svg=Markup(plot.svg)) for plot in _plots(result, table) if plot.svg),  # noqa: S704
        signatures=signatures(result, table),
        detectable=detectable_text(result, table),
        worst=worst,
    )


def _plots(result: BenchResult, table: Table) -> Sequence[Plot]:
    if not table.systems:
        return ()
    shown = _SHOWN if _SHOWN in result.metrics else result.metrics[0]
    found = [Plot("Quality against speed", quality_by_speed(table, shown, labels_of(result)))]
    found += [
        Plot(f"{metric_name(metric)} with intervals", intervals(result, table, metric)) for metric in result.metrics
    ]
    return found + [
        Plot(_TITLES[one.property], parts_plot(table, one, labels_of(result)), legend=True) for one in table.breakdowns
    ]
