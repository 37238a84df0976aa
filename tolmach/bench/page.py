"""A benchmark's report as one self-contained HTML page without scripts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from eval.bench.result import BenchResult, ModelFigures, SystemFigures, Table, WorstSegment
from tolmach.bench.plots import intervals, legend_mark, parts_plot, quality_by_speed
from tolmach.bench.rows import (
    ESTIMATE_COLUMNS,
    MODEL_COLUMNS,
    SystemRow,
    detectable_text,
    labels_of,
    metric_name,
    model_cells,
    reference_row,
    shown_estimates,
    signatures,
    system_rows,
    table_title,
)
from tolmach.pages.page import environment, make_policy, resource


def how_to_read(result: BenchResult) -> str:
    """Return an explanation of the columns."""
    options = result.resampling
    systems = [system for table in result.tables for system in table.systems]
    told = [
        f"\N{PLUS-MINUS SIGN} is half the {options.confidence:.0%} interval over {options.resamples} bootstrap "
        f"resamples. A difference has a star where p < {options.alpha:g} in a paired approximate randomisation with "
        f"{options.trials} trials, after Holm's correction over the systems of the table."
    ]
    if any(system.adequacy is not None for system in systems):
        told.append(
            "Worst tenth is the mean adequacy of the worst tenth of the segments (0 to 1), told without a reference: "
            "it finds broken translations, but does not rank good ones. Flagged segments fail a check of translations. "
            "A reference's own row is the scale for both."
        )
    if any(system.agreement is not None for system in systems):
        told.append("Agreement with the other systems (up to 1) ranks systems that were made apart from each other.")
    if any(model.peak_bytes for model in result.models):
        told.append("Peak memory is the process's, without a GPU's.")
    return " ".join(told)


def model_facts(model: ModelFigures) -> str:
    """Return the machine and libraries of a model."""
    pairs = [*model.machine, *model.versions]
    return ", ".join(f"{name} {value}" for name, value in pairs)


def system_facts(system: SystemFigures) -> str:
    """Return the signature of a system's translations; empty if unknown."""
    known = [(name, value) for name, value in system.signature if value not in {"", "None"}]
    return ", ".join(f"{name} {value}" for name, value in known)


def table_facts(table: Table) -> Iterator[str]:
    """Yield the facts about the test set that are needed to cite the report."""
    source = table.pair.partition("-")[0]
    told = ". ".join(filter(None, [table.citation, table.licence and f"Licence: {table.licence}"]))
    if told:
        yield f"{told}."
    yield f"Checksum of sources and references: {table.digest[:16]}."
    foreign = [origin for origin in table.origins if origin != source]
    if foreign and table.origins == tuple(foreign):
        yield (
            f"The sources are translations: the texts were written in {', '.join(foreign)}. Translating back into the "
            "language of the original is easier than translating originals."
        )


_SHOWN = "chrf"
"""The metric on the quality axis, if measured: unlike BLEU it is comparable between tokenizers."""

_TITLES: Final = {
    "document": "By document",
    "length": "By length of the source",
    "content": "By what the source has",
    "origin": "By original language",
}


@dataclass(frozen=True, slots=True)
class Plot:
    """A drawing, its caption, and whether it needs a legend."""

    title: str
    svg: str
    legend: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """One set in one direction.

    Attributes:
        table: Its figures.
        anchor: Its id in the page.
        title: Its heading.
        source: Tag of the source language.
        target: Tag of the target language.
        rows: Its systems.
        reference: Quality estimates of its reference; None if there are none.
        estimates: The available quality estimates.
        facts: Facts about the test set.
        keys: Name and mark of each system.
        plots: Its drawings.
        signatures: Signature of each metric.
        detectable: Smallest detectable difference.
        worst: Worst segments, by system.
    """

    table: Table
    anchor: str
    title: str
    source: str
    target: str
    rows: tuple[SystemRow, ...]
    reference: SystemRow | None
    estimates: tuple[int, ...]
    facts: tuple[str, ...]
    keys: tuple[tuple[str, str], ...]
    plots: tuple[Plot, ...]
    signatures: dict[str, str]
    detectable: str
    worst: tuple[tuple[str, tuple[WorstSegment, ...]], ...]


def render_page(result: BenchResult) -> str:
    """Render the page."""
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
            estimate_columns=ESTIMATE_COLUMNS,
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
        estimates=shown_estimates(table),
        facts=tuple(table_facts(table)),
        # Drawn by us; external text was escaped there.
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
